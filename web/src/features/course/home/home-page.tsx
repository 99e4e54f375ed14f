import { Link } from 'wouter'
import type { Enrolment, Home } from '../../../api/types'
import { clock, day, daysBetween, today } from '../../../lib/format'
import { useI18n, Words } from '../../../lib/i18n'
import { gaps, toSpans } from '../../../lib/spans'
import { ButtonLink } from '../../../ui/button'
import { Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { SeenBar } from '../../../ui/progress'
import { Empty, Loaded } from '../../../ui/states'
import { useHome } from './use-home'
import { SeenOf } from '../parts/seen-of'
import { lazy } from '../../../ui/lazy'

const MyProgrammes = lazy(() => import('../programme/my-programmes'), null)

export default function HomePage({ name, zone }: { name: string; zone: string }) {
  const { t } = useI18n()
  const home = useHome()
  const hour = new Date().getHours()
  const first = name.trim().split(/\s+/)[0] ?? name
  const greeting = hour < 5 || hour >= 18 ? t('home.evening', { name: first }) : hour < 12 ? t('home.morning', { name: first }) : t('home.day', { name: first })
  return (
    <>
      <PageHead title={t('home.title')} heading={greeting} lead={home.data ? <Lead home={home.data} /> : undefined} />
      <Loaded query={home} block>
        {(h) => (
          <div className="two">
            <div className="column stack-gap">
              <Resume home={h} />
              <Due home={h} zone={zone} />
              <Open home={h} />
              <MyProgrammes />
            </div>
            <div className="column">
              <Year home={h} />
              <Latest home={h} zone={zone} />
            </div>
          </div>
        )}
      </Loaded>
    </>
  )
}

function Lead({ home }: { home: Home }) {
  const { t } = useI18n()
  const open = home.open.filter((e) => e.id !== home.resume?.id).length + (home.resume ? 1 : 0)
  const parts = [open > 0 ? t('home.lead.open', { count: open }) : '', home.due.length > 0 ? t('home.lead.due', { count: home.due.length }) : ''].filter(Boolean)
  return parts.length > 0 ? parts.join(' ') : t('home.lead.none')
}

function Resume({ home }: { home: Home }) {
  const { t } = useI18n()
  const e = home.resume
  if (!e?.next) {
    return home.open.length === 0 ? (
      <Empty title={t('home.empty')} action={<ButtonLink kind="main" href="/catalogue">{t('home.find')}</ButtonLink>}>
        {t('home.empty.text')}
      </Empty>
    ) : null
  }
  const need = e.requirement
  const position = e.next.position ?? 0
  const length = need?.length ?? 0
  return (
    <section className="card bare lifted" aria-labelledby="resume">
      <div className="halves">
        <div className="cover">
          <span className="small"><Words text={e.course.title} /> · {t('lesson.number', { number: e.next.number, of: e.of })}</span>
          <b>
            <Words text={e.next.title} />
          </b>
        </div>
        <div className="body stack-2">
          <h2 id="resume">{position > 0 ? t('home.resume') : t('home.next')}</h2>
          {e.next.kind === 'video' && length > 0 ? (
            <>
              <p>
                <SeenOf seen={need?.seen ?? 0} length={length} />
              </p>
              <SeenBar label={t('home.seen')} parts={need?.gaps ? gaps(toSpans(need.gaps), length) : []} length={length} />
            </>
          ) : (
            <p>{t(`home.kind.${e.next.kind}`)}</p>
          )}
          <p className="small soft">{t('home.done', { done: e.done, count: e.of })}</p>
          <div className="row">
            <ButtonLink kind="main" icon="play" href={`/learn/${e.id}/${e.next.lesson}`}>
              {position > 0 ? t('home.continue.at', { at: clock(position) }) : t('home.continue')}
            </ButtonLink>
            <Link href={`/learn/${e.id}`}>{t('home.course')}</Link>
          </div>
        </div>
      </div>
    </section>
  )
}

function Due({ home, zone }: { home: Home; zone: string }) {
  const { t, locale } = useI18n()
  if (home.due.length === 0) return null
  return (
    <section aria-labelledby="due">
      <h2 id="due">{t('home.due')}</h2>
      <ul className="plain list">
        {home.due.map((d) => {
          const late = Date.parse(d.due) <= Date.now()
          const days = daysBetween(today(zone), d.dueDay)
          return (
            <li key={d.enrolment}>
              <div className="date" aria-hidden="true">
                <b className="num">{Number(d.dueDay.slice(8))}</b>
                <span>{day(locale, d.dueDay, 'month')}</span>
              </div>
              <div className="grow">
                <h3>
                  <Link href={d.kind === 'programme' ? `/programmes/${d.course.id}` : `/learn/${d.enrolment}`}>
                    <Words text={d.course.title} />
                  </Link>
                </h3>
                <p className="soft small">
                  {d.kind === 'programme' ? t('programme.kind') : t('minutes', { count: d.minutes })} · {d.state === 'open' ? t('home.begun') : t('home.notbegun')}
                </p>
              </div>
              <Tag kind={late ? 'wrong' : days <= 14 ? 'caution' : 'good'}>{dueWords(late, days, t)}</Tag>
            </li>
          )
        })}
      </ul>
    </section>
  )
}

function dueWords(late: boolean, days: number, t: ReturnType<typeof useI18n>['t']): string {
  if (late) return t('due.over', { count: Math.max(1, -days) })
  return days <= 0 ? t('due.today') : t('due.in', { count: days })
}

function Open({ home }: { home: Home }) {
  const { t } = useI18n()
  const rest = home.open.filter((e) => e.id !== home.resume?.id)
  if (rest.length === 0) return null
  return (
    <section aria-labelledby="open">
      <div className="row between">
        <h2 id="open">{t('home.open')}</h2>
        <Link className="small" href="/records">
          {t('home.all')}
        </Link>
      </div>
      <ul className="plain list">
        {rest.map((e) => (
          <OpenLine key={e.id} enrolment={e} />
        ))}
      </ul>
    </section>
  )
}

function OpenLine({ enrolment: e }: { enrolment: Enrolment }) {
  const { t } = useI18n()
  return (
    <li>
      <div className="grow stack-2">
        <h3>
          <Link href={`/learn/${e.id}`}>
            <Words text={e.course.title} />
          </Link>
        </h3>
        <SeenBar label={t('home.done', { done: e.done, count: e.of })} parts={[[0, e.done]]} length={Math.max(1, e.of)} />
        <p className="soft small">{t('home.done', { done: e.done, count: e.of })}</p>
      </div>
    </li>
  )
}

function Year({ home }: { home: Home }) {
  const { t, hours } = useI18n()
  return (
    <section className="card stack-2" aria-labelledby="year">
      <h2 id="year">{t('home.year')}</h2>
      <p>
        <span className="figure num">{hours(home.year.minutes)}</span> <span className="soft">{t('home.year.unit', { year: String(home.year.year) })}</span>
      </p>
      <p className="small soft">{t('home.year.courses', { count: home.year.courses })}</p>
      <p className="small">
        <Link href="/records">{t('home.year.from')}</Link>
      </p>
    </section>
  )
}

function Latest({ home, zone }: { home: Home; zone: string }) {
  const { t, day, hours } = useI18n()
  const c = home.latest
  if (!c) return null
  return (
    <section className="card stack-2" aria-labelledby="latest">
      <h2 id="latest">{t('home.latest')}</h2>
      <p>
        <Words text={c.title} />
      </p>
      <p className="small soft">
        {day(today(zone, new Date(c.completed)))}
        {c.minutes > 0 ? ` · ${t('hours', { hours: hours(c.minutes) })}` : ''}
      </p>
      <p className="small">
        <Link href={`/certificate/${c.id}`}>{t('home.show')}</Link>
      </p>
    </section>
  )
}
