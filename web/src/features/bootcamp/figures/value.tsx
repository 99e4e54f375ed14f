import type { FigureLine, Figures } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { isTopic } from '../../../lib/topics'

/** A figure, or that it is hidden. */
export function Value({ n, hours }: { n: number | undefined; hours?: boolean }) {
  const { t, number } = useI18n()
  if (n === undefined) return <span className="unsaid">{t('fig.hidden')}</span>
  return <>{number(hours ? Math.round((n / 60) * 10) / 10 : n)}</>
}

export function find(f: Figures, what: FigureLine['what'], by = '', part = ''): FigureLine | undefined {
  return f.lines.find((l) => l.what === what && l.by === by && l.part === part)
}

const kinds = ['conference', 'seminar', 'workshop', 'hackathon', 'training', 'codesign', 'helpdesk', 'mobility', 'visit', 'other'] as const
const modes = ['online', 'presence', 'mixed'] as const
const outputs = ['document', 'practice', 'challenge', 'statement', 'course', 'dataset', 'software', 'event', 'other'] as const
const outcomes = ['solved', 'partly', 'passed', 'open'] as const
const stages = ['interested', 'understanding', 'adapting', 'using', 'dropped'] as const
export { kinds, modes, outcomes, outputs }

/** What a part of a division is called. */
export function usePartName() {
  const { t } = useI18n()
  return (l: Pick<FigureLine, 'what' | 'by' | 'part' | 'name'>): string => {
    const kind = kinds.find((x) => x === l.part)
    const mode = modes.find((x) => x === l.part)
    const output = outputs.find((x) => x === l.part)
    const outcome = outcomes.find((x) => x === l.part)
    const stage = stages.find((x) => x === l.part)
    if (l.by === 'kind' && l.what === 'output' && output) return t(`fig.output.${output}`)
    if (l.by === 'kind' && kind) return t(`meet.kind.${kind}`)
    if (l.by === 'mode' && l.part === 'telephone') return t('meet.telephone')
    if (l.by === 'mode' && mode) return t(`meet.mode.${mode}`)
    if (l.by === 'topic' && isTopic(l.part)) return t(`practice.topic.${l.part}`)
    if (l.by === 'outcome' && outcome) return t(`fig.outcome.${outcome}`)
    if (l.by === 'stage' && stage) return t(`practice.stage.${stage}`)
    if (l.by === 'learning') return t(l.part === 'yes' ? 'fig.learning.yes' : 'fig.learning.no')
    return l.name || t('fig.unnamed')
  }
}
