import type { Practice, PracticeQuestion } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { More } from '../../ui/more'
import { Tag } from '../../ui/notice'
import { Loaded } from '../../ui/states'
import { Conversation } from './conversation'
import { useQuestions, useUsePractice } from './queries'

/** Conversations with the authors: to them all, to others their own. No address is ever shown. */
export function Questions({ practice: p }: { practice: Practice }) {
  const { t } = useI18n()
  const questions = useQuestions(p.id)
  return (
    <section className="no-print">
      <h2>{t(p.writes ? 'practice.questions' : 'practice.questions.mine')}</h2>
      <Loaded query={questions}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">{t(p.writes || !p.mayAsk ? 'practice.questions.none' : 'practice.questions.ask')}</p>
          ) : (
            <ul className="plain stack">
              {items.map((q) => (
                <li key={q.id} className="card stack-2">
                  <Question practice={p} question={q} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More pages={questions} />
    </section>
  )
}

function Question({ practice: p, question: q }: { practice: Practice; question: PracticeQuestion }) {
  const { t } = useI18n()
  const { answer } = useUsePractice(p.id)
  return (
    <>
      <Tag kind={q.state === 'answered' ? 'good' : 'caution'}>{t(`practice.question.${q.state}`)}</Tag>
      <Conversation of={q} error={answer.error} busy={answer.isPending} onAnswer={p.writes || p.mayAsk ? (words) => answer.mutateAsync({ question: q.id, words }) : undefined} />
    </>
  )
}
