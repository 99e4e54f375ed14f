import { useState } from 'react'
import type { Bootcamp, Cohort, Laid } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { uuid } from '../../lib/uuid'
import { Dialog } from '../../ui/dialog'
import { Ends } from '../../ui/ends'
import { Form, SelectField, TextField, value } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { useToast } from '../../ui/toast'
import { type SheetFrom, useBootcamp, useBootcamps, useChangeSheets, useCopySheet, useSheets } from './queries'

/** Keeps a run-sheet, or a session, to plan from it again. */
export function KeepSheet({ name, from, onClose }: { name: string; from: SheetFrom; onClose: () => void }) {
  const { t } = useI18n()
  const { keep } = useChangeSheets()
  const toast = useToast()
  return (
    <Dialog title={t('sheet.keep')} onClose={onClose}>
      <Form
        error={keep.error}
        onSubmit={(f) =>
          keep.mutate(
            { name: value(f, 'name'), from },
            {
              onSuccess: () => {
                toast(t('sheet.kept'))
                onClose()
              },
            },
          )
        }
      >
        <p>{t('sheet.keep.text')}</p>
        <TextField label={t('sheet.name')} name="name" required maxLength={200} defaultValue={name} />
        <Ends does={t('sheet.keep')} busy={keep.isPending} onClose={onClose} />
      </Form>
    </Dialog>
  )
}

/** Plans the sessions of a template, or of another cohort, after one has seen on which days they fall. */
export function CopySheet({ bootcamp: b, cohort: c, onClose }: { bootcamp: Bootcamp; cohort: Cohort; onClose: () => void }) {
  const { t } = useI18n()
  const { trial, plan } = useCopySheet(b.id, c.id)
  const [key] = useState(uuid)
  const [kind, setKind] = useState<'template' | 'cohort'>('cohort')
  const toast = useToast()
  const source = (f: FormData): SheetFrom => (kind === 'template' ? { template: value(f, 'template') } : { bootcamp: value(f, 'bootcamp'), cohort: value(f, 'cohort') })
  const tried = trial.data?.sessions
  const wrong = tried?.some((s) => s.wrong) ?? false
  return (
    <Dialog title={t('sheet.copy')} onClose={onClose} wide>
      <Form
        error={plan.error ?? trial.error}
        onSubmit={(f) => {
          const body = { from: source(f), first: value(f, 'first') }
          if (!tried || wrong) {
            trial.mutate(body)
            return
          }
          plan.mutate(
            { ...body, key },
            {
              onSuccess: () => {
                toast(t('sheet.planned'))
                onClose()
              },
            },
          )
        }}
      >
        <p className="soft">{t('sheet.copy.text')}</p>
        <div onChange={() => trial.reset()} className="stack">
          <SelectField label={t('sheet.from')} name="from" value={kind} onChange={(e) => setKind(e.target.value === 'template' ? 'template' : 'cohort')}>
            <option value="cohort">{t('sheet.from.cohort')}</option>
            {b.hosting ? <option value="template">{t('sheet.from.template')}</option> : null}
          </SelectField>
          {kind === 'template' ? <Templates /> : <Cohorts bootcamp={b} cohort={c} />}
          <TextField label={t('sheet.first')} hint={t('sheet.first.hint')} name="first" type="date" required defaultValue={b.first} />
        </div>
        <div role="status">{tried ? <Days sessions={tried} /> : null}</div>
        {wrong ? <Notice kind="wrong">{t('sheet.wrong')}</Notice> : null}
        <Ends does={t(tried && !wrong ? 'sheet.plan' : 'sheet.try')} busy={trial.isPending || plan.isPending} onClose={onClose} />
      </Form>
    </Dialog>
  )
}

function Templates() {
  const { t } = useI18n()
  const sheets = useSheets()
  return (
    <SelectField label={t('sheet.name')} name="template" required defaultValue="">
      <option value="">{t('sheet.choose')}</option>
      {(sheets.data?.items ?? []).map((s) => (
        <option key={s.id} value={s.id}>
          {s.name}
        </option>
      ))}
    </SelectField>
  )
}

/** The cohorts that one leads, of this or an earlier bootcamp. */
function Cohorts({ bootcamp: b, cohort: c }: { bootcamp: Bootcamp; cohort: Cohort }) {
  const { t, words } = useI18n()
  const bootcamps = useBootcamps()
  const [chosen, setChosen] = useState(b.id)
  const other = useBootcamp(chosen)
  return (
    <div className="pair">
      <SelectField label={t('sheet.from.bootcamp')} name="bootcamp" value={chosen} onChange={(e) => setChosen(e.target.value)}>
        {(bootcamps.data?.items ?? [b]).map((x) => (
          <option key={x.id} value={x.id}>
            {words(x.title)}
          </option>
        ))}
      </SelectField>
      <SelectField label={t('sheet.from.cohort')} name="cohort" required key={chosen + (other.data ? '+' : '')} defaultValue="">
        <option value="">{t('sheet.choose')}</option>
        {(other.data?.cohorts ?? [])
          .filter((x) => x.leads && x.id !== c.id)
          .map((x) => (
            <option key={x.id} value={x.id}>
              {x.name}
            </option>
          ))}
      </SelectField>
    </div>
  )
}

/** On which days sessions fall, and what is in the way. */
function Days({ sessions }: { sessions: Laid['sessions'] }) {
  const i18n = useI18n()
  const { t, list } = i18n
  return (
    <ul className="plain list laid">
      {sessions.map((s, i) => (
        <li key={i}>
          <div className="grow">
            <b lang={s.language}>{s.title}</b>
            <p className="small soft">{s.starts ? `${weekday(s.starts, s.zone, i18n.locale)} (${s.zone})` : s.local.replace('T', ' ')}</p>
            {s.wrong ? <p className="small wrong">{i18n.maybe(`errors.${s.wrong}`, { zone: s.zone })}</p> : null}
            {s.twice ? <p className="small">{t('meet.later.hint')}</p> : null}
            {s.lost.length > 0 ? <p className="small">{t('sheet.lost', { what: list(s.lost) })}</p> : null}
          </div>
        </li>
      ))}
    </ul>
  )
}

/** The day of the week, the day and the time on the wall of a place. */
function weekday(at: string, zone: string, locale: string): string {
  return new Intl.DateTimeFormat(locale, { timeZone: zone, weekday: 'long', day: 'numeric', month: 'long', year: 'numeric', hour: 'numeric', minute: '2-digit' }).format(new Date(at))
}
