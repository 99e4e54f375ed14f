import { useState } from 'react'
import type { RetentionRun } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Confirm } from '../../../ui/confirm'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { Form, SelectField, TextField, value } from '../../../ui/field'
import { More } from '../../../ui/more'
import { Notice, Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useSayFault, useToast } from '../../../ui/toast'
import { verbNames, verbs } from '../browse/verbs'
import '../lrs.css'
import { useChangeKeeping, useListed, useRules, useRuns, useTerm } from './keeping-queries'

/** How long which statements are kept: rules, what they would remove, and what must stay. */
export default function KeepingPage() {
  const { t } = useI18n()
  const rules = useRules()
  const { list, forget } = useChangeKeeping()
  const [making, setMaking] = useState(false)
  const toast = useToast()
  const sayFault = useSayFault()
  return (
    <>
      <PageHead
        title={t('keep.title')}
        lead={t('keep.lead')}
        action={
          <Button kind="main" icon="plus" onClick={() => setMaking(true)}>
            {t('keep.new')}
          </Button>
        }
      />
      <div className="column">
        <Loaded query={rules}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="clock" title={t('keep.empty')} action={<Button onClick={() => setMaking(true)}>{t('keep.new')}</Button>}>
                {t('keep.empty.text')}
              </Empty>
            ) : (
              <ul className="plain list">
                {items.map((r) => (
                  <li key={r.id}>
                    <div className="grow breaks">
                      <b>
                        <bdi>{r.name || t('credential.unnamed')}</bdi>
                      </b>
                      <p className="small soft">
                        <Rule days={r.days} verb={r.verb} activity={r.activity} />
                      </p>
                    </div>
                    <Button tight busy={list.isPending} onClick={() => list.mutate(r.id, { onSuccess: () => toast(t('keep.listing')), onError: sayFault })}>
                      {t('keep.try')}
                      <span className="hidden">: {r.name}</span>
                    </Button>
                    <Button tight kind="quiet" busy={forget.isPending} onClick={() => forget.mutate(r.id, { onSuccess: () => toast(t('keep.forgotten')), onError: sayFault })}>
                      {t('action.remove')}
                      <span className="hidden">: {r.name}</span>
                    </Button>
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
        <More pages={rules} />
        <Runs />
        <Term />
      </div>
      {making && <NewRule onClose={() => setMaking(false)} />}
    </>
  )
}

function Rule({ days, verb, activity }: { days: number; verb: string; activity: string }) {
  const { t } = useI18n()
  const known = verbNames.find((v) => verbs[v] === verb)
  return (
    <>
      {t('keep.older', { count: days })}
      {verb ? <> · <bdi>{known ? t(`stmt.verb.${known}`) : verb}</bdi></> : null}
      {activity ? <> · <bdi>{activity}</bdi></> : null}
    </>
  )
}

function NewRule({ onClose }: { onClose: () => void }) {
  const { t } = useI18n()
  const { make } = useChangeKeeping()
  const toast = useToast()
  return (
    <Dialog title={t('keep.new')} onClose={onClose}>
      <Form
        error={make.error}
        onSubmit={(f) => {
          const verb = value(f, 'verb')
          const activity = value(f, 'activity')
          make.mutate(
            { name: value(f, 'name'), days: Number(value(f, 'days')), ...(verb ? { verb } : {}), ...(activity ? { activity } : {}) },
            {
              onSuccess: () => {
                toast(t('state.saved'))
                onClose()
              },
            },
          )
        }}
      >
        <Notice>{t('keep.new.text')}</Notice>
        <TextField label={t('keep.name')} name="name" required maxLength={100} />
        <TextField label={t('keep.days')} name="days" type="number" min={1} max={36500} required defaultValue={730} />
        <SelectField label={t('stmt.verb')} name="verb" defaultValue="">
          <option value="">{t('stmt.verb.all')}</option>
          {verbNames.map((v) => (
            <option key={v} value={verbs[v]}>
              {t(`stmt.verb.${v}`)}
            </option>
          ))}
        </SelectField>
        <TextField label={t('stmt.activity')} hint={t('keep.activity.hint')} name="activity" type="url" maxLength={2000} />
        <Ends does={t('keep.make')} busy={make.isPending} onClose={onClose} />
      </Form>
    </Dialog>
  )
}

function Runs() {
  const { t, dateTime, number } = useI18n()
  const runs = useRuns()
  const { remove, discard } = useChangeKeeping()
  const [seen, setSeen] = useState<RetentionRun>()
  const [removing, setRemoving] = useState<RetentionRun>()
  const toast = useToast()
  const sayFault = useSayFault()
  return (
    <section className="stack" aria-labelledby="runs">
      <h2 id="runs">{t('keep.runs')}</h2>
      <Loaded query={runs}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">{t('keep.runs.none')}</p>
          ) : (
            <ul className="plain list">
              {items.map((r) => (
                <li key={r.id}>
                  <div className="grow breaks">
                    <b>
                      <bdi>{r.rule.name || t('credential.unnamed')}</bdi>
                    </b>{' '}
                    <Tag {...(r.state === 'done' ? { kind: 'good' as const } : r.state === 'listed' ? { kind: 'civic' as const } : {})}>{t(`keep.state.${r.state}`)}</Tag>
                    <p className="small soft">
                      {dateTime(r.made)} · {t('keep.listed', { count: r.listed })} · {t('keep.held', { count: r.held })}
                      {r.state === 'done' ? <> · {t('keep.removed', { count: r.removed })}</> : null}
                    </p>
                  </div>
                  {r.state === 'listed' ? (
                    <>
                      <Button tight onClick={() => setSeen(r)}>
                        {t('keep.look')}
                        <span className="hidden">: {r.rule.name}</span>
                      </Button>
                      <Button tight kind="quiet" busy={discard.isPending} onClick={() => discard.mutate(r.id, { onError: sayFault })}>
                        {t('keep.discard')}
                        <span className="hidden">: {r.rule.name}</span>
                      </Button>
                    </>
                  ) : null}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More pages={runs} />
      {seen ? (
        <Dialog
          wide
          title={seen.rule.name || t('keep.runs')}
          onClose={() => setSeen(undefined)}
          actions={
            seen.listed > 0 ? (
              <Button
                kind="danger"
                onClick={() => {
                  setRemoving(seen)
                  setSeen(undefined)
                }}
              >
                {t('keep.remove', { count: seen.listed })}
              </Button>
            ) : undefined
          }
        >
          <p>{t('keep.look.text')}</p>
          <Listed run={seen.id} held={false} />
          <Listed run={seen.id} held />
        </Dialog>
      ) : null}
      {removing ? (
        <Confirm
          title={t('keep.remove.title', { n: number(removing.listed) })}
          does={t('keep.remove', { count: removing.listed })}
          error={remove.error}
          busy={remove.isPending}
          onDo={() =>
            remove.mutate(removing, {
              onSuccess: () => {
                toast(t('keep.removing'))
                setRemoving(undefined)
              },
            })
          }
          onClose={() => setRemoving(undefined)}
        >
          {t('keep.remove.text')}
        </Confirm>
      ) : null}
    </section>
  )
}

function Listed({ run, held }: { run: string; held: boolean }) {
  const { t, maybe, dateTime } = useI18n()
  const lines = useListed(run, held)
  return (
    <details open={!held}>
      <summary>{t(held ? 'keep.stays' : 'keep.goes')}</summary>
      <Loaded query={lines}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">{t('keep.nothing')}</p>
          ) : (
            <ul className="plain list">
              {items.map((l) => {
                const known = verbNames.find((v) => verbs[v] === l.verb)
                return (
                  <li key={l.id}>
                    <div className="grow breaks small">
                      <bdi>{known ? t(`stmt.verb.${known}`) : l.verb}</bdi> <span className="soft"><bdi>{l.activity}</bdi></span>
                      <p className="soft">
                        {dateTime(l.stored)} {l.why ? <>· {maybe(`held.${l.why}`) ?? l.why}</> : null}
                      </p>
                    </div>
                  </li>
                )
              })}
            </ul>
          )
        }
      </Loaded>
      <More pages={lines} />
    </details>
  )
}

function Term() {
  const { t } = useI18n()
  const term = useTerm()
  const change = useChangeKeeping().term
  const toast = useToast()
  return (
    <section className="card stack" aria-labelledby="term">
      <h2 id="term">{t('keep.term')}</h2>
      <p>{t('keep.term.text')}</p>
      <Loaded query={term}>
        {({ years }) => (
          <Form error={change.error} onSubmit={(f) => change.mutate(Number(value(f, 'years')), { onSuccess: () => toast(t('state.saved')) })}>
            <TextField label={t('keep.years')} name="years" type="number" min={1} max={100} required defaultValue={years} />
            <Button type="submit" busy={change.isPending}>
              {t('action.save')}
            </Button>
          </Form>
        )}
      </Loaded>
    </section>
  )
}
