import { useId, useState } from 'react'
import type { AgendaItem, Bootcamp, CohortSession, CohortSessionChange } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { localeNames, locales } from '../../lib/locale'
import { uuid } from '../../lib/uuid'
import { Button, IconButton } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { AreaField, Check, Choices, Form, SelectField, TextField, value } from '../../ui/field'
import { zones } from './bootcamp-form'
import { LessonChoice } from './lesson-choice'
import { useChangeSessions } from './queries'

export const sessionKinds = ['conference', 'seminar', 'workshop', 'hackathon', 'training', 'codesign', 'helpdesk', 'mobility', 'visit', 'other'] as const
export const modes = ['online', 'presence', 'mixed'] as const

interface Draft {
  key: string
  item: AgendaItem
}

/** Plans a session, or changes one. */
export function SessionForm({ bootcamp: b, cohort, of, onClose }: { bootcamp: Bootcamp; cohort: string; of?: CohortSession; onClose: () => void }) {
  const { t } = useI18n()
  const { add, change } = useChangeSessions(b.id)
  const [mode, setMode] = useState(of?.mode ?? 'online')
  const [agenda, setAgenda] = useState<Draft[]>(() => (of?.agenda ?? []).map((item) => ({ key: uuid(), item })))
  const zone = of?.zone ?? b.zone
  const [day, time] = (of?.local ?? `${b.first}T09:00`).split('T')
  const send = (f: FormData) => {
    const body: CohortSessionChange = {
      title: value(f, 'title'),
      kind: sessionKinds.find((k) => k === value(f, 'kind')) ?? 'workshop',
      mode,
      language: value(f, 'language'),
      description: value(f, 'description'),
      local: `${value(f, 'day')}T${value(f, 'time')}`,
      zone: value(f, 'zone'),
      later: f.has('later'),
      minutes: Number(value(f, 'minutes')),
      facilitators: value(f, 'facilitators')
        .split(',')
        .map((x) => x.trim())
        .filter(Boolean),
      link: mode === 'presence' ? '' : value(f, 'link'),
      telephone: mode === 'presence' ? '' : value(f, 'telephone'),
      place:
        mode === 'online'
          ? { name: '' }
          : {
              name: value(f, 'place'),
              address: value(f, 'address'),
              room: value(f, 'room'),
              capacity: Number(value(f, 'capacity')),
              stepFree: f.has('stepFree'),
              loop: f.has('loop'),
              access: value(f, 'access'),
            },
      agenda: agenda.map((d) => d.item),
      materials: value(f, 'materials')
        .split('\n')
        .map((l) => /^(.*?)\s*(https:\/\/\S+)$/.exec(l.trim()))
        .filter((m) => m !== null)
        .map(([, title, url]) => ({ title: title?.replace(/[:–-]\s*$/, '').trim() || (url ?? ''), url: url ?? '' })),
    }
    const done = { onSuccess: onClose }
    if (of) change.mutate({ of, ...body }, done)
    else add.mutate({ c: cohort, ...body }, done)
  }
  return (
    <Dialog title={t(of ? 'meet.edit' : 'meet.new')} onClose={onClose} wide>
      <Form error={add.error ?? change.error} onSubmit={send}>
        <TextField label={t('meet.name')} name="title" required maxLength={200} defaultValue={of?.title ?? ''} />
        <div className="pair">
          <SelectField label={t('meet.kind')} name="kind" defaultValue={of?.kind ?? 'workshop'}>
            {sessionKinds.map((k) => (
              <option key={k} value={k}>
                {t(`meet.kind.${k}`)}
              </option>
            ))}
          </SelectField>
          <SelectField label={t('meet.language')} name="language" defaultValue={of?.language ?? b.languages[0]}>
            {locales.map((l) => (
              <option key={l} value={l} lang={l}>
                {localeNames[l]}
              </option>
            ))}
          </SelectField>
        </div>
        <div className="pair">
          <TextField label={t('meet.day')} name="day" type="date" required defaultValue={day} />
          <TextField label={t('meet.time')} name="time" type="time" required defaultValue={time} />
        </div>
        <div className="pair">
          <TextField label={t('meet.minutes')} name="minutes" type="number" required min={5} max={1440} defaultValue={of?.minutes ?? 90} />
          <SelectField label={t('camp.zone')} name="zone" defaultValue={zone}>
            {zones(zone).map((z) => (
              <option key={z}>{z}</option>
            ))}
          </SelectField>
        </div>
        {of?.twice ? <Check name="later" label={t('meet.later')} hint={t('meet.later.hint')} defaultChecked={of.later} /> : null}
        <Choices legend={t('meet.mode')}>
          {modes.map((m) => (
            <Check key={m} type="radio" name="mode" value={m} label={t(`meet.mode.${m}`)} checked={mode === m} onChange={() => setMode(m)} />
          ))}
        </Choices>
        {mode === 'online' ? null : <PlaceFields of={of} />}
        {mode === 'presence' ? null : (
          <div className="pair">
            <TextField label={t('meet.link')} hint={t('meet.link.hint')} name="link" type="url" pattern="https://.*" defaultValue={of?.link ?? ''} />
            <TextField label={t('meet.telephone')} hint={t('meet.telephone.hint')} name="telephone" defaultValue={of?.telephone ?? ''} />
          </div>
        )}
        <AreaField label={t('meet.description')} hint={t('camp.summary.hint')} name="description" rows={4} maxLength={4000} defaultValue={of?.description ?? ''} />
        <TextField label={t('meet.facilitators')} hint={t('meet.facilitators.hint')} name="facilitators" defaultValue={of?.facilitators.join(', ') ?? ''} />
        <AgendaFields agenda={agenda} onChange={setAgenda} />
        <AreaField label={t('meet.materials')} hint={t('meet.materials.hint', { example: 'Handout https://castelverde.example/handout' })} name="materials" rows={3} defaultValue={of?.materials.map((m) => `${m.title} ${m.url}`).join('\n') ?? ''} />
        <div className="row">
          <Button kind="main" type="submit" busy={add.isPending || change.isPending}>
            {t('action.save')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </Form>
    </Dialog>
  )
}

function PlaceFields({ of }: { of: CohortSession | undefined }) {
  const { t } = useI18n()
  const p = of?.place
  return (
    <>
      <div className="pair">
        <TextField label={t('meet.place')} name="place" maxLength={200} defaultValue={p?.name ?? ''} />
        <TextField label={t('meet.room')} name="room" maxLength={200} defaultValue={p?.room ?? ''} />
      </div>
      <div className="pair">
        <TextField label={t('meet.address')} name="address" maxLength={200} defaultValue={p?.address ?? ''} />
        <TextField label={t('meet.capacity')} name="capacity" type="number" min={0} max={100000} defaultValue={p?.capacity ?? 0} />
      </div>
      <Choices legend={t('meet.access')}>
        <Check name="stepFree" label={t('meet.stepfree')} defaultChecked={p?.stepFree ?? false} />
        <Check name="loop" label={t('meet.loop')} defaultChecked={p?.loop ?? false} />
      </Choices>
      <AreaField label={t('meet.access.more')} name="access" rows={2} maxLength={4000} defaultValue={p?.access ?? ''} />
    </>
  )
}

/** The points of the agenda, in order, with their minutes. */
function AgendaFields({ agenda, onChange }: { agenda: Draft[]; onChange: (agenda: Draft[]) => void }) {
  const { t } = useI18n()
  const id = useId()
  const edit = (key: string, part: Partial<AgendaItem>) => onChange(agenda.map((d) => (d.key === key ? { ...d, item: { ...d.item, ...part } } : d)))
  const move = (i: number, by: number) => {
    const next = [...agenda]
    const [taken] = next.splice(i, 1)
    if (taken) next.splice(i + by, 0, taken)
    onChange(next)
  }
  return (
    <fieldset className="field" aria-describedby={id}>
      <legend>{t('meet.agenda')}</legend>
      <span className="hint" id={id}>
        {t('meet.agenda.total', { number: agenda.reduce((sum, d) => sum + d.item.minutes, 0) })}
      </span>
      <ol className="plain items">
        {agenda.map((d, i) => (
          <li key={d.key}>
            <div className="row between">
              <b>{t('meet.item', { number: i + 1 })}</b>
              <div className="row">
                <IconButton icon="up" label={t('meet.item.up', { number: i + 1 })} disabled={i === 0} onClick={() => move(i, -1)} />
                <IconButton icon="down" label={t('meet.item.down', { number: i + 1 })} disabled={i === agenda.length - 1} onClick={() => move(i, 1)} />
                <IconButton icon="trash" label={t('meet.item.remove', { number: i + 1 })} onClick={() => onChange(agenda.filter((x) => x.key !== d.key))} />
              </div>
            </div>
            <div className="pair">
              <TextField label={t('meet.item.title')} required maxLength={200} value={d.item.title} onChange={(e) => edit(d.key, { title: e.target.value })} />
              <TextField label={t('meet.minutes')} type="number" min={0} max={1440} value={d.item.minutes} onChange={(e) => edit(d.key, { minutes: Number(e.target.value) })} />
            </div>
            <TextField label={t('meet.item.lead')} maxLength={200} value={d.item.lead ?? ''} onChange={(e) => edit(d.key, { lead: e.target.value })} />
            <LessonChoice number={i + 1} item={d.item} onChange={(part) => edit(d.key, part)} />
            <AreaField label={t('meet.item.notes')} rows={2} maxLength={4000} value={d.item.notes ?? ''} onChange={(e) => edit(d.key, { notes: e.target.value })} />
          </li>
        ))}
      </ol>
      <div className="row">
        <Button icon="plus" onClick={() => onChange([...agenda, { key: uuid(), item: { title: '', minutes: 15 } }])}>
          {t('meet.item.add')}
        </Button>
      </div>
    </fieldset>
  )
}
