import { Link, useLocation, useSearch } from 'wouter'
import type { PracticeLine } from '../../api/types'
import { useI18n, Words } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { Check, SelectField } from '../../ui/field'
import { Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { useSayFault } from '../../ui/toast'
import { CountrySelect, Filters, OwnList, Tiles, TopicSelect, useFinding } from './finding'
import { bands, isTopic } from './lists'
import { Glance, Place, StageTag } from './parts'
import { useAdoptions, useChangePractice, useOwnPractices, usePractices, type Wanted } from './queries'

const nothing: Wanted = { q: '', topic: '', country: '', band: 0, recommended: false, sort: 'newest' }

/** Practices of all towns, and what one's own town writes and has in hand. */
export default function PracticesPage({ may }: { may: boolean }) {
  const { t, locale, number } = useI18n()
  const finding = useFinding(nothing, new URLSearchParams(useSearch()).get('q') ?? '')
  const { wanted, set } = finding
  const practices = usePractices(wanted)
  const { make } = useChangePractice()
  const [, navigate] = useLocation()
  const sayFault = useSayFault()
  const begin = () =>
    make.mutate(
      {
        languages: [locale], title: {}, summary: {}, territory: { name: '', country: '', residents: 0 }, objectives: [], conditions: [], steps: [], difficulties: [], resources: [],
        costs: { from: 0, to: 0, per: 'year' }, topics: [], technologies: [], personas: [], competences: [], labels: [], lessons: [], links: [],
      },
      { onSuccess: (p) => navigate(`/practices/${p.id}/draft`), onError: sayFault },
    )
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
          <Filters of={finding} onWords={(q) => set({ q })}>
            <TopicSelect value={wanted.topic} onValue={(topic) => set({ topic })} />
            <CountrySelect value={wanted.country} onValue={(country) => set({ country })} />
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
          </Filters>
          <Check label={t('practice.only')} checked={wanted.recommended} onChange={(e) => set({ recommended: e.target.checked })} />
          <Tiles pages={practices} finding={finding} found={(count) => t('practice.found', { count })} empty={{ title: t('practice.empty'), text: t(may ? 'practice.empty.may' : 'practice.empty.text') }}>
            {(p) => <Tile practice={p} />}
          </Tiles>
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
  return (
    <OwnList
      id="own"
      title={t('practice.own')}
      pages={own}
      line={(p) => ({
        href: `/practices/${p.id}/draft`,
        title: words(p.title) || t('practice.untitled'),
        note: t('practice.changed.on', { date: date(p.updated) }),
        tags: p.state === 'published' ? <Tag kind={p.changed ? 'caution' : 'good'}>{t(p.changed ? 'practice.state.changed' : 'practice.state.published')}</Tag> : <Tag kind="caution">{t(`practice.state.${p.state}`)}</Tag>,
      })}
    />
  )
}

/** What one's town has in hand of others. */
function InHand() {
  const { t, words } = useI18n()
  const adoptions = useAdoptions()
  return <OwnList id="hand" title={t('practice.hand')} pages={adoptions} line={(a) => ({ href: `/practices/${a.practice}/adoption`, title: words(a.title), note: a.townName, tags: <StageTag state={a.state} /> })} />
}
