import { Link, useLocation } from 'wouter'
import type { ChallengeLine } from '../../api/types'
import { useI18n, Words } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { useSayFault } from '../../ui/toast'
import { useChallenges, useChangeChallenge, useOwnChallenges, type WantedChallenges } from './challenge-queries'
import { Filters, OneOf, OwnList, Tiles, TopicSelect, useFinding } from './finding'
import { isTopic } from './lists'
import { ChallengeTag } from './parts'

const nothing: WantedChallenges = { q: '', topic: '', state: '' }
const states = ['open', 'taken', 'solved', 'unsolved'] as const

/** The board: what towns have not solved, who has it in hand, how it ended. */
export default function ChallengesPage({ may }: { may: boolean }) {
  const { t, locale } = useI18n()
  const finding = useFinding(nothing)
  const { wanted, set } = finding
  const challenges = useChallenges(wanted)
  const { make } = useChangeChallenge()
  const [, navigate] = useLocation()
  const sayFault = useSayFault()
  const begin = () =>
    make.mutate(
      { languages: [locale], title: {}, affected: {}, problem: {}, constraints: [], tried: [], topics: [], competences: [], labels: [] },
      { onSuccess: (c) => navigate(`/challenges/${c.id}/edit`), onError: sayFault },
    )
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
          <Filters of={finding} onWords={(q) => set({ q })}>
            <TopicSelect value={wanted.topic} onValue={(topic) => set({ topic })} />
            <OneOf label={t('challenge.state')} of={states} value={wanted.state} word={(x) => t(`challenge.state.${x}`)} onValue={(state) => set({ state })} />
          </Filters>
          <Tiles pages={challenges} finding={finding} found={(count) => t('challenge.found', { count })} empty={{ title: t('challenge.empty'), text: t(may ? 'challenge.empty.may' : 'challenge.empty.text') }}>
            {(c) => <Tile challenge={c} />}
          </Tiles>
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
  return (
    <OwnList
      id="own"
      title={t('challenge.own')}
      pages={own}
      line={(c) => ({ href: c.state === 'draft' ? `/challenges/${c.id}/edit` : `/challenges/${c.id}`, title: words(c.title) || t('practice.untitled'), note: t('practice.changed.on', { date: date(c.updated) }), tags: <ChallengeTag state={c.state} /> })}
    />
  )
}
