import type { ReactNode } from 'react'
import type { Answer, Question } from '../../../api/types'
import { useI18n, Words } from '../../../lib/i18n'
import { Check, TextField } from '../../../ui/field'
import { moved, Sortable } from '../../../ui/sortable'
import { parseNumber } from './answers'

interface QuestionFieldProps {
  question: Question
  number: number
  answer: Answer
  onAnswer: (answer: Answer) => void
  children?: ReactNode
}

/** One question in the way its kind is answered. */
export function QuestionField({ question: q, number, answer, onAnswer, children }: QuestionFieldProps) {
  const { t } = useI18n()
  return (
    <fieldset className="question" tabIndex={-1}>
      <legend>
        <span className="num">{t('quiz.number', { number })}</span> <Words text={q.prompt} />
      </legend>
      <Body question={q} answer={answer} onAnswer={onAnswer} />
      {children}
    </fieldset>
  )
}

function Body({ question: q, answer, onAnswer }: Pick<QuestionFieldProps, 'question' | 'answer' | 'onAnswer'>) {
  const { t, words } = useI18n()
  const options = q.options ?? []
  const chosen = answer.choices ?? []
  switch (q.kind) {
    case 'single':
    case 'multiple':
      return (
        <div className="options">
          {q.kind === 'multiple' ? <p className="small soft">{t('quiz.several')}</p> : null}
          {options.map((o) => (
            <Check
              key={o.id}
              type={q.kind === 'single' ? 'radio' : 'checkbox'}
              name={q.id}
              label={<Words text={o.text} />}
              checked={chosen.includes(o.id)}
              onChange={(e) => onAnswer({ question: q.id, choices: q.kind === 'single' ? [o.id] : e.target.checked ? [...chosen, o.id] : chosen.filter((c) => c !== o.id) })}
            />
          ))}
        </div>
      )
    case 'text':
      return <TextField label={t('quiz.answer')} autoComplete="off" maxLength={200} value={answer.text ?? ''} onChange={(e) => onAnswer({ question: q.id, text: e.target.value })} />
    case 'number':
      return (
        <TextField
          label={t('quiz.answer.number')}
          inputMode="decimal"
          autoComplete="off"
          defaultValue={answer.number ?? ''}
          onChange={(e) => {
            const number = parseNumber(e.target.value)
            onAnswer(number === undefined ? { question: q.id } : { question: q.id, number })
          }}
        />
      )
    case 'ordering': {
      const order = chosen.map((id) => options.find((o) => o.id === id)).filter((o) => o !== undefined)
      return (
        <Sortable
          label={t('quiz.order')}
          items={order}
          id={(o) => o.id}
          name={(o) => words(o.text)}
          onMove={(from, to) => onAnswer({ question: q.id, choices: moved(chosen, from, to) })}
        >
          {(o) => <Words text={o.text} />}
        </Sortable>
      )
    }
    case 'matching':
      return (
        <div className="pairs">
          {options.map((o) => (
            <label key={o.id}>
              <Words text={o.text} />
              <select className="input" value={answer.pairs?.[o.id] ?? ''} onChange={(e) => onAnswer({ question: q.id, pairs: { ...answer.pairs, [o.id]: e.target.value } })}>
                <option value="">{t('quiz.choose')}</option>
                {(q.matches ?? []).map((m) => (
                  <option key={m.id} value={m.id}>
                    {words(m.text)}
                  </option>
                ))}
              </select>
            </label>
          ))}
        </div>
      )
  }
}
