import type { ReactNode } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { StatementDetail } from '../../../api/types'
import { clock } from '../../../lib/format'
import { useI18n, Words } from '../../../lib/i18n'
import { CopyButton } from '../../../ui/copy'
import { Notice, Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Loaded } from '../../../ui/states'
import '../lrs.css'
import { useStatement } from './queries'
import { Measures, Sentence } from './sentence'
import { scopeOf, type Viewer } from './statements-page'

/** One statement: what it says, what it caused, and the statement itself. */
export default function StatementPage({ id, viewer }: { id: string; viewer: Viewer }) {
  const { locale } = useI18n()
  const [search] = useSearchParams()
  const scope = { organisation: viewer === 'operator' ? (search.get('town') ?? '') : '', course: viewer === 'author' ? (search.get('course') ?? '') : '' }
  const statement = useStatement(id, scope, locale)
  return (
    <Loaded query={statement} page>
      {(s) => <View statement={s} viewer={viewer} scope={scope} />}
    </Loaded>
  )
}

function View({ statement: s, viewer, scope }: { statement: StatementDetail; viewer: Viewer; scope: { organisation: string; course: string } }) {
  const { t } = useI18n()
  const around = scopeOf(scope.organisation, scope.course)
  return (
    <>
      <PageHead title={t('stmt.one')} heading={<span className="breaks sentence"><Sentence line={s} /></span>} crumb={<Link href={`/statements${around}`}>{t('stmt.title')}</Link>} />
      <div className="column">
        <div className="row">
          <Measures line={s} />
        </div>
        {s.voided ? (
          <Notice kind="caution">
            {t('stmt.voided.text')} {s.voidedBy ? <Link href={`/statements/${s.voidedBy}${around}`}>{t('stmt.voided.by')}</Link> : null}
          </Notice>
        ) : null}
        <div className="two even">
          <div className="column">
            <Effect statement={s} viewer={viewer} around={around} />
            {s.attached.length > 0 ? <Attachments statement={s} scope={scope} /> : null}
          </div>
          <div className="column">
            <Facts statement={s} around={around} />
            {s.origin ? <Origin origin={s.origin} /> : null}
          </div>
        </div>
        <Source statement={s} />
      </div>
    </>
  )
}

function Effect({ statement: s, viewer, around }: { statement: StatementDetail; viewer: Viewer; around: string }) {
  const { t, date, maybe, words } = useI18n()
  const e = s.effect
  return (
    <section className="card stack-2" aria-labelledby="effect">
      <h2 id="effect">{t('stmt.effect')}</h2>
      {e.why ? <p>{maybe(`stmt.why.${e.why}`) ?? e.why}</p> : null}
      {e.later ? (
        <p>
          <Link href={`/statements/${e.later}${around}`}>{t('stmt.effect.later')}</Link>
        </p>
      ) : null}
      {e.evidence ? <p>{t('stmt.effect.evidence')}</p> : null}
      {e.cited ? <p>{t('stmt.effect.cited')}</p> : null}
      {e.tells ? <p>{t('stmt.effect.tells')}</p> : null}
      {e.course || e.lesson ? (
        <dl className="facts">
          {e.course ? (
            <>
              <dt>{t(e.programme ? 'stmt.kind.programme' : 'stmt.course')}</dt>
              <dd>
                <Words text={e.course.title} /> {e.completed ? <Tag kind={e.withdrawn ? 'wrong' : 'good'}>{e.withdrawn ? t('hr.revoked') : t('stmt.effect.complete', { when: date(e.completed) })}</Tag> : <Tag>{t('state.open')}</Tag>}
              </dd>
            </>
          ) : null}
          {e.lesson ? (
            <>
              <dt>{t('stmt.kind.lesson')}</dt>
              <dd>
                {words(e.lesson.title)} <Tag kind={e.lesson.state === 'done' ? 'good' : 'caution'}>{t(e.lesson.state === 'done' ? 'stmt.effect.done' : 'stmt.effect.open')}</Tag>
                {e.lesson.kind === 'video' && e.lesson.length ? <span className="small soft"> {t('stmt.effect.seen', { seen: clock(e.lesson.seen ?? 0), length: clock(e.lesson.length) })}</span> : null}
              </dd>
            </>
          ) : null}
          {e.record ? (
            <>
              <dt>{t('stmt.effect.record')}</dt>
              <dd className="num">{viewer === 'hr' && e.completion ? <Link href={`/completions/${e.completion}`}>{e.record}</Link> : e.record}</dd>
            </>
          ) : null}
        </dl>
      ) : null}
    </section>
  )
}

