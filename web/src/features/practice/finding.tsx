import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import type { Pages } from '../../api/pages'
import { useCountries } from '../../lib/countries'
import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { SelectField } from '../../ui/field'
import { More } from '../../ui/more'
import { SearchField } from '../../ui/search-field'
import { Empty, Loaded } from '../../ui/states'
import { topics } from './lists'
import './practice.css'

/** What is looked for in a list: words, and what its other filters say. */
export interface Finding<W> {
  wanted: W
  set: (change: Partial<W>) => void
  /** Everything again. */
  clear: () => void
  filtered: boolean
  /** A search field keeps its own words: how often they were cleared. */
  cleared: number
}

/** Begins with nothing, or with the words of an address. An order is no filter. */
export function useFinding<W extends { q: string }>(nothing: W, q = ''): Finding<W> {
  const [wanted, setWanted] = useState<W>({ ...nothing, q })
  const [cleared, setCleared] = useState(0)
  const none = new Map<string, unknown>(Object.entries(nothing))
  return {
    wanted,
    set: (change) => setWanted((w) => ({ ...w, ...change })),
    clear: () => {
      setWanted(nothing)
      setCleared((n) => n + 1)
    },
    filtered: Object.entries(wanted).some(([key, value]) => key !== 'sort' && none.get(key) !== value),
    cleared,
  }
}

export function Filters<W extends { q: string }>({ of: { wanted, cleared }, onWords, children }: { of: Finding<W>; onWords: (q: string) => void; children: ReactNode }) {
  const { t } = useI18n()
  return (
    <div className="filters">
      <SearchField key={cleared} label={t('practice.search')} onSearch={onWords} start={wanted.q} />
      {children}
    </div>
  )
}

/** One of a list, or any. */
export function OneOf<V extends string>({ label, of, value, word, onValue }: { label: string; of: readonly V[]; value: string; word: (v: V) => string; onValue: (v: V | '') => void }) {
  const { t } = useI18n()
  return (
    <SelectField label={label} value={value} onChange={(e) => onValue(of.find((v) => v === e.target.value) ?? '')}>
      <option value="">{t('practice.any')}</option>
      {of.map((v) => (
        <option key={v} value={v}>
          {word(v)}
        </option>
      ))}
    </SelectField>
  )
}

interface OneProps {
  value: string
  onValue: (v: string) => void
}

export function TopicSelect(props: OneProps) {
  const { t } = useI18n()
  return <OneOf {...props} label={t('practice.topic')} of={topics} word={(x) => t(`practice.topic.${x}`)} />
}

export function CountrySelect(props: OneProps) {
  const { t, countryName } = useI18n()
  const countries = useCountries(props.value)
  return <OneOf {...props} label={t('practice.country')} of={countries.map((c) => c.code)} word={countryName} />
}

/** What was found, as tiles; how much, also aloud; why there is nothing. */
export function Tiles<T extends { id: string }>({ pages, finding, found, empty, children }: { pages: Pages<T>; finding: { filtered: boolean; clear: () => void }; found: (count: number) => string; empty: { title: string; text: string }; children: (item: T) => ReactNode }) {
  const { t } = useI18n()
  return (
    <>
      <p className="hidden" role="status">
        {pages.data ? found(pages.data.items.length) : ''}
      </p>
      <Loaded query={pages} block>
        {({ items }) =>
          items.length > 0 ? (
            <ul className="plain three">
              {items.map((x) => (
                <li key={x.id} className="card tile">
                  {children(x)}
                </li>
              ))}
            </ul>
          ) : finding.filtered ? (
            <Empty icon="search" title={t('practice.none')} action={<Button onClick={finding.clear}>{t('board.clear')}</Button>}>
              {t('practice.none.text')}
            </Empty>
          ) : (
            <Empty icon="globe" title={empty.title}>
              {empty.text}
            </Empty>
          )
        }
      </Loaded>
      <More pages={pages} />
    </>
  )
}

interface OwnLine {
  href: string
  title: ReactNode
  lang?: string | undefined
  /** What is said small beside the title. */
  note: string
  tags: ReactNode
}

/** What concerns one's own town: a short list under a heading, or nothing. */
export function OwnList<T extends { id: string }>({ id, title, pages, line }: { id: string; title: string; pages: Pages<T>; line: (item: T) => OwnLine }) {
  if (!pages.data || pages.data.items.length === 0) return null
  return (
    <section className="stack-2" aria-labelledby={id}>
      <h2 id={id}>{title}</h2>
      <ul className="plain list">
        {pages.data.items.map((item) => {
          const x = line(item)
          return (
            <li key={item.id}>
              <span className="grow">
                <Link href={x.href} lang={x.lang}>
                  {x.title}
                </Link>{' '}
                <span className="small soft">{x.note}</span>
              </span>
              {x.tags}
            </li>
          )
        })}
      </ul>
      <More pages={pages} />
    </section>
  )
}
