import { useRef } from 'react'
import type { Signin } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Tag } from '../../../ui/notice'
import { Loaded } from '../../../ui/states'
import { useSayFault, useToast } from '../../../ui/toast'
import { device } from './device'
import { fold } from './fold'
import { useEndSession, useSessions } from './queries'

/** Where one is signed in: this session and the latest ones; the rest behind a fold. */
export function Sessions() {
  const { t } = useI18n()
  const sessions = useSessions()
  const end = useEndSession()
  const toast = useToast()
  const sayFault = useSayFault()
  const head = useRef<HTMLHeadingElement>(null)
  const lines = (list: readonly Signin[]) => (
    <Lines
      of={list}
      busy={end.isPending}
      onEnd={(id) =>
        end.mutate(id, {
          onError: sayFault,
          onSuccess: () => {
            toast(t('profile.sessions.ended'))
            head.current?.focus() // the button has gone with its line
          },
        })
      }
    />
  )
  return (
    <section className="card stack-2" aria-labelledby="sessions">
      <h2 id="sessions" ref={head} tabIndex={-1}>
        {t('profile.sessions')}
      </h2>
      <p className="soft small">{t('profile.sessions.text')}</p>
      <Loaded query={sessions}>
        {({ items }) => {
          const { first, rest } = fold(items)
          return (
            <>
              {lines(first)}
              {rest.length > 0 ? (
                <details>
                  <summary>{t('profile.sessions.more', { count: rest.length })}</summary>
                  {lines(rest)}
                </details>
              ) : null}
            </>
          )
        }}
      </Loaded>
    </section>
  )
}

function Lines({ of: list, busy, onEnd }: { of: readonly Signin[]; busy: boolean; onEnd: (id: string) => void }) {
  const { t, dateTime } = useI18n()
  return (
    <ul className="plain list">
      {list.map((s) => (
        <li key={s.id}>
          <div className="grow">
            <p>{device(s.agent) || t('profile.sessions.unknown')}</p>
            <p className="soft small">{t('profile.sessions.seen', { when: dateTime(s.seen) })}</p>
          </div>
          {s.current ? (
            <Tag kind="good">{t('profile.sessions.this')}</Tag>
          ) : (
            <Button tight busy={busy} onClick={() => onEnd(s.id)}>
              {t('profile.sessions.end')}
              <span className="hidden">
                : {device(s.agent) || t('profile.sessions.unknown')}, {dateTime(s.seen)}
              </span>
            </Button>
          )}
        </li>
      ))}
    </ul>
  )
}
