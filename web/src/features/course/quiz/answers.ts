import type { Answer, Question } from '../../../api/types'

/** What somebody has entered so far, by question. */
export type Answers = Readonly<Record<string, Answer>>

/** The answer to begin with: an order has one from the start, everything else is empty. */
export function firstAnswer(q: Question): Answer {
  return q.kind === 'ordering' ? { question: q.id, choices: (q.options ?? []).map((o) => o.id) } : { question: q.id }
}

/** Whether a question has been answered wholly. */
export function isAnswered(q: Question, a: Answer | undefined): boolean {
  if (!a) return false
  switch (q.kind) {
    case 'single':
    case 'multiple':
    case 'ordering':
      return (a.choices?.length ?? 0) > 0
    case 'text':
      return (a.text ?? '').trim() !== ''
    case 'number':
      return a.number !== undefined
    case 'matching':
      return (q.options ?? []).every((o) => a.pairs?.[o.id])
  }
}

/** A number as people write it in any of our languages: "3,5", "1 200", "3.5". Undefined: not a number. */
export function parseNumber(text: string): number | undefined {
  const plain = text.replace(/[\s\u00a0\u202f']/g, '').replace('−', '-').replace(',', '.')
  if (!/^[-+]?\d*\.?\d+$/.test(plain)) return undefined
  return Number(plain)
}
