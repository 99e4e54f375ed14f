import { useState } from 'react'
import { Link } from 'wouter'
import type { PostingLine } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button, ButtonLink } from '../../ui/button'
import { SearchField, SelectField } from '../../ui/field'
import { More } from '../../ui/more'
import { PageHead } from '../../ui/page-head'
import { Empty, Loaded } from '../../ui/states'
import { Begins, PostingTags, useDay } from './board-parts'
import { postingKinds, useOwnPostings, usePostings, type WantedPostings } from './board-queries'
import { countries } from './lists'
import './practice.css'

const nothing: WantedPostings = { q: '', kind: '', country: '' }

/** Jobs, rooms and events of all towns; what ends first is at the top. */
export default function BoardPage({ may }: { may: boolean }) {
  const { t, countryName } = useI18n()
  const [wanted, setWanted] = useState(nothing)
  const [searches, setSearches] = useState(0)
  const postings = usePostings(wanted)
  const set = (change: Partial<WantedPostings>) => setWanted((w) => ({ ...w, ...change }))
  const filtered = wanted.q !== '' || wanted.kind !== '' || wanted.country !== ''
  const begin = (
    <ButtonLink kind="main" icon="plus" href="/board/new">
      {t('board.new')}
    </ButtonLink>
  )
  return (
    <>
      <PageHead title={t('board.title')} lead={t('board.lead')} action={may ? begin : undefined} />
      <div className="stack-5">
        <section className="stack" aria-labelledby="board">
          <h2 id="board">{t('board.all')}</h2>
          <div className="filters">
            <SearchField key={searches} label={t('challenge.search')} onSearch={(q) => set({ q })} />
            <SelectField label={t('board.kind')} value={wanted.kind} onChange={(e) => set({ kind: postingKinds.find((k) => k === e.target.value) ?? '' })}>
              <option value="">{t('practice.any')}</option>
              {postingKinds.map((k) => (
                <option key={k} value={k}>
                  {t(`board.kind.${k}`)}
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
          </div>
          <p className="hidden" role="status">
            {postings.data ? t('board.found', { count: postings.data.items.length }) : ''}
          </p>
          <Loaded query={postings} block>
            {({ items }) =>
              items.length > 0 ? (
                <ul className="plain three practices">
                  {items.map((p) => (
                    <li key={p.id} className="card tile">
                      <Tile posting={p} />
                    </li>
                  ))}
                </ul>
              ) : filtered ? (
                <Empty icon="search" title={t('challenge.none')} action={<Button onClick={() => { setWanted(nothing); setSearches((n) => n + 1) }}>{t('board.clear')}</Button>}>
                  {t('practice.none.text')}
                </Empty>
              ) : (
                <Empty icon="globe" title={t('board.empty')}>
                  {t('board.empty.text')}
                </Empty>
              )
            }
          </Loaded>
          <More pages={postings} />
        </section>
        {may ? <Own /> : null}
      </div>
    </>
  )
}

function Tile({ posting: p }: { posting: PostingLine }) {
  const { t, countryName } = useI18n()
  const day = useDay()
  return (
    <>
      <p className="row small">
        <PostingTags of={p} />
        <span className="soft">{t('board.until', { date: day(p.until) })}</span>
      </p>
      <h3 lang={p.language}>
        <Link href={`/board/${p.id}`}>{p.title}</Link>
      </h3>
      {p.begins ? (
        <p>
          <Begins of={p} />
        </p>
      ) : null}
      <p className="soft small end">
        {p.territory ? (
          <>
            <span lang={p.language}>{p.territory}</span>
            <br />
          </>
        ) : null}
        {p.townName} · {countryName(p.country)}
      </p>
    </>
  )
}

/** What one's own town has put up, also what is over. */
function Own() {
  const { t } = useI18n()
  const own = useOwnPostings()
  const day = useDay()
  if (!own.data || own.data.items.length === 0) return null
  return (
    <section className="stack-2" aria-labelledby="own">
      <h2 id="own">{t('board.own')}</h2>
      <ul className="plain list">
        {own.data.items.map((p) => (
          <li key={p.id}>
            <span className="grow">
              <Link href={`/board/${p.id}`} lang={p.language}>
                {p.title}
              </Link>
              <span className="small soft"> {t('board.until', { date: day(p.until) })}</span>
            </span>
            <PostingTags of={p} />
          </li>
        ))}
      </ul>
      <More pages={own} />
    </section>
  )
}
