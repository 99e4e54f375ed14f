import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { client, content } from '../../api/client'
import { wholeList } from '../../api/pages'
import type { PracticeContent } from '../../api/types'
import { clock } from '../../lib/format'
import { useI18n } from '../../lib/i18n'
import { Button, IconButton } from '../../ui/button'
import { SelectField, TextField } from '../../ui/field'

/** "2:10" and "1:02:10" in seconds; 0 for nothing that can be read. */
export function seconds(text: string): number {
  const parts = text.trim().split(':').map(Number)
  return parts.length > 3 || parts.some((n) => !Number.isInteger(n) || n < 0) ? 0 : parts.reduce((sum, n) => sum * 60 + n, 0)
}

/** Lessons, and moments in them, in which others learn how it is done. */
export function LessonRows({ content: c, set }: { content: PracticeContent; set: (change: Partial<PracticeContent>) => void }) {
  const { t, words } = useI18n()
  const [course, setCourse] = useState('')
  const [lesson, setLesson] = useState('')
  const [at, setAt] = useState('')
  const courses = useQuery({
    queryKey: ['practices', 'courses'],
    queryFn: () => wholeList((cursor) => content(client.GET('/catalogue', { params: { query: { limit: 100, ...(cursor ? { cursor } : {}) } } }))),
  })
  const chosen = useQuery({ queryKey: ['practices', 'course', course], queryFn: () => content(client.GET('/catalogue/{id}', { params: { path: { id: course } } })), enabled: course !== '' })
  const lessons = chosen.data?.modules.flatMap((m) => m.lessons) ?? []
  const add = () => {
    const title = words(lessons.find((l) => l.id === lesson)?.title)
    set({ lessons: [...c.lessons, { course, lesson, second: seconds(at), ...(title ? { title: title.slice(0, 120) } : {}) }] })
    setLesson('')
    setAt('')
  }
  return (
    <fieldset className="field stack-2">
      <legend>{t('practice.section.lessons')}</legend>
      <span className="hint">{t('practice.lesson.hint')}</span>
      <ul className="plain list">
        {c.lessons.map((l, i) => (
          <li key={i}>
            <span className="grow">
              {l.title} {l.second ? <span className="soft small">{t('practice.second', { at: clock(l.second) })}</span> : null}
            </span>
            <IconButton icon="trash" label={t('practice.remove', { what: l.title ?? '' })} onClick={() => set({ lessons: c.lessons.filter((_, j) => j !== i) })} />
          </li>
        ))}
      </ul>
      <div className="pair">
        <SelectField label={t('practice.lesson.course')} name="lessons" value={course} onChange={(e) => { setCourse(e.target.value); setLesson('') }}>
          <option value="">{t('practice.choose')}</option>
          {(courses.data ?? []).map((x) => (
            <option key={x.id} value={x.id}>
              {words(x.title)}
            </option>
          ))}
        </SelectField>
        <SelectField label={t('practice.lesson.lesson')} value={lesson} disabled={course === ''} onChange={(e) => setLesson(e.target.value)}>
          <option value="">{t('practice.choose')}</option>
          {lessons.map((x) => (
            <option key={x.id} value={x.id}>
              {words(x.title)}
            </option>
          ))}
        </SelectField>
        <TextField label={t('practice.lesson.at')} value={at} onChange={(e) => setAt(e.target.value)} maxLength={8} />
      </div>
      <div>
        <Button icon="plus" disabled={lesson === ''} onClick={add}>
          {t('practice.lesson.add')}
        </Button>
      </div>
    </fieldset>
  )
}
