import { Fragment, type ReactNode, useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { Practice, PracticeContent, PracticeResource } from '../../api/types'
import { useI18n, Words } from '../../lib/i18n'
import { clock } from '../../lib/format'
import { pick, type Text } from '../../lib/locale'
import { Button, ButtonLink } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { AdoptDialog, AskDialog, ReviewDialog } from './dialogs'
import { FileList, others, Pictures } from './files'
import { LineageView } from './lineage'
import { isCompetence, isTopic } from './lists'
import { Glance, Place, When } from './parts'
import './practice.css'
import { Questions } from './questions'
import { useLineage, useOwnAdoption, usePractice, usePracticeOrigins } from './queries'
import { Reviews } from './reviews'

/** A practice card: what was done, how, with what; who uses it; what one can do with it. */
export default function PracticePage({ id, talk }: { id: string; talk?: ReactNode }) {
  const [search] = useSearchParams()
  return (
    <Loaded query={usePractice(id, Number(search.get('version') ?? 0) || 0)} page>
      {(p) => (p.content ? <Card practice={p} content={p.content} talk={talk} /> : <Withdrawn practice={p} />)}
    </Loaded>
  )
}

function Withdrawn({ practice: p }: { practice: Practice }) {
  const { t } = useI18n()
  return (
    <>
      <PageHead title={t('practice.withdrawn.title')} crumb={<Link href="/practices">{t('practice.title')}</Link>} />
      <div className="stack">
        <Notice>{t('practice.withdrawn.text', { town: p.townName })}</Notice>
        {p.writes ? <ButtonLink href={`/practices/${p.id}/draft`}>{t('practice.edit')}</ButtonLink> : null}
      </div>
    </>
  )
}

function Card({ practice: p, content: c, talk }: { practice: Practice; content: PracticeContent; talk: ReactNode }) {
  const { t, words, list, languageName, date } = useI18n()
  return (
    <>
      <PageHead
        title={words(c.title)}
        heading={<Words text={c.title} order={c.languages} />}
        crumb={<Link href="/practices">{t('practice.title')}</Link>}
        action={p.writes ? <ButtonLink icon="edit" href={`/practices/${p.id}/draft`}>{t('practice.edit')}</ButtonLink> : undefined}
      />
      <div className="two">
        <article className="fiche">
          <div className="stack-2 opening">
            <p className="lead">
              <Words text={c.summary} order={c.languages} />
            </p>
            <Glance of={{ using: p.using, recommended: p.recommended, territory: c.territory, costs: c.costs }} />
            <p className="small soft">
              <Place territory={c.territory} town={p.townName} /> · {t('practice.in', { languages: list(c.languages.map(languageName)) })} ·{' '}
              <Link href={`/practices/territories/${p.town}`}>{t('practice.town')}</Link>
              {p.challenge ? (
                <>
                  {' '}
                  · <Link href={`/challenges/${p.challenge}`}>{t('practice.of.challenge')}</Link>
                </>
              ) : null}
              <Origins practice={p.id} />
            </p>
          </div>
          <Pictures practice={p.id} content={c} />
          <Texts title={t('practice.section.objectives')} list={c.objectives} order={c.languages} ordered />
          <Html title={t('practice.section.description')} html={p.html.description} order={c.languages} />
          <Texts title={t('practice.section.conditions')} list={c.conditions} order={c.languages} />
          {c.steps.length > 0 ? (
            <Section title={t('practice.section.steps')}>
              <ol className="plain steps">
                {c.steps.map((s, i) => (
                  <li key={i}>
                    <When span={s.when} />
                    <Words text={s.what} order={c.languages} />
                  </li>
                ))}
              </ol>
            </Section>
          ) : null}
          <Texts title={t('practice.section.difficulties')} list={c.difficulties} order={c.languages} />
          {c.resources.length > 0 ? (
            <Section title={t('practice.section.resources')}>
              <Resources list={c.resources} order={c.languages} />
            </Section>
          ) : null}
          <Html title={t('practice.section.evidence')} html={p.html.evidence} order={c.languages} />
          <Html title={t('practice.section.transfer')} html={p.html.transfer} order={c.languages} />
          <Html title={t('practice.section.legal')} html={p.html.legal} order={c.languages} />
          {c.links.length > 0 ? (
            <Section title={t('practice.section.links')}>
              <ul className="points">
                {c.links.map((l) => (
                  <li key={l.url}>
                    <a href={l.url} rel="nofollow noreferrer">
                      {l.title || l.url}
                    </a>{' '}
                    <span className="small soft">{[t(`practice.link.${l.kind}`), l.licence ?? ''].filter(Boolean).join(' · ')}</span>
                  </li>
                ))}
              </ul>
            </Section>
          ) : null}
          {others(c).length > 0 ? (
            <Section title={t('practice.section.files')}>
              <FileList practice={p.id} content={c} />
            </Section>
          ) : null}
          <Section title={t('practice.facts')}>
            <Facts content={c} authors={p.authors.map((a) => a.name)} credits={p.credits.map((x) => x.name)} />
            <p className="small soft below">
              {t('practice.version', { number: p.version, date: date(p.released) })} · <Link href={`/practices/${p.id}/compare`}>{t('practice.versions')}</Link>
            </p>
          </Section>
          <Reviews practice={p} />
          <Questions practice={p} />
        </article>
        <aside className="column">
          <Doing practice={p} />
          {talk}
          <Adopted practice={p} />
          {c.lessons.length > 0 ? (
            <section className="card stack-2" aria-labelledby="learn">
              <h2 id="learn">{t('practice.learn')}</h2>
              {c.lessons.map((l) => (
                <p key={l.lesson + String(l.second ?? 0)} className="small">
                  <Link href={`/catalogue/${l.course}`}>{l.title}</Link> {l.second ? <span className="soft">{t('practice.second', { at: clock(l.second) })}</span> : null}
                </p>
              ))}
            </section>
          ) : null}
        </aside>
      </div>
    </>
  )
}

/** The bootcamps of which it came, as far as the reader sees them. */
function Origins({ practice }: { practice: string }) {
  const { t, words } = useI18n()
  return (usePracticeOrigins(practice).data ?? []).map((o) => (
    <Fragment key={o.bootcamp}>
      {' '}
      · <Link href={`/bootcamps/${o.bootcamp}`}>{t('practice.of.bootcamp', { title: words(o.title) })}</Link>
    </Fragment>
  ))
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Texts({ title, list, order, ordered }: { title: string; list: Text[]; order: string[]; ordered?: boolean }) {
  if (list.length === 0) return null
  const items = list.map((text, i) => (
    <li key={i}>
      <Words text={text} order={order} />
    </li>
  ))
  return <Section title={title}>{ordered ? <ol className="points">{items}</ol> : <ul className="points">{items}</ul>}</Section>
}

function Html({ title, html, order }: { title: string; html: Text | undefined; order: string[] }) {
  const { locale } = useI18n()
  if (!html || Object.keys(html).length === 0) return null
  const shown = pick(html, locale, order)
  return (
    <Section title={title}>
      <div className="prose" lang={shown.lang} dangerouslySetInnerHTML={{ __html: shown.words }} />
    </Section>
  )
}

export function Resources({ list, order }: { list: PracticeResource[]; order: string[] }) {
  const { t, locale } = useI18n()
  const decimal = new Intl.NumberFormat(locale, { maximumFractionDigits: 2, minimumFractionDigits: 1 })
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{t('practice.resource.what')}</th>
          <th scope="col" className="num">{t('practice.resource.fte')}</th>
          <th scope="col">{t('practice.resource.for')}</th>
          <th scope="col">{t('practice.resource.funding')}</th>
        </tr>
      </thead>
      <tbody>
        {list.map((r, i) => (
          <tr key={i}>
            <td>
              {r.quantity && r.quantity !== 1 ? `${String(r.quantity)} × ` : ''}
              <Words text={r.what} order={order} />
            </td>
            <td className="num" data-label={r.fte ? t('practice.resource.fte') : undefined}>{r.fte ? decimal.format(r.fte) : ''}</td>
            <td data-label={r.months || r.fte ? t('practice.resource.for') : undefined}>{r.months ? t('practice.months', { count: r.months }) : r.fte ? t('practice.lasting') : ''}</td>
            <td data-label={Object.keys(r.funding ?? {}).length > 0 ? t('practice.resource.funding') : undefined}>
              <Words text={r.funding} order={order} />
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

function Facts({ content: c, authors, credits }: { content: PracticeContent; authors: string[]; credits: string[] }) {
  const { t, list } = useI18n()
  const rows: [string, string][] = [
    [t('practice.section.topics'), list(c.topics.filter(isTopic).map((x) => t(`practice.topic.${x}`)))],
    [t('practice.section.personas'), list(c.personas)],
    [t('practice.section.technologies'), list(c.technologies)],
    [t('practice.section.competences'), list(c.competences.filter(isCompetence).map((x) => `${x} ${t(`practice.competence.${x}`)}`))],
    [t('practice.section.labels'), list(c.labels)],
    [t('practice.authors'), list(authors)],
    [t('credit.of'), list(credits)],
    [t('practice.section.licence'), c.licence ?? ''],
  ]
  return (
    <dl className="facts">
      {rows
        .filter(([, value]) => value)
        .map(([term, value]) => (
          <div key={term} className="fact">
            <dt>{term}</dt>
            <dd>{value}</dd>
          </div>
        ))}
    </dl>
  )
}

/** What the reader can do: adopt, ask, review. */
function Doing({ practice: p }: { practice: Practice }) {
  const { t } = useI18n()
  const [open, setOpen] = useState<'adopt' | 'ask' | 'review'>()
  const own = useOwnAdoption(p.id)
  const close = () => setOpen(undefined)
  return (
    <section className="card lifted stack-2" aria-labelledby="doing">
      <h2 id="doing">{t(p.own ? 'practice.doing.own' : 'practice.doing')}</h2>
      {own.data ? (
        <ButtonLink kind="main" href={`/practices/${p.id}/adoption`}>
          {t('practice.adoption.open')}
        </ButtonLink>
      ) : p.mayAdopt ? (
        <Button kind="main" onClick={() => setOpen('adopt')}>
          {t('practice.adopt')}
        </Button>
      ) : null}
      {p.mayAsk ? <Button onClick={() => setOpen('ask')}>{t('practice.ask')}</Button> : null}
      {p.mayAsk || p.writes ? null : <p className="small soft">{t('practice.ask.nobody', { town: p.townName })}</p>}
      {p.answerHours > 0 && p.mayAsk ? <p className="small soft">{p.answerHours > 36 ? t('practice.answers.days', { count: Math.ceil(p.answerHours / 24) }) : t('practice.answers.hours', { count: p.answerHours })}</p> : null}
      {p.mayReview ? <Button onClick={() => setOpen('review')}>{t('practice.review')}</Button> : null}
      <p className="row">
        <ButtonLink kind="quiet" href={`/practices/${p.id}/compare`}>
          {t('practice.compare')}
        </ButtonLink>
        <Button kind="quiet" icon="print" onClick={() => window.print()}>
          {t('practice.print')}
        </Button>
      </p>
      {open === 'adopt' && <AdoptDialog practice={p} onClose={close} />}
      {open === 'ask' && <AskDialog practice={p} onClose={close} />}
      {open === 'review' && <ReviewDialog practice={p} onClose={close} />}
    </section>
  )
}

function Adopted({ practice: p }: { practice: Practice }) {
  const { t } = useI18n()
  const lineage = useLineage(p.id, 0)
  return (
    <section className="card stack-2" aria-labelledby="adopted">
      <h2 id="adopted">{t('practice.adopted')}</h2>
      <Loaded query={lineage}>{(l) => <LineageView practice={p.id} town={p.townName} since={p.first} branches={l.branches} interested={l.interested} />}</Loaded>
    </section>
  )
}
