import { useState } from 'react'
import { Link } from 'wouter'
import type { Completion, ProgrammeMissing } from '../../../api/types'
import { useI18n, Words } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { AreaField, Form, SelectField, TextField, value } from '../../../ui/field'
import { Icon } from '../../../ui/icon'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import '../parts/course.css'
import { EarnedList } from '../parts/earned'
import { RequirementList } from '../parts/requirement'
import { CompletionTag } from './completions-page'
import { useCompletion, useCorrect } from './queries'
import { useTownDay } from '../parts/town-day'

/** One person's way through one course, with the evidence behind what was decided. */
export default function CompletionPage({ id }: { id: string }) {
  const completion = useCompletion(id)
  return (
    <Loaded query={completion} page>
      {(c) => <View completion={c} />}
    </Loaded>
  )
}

function View({ completion: c }: { completion: Completion }) {
  const { t, day, dateTime, hours } = useI18n()
  const date = useTownDay()
  const [correcting, setCorrecting] = useState(false)
  return (
    <>
      <PageHead
        title={c.person.name}
        crumb={<Link href="/">{t('hr.completions')}</Link>}
        lead={<Words text={c.course.title} />}
        action={c.record ? <Button onClick={() => setCorrecting(true)}>{t('hr.correct')}</Button> : undefined}
      />
      <div className="two even">
        <div className="column">
          <section className="card stack-2" aria-labelledby="facts">
            <h2 id="facts">{t('course.facts')}</h2>
            <dl className="facts">
              <dt>{t('records.state')}</dt>
              <dd>
                <CompletionTag completion={c} />
              </dd>
              <dt>{t('course.version')}</dt>
              <dd className="num">{c.version}</dd>
              <dt>{t('records.begun')}</dt>
              <dd>{date(c.begun)}</dd>
              {c.completed ? (
                <>
                  <dt>{t('records.completed')}</dt>
                  <dd>{dateTime(c.completed)}</dd>
                  <dt>{t('records.hours')}</dt>
                  <dd className="num">{c.kind === 'programme' ? t('hr.hours.programme') : hours(c.minutes)}</dd>
                </>
              ) : null}
              {c.dueDay ? (
                <>
                  <dt>{t('hr.due')}</dt>
                  <dd>{day(c.dueDay)}</dd>
                </>
              ) : null}
            </dl>
          </section>
          {c.earned ? (
            <section className="card" aria-labelledby="why">
              <h2 id="why">{t('certificate.earned')}</h2>
              <EarnedList items={c.earned} href={(e) => `/completions/${e.id}`} />
            </section>
          ) : c.missing && c.missing.length > 0 ? (
            <section className="card" aria-labelledby="why">
              <h2 id="why">{t('need.title')}</h2>
              <ul className="plain need">
                {c.missing.map((m, i) => (
                  <MissingLine key={m.course?.id ?? i} missing={m} />
                ))}
              </ul>
            </section>
          ) : c.explanation ? (
            <section className="card" aria-labelledby="why">
              <h2 id="why">{c.state === 'complete' ? t('hr.why') : t('need.title')}</h2>
              <RequirementList items={c.explanation} />
            </section>
          ) : null}
        </div>
        <div className="column">
          {c.record ? (
            <section className="card stack-2" aria-labelledby="evidence">
              <h2 id="evidence">{t('hr.evidence')}</h2>
              <p className="small soft">{t('hr.evidence.text')}</p>
              <dl className="facts small">
                <dt>{t('hr.record')}</dt>
                <dd className="num">{c.record}</dd>
                <dt>{t('hr.rule')}</dt>
                <dd>{c.rule}</dd>
                <dt>{t('hr.hash')}</dt>
                <dd className="num">{c.hash}</dd>
                <dt>{t('hr.statements')}</dt>
                <dd>
                  <ul className="plain num stack-2">
                    {(c.statements ?? []).map((s) => (
                      <li key={s}>
                        <Link href={`/statements/${s}`}>{s}</Link>
                      </li>
                    ))}
                  </ul>
                </dd>
              </dl>
            </section>
          ) : null}
          {c.corrections && c.corrections.length > 0 ? (
            <section className="card" aria-labelledby="corrections">
              <h2 id="corrections">{t('hr.corrections')}</h2>
              <ul className="plain list">
                {c.corrections.map((x) => (
                  <li key={x.record}>
                    <div className="grow">
                      <p>{x.reason}</p>
                      <p className="small soft">{t('hr.corrections.line', { kind: t(`hr.kind.${x.kind}`), when: dateTime(x.at), record: x.record })}</p>
                    </div>
                  </li>
                ))}
              </ul>
            </section>
          ) : null}
        </div>
      </div>
      {correcting && <Correct completion={c} onClose={() => setCorrecting(false)} />}
    </>
  )
}

/** What a programme still asks of somebody, as HR reads it. */
function MissingLine({ missing: m }: { missing: ProgrammeMissing }) {
  const { t, rich } = useI18n()
  const begun = m.state === 'open'
  return (
    <li className={begun ? 'begun' : ''}>
      <Icon name={begun ? 'clock' : 'circle'} />
      <div>
        {m.course ? (
          <>
            <b>
              <Words text={m.course.title} order={m.course.languages} />
            </b>
            <p className="small">{m.state === 'revoked' ? t('hr.programme.revoked') : begun ? t('home.done', { done: m.done ?? 0, count: m.of ?? 0 }) : t('need.todo')}</p>
          </>
        ) : (
          rich('programme.missing.electives', {}, { count: m.count ?? 0 })
        )}
      </div>
    </li>
  )
}

function Correct({ completion: c, onClose }: { completion: Completion; onClose: () => void }) {
  const { t } = useI18n()
  const correct = useCorrect(c.id)
  const [kind, setKind] = useState<'correction' | 'withdrawal'>('withdrawal')
  const toast = useToast()
  return (
    <Dialog title={t('hr.correct')} onClose={onClose}>
      <Form
        error={correct.error}
        onSubmit={(f) =>
          correct.mutate(
            {
              kind,
              reason: value(f, 'reason'),
              ...(kind === 'correction' ? { minutes: Number(value(f, 'minutes')), at: new Date(value(f, 'at')).toISOString() } : {}),
            },
            {
              onSuccess: () => {
                toast(t('hr.corrected'))
                onClose()
              },
            },
          )
        }
      >
        <Notice>{t('hr.correct.text')}</Notice>
        <SelectField label={t('hr.correct.kind')} value={kind} onChange={(e) => setKind(e.target.value === 'correction' ? 'correction' : 'withdrawal')}>
          <option value="withdrawal">{t('hr.kind.withdrawal')}</option>
          <option value="correction">{t('hr.kind.correction')}</option>
        </SelectField>
        {kind === 'correction' ? (
          <div className="pair">
            <TextField label={t('hr.correct.minutes')} name="minutes" type="number" min={0} max={30000} required defaultValue={c.minutes} />
            <TextField label={t('hr.correct.at')} name="at" type="datetime-local" required defaultValue={localTime(c.completed)} />
          </div>
        ) : null}
        <AreaField label={t('hr.correct.reason')} hint={t('hr.correct.reason.hint')} name="reason" required maxLength={1000} />
        <Ends does={t('hr.correct.do')} busy={correct.isPending} onClose={onClose} />
      </Form>
    </Dialog>
  )
}

/** An instant as a field of the browser wants it: 2026-11-22T08:30, in the reader's zone. */
function localTime(iso: string | undefined): string {
  if (!iso) return ''
  const d = new Date(iso)
  return new Date(d.getTime() - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 16)
}
