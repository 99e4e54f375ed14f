import { Link } from 'wouter'
import type { PostingLine } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { ButtonLink } from '../../ui/button'
import { PageHead } from '../../ui/page-head'
import { Begins, PostingTags, useDay } from './board-parts'
import { postingKinds, useOwnPostings, usePostings, type WantedPostings } from './board-queries'
import { CountrySelect, Filters, OneOf, OwnList, Tiles, useFinding } from './finding'

const nothing: WantedPostings = { q: '', kind: '', country: '' }

/** Jobs, rooms and events of all towns; what ends first is at the top. */
export default function BoardPage({ may }: { may: boolean }) {
  const { t } = useI18n()
  const finding = useFinding(nothing)
  const { wanted, set } = finding
  const postings = usePostings(wanted)
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
          <Filters of={finding} onWords={(q) => set({ q })}>
            <OneOf label={t('board.kind')} of={postingKinds} value={wanted.kind} word={(k) => t(`board.kind.${k}`)} onValue={(kind) => set({ kind })} />
            <CountrySelect value={wanted.country} onValue={(country) => set({ country })} />
          </Filters>
          <Tiles pages={postings} finding={finding} found={(count) => t('board.found', { count })} empty={{ title: t('board.empty'), text: t('board.empty.text') }}>
            {(p) => <Tile posting={p} />}
          </Tiles>
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
  return (
    <OwnList
      id="own"
      title={t('board.own')}
      pages={own}
      line={(p) => ({ href: `/board/${p.id}`, title: p.title, lang: p.language, note: t('board.until', { date: day(p.until) }), tags: <PostingTags of={p} /> })}
    />
  )
}
