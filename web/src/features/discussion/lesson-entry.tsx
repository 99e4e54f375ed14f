import { useQuery } from '@tanstack/react-query'
import { Link } from 'wouter'
import { client, content } from '../../api/client'
import { useI18n } from '../../lib/i18n'
import { Icon } from '../../ui/icon'
import './discussion.css'

/** The ways from a lesson into what the reader's cohorts say about it. Who is in none sees nothing. */
export default function LessonTalk({ course, lesson }: { course: string; lesson: string }) {
  const { t, words } = useI18n()
  const own = useQuery({ queryKey: ['own-cohorts'], queryFn: () => content(client.GET('/own-cohorts')), staleTime: 300_000 })
  const items = own.data?.items ?? []
  if (items.length === 0) return null
  return (
    <section className="card stack-2 no-print measure-wide lesson-talk" aria-labelledby="lesson-talk">
      <h2 id="lesson-talk">{t('talk.lesson')}</h2>
      <ul className="plain stack-2">
        {items.map((c) => (
          <li key={c.cohort} className="row">
            <Icon name="mail" />
            <Link href={`/bootcamps/${c.bootcamp}/cohorts/${c.cohort}/discussion?about=lesson.${lesson}&course=${course}`}>
              {words(c.title)}, {c.name}
            </Link>
          </li>
        ))}
      </ul>
    </section>
  )
}
