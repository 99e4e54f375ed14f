import { useEffect, useState } from 'react'
import { Button } from '../../../ui/button'
import { Tag } from '../../../ui/notice'
import { useI18n } from '../../../lib/i18n'
import { clock } from '../../../lib/format'
import { useNow, useRoom } from './use-room'

/** What runs now, and how long still: the same on every clock. */
export function Timer() {
  const { t } = useI18n()
  const { state, skew, session } = useRoom()
  const now = useNow(skew)
  const c = state.clock
  if (!c) return <p className="soft">{t('room.clock.none')}</p>
  const left = c.ends ? Math.round((Date.parse(c.ends) - now) / 1000) : c.left
  const late = c.set && left < 0
  return (
    <div className={`clock-now${late ? ' late' : ''}`}>
      <b lang={session.language}>{c.text}</b>
      {c.set ? (
        <span className="num figure" role="timer" aria-label={late ? t('room.clock.over', { time: clock(-left) }) : t('room.clock.left', { time: clock(left) })}>
          {late ? `+${clock(-left)}` : clock(left)}
        </span>
      ) : null}
      {c.set && !c.ends ? <Tag kind="caution">{t('room.clock.paused')}</Tag> : null}
      {late ? <Tag kind="warm">{t('room.clock.late')}</Tag> : null}
      <Marks left={left} running={c.set && c.ends !== undefined} />
    </div>
  )
}

/** Says five minutes, one minute and the end, and nothing in between. */
function Marks({ left, running }: { left: number; running: boolean }) {
  const { t } = useI18n()
  const mark = !running ? '' : left <= 0 ? 'end' : left <= 60 ? 'one' : left <= 300 ? 'five' : ''
  const [said, setSaid] = useState('')
  useEffect(() => setSaid(mark === 'end' ? t('room.clock.end') : mark === 'one' ? t('room.clock.one') : mark === 'five' ? t('room.clock.five') : ''), [mark, t])
  return (
    <span className="hidden" role="status">
      {said}
    </span>
  )
}

/** The agenda; who leads starts its items and gives them more time. */
export function AgendaPart() {
  const { t } = useI18n()
  const { session, state, leads, send } = useRoom()
  const c = state.clock
  const begin = (item: number) => {
    const a = session.agenda[item]
    if (a) send({ kind: 'timed', item, text: a.title, seconds: a.minutes * 60 })
  }
  const next = c ? c.item + 1 : 0
  return (
    <section className="card stack" aria-labelledby="room-agenda">
      <h2 id="room-agenda">{t('meet.agenda')}</h2>
      {session.agenda.length === 0 ? <p className="soft">{t('room.agenda.none')}</p> : null}
      <ol className="plain agenda-now">
        {session.agenda.map((a, i) => (
          <li key={i} aria-current={c?.item === i ? 'step' : undefined}>
            <span className="grow">
              <b lang={session.language}>{a.title}</b>
              <span className="small soft">
                {' '}
                {t('minutes', { count: a.minutes })}
                {a.lead ? ` · ${a.lead}` : ''}
              </span>
              {leads && a.notes ? (
                <span className="notes small" lang={session.language}>
                  {a.notes}
                </span>
              ) : null}
            </span>
            {leads && c?.item !== i ? (
              <Button tight onClick={() => begin(i)}>
                {t('room.agenda.begin')}
                <span className="hidden">: {a.title}</span>
              </Button>
            ) : null}
          </li>
        ))}
      </ol>
      {leads ? (
        <div className="row">
          {next < session.agenda.length ? (
            <Button kind="main" tight onClick={() => begin(next)}>
              {t('room.agenda.next')}
            </Button>
          ) : null}
          {c ? (
            <>
              <Button tight onClick={() => send({ kind: 'extended', seconds: 120 })}>
                {t('room.agenda.more', { count: 2 })}
              </Button>
              <Button tight onClick={() => send({ kind: 'extended', seconds: 300 })}>
                {t('room.agenda.more', { count: 5 })}
              </Button>
              {c.set ? (
                <Button tight onClick={() => send({ kind: 'paused', on: c.ends !== undefined })}>
                  {c.ends ? t('room.agenda.pause') : t('room.agenda.resume')}
                </Button>
              ) : null}
              <Button tight onClick={() => send({ kind: 'untimed' })}>
                {t('room.agenda.stop')}
              </Button>
            </>
          ) : null}
        </div>
      ) : null}
    </section>
  )
}
