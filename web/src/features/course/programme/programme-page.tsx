import { Link } from 'wouter'
import type { ProgrammeMissing, ProgrammePart, ProgrammeStudy } from '../../../api/types'
import { isFault, say } from '../../../lib/fault'
import { useI18n, Words } from '../../../lib/i18n'
import { Button, ButtonLink } from '../../../ui/button'
import { Icon } from '../../../ui/icon'
import { Notice, Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { SeenBar } from '../../../ui/progress'
import { Loaded } from '../../../ui/states'
import { NotForEverybody, signInFor } from '../parts/not-for-everybody'
import '../parts/course.css'
import { RequirementList } from '../parts/requirement'
import { shareOf } from './my-programmes'
import { useBeginProgramme, useProgramme } from './queries'
import { useTownDay } from '../parts/town-day'

/** A programme, before one begins it and on the way. Nobody: the reader is not signed in. */
export default function ProgrammePage({ id, nobody = false }: { id: string; nobody?: boolean }) {
  const programme = useProgramme(id)
  if (nobody && isFault(programme.error) && programme.error.status === 404) return <NotForEverybody address={`/programmes/${id}`} />
  return (
    <Loaded query={programme} page>
      {(p) => <View programme={p} nobody={nobody} />}
    </Loaded>
  )
}

function View({ programme: p, nobody }: { programme: ProgrammeStudy; nobody: boolean }) {
  const i18n = useI18n()
  const { t, words } = i18n
  const date = useTownDay()
  const begin = useBeginProgramme()
  return (
    <>
      <PageHead
        title={words(p.title)}
        heading={<Words text={p.title} order={p.languages} />}
        crumb={
          <>
            <Link href="/catalogue">{t('nav.catalogue')}</Link>
            {' · '}
            {t('programme.kind')}
          </>
        }
        lead={p.completed ? t('course.complete', { date: date(p.completed) }) : <Words text={p.summary} order={p.languages} />}
        action={
          nobody ? (
            <ButtonLink kind="main" href={signInFor(`/programmes/${p.id}`)}>
              {t('programme.signin')}
            </ButtonLink>
          ) : p.certificate ? (
            <ButtonLink kind="main" icon="award" href={`/certificate/${p.certificate}`}>
              {t('course.certificate')}
            </ButtonLink>
          ) : p.state === 'none' ? (
            <Button kind="main" busy={begin.isPending} onClick={() => begin.mutate(p.id)}>
              {t('programme.enrol')}
            </Button>
          ) : undefined
        }
      />
      <div className="stack-5">
        {begin.error ? (
          <Notice kind="wrong" alert>
            {say(begin.error, i18n)}
          </Notice>
        ) : null}
        {p.due && p.dueDay && p.state === 'open' ? <Due due={p.due} by={p.dueDay} /> : null}
        {p.withdrawn ? <Notice kind="wrong">{t('programme.withdrawn')}</Notice> : null}
        {p.newer ? (
          <Notice>
            <div className="stack-2">
              <p>{t('programme.newer', { version: p.newer })}</p>
              <Button tight busy={begin.isPending} onClick={() => begin.mutate(p.id)}>
                {t('programme.newer.do')}
              </Button>
            </div>
          </Notice>
        ) : null}
        <div className="two">
          <section aria-labelledby="courses" className="stack">
            <div>
              <h2 id="courses">{t('programme.courses')}</h2>
              <p className="small soft">{t('programme.order')}</p>
            </div>
            <ol className="plain list steps">
              {p.courses.map((c, i) => (
                <Part key={c.course.id} part={c} number={i + 1} />
              ))}
            </ol>
          </section>
          {p.state === 'none' ? <Asked programme={p} nobody={nobody} /> : <Missing programme={p} />}
        </div>
      </div>
    </>
  )
}

/** By which day one's town wants it completed, and when that day ends. */
function Due({ due, by }: { due: string; by: string }) {
  const { t, day } = useI18n()
  const late = Date.parse(due) < Date.now()
  return <Notice kind={late ? 'caution' : 'info'}>{t(late ? 'programme.late' : 'programme.due', { date: day(by) })}</Notice>
}

/** One course of the programme, and how far one is in it. */
function Part({ part: c, number }: { part: ProgrammePart; number: number }) {
  const { t, number: figure } = useI18n()
  const date = useTownDay()
  const facts = [c.minutes ? t('minutes', { count: c.minutes }) : '', c.lessons ? t('lessons', { count: c.lessons }) : ''].filter(Boolean)
  return (
    <li>
      <span className="step num" aria-hidden="true">
        {c.state === 'complete' ? <Icon name="check" /> : figure(number)}
      </span>
      <div className="grow stack-2">
        <div className="row between">
          <h3>
            {c.enrolment || c.available ? (
              <Link href={c.enrolment ? `/learn/${c.enrolment}` : `/catalogue/${c.course.id}`}>
                <Words text={c.course.title} order={c.course.languages} />
              </Link>
            ) : (
              <Words text={c.course.title} order={c.course.languages} />
            )}
          </h3>
          <Tag {...(c.elective ? {} : { kind: 'civic' })}>{c.elective ? t('programme.elective') : t('programme.required')}</Tag>
        </div>
        {c.state === 'open' ? <SeenBar label={t('home.done', { done: c.done, count: c.of })} parts={[[0, c.done]]} length={Math.max(1, c.of)} /> : null}
        <p className="small soft">
          {c.state === 'complete' && c.completed
            ? t('course.complete', { date: date(c.completed) })
            : c.state === 'open'
              ? t('home.done', { done: c.done, count: c.of })
              : c.state === 'revoked'
                ? t('programme.missing.revoked')
                : facts.join(' · ')}{' '}
          {!c.available && c.state === 'none' ? t('programme.unavailable') : ''}
        </p>
      </div>
    </li>
  )
}

function Asked({ programme: p, nobody }: { programme: ProgrammeStudy; nobody: boolean }) {
  const { t, list, languageName } = useI18n()
  return (
    <section className="card stack-2" aria-labelledby="asked">
      <h2 id="asked">{t('programme.rule')}</h2>
      <ul className="plain need">
        {p.required.of > 0 ? (
          <li>
            <Icon name="check" />
            <span>{t('programme.rule.required', { count: p.required.of })}</span>
          </li>
        ) : null}
        {p.electives.needed > 0 ? (
          <li>
            <Icon name="check" />
            <span>{t('programme.rule.electives', { needed: p.electives.needed, count: p.electives.of })}</span>
          </li>
        ) : null}
      </ul>
      <dl className="facts">
        <dt>{t('course.languages')}</dt>
        <dd>{list(p.languages.map(languageName))}</dd>
        <dt>{t('course.by')}</dt>
        <dd>{p.owner.name}</dd>
      </dl>
      <p className="small soft">{t('programme.promise')}</p>
      {nobody ? (
        <>
          <h3>{t('course.invite')}</h3>
          <p className="small">{t('course.invite.text')}</p>
        </>
      ) : null}
    </section>
  )
}

function Missing({ programme: p }: { programme: ProgrammeStudy }) {
  const { t } = useI18n()
  const share = shareOf(p)
  return (
    <section className="card stack" aria-labelledby="need">
      <h2 id="need">{t('need.title')}</h2>
      <SeenBar tall label={t('home.programme', share)} parts={[[0, share.done]]} length={Math.max(1, share.count)} />
      <p className="small soft">{t('home.programme', share)}</p>
      {p.missing.length === 0 ? (
        <Notice kind="good">{t('programme.nothing')}</Notice>
      ) : (
        <ul className="plain need">
          {p.missing.map((m, i) => (
            <MissingLine key={m.course?.id ?? i} missing={m} programme={p} />
          ))}
        </ul>
      )}
    </section>
  )
}

function MissingLine({ missing: m, programme: p }: { missing: ProgrammeMissing; programme: ProgrammeStudy }) {
  const { t, rich } = useI18n()
  const partOf = (course: string) => p.courses.find((c) => c.course.id === course)
  const link = (course: { id: string; title: Record<string, string>; languages: string[] }) => {
    const enrolment = partOf(course.id)?.enrolment
    return (
      <Link href={enrolment ? `/learn/${enrolment}` : `/catalogue/${course.id}`}>
        <Words text={course.title} order={course.languages} />
      </Link>
    )
  }
  if (m.kind === 'electives' || !m.course) {
    return (
      <li>
        <Icon name="circle" />
        <div>
          {rich('programme.missing.electives', {}, { count: m.count ?? 0 })}
          <ul>
            {(m.courses ?? []).map((c) => (
              <li key={c.id}>{link(c)}</li>
            ))}
          </ul>
        </div>
      </li>
    )
  }
  const enrolment = partOf(m.course.id)?.enrolment
  return (
    <li className={m.state === 'open' ? 'begun' : ''}>
      <Icon name={m.state === 'open' ? 'clock' : 'circle'} />
      <div>
        <b>{link(m.course)}</b>
        <p className="small">{m.state === 'revoked' ? t('programme.missing.revoked') : m.state === 'open' ? t('home.done', { done: m.done ?? 0, count: m.of ?? 0 }) : t('need.todo')}</p>
        {m.state === 'open' && m.requirement && enrolment ? <RequirementList items={[m.requirement]} href={(l) => `/learn/${enrolment}/${l}`} /> : null}
      </div>
    </li>
  )
}
