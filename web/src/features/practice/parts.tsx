import type { AdoptionState, ChallengeState, PracticeCosts, PracticeTerritory } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Tag } from '../../ui/notice'
import { place } from './place'
import { euros, when } from './when'

/** How far a town is, in words. */
export function StageTag({ state }: { state: AdoptionState }) {
  const { t } = useI18n()
  const kind = ({ using: 'good', adapting: 'civic', understanding: 'civic', interested: undefined, dropped: 'caution' } as const)[state]
  return <Tag {...(kind ? { kind } : {})}>{t(`practice.stage.${state}`)}</Tag>
}

/** How far a challenge is. */
export function ChallengeTag({ state }: { state: ChallengeState }) {
  const { t } = useI18n()
  const kind = ({ draft: 'caution', open: 'warm', taken: 'civic', solved: 'good', unsolved: undefined } as const)[state]
  return <Tag {...(kind ? { kind } : {})}>{t(`challenge.state.${state}`)}</Tag>
}

/** What one sees of a practice at a glance: who uses it, who recommends it, how large the town is, what it costs. */
export function Glance({ of }: { of: { using: number; recommended: boolean; territory?: PracticeTerritory; costs?: PracticeCosts } }) {
  const { t, locale } = useI18n()
  return (
    <p className="row small">
      {of.using > 0 ? <Tag kind="civic">{t('practice.using', { count: of.using })}</Tag> : null}
      {of.recommended ? <Tag kind="good">{t('practice.recommended')}</Tag> : null}
      {of.territory && of.territory.residents > 0 ? <Tag>{t('practice.residents', { count: of.territory.residents })}</Tag> : null}
      {of.costs && (of.costs.from > 0 || of.costs.to > 0) ? <Tag>{t(of.costs.per === 'once' ? 'practice.costs.once' : 'practice.costs.year', { euros: euros(locale, of.costs.from, of.costs.to) })}</Tag> : null}
    </p>
  )
}

/** Where it is done. */
export function Place({ territory: x, town }: { territory: PracticeTerritory; town: string }) {
  const { countryName } = useI18n()
  return <>{place(x, town, countryName)}</>
}

/** A date as people know it. */
export function When({ span }: { span: string }) {
  const { locale, t } = useI18n()
  const { words, open } = when(locale, span)
  return <time dateTime={span.split('/')[0]}>{open ? t('practice.since', { when: words }) : words}</time>
}
