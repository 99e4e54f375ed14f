import { Link } from 'wouter'
import type { DirectoryEntry } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { ButtonLink } from '../../ui/button'
import { Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { useEntries, type WantedEntries } from './directory-queries'
import { Filters, OneOf, Tiles, TopicSelect, useFinding } from './finding'
import { isTopic } from './lists'

const nothing: WantedEntries = { q: '', kind: '', topic: '' }
const kinds = ['expert', 'organisation', 'actor'] as const

/** Who can be asked: experts, organisations and actors from outside, by name. */
export default function DirectoryPage({ administrates }: { administrates: boolean }) {
  const { t } = useI18n()
  const finding = useFinding(nothing)
  const { wanted, set } = finding
  const entries = useEntries(wanted)
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
        <Filters of={finding} onWords={(q) => set({ q })}>
          <OneOf label={t('directory.kind')} of={kinds} value={wanted.kind} word={(k) => t(`directory.kind.${k}`)} onValue={(kind) => set({ kind })} />
          <TopicSelect value={wanted.topic} onValue={(topic) => set({ topic })} />
        </Filters>
        <Tiles pages={entries} finding={finding} found={(count) => t('directory.found', { count })} empty={{ title: t('directory.empty'), text: t('directory.empty.text') }}>
          {(e) => <Tile entry={e} />}
        </Tiles>
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
