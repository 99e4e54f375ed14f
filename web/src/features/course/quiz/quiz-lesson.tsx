import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Answer, Attempt, EnrolledLesson } from '../../../api/types'
import { say } from '../../../lib/fault'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Form } from '../../../ui/field'
import { Notice, Tag } from '../../../ui/notice'
import { Loaded } from '../../../ui/states'
import { useAttempt, useBeginAttempt, useHandIn } from '../learn/queries'
import { type Answers, firstAnswer, isAnswered } from './answers'
import { AttemptResult } from './attempt-result'
import { QuestionField } from './question-field'

/** A quiz within a course: what awaits one, the questions, the result. */
export function QuizLesson({ lesson, enrolment }: { lesson: EnrolledLesson; enrolment: string }) {
  const i18n = useI18n()
  const { t, dateTime } = i18n
  const [chosen, setChosen] = useState<string>()
  const begin = useBeginAttempt(enrolment, lesson.id)
  const attempt = useAttempt(chosen)
  const card = useRef<HTMLDivElement>(null)
  const left = useRef(false)
  // Whoever comes back from an attempt is at the first button, and not nowhere.
  useEffect(() => {
    if (left.current && !chosen) card.current?.querySelector('button')?.focus()
    left.current = chosen !== undefined
  }, [chosen])
  const quiz = lesson.quiz
  if (!quiz) return null
  const again = quiz.taken.length > 0
  const may = quiz.open !== undefined || quiz.attemptsLeft !== 0
  return (
    <div className="card stack" ref={card}>
      {chosen ? (
        <>
          <Loaded query={attempt}>{(a) => (a.state === 'open' ? <Questions attempt={a} enrolment={enrolment} /> : <AttemptResult attempt={a} />)}</Loaded>
          {attempt.data?.state === 'graded' ? (
            <div>
              <Button onClick={() => setChosen(undefined)}>{t('quiz.back')}</Button>
            </div>
          ) : null}
        </>
      ) : (
        <>
          <p>{t('quiz.intro', { count: quiz.questions, pass: quiz.pass })}</p>
          <p className="soft">
            {quiz.attemptsLeft < 0 ? t('quiz.unlimited') : t('need.quiz.left', { count: quiz.attemptsLeft })} {t('quiz.saved')}
          </p>
          {begin.error ? (
            <Notice kind="wrong" alert>
              {say(begin.error, i18n)}
            </Notice>
          ) : null}
          {may ? (
            <div>
              <Button
                kind="main"
                busy={begin.isPending}
                onClick={() => (quiz.open ? setChosen(quiz.open) : begin.mutate(undefined, { onSuccess: (a) => setChosen(a.id) }))}
              >
                {quiz.open ? t('quiz.resume') : again ? t('quiz.again') : t('quiz.begin')}
              </Button>
            </div>
          ) : null}
          {again && (
            <ul className="plain list">
              {quiz.taken.map((x) => (
                <li key={x.id}>
                  <div className="grow">
                    <p>{t('quiz.attempt', { number: x.number, score: x.score, of: x.of })}</p>
                    <p className="small soft">{dateTime(x.at)}</p>
                  </div>
                  <Tag kind={x.passed ? 'good' : 'caution'}>{x.passed ? t('quiz.tag.passed') : t('quiz.tag.failed')}</Tag>
                  <Button tight onClick={() => setChosen(x.id)}>
                    {t('quiz.look')}
                    <span className="hidden">{t('quiz.attempt', { number: x.number, score: x.score, of: x.of })}</span>
                  </Button>
                </li>
              ))}
            </ul>
          )}
        </>
      )}
    </div>
  )
}

function Questions({ attempt, enrolment }: { attempt: Attempt; enrolment: string }) {
  const { t } = useI18n()
  const handIn = useHandIn(enrolment)
  const [answers, setAnswers] = useState<Answers>(() => Object.fromEntries(attempt.questions.map((q) => [q.id, firstAnswer(q)])))
  const [warned, setWarned] = useState(false)
  const open = attempt.questions.filter((q) => !isAnswered(q, answers[q.id])).length
  const all = useRef<HTMLDivElement>(null)
  // The button that has begun them is gone: the first question has the focus.
  useLayoutEffect(() => all.current?.querySelector('fieldset')?.focus(), [])
  return (
    <div ref={all}>
      <Form
        className="stack"
        error={handIn.error}
        onSubmit={() => {
          if (open > 0 && !warned) setWarned(true)
          else handIn.mutate({ id: attempt.id, answers: Object.values(answers) })
        }}
      >
        {attempt.questions.map((q, i) => (
          <QuestionField key={q.id} question={q} number={i + 1} answer={answers[q.id] ?? firstAnswer(q)} onAnswer={(a) => setAnswers((all) => ({ ...all, [q.id]: a }))} />
        ))}
        {warned && open > 0 ? (
          <Notice kind="caution" alert>
            {t('quiz.open', { count: open })}
          </Notice>
        ) : null}
        <div className="row">
          <Button kind="main" type="submit" busy={handIn.isPending}>
            {warned && open > 0 ? t('quiz.handin.anyway') : t('quiz.handin')}
          </Button>
        </div>
      </Form>
    </div>
  )
}

interface Trial {
  data: Attempt | undefined
  error: unknown
  isPending: boolean
  mutate: (answers: Answer[]) => void
  reset: () => void
}

/** The questions of a quiz that is being written, as a learner would meet them: answers are graded, nothing is kept. */
export function QuizPreview({ attempt, trial }: { attempt: Attempt; trial: Trial }) {
  const { t } = useI18n()
  const [answers, setAnswers] = useState<Answers>(() => Object.fromEntries(attempt.questions.map((q) => [q.id, firstAnswer(q)])))
  return (
    <div className="card stack">
      <Notice>{t('author.preview.quiz')}</Notice>
      {trial.data ? (
        <>
          <AttemptResult attempt={trial.data} />
          <div>
            <Button onClick={trial.reset}>{t('author.preview.again')}</Button>
          </div>
        </>
      ) : (
        <Form className="stack" error={trial.error} onSubmit={() => trial.mutate(Object.values(answers))}>
          {attempt.questions.map((q, i) => (
            <QuestionField key={q.id} question={q} number={i + 1} answer={answers[q.id] ?? firstAnswer(q)} onAnswer={(a) => setAnswers((all) => ({ ...all, [q.id]: a }))} />
          ))}
          <div>
            <Button kind="main" type="submit" busy={trial.isPending}>
              {t('author.preview.try')}
            </Button>
          </div>
        </Form>
      )}
    </div>
  )
}
