import { useId, useLayoutEffect, useRef, useState } from 'react'
import type { Answer, Stop } from '../../../api/types'
import { clock } from '../../../lib/format'
import { useI18n, Words } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Form } from '../../../ui/field'
import { Notice, Tag } from '../../../ui/notice'
import { firstAnswer, isAnswered } from './answers'
import { ResultView } from './attempt-result'
import { QuestionField } from './question-field'

interface StopPanelProps {
  stop: Stop
  number: number
  error: unknown
  busy: boolean
  /** Whether the focus goes to the question: somebody has been watching. */
  take: boolean
  onAnswer: (answer: Answer, done: () => void) => void
  onClose: (play: boolean) => void
}

/** A question at which the video has stopped. It stands beneath the picture, so that picture and captions stay in sight. */
export function StopPanel({ stop, number, error, busy, take, onAnswer, onClose }: StopPanelProps) {
  const { t, spoken } = useI18n()
  const id = useId()
  const head = useRef<HTMLHeadingElement>(null)
  const [answer, setAnswer] = useState<Answer>(() => firstAnswer(stop.question))
  const [old, setOld] = useState<Stop['result']>() // what came of the answer before, while somebody answers again
  const moves = useRef(take)
  const [warned, setWarned] = useState(false)
  const result = stop.result === old ? undefined : stop.result
  const answered = result !== undefined
  // The focus comes here when the question opens, to what came of the answer, and back when it is answered again.
  useLayoutEffect(() => {
    if (moves.current || answered) head.current?.focus()
    moves.current = true
  }, [answered])
  return (
    <section className="stop stack" aria-labelledby={id} data-own-keys="">
      <div className="row between">
        <h2 id={id} ref={head} tabIndex={-1}>
          {answered ? t('stop.result', { at: clock(stop.at) }) : t('stop.title', { at: clock(stop.at) })}
        </h2>
        {stop.required ? <Tag kind="caution">{t('stop.required')}</Tag> : null}
      </div>
      <p className="hidden" role="status">
        {answered ? '' : t(stop.required ? 'stop.told.required' : 'stop.told', { at: spoken(stop.at) })}
      </p>
      {result ? (
        <>
          <p>
            <b>
              <Words text={stop.question.prompt} />
            </b>
          </p>
          <ResultView question={stop.question} result={result} />
          <div className="row">
            <Button kind="main" icon="play" onClick={() => onClose(true)}>
              {t('stop.on')}
            </Button>
            <Button
              onClick={() => {
                setAnswer(firstAnswer(stop.question))
                setOld(stop.result)
              }}
            >
              {t('stop.again')}
            </Button>
            <Button kind="quiet" onClick={() => onClose(false)}>
              {t('action.close')}
            </Button>
          </div>
        </>
      ) : (
        <Form
          className="stack"
          error={error}
          onSubmit={() => {
            if (!isAnswered(stop.question, answer)) {
              setWarned(true)
              return
            }
            onAnswer(answer, () => setOld(undefined)) // also when it is the same as before
          }}
        >
          <QuestionField
            question={stop.question}
            number={number}
            answer={answer}
            onAnswer={(a) => {
              setWarned(false)
              setAnswer(a)
            }}
          />
          {warned ? (
            <Notice kind="caution" alert>
              {t('stop.empty')}
            </Notice>
          ) : null}
          <div className="row">
            <Button kind="main" type="submit" busy={busy}>
              {t('stop.answer')}
            </Button>
            {stop.required && !stop.answered ? <Button onClick={() => onClose(false)}>{t('stop.later')}</Button> : <Button onClick={() => onClose(true)}>{t('stop.skip')}</Button>}
          </div>
          <p className="small soft">{t(stop.required ? 'stop.counts.required' : 'stop.counts')}</p>
        </Form>
      )}
    </section>
  )
}

/** All questions of a video: each can be opened, also those that are answered. */
export function StopList({ stops, onOpen }: { stops: readonly Stop[]; onOpen: (id: string) => void }) {
  const { t } = useI18n()
  const id = useId()
  if (stops.length === 0) return null
  return (
    <section className="card stack" aria-labelledby={id}>
      <h2 id={id}>{t('stop.list')}</h2>
      <ol className="plain list">
        {stops.map((s) => (
          <li key={s.id}>
            <span className="grow">
              <button type="button" className="link" onClick={() => onOpen(s.id)}>
                <span className="num">{clock(s.at)}</span> <Words text={s.question.prompt} />
              </button>
            </span>
            <Tag {...(s.answered ? { kind: 'good' as const } : s.required ? { kind: 'caution' as const } : {})}>
              {s.answered ? t('stop.done') : s.required ? t('stop.required') : t('stop.open')}
            </Tag>
          </li>
        ))}
      </ol>
    </section>
  )
}
