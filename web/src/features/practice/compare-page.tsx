import { useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { Practice, PracticeContent } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { SelectField } from '../../ui/field'
import { More } from '../../ui/more'
import { PageHead } from '../../ui/page-head'
import { SearchField } from '../../ui/search-field'
import { Loaded } from '../../ui/states'
import { isSection, sections } from './lists'
import { Entry } from './entry'
import './practice.css'
import { useDifferences, usePractice, usePractices, useVersions } from './queries'

/** Two versions of a card, or two cards, with what is different between them. */
export default function ComparePage({ practice }: { practice: string }) {
  return (
    <Loaded query={usePractice(practice)} page>
      {(p) => <View practice={p} />}
    </Loaded>
  )
}

function View({ practice: p }: { practice: Practice }) {
  const { t, words, date } = useI18n()
  const [search, setSearch] = useSearchParams()
  const other = search.get('with') ?? ''
  const from = Number(search.get('from') ?? Math.max(1, p.version - 1)) || 1
  const to = Number(search.get('to') ?? p.version) || p.version
  const versions = useVersions(p.id)
  const before = usePractice(p.id, other ? 0 : from)
  const after = usePractice(other || p.id, other ? 0 : to)
  const go = (change: Record<string, string>) => setSearch((s) => ({ ...Object.fromEntries(s), ...change }), { replace: true })
  const title = words(p.content?.title)
  return (
    <>
      <PageHead
        title={t('practice.compare')}
        crumb={
          <>
            <Link href="/practices">{t('practice.title')}</Link> · <Link href={`/practices/${p.id}`}>{title}</Link>
          </>
        }
        lead={other ? t('practice.compare.two', { a: title, b: words(after.data?.content?.title) }) : t('practice.compare.versions')}
      />
      <div className="stack-5">
        {other ? (
          <p>
            <Link href={`/practices/${p.id}/compare`}>{t('practice.compare.own')}</Link>
          </p>
        ) : (
          <div className="filters">
            <SelectField label={t('practice.compare.from')} value={from} onChange={(e) => go({ from: e.target.value })}>
              <Options versions={versions.data?.items ?? []} />
            </SelectField>
            <SelectField label={t('practice.compare.to')} value={to} onChange={(e) => go({ to: e.target.value })}>
              <Options versions={versions.data?.items ?? []} />
            </SelectField>
          </div>
        )}
        <Loaded query={before} block>
          {(a) => (
            <Loaded query={after} block>
              {(b) =>
                a.content && b.content ? (
                  <Table
                    p={p.id} from={other ? 0 : from} to={other ? 0 : to} other={other} a={a.content} b={b.content}
                    names={other ? [title, words(b.content.title)] : [t('practice.version.short', { number: from }), t('practice.version.short', { number: to })]}
                  />
                ) : null
              }
            </Loaded>
          )}
        </Loaded>
        {other ? null : (
          <section className="stack-2" aria-labelledby="versions">
            <h2 id="versions">{t('practice.versions')}</h2>
            <ul className="plain list">
              {(versions.data?.items ?? []).map((v) => (
                <li key={v.number}>
                  <span className="grow">
                    <Link href={`/practices/${p.id}?version=${String(v.number)}`}>{t('practice.version.short', { number: v.number })}</Link> {v.summary}
                  </span>
                  <span className="small soft">{date(v.at)}</span>
                </li>
              ))}
            </ul>
            <More pages={versions} />
          </section>
        )}
        <Another of={p.id} onChoose={(id) => go({ with: id })} />
      </div>
    </>
  )
}

function Options({ versions }: { versions: { number: number; at: string }[] }) {
  const { t, date } = useI18n()
  return (
    <>
      {versions.map((v) => (
        <option key={v.number} value={v.number}>
          {t('practice.version', { number: v.number, date: date(v.at) })}
        </option>
      ))}
    </>
  )
}

function Table({ p, from, to, other, a, b, names }: { p: string; from: number; to: number; other: string; a: PracticeContent; b: PracticeContent; names: [string, string] }) {
  const { t, locale } = useI18n()
  const differences = useDifferences(p, from, to, other, locale)
  return (
    <Loaded query={differences} block>
      {({ items }) =>
        items.length === 0 ? (
          <p>{t('practice.compare.same')}</p>
        ) : (
          // A table wider than its place is scrolled by keyboard too.
           
          <div className="scroll-x" tabIndex={0} role="region" aria-label={t('practice.compare')}>
            <table className="table compared">
              <thead>
                <tr>
                  <th scope="col">{t('practice.change.section')}</th>
                  <th scope="col">{names[0]}</th>
                  <th scope="col">{names[1]}</th>
                </tr>
              </thead>
              <tbody>
                {sections.flatMap((s) => {
                  const list = items.filter((d) => d.section === s)
                  return list.map((d, i) => (
                    <tr key={s + String(i)}>
                      {i === 0 ? (
                        <th scope="rowgroup" rowSpan={list.length}>
                          {isSection(d.section) ? t(`practice.section.${d.section}`) : d.section}
                        </th>
                      ) : null}
                      <td data-label={names[0]}>{d.before < 0 ? <span className="soft">—</span> : other ? <Entry of={a} section={s} index={d.before} /> : <del><Entry of={a} section={s} index={d.before} /></del>}</td>
                      <td data-label={names[1]}>{d.after < 0 ? <span className="soft">—</span> : other ? <Entry of={b} section={s} index={d.after} /> : <ins><Entry of={b} section={s} index={d.after} /></ins>}</td>
                    </tr>
                  ))
                })}
              </tbody>
            </table>
          </div>
        )
      }
    </Loaded>
  )
}

/** Another card to lay beside this one. */
function Another({ of, onChoose }: { of: string; onChoose: (id: string) => void }) {
  const { t, words } = useI18n()
  const [q, setQ] = useState('')
  const found = usePractices({ q, topic: '', country: '', band: 0, recommended: false, sort: 'use' })
  return (
    <section className="stack-2" aria-labelledby="another">
      <h2 id="another">{t('practice.compare.another')}</h2>
      <SearchField label={t('practice.search')} onSearch={setQ} start="" />
      <ul className="plain list">
        {(found.data?.items ?? [])
          .filter((x) => x.id !== of)
          .slice(0, 8)
          .map((x) => (
            <li key={x.id}>
              <button type="button" className="link grow" onClick={() => onChoose(x.id)}>
                {words(x.title)}
              </button>
              <span className="small soft">{x.townName}</span>
            </li>
          ))}
      </ul>
    </section>
  )
}
