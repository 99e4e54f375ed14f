import { useState } from 'react'
import { Link } from 'wouter'
import type { AgendaItem } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { IconButton } from '../../ui/button'
import { SelectField } from '../../ui/field'
import { Icon } from '../../ui/icon'
import { useCourseChoices, useLessonChoices } from './queries'

/** The lesson to which an agenda item leads, or what has become of it. */
export function LinkedLesson({ item: a }: { item: AgendaItem }) {
  const { t, words } = useI18n()
  if (!a.lesson) return null
  const title = words(a.lessonTitle) || t('meet.item.lesson')
  return (
    <p className="small iconed">
      <Icon name="book" />
      <span>
        {a.lessonState === 'open' ? <Link href={`/catalogue/${a.course ?? ''}`}>{title}</Link> : title}
        {a.lessonState === 'gone' || a.lessonState === 'hidden' ? <span className="soft"> · {t(`meet.lesson.${a.lessonState}`)}</span> : null}
      </span>
    </p>
  )
}

/** Chooses a lesson of the catalogue for an agenda item. */
export function LessonChoice({ number, item: a, onChange }: { number: number; item: AgendaItem; onChange: (part: Partial<AgendaItem>) => void }) {
  const { t, words } = useI18n()
  const [course, setCourse] = useState('')
  const courses = useCourseChoices()
  const lessons = useLessonChoices(course)
  if (a.lesson) {
    return (
      <div className="row between">
        <LinkedLesson item={a} />
        <IconButton icon="trash" label={t('meet.item.unlink', { number })} onClick={() => onChange({ course: '', lesson: '', lessonTitle: {} })} />
      </div>
    )
  }
  const choose = (id: string) => {
    const lesson = lessons.data?.modules.flatMap((m) => m.lessons).find((l) => l.id === id)
    if (lesson) onChange({ course, lesson: id, lessonTitle: lesson.title, lessonState: 'open' })
  }
  return (
    <div className="pair">
      <SelectField label={t('meet.item.course')} value={course} onChange={(e) => setCourse(e.target.value)}>
        <option value="">{t('meet.item.nolesson')}</option>
        {(courses.data ?? []).map((x) => (
          <option key={x.id} value={x.id}>
            {words(x.title)}
          </option>
        ))}
      </SelectField>
      {course ? (
        <SelectField label={t('meet.item.lesson')} value="" onChange={(e) => choose(e.target.value)}>
          <option value="">{t('sheet.choose')}</option>
          {(lessons.data?.modules.flatMap((m) => m.lessons) ?? []).map((x) => (
            <option key={x.id} value={x.id}>
              {words(x.title)}
            </option>
          ))}
        </SelectField>
      ) : null}
    </div>
  )
}
