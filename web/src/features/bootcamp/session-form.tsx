import { useId } from 'react'
import type { AgendaItem, Bootcamp, CohortSession, CohortSessionChange } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { localeNames, locales } from '../../lib/locale'
import { useUnsaved } from '../../lib/unsaved'
import { uuid } from '../../lib/uuid'
import { Button, IconButton } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { AreaField, Check, Choices, Form, SelectField, TextField } from '../../ui/field'
import { UnsavedNotice, UnsavedState } from '../../ui/unsaved'
import { ticked, written } from '../../ui/written'
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
  const [day = '', time = ''] = (of?.local ?? `${b.first}T09:00`).split('T')
  const p = of?.place
  const kind: string = of?.kind ?? 'workshop'
  const how: string = of?.mode ?? 'online'
  const unsaved = useUnsaved(`session.${b.id}.${of?.id ?? `new.${cohort}`}`, of?.edition ?? '', {
    title: of?.title ?? '', kind, language: of?.language ?? b.languages[0] ?? 'en', day, time, minutes: String(of?.minutes ?? 90), zone: of?.zone ?? b.zone, later: of?.later ?? false,
    mode: how, link: of?.link ?? '', telephone: of?.telephone ?? '', description: of?.description ?? '', facilitators: of?.facilitators.join(', ') ?? '',
    place: p?.name ?? '', room: p?.room ?? '', address: p?.address ?? '', capacity: String(p?.capacity ?? 0), stepFree: p?.stepFree ?? false, loop: p?.loop ?? false, access: p?.access ?? '',
    agenda: (of?.agenda ?? []).map((item, i): Draft => ({ key: String(i), item })), materials: of?.materials.map((m) => `${m.title} ${m.url}`).join('\n') ?? '',
  })
  const { value: x } = unsaved
  const mode = modes.find((m) => m === x.mode) ?? 'online'
  const send = () => {
    const body: CohortSessionChange = {
      title: x.title.trim(),
      kind: sessionKinds.find((k) => k === x.kind) ?? 'workshop',
      mode,
      language: x.language,
      description: x.description.trim(),
      local: `${x.day}T${x.time}`,
      zone: x.zone,
      later: of?.twice === true && x.later,
      minutes: Number(x.minutes),
      facilitators: x.facilitators
        .split(',')
        .map((name) => name.trim())
        .filter(Boolean),
      link: mode === 'presence' ? '' : x.link.trim(),
      telephone: mode === 'presence' ? '' : x.telephone.trim(),
      place: mode === 'online' ? { name: '' } : { name: x.place.trim(), address: x.address.trim(), room: x.room.trim(), capacity: Number(x.capacity), stepFree: x.stepFree, loop: x.loop, access: x.access.trim() },
      agenda: x.agenda.map((d) => d.item),
      materials: x.materials
        .split('\n')
        .map((l) => /^(.*?)\s*(https:\/\/\S+)$/.exec(l.trim()))
        .filter((m) => m !== null)
        .map(([, title, url]) => ({ title: title?.replace(/[:–-]\s*$/, '').trim() || (url ?? ''), url: url ?? '' })),
    }
    void (of ? change.mutateAsync({ s: of.id, edition: unsaved.of, ...body }) : add.mutateAsync({ c: cohort, ...body })).then(
      (now) => {
        unsaved.saved(x, of ? String(now.edition) : '')
        onClose()
      },
      () => undefined, // the form says it
    )
  }
  return (
    <Dialog title={t(of ? 'meet.edit' : 'meet.new')} onClose={onClose} wide>
      <Form error={unsaved.stale ? undefined : (add.error ?? change.error)} onSubmit={send}>
        <UnsavedNotice of={unsaved} busy={change.isPending} />
        <TextField label={t('meet.name')} {...written(unsaved, 'title')} required maxLength={200} />
        <div className="pair">
          <SelectField label={t('meet.kind')} {...written(unsaved, 'kind')}>
            {sessionKinds.map((k) => (
              <option key={k} value={k}>
                {t(`meet.kind.${k}`)}
              </option>
            ))}
          </SelectField>
          <SelectField label={t('meet.language')} {...written(unsaved, 'language')}>
            {locales.map((l) => (
              <option key={l} value={l} lang={l}>
                {localeNames[l]}
              </option>
            ))}
          </SelectField>
        </div>
        <div className="pair">
          <TextField label={t('meet.day')} {...written(unsaved, 'day')} type="date" required />
          <TextField label={t('meet.time')} {...written(unsaved, 'time')} type="time" required />
        </div>
        <div className="pair">
          <TextField label={t('meet.minutes')} {...written(unsaved, 'minutes')} type="number" required min={5} max={1440} />
          <SelectField label={t('camp.zone')} {...written(unsaved, 'zone')}>
            {zones(x.zone).map((z) => (
              <option key={z}>{z}</option>
            ))}
          </SelectField>
        </div>
        {of?.twice ? <Check {...ticked(unsaved, 'later')} label={t('meet.later')} hint={t('meet.later.hint')} /> : null}
        <Choices legend={t('meet.mode')}>
          {modes.map((m) => (
            <Check key={m} type="radio" name="mode" value={m} label={t(`meet.mode.${m}`)} checked={mode === m} onChange={() => unsaved.set('mode', m)} />
          ))}
        </Choices>
        {mode === 'online' ? null : (
          <>
            <div className="pair">
              <TextField label={t('meet.place')} {...written(unsaved, 'place')} maxLength={200} />
              <TextField label={t('meet.room')} {...written(unsaved, 'room')} maxLength={200} />
            </div>
            <div className="pair">
              <TextField label={t('meet.address')} {...written(unsaved, 'address')} maxLength={200} />
              <TextField label={t('meet.capacity')} {...written(unsaved, 'capacity')} type="number" min={0} max={100000} />
            </div>
            <Choices legend={t('meet.access')}>
              <Check {...ticked(unsaved, 'stepFree')} label={t('meet.stepfree')} />
              <Check {...ticked(unsaved, 'loop')} label={t('meet.loop')} />
            </Choices>
            <AreaField label={t('meet.access.more')} {...written(unsaved, 'access')} rows={2} maxLength={4000} />
          </>
        )}
        {mode === 'presence' ? null : (
          <div className="pair">
            <TextField label={t('meet.link')} hint={t('meet.link.hint')} {...written(unsaved, 'link')} type="url" pattern="https://.*" />
            <TextField label={t('meet.telephone')} hint={t('meet.telephone.hint')} {...written(unsaved, 'telephone')} />
          </div>
        )}
        <AreaField label={t('meet.description')} hint={t('camp.summary.hint')} {...written(unsaved, 'description')} rows={4} maxLength={4000} />
        <TextField label={t('meet.facilitators')} hint={t('meet.facilitators.hint')} {...written(unsaved, 'facilitators')} />
        <AgendaFields agenda={x.agenda} onChange={(agenda) => unsaved.set('agenda', agenda)} />
        <AreaField label={t('meet.materials')} hint={t('meet.materials.hint', { example: 'Handout https://castelverde.example/handout' })} {...written(unsaved, 'materials')} rows={3} />
        <div className="row">
          <Button kind="main" type="submit" busy={add.isPending || change.isPending}>
            {t('action.save')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <UnsavedState of={unsaved} quiet />
        </div>
      </Form>
    </Dialog>
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
