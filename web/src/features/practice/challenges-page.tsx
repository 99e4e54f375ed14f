import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { ChallengeLine, ChallengeState } from '../../api/types'
import { useI18n, Words } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { SearchField, SelectField } from '../../ui/field'
import { More } from '../../ui/more'
import { Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Empty, Loaded } from '../../ui/states'
import { useSayFault } from '../../ui/toast'
import { useChallenges, useChangeChallenge, useOwnChallenges, type WantedChallenges } from './challenge-queries'
import { isTopic, topics } from './lists'
import './practice.css'

const nothing: WantedChallenges = { q: '', topic: '', state: '' }
const states = ['open', 'taken', 'solved', 'unsolved'] as const

export function ChallengeTag({ state }: { state: ChallengeState }) {
  const { t } = useI18n()
  const kind = ({ draft: 'caution', open: 'warm', taken: 'civic', solved: 'good', unsolved: undefined } as const)[state]
  return <Tag {...(kind ? { kind } : {})}>{t(`challenge.state.${state}`)}</Tag>
}

/** The board: what towns have not solved, who has it in hand, how it ended. */
export default function ChallengesPage({ may }: { may: boolean }) {
  const { t, locale } = useI18n()
  const [wanted, setWanted] = useState(nothing)
  const [searches, setSearches] = useState(0)
  const challenges = useChallenges(wanted)
  const { make } = useChangeChallenge()
  const [, navigate] = useLocation()
  const sayFault = useSayFault()
  const set = (change: Partial<WantedChallenges>) => setWanted((w) => ({ ...w, ...change }))
  const begin = () =>
    make.mutate(
      { languages: [locale], title: {}, affected: {}, problem: {}, constraints: [], tried: [], topics: [], competences: [], labels: [] },
      { onSuccess: (c) => navigate(`/challenges/${c.id}/edit`), onError: sayFault },
    )
  const filtered = wanted.q !== '' || wanted.topic !== '' || wanted.state !== ''
  return (
    <>
      <PageHead
        title={t('challenge.title')}
        lead={t('challenge.lead')}
        action={may ? <Button kind="main" icon="plus" busy={make.isPending} onClick={begin}>{t('challenge.new')}</Button> : undefined}
      />
      <div className="stack-5">
        {may ? <Own /> : null}
        <section className="stack" aria-labelledby="board">
          <h2 id="board">{t('challenge.all')}</h2>
          <div className="filters">
            <SearchField key={searches} label={t('challenge.search')} onSearch={(q) => set({ q })} />
            <SelectField label={t('practice.topic')} value={wanted.topic} onChange={(e) => set({ topic: e.target.value })}>
              <option value="">{t('practice.any')}</option>
              {topics.map((x) => (
                <option key={x} value={x}>
                  {t(`practice.topic.${x}`)}
                </option>
              ))}
            </SelectField>
            <SelectField label={t('challenge.state')} value={wanted.state} onChange={(e) => set({ state: states.find((s) => s === e.target.value) ?? '' })}>
              <option value="">{t('practice.any')}</option>
              {states.map((x) => (
                <option key={x} value={x}>
                  {t(`challenge.state.${x}`)}
                </option>
              ))}
            </SelectField>
          </div>
          <p className="hidden" role="status">
            {challenges.data ? t('challenge.found', { count: challenges.data.items.length }) : ''}
          </p>
          <Loaded query={challenges} block>
            {({ items }) =>
              items.length > 0 ? (
                <ul className="plain three practices">
                  {items.map((c) => (
                    <li key={c.id} className="card tile">
                      <Tile challenge={c} />
                    </li>
                  ))}
                </ul>
              ) : filtered ? (
                <Empty icon="search" title={t('challenge.none')} action={<Button onClick={() => { setWanted(nothing); setSearches((n) => n + 1) }}>{t('board.clear')}</Button>}>
                  {t('practice.none.text')}
                </Empty>
              ) : (
                <Empty icon="globe" title={t('challenge.empty')}>
                  {t(may ? 'challenge.empty.may' : 'challenge.empty.text')}
                </Empty>
              )
            }
          </Loaded>
          <More pages={challenges} />
        </section>
      </div>
    </>
  )
}

function Tile({ challenge: c }: { challenge: ChallengeLine }) {
  const { t, countryName } = useI18n()
  return (
    <>
      <p className="small soft">{c.topics.filter(isTopic).map((x) => t(`practice.topic.${x}`)).join(' · ')}</p>
      <h3>
        <Link href={`/challenges/${c.id}`}>
          <Words text={c.title} order={c.languages} />
        </Link>
      </h3>
      <p>
        <Words text={c.affected} order={c.languages} />
      </p>
      <p className="row small">
        <ChallengeTag state={c.state} />
        {c.sponsors > 0 ? <Tag>{t('challenge.sponsors.count', { count: c.sponsors })}</Tag> : null}
        {c.team ? <Tag>{c.team}</Tag> : null}
      </p>
      <p className="soft small end">
        {c.townName} · {countryName(c.country)}
      </p>
    </>
  )
}

/** What one's own town has stated. */
function Own() {
  const { t, words, date } = useI18n()
  const own = useOwnChallenges()
  if (!own.data || own.data.items.length === 0) return null
  return (
    <section className="stack-2" aria-labelledby="own">
      <h2 id="own">{t('challenge.own')}</h2>
      <ul className="plain list">
        {own.data.items.map((c) => (
          <li key={c.id}>
            <span className="grow">
              <Link href={c.state === 'draft' ? `/challenges/${c.id}/edit` : `/challenges/${c.id}`}>{words(c.title) || t('practice.untitled')}</Link>
              <span className="small soft"> {t('practice.changed.on', { date: date(c.updated) })}</span>
            </span>
            <ChallengeTag state={c.state} />
          </li>
        ))}
      </ul>
      <More pages={own} />
    </section>
  )
}
