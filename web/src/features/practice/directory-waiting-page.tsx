import { useState } from 'react'
import type { DirectoryEntry } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Ends } from '../../ui/ends'
import { AreaField, SelectField, value } from '../../ui/field'
import { KeptForm } from '../../ui/kept-form'
import { More } from '../../ui/more'
import { PageHead } from '../../ui/page-head'
import { Empty, Loaded } from '../../ui/states'
import { useSayFault } from '../../ui/toast'
import { useChangeDirectory, useWaiting } from './directory-queries'
import { isTopic } from './lists'
import './practice.css'

const states = ['waiting', 'listed', 'refused'] as const

/** Operators look at who asks from outside to be listed. */
export default function DirectoryWaitingPage() {
  const { t } = useI18n()
  const [state, setState] = useState<(typeof states)[number]>('waiting')
  const entries = useWaiting(state)
  return (
    <>
      <PageHead title={t('directory.outside')} lead={t('directory.outside.lead')} />
      <div className="stack">
        <SelectField label={t('challenge.state')} value={state} onChange={(e) => setState(states.find((s) => s === e.target.value) ?? 'waiting')}>
          {states.map((s) => (
            <option key={s} value={s}>
              {t(`directory.state.${s}`)}
            </option>
          ))}
        </SelectField>
        <Loaded query={entries} block>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="check" title={t('directory.outside.none')} />
            ) : (
              <ul className="plain stack">
                {items.map((e) => (
                  <li key={e.id} className="card stack-2">
                    <Decision entry={e} />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
        <More pages={entries} />
      </div>
    </>
  )
}

function Decision({ entry: e }: { entry: DirectoryEntry }) {
  const { t, countryName, date } = useI18n()
  const { decide } = useChangeDirectory()
  const [refusing, setRefusing] = useState(false)
  const sayFault = useSayFault()
  const c = e.content
  const close = () => setRefusing(false)
  return (
    <>
      <h2 className="h3">{c.name}</h2>
      <p className="small soft">{[c.country ? countryName(c.country) : '', date(e.updated), ...c.topics.filter(isTopic).map((x) => t(`practice.topic.${x}`))].filter(Boolean).join(' · ')}</p>
      <p className="words" lang={c.language}>
        {c.about}
      </p>
      {c.ask ? (
        <p className="words" lang={c.language}>
          {c.ask}
        </p>
      ) : null}
      {c.page ? (
        <p className="small">
          <a href={c.page} rel="nofollow noreferrer">
            {c.page}
          </a>
        </p>
      ) : null}
      {e.reason ? <p className="small">{e.reason}</p> : null}
      <div className="row">
        {e.state === 'listed' ? null : (
          <Button kind="main" busy={decide.isPending} onClick={() => decide.mutate({ e: e.id, edition: e.edition, list: true, reason: '' }, { onError: sayFault })}>
            {t('directory.accept')}
          </Button>
        )}
        {e.state === 'refused' ? null : <Button onClick={() => setRefusing(true)}>{t(e.state === 'listed' ? 'directory.takeout' : 'directory.refuse')}</Button>}
      </div>
      {refusing && (
        <Dialog title={t(e.state === 'listed' ? 'directory.takeout' : 'directory.refuse')} onClose={close}>
          <KeptForm name={`directory.refuse.${e.id}`} error={decide.error} onSubmit={(f) => decide.mutateAsync({ e: e.id, edition: e.edition, list: false, reason: value(f, 'reason') })} onSent={close}>
            <AreaField label={t('directory.reason')} hint={t('directory.reason.hint')} name="reason" rows={3} required maxLength={1000} />
            <Ends does={t('directory.refuse.do')} busy={decide.isPending} onClose={close} />
          </KeptForm>
        </Dialog>
      )}
    </>
  )
}
