import { useState } from 'react'
import { Link } from 'wouter'
import type { DirectoryEntry } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button, ButtonLink } from '../../ui/button'
import { SearchField, SelectField } from '../../ui/field'
import { More } from '../../ui/more'
import { Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Empty, Loaded } from '../../ui/states'
import { useEntries, type WantedEntries } from './directory-queries'
import { isTopic, topics } from './lists'
import './practice.css'

const nothing: WantedEntries = { q: '', kind: '', topic: '' }
const kinds = ['expert', 'organisation', 'actor'] as const

/** Who can be asked: experts, organisations and actors from outside, by name. */
export default function DirectoryPage({ administrates }: { administrates: boolean }) {
  const { t } = useI18n()
  const [wanted, setWanted] = useState(nothing)
  const [searches, setSearches] = useState(0)
  const entries = useEntries(wanted)
  const set = (change: Partial<WantedEntries>) => setWanted((w) => ({ ...w, ...change }))
  return (
    <>
      <PageHead
        title={t('directory.title')}
        lead={t('directory.lead')}
        action={
          <ButtonLink kind="main" href="/directory/own/expert">
            {t('directory.own')}
          </ButtonLink>
        }
      />
      <div className="stack">
        {administrates ? (
          <p>
            <Link href="/directory/own/organisation">{t('directory.own.town')}</Link>
          </p>
        ) : null}
        <div className="filters">
          <SearchField key={searches} label={t('challenge.search')} onSearch={(q) => set({ q })} />
          <SelectField label={t('directory.kind')} value={wanted.kind} onChange={(e) => set({ kind: kinds.find((k) => k === e.target.value) ?? '' })}>
            <option value="">{t('practice.any')}</option>
            {kinds.map((k) => (
              <option key={k} value={k}>
                {t(`directory.kind.${k}`)}
              </option>
            ))}
          </SelectField>
          <SelectField label={t('practice.topic')} value={wanted.topic} onChange={(e) => set({ topic: e.target.value })}>
            <option value="">{t('practice.any')}</option>
            {topics.map((x) => (
              <option key={x} value={x}>
                {t(`practice.topic.${x}`)}
              </option>
            ))}
          </SelectField>
        </div>
        <Loaded query={entries} block>
          {({ items }) =>
            items.length > 0 ? (
              <ul className="plain three practices">
                {items.map((e) => (
                  <li key={e.id} className="card tile">
                    <Tile entry={e} />
                  </li>
                ))}
              </ul>
            ) : wanted === nothing ? (
              <Empty icon="globe" title={t('directory.empty')}>
                {t('directory.empty.text')}
              </Empty>
            ) : (
              <Empty icon="search" title={t('challenge.none')} action={<Button onClick={() => { setWanted(nothing); setSearches((n) => n + 1) }}>{t('board.clear')}</Button>}>
                {t('practice.none.text')}
              </Empty>
            )
          }
        </Loaded>
        <More pages={entries} />
      </div>
    </>
  )
}

function Tile({ entry: e }: { entry: DirectoryEntry }) {
  const { t, countryName } = useI18n()
  return (
    <>
      <h2 className="h3">
        <Link href={`/directory/${e.id}`}>{e.content.name}</Link>
      </h2>
      <p lang={e.content.language}>{e.content.ask ?? e.content.about}</p>
      <p className="row small">
        <Tag>{t(`directory.kind.${e.kind}`)}</Tag>
        {e.content.topics.filter(isTopic).map((x) => (
          <Tag key={x}>{t(`practice.topic.${x}`)}</Tag>
        ))}
      </p>
      <p className="soft small end">{[e.kind === 'expert' ? e.townName : '', e.content.country ? countryName(e.content.country) : ''].filter(Boolean).join(' · ')}</p>
    </>
  )
}
