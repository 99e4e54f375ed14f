import { Fragment } from 'react'
import { Link } from 'wouter'
import type { Bootcamp, Cohort, CohortSession } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Empty, ErrorState, Loaded } from '../../ui/states'
import { Agenda } from './agenda'
import './bootcamp.css'
import { useBootcamp, useSessions } from './queries'

/** The whole run-sheet of a cohort as who leads it takes it along: printed, a session on a page. */
export default function GuidePage({ bootcamp, id }: { bootcamp: string; id: string }) {
  const { t } = useI18n()
  const b = useBootcamp(bootcamp)
  const sessions = useSessions(bootcamp, id)
  const both = { data: b.data && sessions.data ? { b: b.data, sessions: sessions.data } : undefined, error: b.error ?? sessions.error, refetch: () => Promise.all([b.refetch(), sessions.refetch()]) }
  return (
    <Loaded query={both} page>
      {(x) => {
        const c = x.b.cohorts.find((one) => one.id === id)
        return c ? <View bootcamp={x.b} cohort={c} sessions={x.sessions.filter((s) => s.state === 'planned')} /> : <ErrorState page error={new Error(t('lost.title'))} />
      }}
    </Loaded>
  )
}

function View({ bootcamp: b, cohort: c, sessions }: { bootcamp: Bootcamp; cohort: Cohort; sessions: CohortSession[] }) {
  const { t, words, languageName } = useI18n()
  return (
    <>
      <PageHead
        title={t('guide.title')}
        crumb={
          <>
            <Link href={`/bootcamps/${b.id}`}>{words(b.title)}</Link>
            {' · '}
            <Link href={`/bootcamps/${b.id}/cohorts/${c.id}`}>{c.name}</Link>
          </>
        }
        lead={t('guide.lead')}
        action={
          c.leads && sessions.length > 0 ? (
            <div className="no-print">
              <Button kind="main" icon="print" onClick={() => print()}>
                {t('guide.print')}
              </Button>
            </div>
          ) : undefined
        }
      />
      {!c.leads ? (
        <Notice>{t('guide.only')}</Notice>
      ) : sessions.length === 0 ? (
        <Empty icon="clock" title={t('cohort.run.none')}>
          {t('cohort.run.none.may')}
        </Empty>
      ) : (
        <div className="guide whole stack-5">
          <p className="soft">{[c.name, languageName(c.language), t('cohort.taken', { taken: c.taken, number: c.seats })].join(' · ')}</p>
          <nav className="stack-2" aria-labelledby="contents">
            <h2 id="contents">{t('guide.contents')}</h2>
            <ol>
              {sessions.map((s) => (
                <li key={s.id}>
                  <a href={`#s-${s.id}`} lang={s.language}>
                    {s.title}
                  </a>{' '}
                  <span className="soft small">
                    <Day session={s} />
                  </span>
                </li>
              ))}
            </ol>
          </nav>
          {sessions.map((s) => (
            <Sheet key={s.id} session={s} />
          ))}
        </div>
      )}
    </>
  )
}

function Day({ session: s }: { session: CohortSession }) {
  const { span } = useI18n()
  return <>{span(s.starts, s.ends, s.zone)}</>
}

/** A session: everything that one needs at hand to lead it. */
function Sheet({ session: s }: { session: CohortSession }) {
  const { t, list } = useI18n()
  const p = s.place
  const facts: [string, string][] = [
    [t('meet.kind'), t(`meet.kind.${s.kind}`)],
    [t('meet.mode'), t(`meet.mode.${s.mode}`)],
    [t('meet.place'), [p.room, p.name, p.address].filter(Boolean).join(', ')],
    [t('meet.capacity'), p.capacity ? String(p.capacity) : ''],
    [t('meet.access'), [p.stepFree ? t('meet.stepfree') : '', p.loop ? t('meet.loop') : '', p.access ?? ''].filter(Boolean).join('. ')],
    [t('meet.link'), s.link],
    [t('meet.telephone'), s.telephone],
    [t('meet.facilitators'), list(s.facilitators)],
  ]
  return (
    <section className="session-sheet stack-2" aria-labelledby={`s-${s.id}`}>
      <h2 id={`s-${s.id}`} tabIndex={-1} lang={s.language}>
        {s.title}
      </h2>
      <p>
        <b>
          <Day session={s} />
        </b>{' '}
        <span className="soft small">({s.zone})</span>
      </p>
      <dl className="facts">
        {facts
          .filter(([, what]) => what)
          .map(([name, what]) => (
            <Fragment key={name}>
              <dt>{name}</dt>
              <dd>{what}</dd>
            </Fragment>
          ))}
      </dl>
      {s.html ? <div className="prose" lang={s.language} dangerouslySetInnerHTML={{ __html: s.html }} /> : null}
      {s.agenda.length > 0 ? (
        <>
          <h3>{t('meet.agenda')}</h3>
          <Agenda session={s} zone={s.zone} />
        </>
      ) : null}
      {s.materials.length > 0 ? (
        <>
          <h3>{t('meet.materials')}</h3>
          <ul>
            {s.materials.map((m) => (
              <li key={m.url + m.title}>
                <a href={m.url} rel="noreferrer noopener" target="_blank">
                  {m.title}
                  <span className="hidden"> {t('meet.elsewhere')}</span>
                </a>
              </li>
            ))}
          </ul>
        </>
      ) : null}
    </section>
  )
}
