import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import type { Wiki, WikiLine } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button, ButtonLink } from '../../ui/button'
import { More } from '../../ui/more'
import { Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { SearchField } from '../../ui/search-field'
import { Empty, Loaded } from '../../ui/states'
import { type PlaceProps, useWhoWhen } from './parts'
import { type Order, useWiki, useWikiPages } from './queries'

/** The pages of a cohort or a territory. */
export default function ListPage({ place, base, more }: PlaceProps & { more?: ReactNode }) {
  return (
    <Loaded query={useWiki(place)} page>
      {(k) => <View wiki={k} base={base} more={more} />}
    </Loaded>
  )
}

function View({ wiki: k, base, more }: { wiki: Wiki; base: string; more: ReactNode }) {
  const { t, words, countryName } = useI18n()
  const [q, setQ] = useState('')
  const [order, setOrder] = useState<Order>('title')
  return (
    <>
      <PageHead
        title={k.title ? t('wiki.title') : k.name}
        crumb={k.title ? <Link href={base.replace(/\/wiki$/, '')}>{`${words(k.title)}, ${k.name}`}</Link> : <Link href="/practices/territories">{t('wiki.territories')}</Link>}
        lead={k.title ? t('wiki.lead') : t('wiki.territory.lead', { country: countryName(k.country ?? '') })}
        action={
          k.writes ? (
            <ButtonLink kind="main" icon="plus" href={`${base}/new`}>
              {t('wiki.new')}
            </ButtonLink>
          ) : undefined
        }
      />
      <div className="stack-5">
        <SearchField label={t('wiki.search')} onSearch={setQ} start={q} />
        {q ? null : (
          <p className="row">
            <Button aria-pressed={order === 'change'} onClick={() => setOrder(order === 'change' ? 'title' : 'change')}>
              {t('wiki.newest')}
            </Button>
          </p>
        )}
        <List wiki={k} base={base} q={q} order={order} />
        {more}
      </div>
    </>
  )
}

function List({ wiki: k, base, q, order }: { wiki: Wiki; base: string; q: string; order: Order }) {
  const { t } = useI18n()
  const pages = useWikiPages(k.place, q, order)
  return (
    <section aria-label={t('wiki.pages')} className="stack">
      <Loaded query={pages}>
        {({ items }) =>
          items.length > 0 ? (
            <ul className="plain list">
              {items.map((p) => (
                <li key={p.id}>
                  <Line page={p} base={base} />
                </li>
              ))}
            </ul>
          ) : q ? (
            <p role="status">{t('talk.search.none', { words: q })}</p>
          ) : (
            <Empty title={t('wiki.none')} action={k.writes ? <ButtonLink href={`${base}/new`}>{t('wiki.new')}</ButtonLink> : undefined}>
              {t('wiki.none.text')}
            </Empty>
          )
        }
      </Loaded>
      <More pages={pages} />
    </section>
  )
}

function Line({ page: p, base }: { page: WikiLine; base: string }) {
  const { t } = useI18n()
  const whoWhen = useWhoWhen()
  return (
    <div className="grow stack-2">
      <h2>
        <Link href={`${base}/${p.id}`} lang={p.language}>
          {p.title}
        </Link>
      </h2>
      <p className="soft small">{whoWhen(p.by, p.at)}</p>
      {p.locked || p.removed ? (
        <p className="row">
          {p.locked ? <Tag kind="caution">{t('wiki.locked')}</Tag> : null}
          {p.removed ? <Tag kind="wrong">{t('wiki.removed')}</Tag> : null}
        </p>
      ) : null}
    </div>
  )
}
