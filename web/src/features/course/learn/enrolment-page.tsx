import { Link } from 'wouter'
import type { EnrolmentDetail } from '../../../api/types'
import { useI18n, Words } from '../../../lib/i18n'
import { ButtonLink } from '../../../ui/button'
import { Icon } from '../../../ui/icon'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { SeenBar } from '../../../ui/progress'
import { Loaded } from '../../../ui/states'
import '../parts/course.css'
import { kindIcons, RequirementList } from '../parts/requirement'
import { useEnrolment } from './queries'
import { SaidSearch } from './said-search'
import { useTownDay } from '../parts/town-day'

export default function EnrolmentPage({ id }: { id: string }) {
  const enrolment = useEnrolment(id)
  return (
    <Loaded query={enrolment} page>
      {(e) => <EnrolmentView enrolment={e} base={`/learn/${id}`} />}
    </Loaded>
  )
}

/** A course as its learner sees it: the lessons, and what is still missing. */
export function EnrolmentView({ enrolment: e, base, preview }: { enrolment: EnrolmentDetail; base: string; preview?: boolean }) {
  const { t, words, day } = useI18n()
  const date = useTownDay()
  const order = e.course.languages
  const missing = e.requirements.filter((r) => r.state !== 'done')
  return (
    <>
      <PageHead
        title={words(e.course.title)}
        heading={<Words text={e.course.title} order={order} />}
        crumb={preview ? undefined : <Link href="/">{t('home.title')}</Link>}
        lead={e.state === 'complete' && e.completed ? t('course.complete', { date: date(e.completed) }) : e.dueDay ? t('course.due', { date: day(e.dueDay) }) : undefined}
        action={
          e.state === 'complete' && e.certificate ? (
            <ButtonLink kind="main" icon="award" href={`/certificate/${e.certificate}`}>
              {t('course.certificate')}
            </ButtonLink>
          ) : e.next ? (
            <ButtonLink kind="main" icon="play" href={`${base}/${e.next.lesson}`}>
              {e.done > 0 || (e.next.position ?? 0) > 0 ? t('home.continue') : t('course.begin')}
            </ButtonLink>
          ) : undefined
        }
      />
      <div className="two">
        <section aria-labelledby="lessons" className="stack">
          <h2 id="lessons">{t('course.lessons')}</h2>
          <div className="outline">
            {e.modules.map((m) => (
              <div key={m.id}>
                <h3>
                  <Words text={m.title} order={order} />
                </h3>
                <ol className="plain">
                  {m.lessons.map((l) => (
                    <li key={l.id}>
                      <Icon name={kindIcons[l.kind]} />
                      <span className="grow">
                        <Link href={`${base}/${l.id}`}>
                          <Words text={l.title} order={order} />
                        </Link>{' '}
                        <span className="small soft">{t('minutes', { count: l.minutes })}</span>
                      </span>
                      <span className={`mark-${l.state} row small`}>
                        {l.state !== 'todo' && <Icon name={l.state === 'done' ? 'check' : 'clock'} />}
                        {t(`need.${l.state}`)}
                      </span>
                    </li>
                  ))}
                </ol>
              </div>
            ))}
          </div>
          {!preview && e.modules.some((m) => m.lessons.some((l) => l.kind === 'video')) ? (
            <>
              <SaidSearch enrolment={e.id} base={base} order={order} />
              <p>
                <Link href={`/notes/${e.id}`}>{t('notes.title')}</Link>
              </p>
            </>
          ) : null}
        </section>
        <section className="card stack" aria-labelledby="need">
          <h2 id="need">{t('need.title')}</h2>
          <SeenBar tall label={t('home.done', { done: e.done, count: e.of })} parts={[[0, e.done]]} length={Math.max(1, e.of)} />
          <p className="small soft">{t('home.done', { done: e.done, count: e.of })}</p>
          {missing.length === 0 ? <Notice kind="good">{t('need.nothing')}</Notice> : <RequirementList items={missing} href={(l) => `${base}/${l}`} />}
        </section>
      </div>
    </>
  )
}
