import { useState } from 'react'
import type { HelpdeskVisit } from '../../../api/types'
import { useZone } from '../../../api/zone'
import { today } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'
import { isTopic, topics } from '../../../lib/topics'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { AreaField, SelectField, TextField, value } from '../../../ui/field'
import { KeptForm, useBegun } from '../../../ui/kept-form'
import { More } from '../../../ui/more'
import { Tag } from '../../../ui/notice'
import { Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import { useCohortMembers } from '../queries'
import { CohortField } from './cohort-field'
import { useEnter, useLessonChoices, useVisits } from './queries'
import { outcomes, usePartName } from './value'
import { Withdraw } from './withdraw'

const ways = ['presence', 'online', 'telephone'] as const

/** Visits to the help-desk, as who sits there notes them: of a bootcamp, or of one cohort. */
export function Visits({ bootcamp, cohort = '' }: { bootcamp: string; cohort?: string }) {
  const { t, day } = useI18n()
  const name = usePartName()
  const visits = useVisits(bootcamp, cohort)
  const { endVisit } = useEnter(bootcamp)
  const [open, setOpen] = useState<HelpdeskVisit | 'new'>()
  const [ending, setEnding] = useState<HelpdeskVisit>()
  return (
    <div className="stack-2 no-print">
      <div className="row between">
        <h3>{t('fig.desk.noted')}</h3>
        <Button icon="plus" onClick={() => setOpen('new')}>
          {t('fig.visit.new')}
        </Button>
      </div>
      <Loaded query={visits}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">{t('fig.desk.none')}</p>
          ) : (
            <ul className="plain list">
              {items.map((v) => (
                <li key={v.id}>
                  <div className="grow">
                    <p>
                      <b>{day(v.on)}</b> {name({ what: 'visit', by: 'topic', part: v.topic })}
                    </p>
                    <p className="small soft">
                      {[name({ what: 'visit', by: 'mode', part: v.mode }), name({ what: 'visit', by: 'outcome', part: v.outcome }), t('minutes', { count: v.minutes }), v.lessonTitle ?? ''].filter(Boolean).join(' · ')}
                    </p>
                    {v.note ? <p className="small">{v.note}</p> : null}
                  </div>
                  {v.gone ? (
                    <Tag kind="caution">{t('fig.gone', { reason: v.gone })}</Tag>
                  ) : (
                    <span className="row">
                      <Button tight onClick={() => setOpen(v)}>
                        {t('action.change')}
                        <span className="hidden">: {day(v.on)} {v.note}</span>
                      </Button>
                      <Button tight onClick={() => setEnding(v)}>
                        {t('fig.withdraw')}
                        <span className="hidden">: {day(v.on)} {v.note}</span>
                      </Button>
                    </span>
                  )}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More pages={visits} />
      {open ? <VisitForm bootcamp={bootcamp} fixed={cohort} of={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} /> : null}
      {ending ? (
        <Withdraw id={ending.id} error={endVisit.error} busy={endVisit.isPending} onClose={() => setEnding(undefined)} onDo={(reason) => endVisit.mutateAsync({ v: ending.id, reason })} />
      ) : null}
    </div>
  )
}

function VisitFields({ bootcamp: b, fixed, of }: { bootcamp: string; fixed: string; of: HelpdeskVisit | undefined }) {
  const zone = useZone()
  const { t } = useI18n()
  const name = usePartName()
  const [cohort, setCohort] = useBegun('cohort', of?.cohort ?? fixed)
  const [course, setCourse] = useBegun('course', of?.course ?? '')
  return (
    <>
      <p className="small soft">{t('fig.visit.hint')}</p>
      <div className="pair">
        <TextField label={t('fig.on')} name="on" type="date" required defaultValue={of?.on ?? today(zone)} />
        <TextField label={t('meet.minutes')} name="minutes" type="number" min={1} max={1440} required defaultValue={of?.minutes ?? 15} />
      </div>
      <div className="pair">
        <SelectField label={t('fig.part.topic')} name="topic" defaultValue={of?.topic ?? 'services'}>
          {topics.filter(isTopic).map((x) => (
            <option key={x} value={x}>
              {t(`practice.topic.${x}`)}
            </option>
          ))}
        </SelectField>
        <SelectField label={t('fig.part.outcome')} name="outcome" defaultValue={of?.outcome ?? 'solved'}>
          {outcomes.map((x) => (
            <option key={x} value={x}>
              {t(`fig.outcome.${x}`)}
            </option>
          ))}
        </SelectField>
      </div>
      <SelectField label={t('fig.part.mode')} name="mode" defaultValue={of?.mode ?? 'presence'}>
        {ways.map((x) => (
          <option key={x} value={x}>
            {name({ what: 'visit', by: 'mode', part: x })}
          </option>
        ))}
      </SelectField>
      <div className="pair">
        {fixed ? null : <CohortField bootcamp={b} value={cohort} onChange={setCohort} />}
        {cohort ? <Who key={cohort} bootcamp={b} cohort={cohort} person={of?.cohort === cohort ? (of.person ?? '') : ''} /> : null}
      </div>
      <Lesson course={course} lesson={of?.lesson ?? ''} onCourse={setCourse} />
      <AreaField label={t('fig.note')} hint={t('fig.note.hint')} name="note" rows={2} maxLength={1000} defaultValue={of?.note ?? ''} />
    </>
  )
}

export function VisitForm({ bootcamp: b, fixed, of, onClose }: { bootcamp: string; fixed: string; of: HelpdeskVisit | undefined; onClose: () => void }) {
  const { t } = useI18n()
  const { addVisit, changeVisit } = useEnter(b)
  const toast = useToast()
  const done = () => {
    toast(t('state.saved'))
    onClose()
  }
  return (
    <Dialog title={t(of ? 'fig.visit.edit' : 'fig.visit.new')} onClose={onClose}>
      <KeptForm
        name={`visit.${of?.id ?? `${b}.${fixed}`}`}
        of={of?.edition ?? ''}
        error={addVisit.error ?? changeVisit.error}
        onSent={done}
        onSubmit={(f) => {
          const [cohort, course, lesson] = [value(f, 'cohort') || fixed, value(f, 'course'), value(f, 'lesson')]
          const body = {
            on: value(f, 'on'), mode: ways.find((x) => x === value(f, 'mode')) ?? 'presence', topic: value(f, 'topic'), outcome: outcomes.find((x) => x === value(f, 'outcome')) ?? 'solved',
            minutes: Number(value(f, 'minutes')), note: value(f, 'note'), ...(cohort ? { cohort } : {}), ...(value(f, 'person') ? { person: value(f, 'person') } : {}), ...(course && lesson ? { course, lesson } : {}),
          }
          return of ? changeVisit.mutateAsync({ of, ...body }) : addVisit.mutateAsync(body)
        }}
      >
        <VisitFields bootcamp={b} fixed={fixed} of={of} />
        <Ends does={t('action.save')} busy={addVisit.isPending || changeVisit.isPending} onClose={onClose} />
      </KeptForm>
    </Dialog>
  )
}

function Who({ bootcamp, cohort, person }: { bootcamp: string; cohort: string; person: string }) {
  const { t } = useI18n()
  const members = useCohortMembers(bootcamp, cohort, 'joined')
  if (!members.data) return null
  return (
    <SelectField label={t('fig.who')} name="person" defaultValue={person}>
      <option value="">{t('fig.somebody')}</option>
      {members.data.items.map((m) => (
        <option key={m.person} value={m.person}>
          {m.name}
        </option>
      ))}
    </SelectField>
  )
}

function Lesson({ course, lesson, onCourse }: { course: string; lesson: string; onCourse: (id: string) => void }) {
  const { t, words } = useI18n()
  const { courses, lessons } = useLessonChoices(course)
  return (
    <div className="pair">
      <SelectField label={t('fig.recommended')} name="course" value={course} onChange={(e) => onCourse(e.target.value)}>
        <option value="">{t('fig.none')}</option>
        {courses.map((x) => (
          <option key={x.id} value={x.id}>
            {words(x.title)}
          </option>
        ))}
      </SelectField>
      {course ? (
        <SelectField key={course + String(lessons.length)} label={t('practice.lesson.lesson')} name="lesson" defaultValue={lesson}>
          {lessons.map((x) => (
            <option key={x.id} value={x.id}>
              {words(x.title)}
            </option>
          ))}
        </SelectField>
      ) : null}
    </div>
  )
}
