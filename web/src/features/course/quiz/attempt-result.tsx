import { useLayoutEffect, useRef } from 'react'
import type { Answer, Attempt, Question } from '../../../api/types'
import { useI18n, Words } from '../../../lib/i18n'
import { Icon } from '../../../ui/icon'
import { Notice, Tag } from '../../../ui/notice'

/** A graded attempt: the result in one sentence, then every question with what there is to learn from it. */
export function AttemptResult({ attempt: a }: { attempt: Attempt }) {
  const { t } = useI18n()
  const top = useRef<HTMLHeadingElement>(null)
  useLayoutEffect(() => top.current?.focus(), [])
  return (
    <div className="stack">
      <h2 ref={top} tabIndex={-1}>
        {a.passed ? t('quiz.passed') : t('quiz.failed')}
      </h2>
      <Notice kind={a.passed ? 'good' : 'caution'}>{t('quiz.score', { score: a.score, count: a.of, pass: a.pass })}</Notice>
      <ol className="plain">
        {a.questions.map((q, i) => {
          const result = a.results?.find((r) => r.question === q.id)
          return (
            <li key={q.id} className="question stack-2">
              <h3>
                <span className="soft num">{t('quiz.number', { number: i + 1 })}</span> <Words text={q.prompt} />
              </h3>
              {result ? <ResultView question={q} result={result} /> : null}
            </li>
          )
        })}
      </ol>
    </div>
  )
}

/** What came of one question: right or not, what was answered, what there is to learn. */
export function ResultView({ question: q, result }: { question: Question; result: NonNullable<Attempt['results']>[number] }) {
  const { t, list, words } = useI18n()
  return (
    <>
      <p>
        <Tag kind={result.right ? 'good' : 'caution'}>
          <Icon name={result.right ? 'check' : 'close'} />
          {result.right ? t('quiz.right') : t('quiz.wrong')}
        </Tag>
      </p>
      {result.given ? (
        <p>
          {t('quiz.given')} <Said question={q} answer={result.given} />
        </p>
      ) : null}
      {!result.right && result.expected && !result.accepted ? (
        <p>
          {t('quiz.expected')} <Said question={q} answer={result.expected} />
        </p>
      ) : null}
      {!result.right && result.accepted ? (
        <p>
          {t('quiz.expected')} <b>{list(result.accepted.map(words).filter(Boolean))}</b>
        </p>
      ) : null}
      {(result.feedback ?? []).map((f, n) => (
        <p key={n} className="soft">
          <Words text={f} />
        </p>
      ))}
    </>
  )
}

/** An answer in words. */
function Said({ question: q, answer: a }: { question: Question; answer: Answer }) {
  const { t, words, list, number } = useI18n()
  const name = (id: string) => words([...(q.options ?? []), ...(q.matches ?? [])].find((o) => o.id === id)?.text)
  if (a.text !== undefined) return <b>{a.text}</b>
  if (a.number !== undefined) return <b>{number(a.number)}</b>
  if (a.pairs) {
    return (
      <ul>
        {Object.entries(a.pairs).map(([left, right]) => (
          <li key={left}>
            {name(left)} → <b>{name(right)}</b>
          </li>
        ))}
      </ul>
    )
  }
  if (q.kind === 'ordering') {
    return (
      <ol>
        {(a.choices ?? []).map((c) => (
          <li key={c}>{name(c)}</li>
        ))}
      </ol>
    )
  }
  return a.choices?.length ? <b>{list(a.choices.map(name))}</b> : t('quiz.noanswer')
}
