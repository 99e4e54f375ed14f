import { useMemo, useRef } from 'react'
import outlines from 'virtual:europe'
import { Link } from 'wouter'
import type { PracticeLine } from '../../../api/types'
import { useI18n, Words } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Check } from '../../../ui/field'
import { Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { CountrySelect, Filters, TopicSelect, useFinding } from '../finding'
import { useAllPractices, type Wanted } from '../queries'
import './map.css'
import { type Mark, marksOf, type Place, placesOf, viewOf } from './places'

const nothing: Wanted = { q: '', topic: '', country: '', band: 0, recommended: false, sort: 'newest' }

/** Practices where they are done: as a map, and as a table that says the same. */
export default function MapPage() {
  const { t } = useI18n()
  const finding = useFinding(nothing)
  const { wanted, set } = finding
  const practices = useAllPractices(wanted)
  return (
    <>
      <PageHead title={t('pmap.title')} crumb={<Link href="/practices">{t('practice.title')}</Link>} lead={t('pmap.lead')} />
      <div className="stack-5">
        <Filters of={finding} onWords={(q) => set({ q })}>
          <TopicSelect value={wanted.topic} onValue={(topic) => set({ topic })} />
          <CountrySelect value={wanted.country} onValue={(country) => set({ country })} />
        </Filters>
        <Check label={t('practice.only')} checked={wanted.recommended} onChange={(e) => set({ recommended: e.target.checked })} />
        <p className="hidden" role="status">
          {practices.data ? t('practice.found', { count: practices.data.length }) : ''}
        </p>
        <Loaded query={practices} block>
          {(list) => (list.length > 0 ? <View practices={list} country={wanted.country} /> : <Empty icon="search" title={t('practice.none')} action={finding.filtered ? <Button onClick={finding.clear}>{t('board.clear')}</Button> : undefined} />)}
        </Loaded>
      </div>
    </>
  )
}

function View({ practices, country }: { practices: readonly PracticeLine[]; country: string }) {
  const { t } = useI18n()
  const places = useMemo(() => placesOf(practices, outlines), [practices])
  const rows = useRef(new Map<string, HTMLElement>())
  const lost = places.filter((p) => !p.at).length
  return (
    <div className="two even">
      <section className="stack-2" aria-labelledby="map">
        <h2 id="map">{t('pmap.map')}</h2>
        <Europe places={places} country={country} onChoose={(m) => m.places[0] && rows.current.get(m.places[0].key)?.focus()} />
        <p className="small soft">{t('pmap.how')}</p>
        {lost > 0 ? <p className="small soft">{t('pmap.lost', { count: lost })}</p> : null}
        <p className="small soft">{t('pmap.source')}</p>
      </section>
      <section className="stack-2" aria-labelledby="territories">
        <h2 id="territories">{t('pmap.territories')}</h2>
        <Territories places={places} row={(key, at) => (at ? rows.current.set(key, at) : rows.current.delete(key))} />
      </section>
    </div>
  )
}

/** The map: outlines for the eye, and above them a button for each mark. */
function Europe({ places, country, onChoose }: { places: readonly Place[]; country: string; onChoose: (m: Mark) => void }) {
  const { t, list, number } = useI18n()
  const view = viewOf(outlines.find((o) => country !== '' && o.id === country)?.box)
  const marks = marksOf(places, view.width * 0.085).filter((m) => m.at[0] >= view.x && m.at[0] <= view.x + view.width && m.at[1] >= view.y && m.at[1] <= view.y + view.height)
  return (
    <div className="europe">
      <svg viewBox={`${view.x} ${view.y} ${view.width} ${view.height}`} aria-hidden="true" focusable="false">
        {outlines.map((o, i) => (
          <path key={i} d={o.d} className={o.id === '' ? 'far' : o.id === country ? 'chosen' : ''} />
        ))}
      </svg>
      <ul className="plain" aria-label={t('pmap.marks')}>
        {marks.map((m) => {
          const count = m.places.reduce((sum, p) => sum + p.practices.length, 0)
          return (
            <li key={m.places[0]?.key} style={{ insetInlineStart: `${((m.at[0] - view.x) / view.width) * 100}%`, insetBlockStart: `${((m.at[1] - view.y) / view.height) * 100}%` }}>
              <button type="button" className={m.places.every((p) => p.vague) ? 'mark-at vague' : 'mark-at'} onClick={() => onChoose(m)}>
                <span aria-hidden="true">{number(count)}</span>
                <span className="hidden">{t('pmap.mark', { places: list(m.places.map((p) => p.name)), count })}</span>
              </button>
            </li>
          )
        })}
      </ul>
    </div>
  )
}

function Territories({ places, row }: { places: readonly Place[]; row: (key: string, at: HTMLElement | null) => void }) {
  const { t, countryName, number } = useI18n()
  return (
    <table className="table">
      <caption className="hidden">{t('pmap.territories')}</caption>
      <thead>
        <tr>
          <th scope="col">{t('pmap.territory')}</th>
          <th scope="col">{t('practice.title')}</th>
          <th scope="col" className="num">{t('pmap.using')}</th>
        </tr>
      </thead>
      <tbody>
        {places.map((p) => (
          <tr key={p.key}>
            <th scope="row" tabIndex={-1} ref={(at) => row(p.key, at)}>
              {p.name}
              <span className="small soft">{p.country ? countryName(p.country) : ''}</span>
              {p.vague && p.at ? <span className="small soft">{t('pmap.vague')}</span> : null}
            </th>
            <td data-label={t('practice.title')}>
              <ul className="plain stack-2 breaks">
                {p.practices.map((x) => (
                  <li key={x.id}>
                    <Link href={`/practices/${x.id}`}>
                      <Words text={x.title} order={x.languages} />
                    </Link>{' '}
                    {x.recommended ? <Tag kind="good">{t('practice.recommended')}</Tag> : null}
                  </li>
                ))}
              </ul>
            </td>
            <td className="num" data-label={t('pmap.using')}>{number(p.practices.reduce((sum, x) => sum + x.using, 0))}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}
