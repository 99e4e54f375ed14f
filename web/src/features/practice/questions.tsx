import type { Practice, PracticeQuestion } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { AreaField, Form, value } from '../../ui/field'
import { More } from '../../ui/more'
import { Tag } from '../../ui/notice'
import { Loaded } from '../../ui/states'
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
                  <Conversation practice={p} question={q} />
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

function Conversation({ practice: p, question: q }: { practice: Practice; question: PracticeQuestion }) {
  const { t, dateTime } = useI18n()
  const { answer } = useUsePractice(p.id)
  return (
    <>
      <Tag kind={q.state === 'answered' ? 'good' : 'caution'}>{t(`practice.question.${q.state}`)}</Tag>
      <ol className="plain stack-2">
        {q.messages.map((m, i) => (
          <li key={i}>
            <p className="small soft">
              {[m.name, m.townName].filter(Boolean).join(', ')} · {dateTime(m.at)}
            </p>
            <p className="words" lang={m.language}>
              {m.words}
            </p>
          </li>
        ))}
      </ol>
      {p.writes || p.mayAsk ? (
        <Form key={q.messages.length} error={answer.error} onSubmit={(f) => answer.mutate({ question: q.id, words: value(f, 'words') })}>
          <AreaField label={t('practice.answer')} name="words" rows={2} required maxLength={4000} />
          <div>
            <Button type="submit" busy={answer.isPending}>
              {t('practice.answer.send')}
            </Button>
          </div>
        </Form>
      ) : null}
    </>
  )
}