function Facts({ statement: s, around }: { statement: StatementDetail; around: string }) {
  const { t, dateTime, number } = useI18n()
  const row = (label: string, content: ReactNode) => (
    <>
      <dt>{label}</dt>
      <dd>{content}</dd>
    </>
  )
  return (
    <section className="card stack-2" aria-labelledby="facts">
      <h2 id="facts">{t('stmt.facts')}</h2>
      <dl className="facts small">
        {row(t('stmt.facts.timestamp'), <time dateTime={s.timestamp}>{dateTime(s.timestamp)}</time>)}
        {row(t('stmt.facts.stored'), <time dateTime={s.stored}>{dateTime(s.stored)}</time>)}
        {row(t('stmt.facts.number'), number(s.number))}
        {row(t('stmt.facts.by'), s.by === 'other' ? <bdi>{s.authority ?? t('stmt.by.other')}</bdi> : t(`stmt.by.${s.by}`))}
        {s.platform ? row(t('stmt.facts.platform'), <bdi>{s.platform}</bdi>) : null}
        {s.result.response ? row(t('stmt.facts.response'), <bdi>{s.result.response}</bdi>) : null}
        {s.refers ? row(t('stmt.facts.refers'), <Link href={`/statements/${s.refers}${around}`}>{s.refers}</Link>) : null}
        {row(t('stmt.verb'), <bdi>{s.verb}</bdi>)}
        {s.what.id ? row(t('stmt.activity'), <bdi>{s.what.id}</bdi>) : null}
        {s.registration ? row(t('stmt.facts.registration'), s.registration) : null}
        {row(t('stmt.facts.id'), s.id)}
      </dl>
    </section>
  )
}

/** Where a statement came from, and what was said of it there. */
function Origin({ origin: o }: { origin: NonNullable<StatementDetail['origin']> }) {
  const { t, dateTime } = useI18n()
  return (
    <section className="card stack-2" aria-labelledby="origin">
      <h2 id="origin">{t('stmt.origin')}</h2>
      <p className="small soft">{t(o.import ? 'stmt.origin.import' : 'stmt.origin.flow')}</p>
      <dl className="facts small">
        <dt>{t('stmt.origin.from')}</dt>
        <dd className="breaks">
          <bdi>{o.from}</bdi>
        </dd>
        {o.stored ? (
          <>
            <dt>{t('stmt.origin.stored')}</dt>
            <dd>
              <time dateTime={o.stored}>{dateTime(o.stored)}</time>
            </dd>
          </>
        ) : null}
        {o.said ? (
          <>
            <dt>{t('stmt.origin.said')}</dt>
            <dd className="breaks">
              <bdi>{o.said}</bdi>
            </dd>
          </>
        ) : null}
      </dl>
    </section>
  )
}

function Attachments({ statement: s, scope }: { statement: StatementDetail; scope: { organisation: string; course: string } }) {
  const { t, bytes } = useI18n()
  const query = new URLSearchParams({ ...(scope.organisation ? { organisation: scope.organisation } : {}), ...(scope.course ? { course: scope.course } : {}) }).toString()
  return (
    <section className="card" aria-labelledby="attached">
      <h2 id="attached">{t('stmt.attached')}</h2>
      <ul className="plain list">
        {s.attached.map((a) => (
          <li key={a.sha2}>
            <div className="grow">
              <b>
                <bdi lang={a.name?.lang}>{a.name?.text ?? t('stmt.attached.unnamed')}</bdi>
              </b>
              {a.description ? (
                <p>
                  <bdi lang={a.description.lang}>{a.description.text}</bdi>
                </p>
              ) : null}
              <p className="small soft breaks">
                {a.type} · {bytes(a.bytes)}
                {a.here || !a.address ? null : <> · {a.address}</>}
              </p>
            </div>
            {a.here ? (
              <a className="button plain tight" download href={`/api/v1/statements/${s.id}/attachments/${a.sha2}${query ? `?${query}` : ''}`}>
                {t('stmt.attached.get')}
                <span className="hidden">: {a.name?.text}</span>
              </a>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** How much of a statement's JSON is shown, in characters: more would only keep the browser busy. */
const shown = 200_000

function Source({ statement: s }: { statement: StatementDetail }) {
  const { t } = useI18n()
  return (
    <div className="stack-2">
      <div className="row between">
        <h2 id="json">{t('stmt.json')}</h2>
        <CopyButton words={s.json} label={t('stmt.json')} />
      </div>
      {s.trimmed ? <p className="soft">{t('stmt.json.trimmed')}</p> : null}
      {s.json.length > shown ? <p className="soft">{t('stmt.json.long')}</p> : null}
      <pre className="card json" role="region" aria-labelledby="json" tabIndex={0} dir="ltr">
        {s.json.slice(0, shown)}
      </pre>
    </div>
  )
}
