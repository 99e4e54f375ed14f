import type { ReactNode } from 'react'
import { Link } from 'wouter'
import type { EnrolledLesson } from '../../../api/types'
import { useI18n, Words } from '../../../lib/i18n'
import { ButtonLink } from '../../../ui/button'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import '../parts/course.css'
import { RequirementList } from '../parts/requirement'

interface LessonFrameProps {
  lesson: EnrolledLesson
  base: string
  children: ReactNode
  beside?: ReactNode
  saved?: ReactNode
  /** Jumps to a part that is missing. */
  onGap?: (from: number) => void
  report?: ReactNode
}

/** What every lesson has around it: its place in the course, what is still missing, the way on. */
export function LessonFrame({ lesson: l, base, children, beside, saved, onGap, report }: LessonFrameProps) {
  const { t, words } = useI18n()
  const open = l.requirements.filter((r) => r.state !== 'done' || r.lesson === l.id)
  return (
    <>
      <PageHead
        title={words(l.title)}
        heading={<Words text={l.title} order={l.languages} />}
        crumb={
          <>
            <Link href={base}>
              <Words text={l.course.title} order={l.languages} />
            </Link>
            {' · '}
            {t('lesson.place', { module: l.module, number: l.number, of: l.of })}
          </>
        }
      />
      <div className={beside ? 'two' : 'measure-wide'}>
        <div className="stack">
          {children}
          <section className="card" aria-labelledby="need">
            <h2 id="need">{t('need.title')}</h2>
            {l.requirements.every((r) => r.state === 'done') ? (
              <Notice kind="good">{t('need.nothing')}</Notice>
            ) : (
              <RequirementList items={open} open={l.id} href={(id) => `${base}/${id}`} {...(onGap ? { onGap } : {})} />
            )}
            <div className="row between">
              {saved}
              {report}
            </div>
          </section>
        </div>
        {beside}
      </div>
      <nav className="turn" aria-label={t('lesson.turn')}>
        {l.previous ? <ButtonLink href={`${base}/${l.previous}`}>{t('lesson.previous')}</ButtonLink> : <span />}
        {l.next ? (
          <ButtonLink kind="main" href={`${base}/${l.next}`}>
            {t('lesson.next')}
          </ButtonLink>
        ) : (
          <ButtonLink kind="main" href={base}>
            {t('lesson.overview')}
          </ButtonLink>
        )}
      </nav>
    </>
  )
}
