import { useState } from 'react'
import { Link } from 'wouter'
import type { OwnNote } from '../../../api/types'
import { clock } from '../../../lib/format'
import { useI18n, Words } from '../../../lib/i18n'
import { Icon } from '../../../ui/icon'
import { More } from '../../../ui/more'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { ButtonLink } from '../../../ui/button'
import { SearchField } from '../../../ui/search-field'
import '../parts/course.css'
import { NoteLine } from './notes'
import { useEnrolment, useNotes } from './queries'

/** All own notes in a course, lesson by lesson. */
export default function NotesPage({ enrolment }: { enrolment: string }) {
  const study = useEnrolment(enrolment)
  return (
    <Loaded query={study} page>
      {(e) => <CourseNotes enrolment={enrolment} course={e.course.title} order={e.course.languages} />}
    </Loaded>
  )
}

function CourseNotes({ enrolment, course, order }: { enrolment: string; course: Record<string, string>; order: readonly string[] }) {
  const { t, locale } = useI18n()
  const [q, setQ] = useState('')
  const notes = useNotes(enrolment, '', q)
  return (
    <>
      <PageHead
        title={t('notes.title')}
        lead={t('notes.private')}
        crumb={
          <Link href={`/learn/${enrolment}`}>
            <Words text={course} order={order} />
          </Link>
        }
        action={
          <a className="button plain" href={`/api/v1/enrolments/${enrolment}/notes-text?lang=${locale}`} download={`${t('notes.title')}.txt`}>
            <Icon name="download" />
            {t('notes.save')}
          </a>
        }
      />
      <div className="stack measure-wide">
        <SearchField label={t('notes.search')} onSearch={setQ} />
        <Loaded query={notes}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="edit" title={q ? t('notes.none') : t('notes.empty')} action={q ? undefined : <ButtonLink href={`/learn/${enrolment}`}>{t('notes.course')}</ButtonLink>}>
                {q ? undefined : t('notes.empty.text')}
              </Empty>
            ) : (
              <>
                <p className="small soft" role="status">
                  {t('notes.count', { count: items.length })}
                </p>
                {byLesson(items).map(({ lesson, title, list }) => (
                  <section key={lesson} className="card stack" aria-labelledby={`l-${lesson}`}>
                    <h2 id={`l-${lesson}`}>{Object.keys(title).length > 0 ? <Words text={title} order={order} /> : t('notes.gone')}</h2>
                    <ul className="plain list notes">
                      {list.map((n) => (
                        <NoteLine key={n.id} enrolment={enrolment} note={n}>
                          <Link href={`/learn/${enrolment}/${n.lesson}?t=${Math.floor(n.at)}`} className="num">
                            <span className="hidden">{t('notes.jump')} </span>
                            {clock(n.at)}
                          </Link>
                        </NoteLine>
                      ))}
                    </ul>
                  </section>
                ))}
                <More pages={notes} />
              </>
            )
          }
        </Loaded>
      </div>
    </>
  )
}

/** Notes come lesson by lesson. */
function byLesson(notes: readonly OwnNote[]): { lesson: string; title: Record<string, string>; list: OwnNote[] }[] {
  const all: { lesson: string; title: Record<string, string>; list: OwnNote[] }[] = []
  for (const n of notes) {
    const last = all.at(-1)
    if (last && last.lesson === n.lesson) last.list.push(n)
    else all.push({ lesson: n.lesson, title: n.title, list: [n] })
  }
  return all
}
