import { useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import type { PracticeLine } from '../../api/types'
import { useI18n, Words } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { Check, SearchField, SelectField } from '../../ui/field'
import { More } from '../../ui/more'
import { Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Empty, Loaded } from '../../ui/states'
import { useSayFault } from '../../ui/toast'
import { bands, countries, isTopic, topics } from './lists'
import { Glance, Place, StageTag } from './parts'
import './practice.css'
import { useAdoptions, useChangePractice, useOwnPractices, usePractices, type Wanted } from './queries'

const nothing: Wanted = { q: '', topic: '', country: '', band: 0, recommended: false, sort: 'newest' }

/** Practices of all towns, and what one's own town writes and has in hand. */
export default function PracticesPage({ may }: { may: boolean }) {
  const { t, locale, countryName, number } = useI18n()
  const [wanted, setWanted] = useState<Wanted>({ ...nothing, q: new URLSearchParams(useSearch()).get('q') ?? '' })
  const [searches, setSearches] = useState(0)
  const practices = usePractices(wanted)
  const { make } = useChangePractice()
  const [, navigate] = useLocation()
  const sayFault = useSayFault()
  const set = (change: Partial<Wanted>) => setWanted((w) => ({ ...w, ...change }))
  const begin = () =>
    make.mutate(
      {
        languages: [locale], title: {}, summary: {}, territory: { name: '', country: '', residents: 0 }, objectives: [], conditions: [], steps: [], difficulties: [], resources: [],
        costs: { from: 0, to: 0, per: 'year' }, topics: [], technologies: [], personas: [], competences: [], labels: [], lessons: [], links: [],
      },
      { onSuccess: (p) => navigate(`/practices/${p.id}/draft`), onError: sayFault },
    )
  const filtered = wanted.q !== '' || wanted.topic !== '' || wanted.country !== '' || wanted.band > 0 || wanted.recommended
  return (
    <>
      <PageHead
        title={t('practice.title')}
        lead={t('practice.lead')}
        action={may ? <Button kind="main" icon="plus" busy={make.isPending} onClick={begin}>{t('practice.new')}</Button> : undefined}
      />
      <div className="stack-5">
        {may ? <Own /> : null}
        <InHand />
        <section className="stack" aria-labelledby="all">
          <div className="row between">
            <h2 id="all">{t('practice.all')}</h2>
            <span className="row">
              <Link href="/practices/map">{t('pmap.title')}</Link>
              <Link href="/practices/territories">{t('wiki.territories')}</Link>
            </span>
          </div>
          <div className="filters">
            <SearchField key={searches} label={t('practice.search')} onSearch={(q) => set({ q })} start={wanted.q} />
            <SelectField label={t('practice.topic')} value={wanted.topic} onChange={(e) => set({ topic: e.target.value })}>
              <option value="">{t('practice.any')}</option>
              {topics.map((x) => (
                <option key={x} value={x}>
                  {t(`practice.topic.${x}`)}
                </option>
              ))}
            </SelectField>
            <SelectField label={t('practice.country')} value={wanted.country} onChange={(e) => set({ country: e.target.value })}>
              <option value="">{t('practice.any')}</option>
              {countries.map((x) => (
                <option key={x} value={x}>
                  {countryName(x)}
                </option>
              ))}
            </SelectField>
            <SelectField label={t('practice.size')} value={wanted.band} onChange={(e) => set({ band: Number(e.target.value) })}>
              <option value={0}>{t('practice.any')}</option>
              {bands.map((least, i) => (
                <option key={least} value={i + 1}>
                  {bands[i + 1] === undefined ? t('practice.size.from', { from: number(least) }) : t('practice.size.span', { from: number(least), to: number((bands[i + 1] ?? 0) - 1) })}
                </option>
              ))}
            </SelectField>
            <SelectField label={t('practice.sort')} value={wanted.sort} onChange={(e) => set({ sort: e.target.value === 'use' ? 'use' : 'newest' })}>
              <option value="newest">{t('practice.sort.newest')}</option>
              <option value="use">{t('practice.sort.use')}</option>
            </SelectField>
          </div>
          <Check label={t('practice.only')} checked={wanted.recommended} onChange={(e) => set({ recommended: e.target.checked })} />
          <p className="hidden" role="status">
            {practices.data ? t('practice.found', { count: practices.data.items.length }) : ''}
          </p>
          <Loaded query={practices} block>
            {({ items }) =>
              items.length > 0 ? (
                <ul className="plain three practices">
                  {items.map((p) => (
                    <li key={p.id} className="card tile">
                      <Tile practice={p} />
                    </li>
                  ))}
                </ul>
              ) : filtered ? (
                <Empty icon="search" title={t('practice.none')} action={<Button onClick={() => { setWanted(nothing); setSearches((n) => n + 1) }}>{t('board.clear')}</Button>}>
                  {t('practice.none.text')}
                </Empty>
              ) : (
                <Empty icon="globe" title={t('practice.empty')}>
                  {t(may ? 'practice.empty.may' : 'practice.empty.text')}
                </Empty>
              )
            }
          </Loaded>
          <More pages={practices} />
        </section>
        <section className="stack-2 small" aria-labelledby="open">
          <h2 id="open">{t('practice.open')}</h2>
          <p>
            {t('practice.open.text')} <a href="/open/practices.geojson">{t('practice.open.map')}</a>, <a href="/open/practices.csv">{t('practice.open.table')}</a>,{' '}
            <a href="/open/catalogue.jsonld">{t('practice.open.catalogue')}</a>
          </p>
        </section>
      </div>
    </>
  )
}

function Tile({ practice: p }: { practice: PracticeLine }) {
  const { t } = useI18n()
  return (
    <>
      <p className="small soft">{p.topics.filter(isTopic).map((x) => t(`practice.topic.${x}`)).join(' · ')}</p>
      <h3>
        <Link href={`/practices/${p.id}`}>
          <Words text={p.title} order={p.languages} />
        </Link>
      </h3>
      <p>
        <Words text={p.summary} order={p.languages} />
      </p>
      <Glance of={p} />
      <p className="soft small end">
        <Place territory={p.territory} town={p.townName} />
      </p>
    </>
  )
}

/** What one writes oneself. */
function Own() {
  const { t, words, date } = useI18n()
  const own = useOwnPractices()
  if (!own.data || own.data.items.length === 0) return null
  return (
    <section className="stack-2" aria-labelledby="own">
      <h2 id="own">{t('practice.own')}</h2>
      <ul className="plain list">
        {own.data.items.map((p) => (
          <li key={p.id}>
            <span className="grow">
              <Link href={`/practices/${p.id}/draft`}>{words(p.title) || t('practice.untitled')}</Link>
              <span className="small soft"> {t('practice.changed.on', { date: date(p.updated) })}</span>
            </span>
            {p.state === 'published' ? <Tag kind={p.changed ? 'caution' : 'good'}>{t(p.changed ? 'practice.state.changed' : 'practice.state.published')}</Tag> : <Tag kind="caution">{t(`practice.state.${p.state}`)}</Tag>}
          </li>
        ))}
      </ul>
      <More pages={own} />
    </section>
  )
}

/** What one's town has in hand of others. */
function InHand() {
  const { t, words } = useI18n()
  const adoptions = useAdoptions()
  if (!adoptions.data || adoptions.data.items.length === 0) return null
  return (
    <section className="stack-2" aria-labelledby="hand">
      <h2 id="hand">{t('practice.hand')}</h2>
      <ul className="plain list">
        {adoptions.data.items.map((a) => (
          <li key={a.id}>
            <span className="grow">
              <Link href={`/practices/${a.practice}/adoption`}>{words(a.title)}</Link> <span className="small soft">{a.townName}</span>
            </span>
            <StageTag state={a.state} />
          </li>
        ))}
      </ul>
      <More pages={adoptions} />
    </section>
  )
}
