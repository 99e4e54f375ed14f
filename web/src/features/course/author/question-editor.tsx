import { useId } from 'react'
import type { QuestionDraft } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { uuid } from '../../../lib/uuid'
import { Button, IconButton } from '../../../ui/button'
import { AreaField, TextField } from '../../../ui/field'
import { parseNumber } from '../quiz/answers'
import { SideBySide } from './side-by-side'

interface QuestionEditorProps {
  question: QuestionDraft
  number: number
  from: string
  to: string
  onChange: (question: QuestionDraft) => void
  onRemove: () => void
  /** Each answer has words of its own for who chooses it. */
  choiceFeedback?: boolean
}

/** One question with its answers and what it teaches. */
export function QuestionEditor({ question: q, number, from, to, onChange, onRemove, choiceFeedback }: QuestionEditorProps) {
  const { t } = useI18n()
  const id = useId()
  return (
    <div role="group" className="stack" aria-labelledby={id}>
      <div className="row between">
        <h3 id={id} className="grow">
          {t('quiz.edit.question', { number })} <span className="soft small">{t(`quiz.kind.${q.kind}`)}</span>
        </h3>
        <IconButton icon="trash" label={t('quiz.edit.remove', { number })} onClick={onRemove} />
      </div>
      <SideBySide label={t('quiz.edit.prompt')} text={q.prompt} from={from} to={to} value={q.prompt[to] ?? ''} long onChange={(v) => onChange({ ...q, prompt: { ...q.prompt, [to]: v } })} />
      <Answers question={q} from={from} to={to} onChange={onChange} {...(choiceFeedback ? { choiceFeedback } : {})} />
      <SideBySide
        label={t('quiz.edit.feedback')}
        text={q.feedback ?? {}}
        from={from}
        to={to}
        value={q.feedback?.[to] ?? ''}
        long
        onChange={(v) => onChange({ ...q, feedback: { ...q.feedback, [to]: v } })}
      />
    </div>
  )
}

function Answers({ question: q, from, to, onChange, choiceFeedback }: Omit<QuestionEditorProps, 'number' | 'onRemove'>) {
  const { t } = useI18n()
  if (q.kind === 'text') {
    return (
      <AreaField
        label={t('quiz.edit.accepted')}
        hint={t('quiz.edit.accepted.hint')}
        rows={3}
        value={(q.accepted ?? []).map((a) => a[to] ?? '').join('\n')}
        onChange={(e) => onChange({ ...q, accepted: e.target.value.split('\n').map((line, i) => ({ ...q.accepted?.[i], [to]: line })) })}
      />
    )
  }
  if (q.kind === 'number') {
    return (
      <div className="form">
        <div className="pair">
          <TextField label={t('quiz.edit.number')} inputMode="decimal" defaultValue={q.number ?? 0} onChange={(e) => onChange({ ...q, number: parseNumber(e.target.value) ?? 0 })} />
          <TextField
            label={t('quiz.edit.tolerance')}
            hint={t('quiz.edit.tolerance.hint')}
            inputMode="decimal"
            defaultValue={q.tolerance ?? 0}
            onChange={(e) => onChange({ ...q, tolerance: Math.abs(parseNumber(e.target.value) ?? 0) })}
          />
        </div>
      </div>
    )
  }
  return <Options question={q} from={from} to={to} onChange={onChange} {...(choiceFeedback ? { choiceFeedback } : {})} />
}

function Options({ question: q, from, to, onChange, choiceFeedback }: Omit<QuestionEditorProps, 'number' | 'onRemove'>) {
  const { t } = useI18n()
  const group = useId()
  const options = q.options ?? []
  const choosing = q.kind === 'single' || q.kind === 'multiple'
  type Option = (typeof options)[number]
  const put = (i: number, part: Partial<Option>) => onChange({ ...q, options: options.map((o, n) => (n === i ? { ...o, ...part } : o)) })
  const right = (i: number, on: boolean) =>
    onChange({ ...q, options: options.map((o, n) => ({ ...o, right: q.kind === 'single' ? n === i : n === i ? on : (o.right ?? false) })) })
  return (
    <div className="stack-2">
      {q.kind === 'ordering' ? <p className="small soft">{t('quiz.edit.ordering')}</p> : null}
      {options.map((o, i) => (
        <div key={o.id ?? i} className="option-row">
          {choosing ? (
            <label className="check">
              <input type={q.kind === 'single' ? 'radio' : 'checkbox'} name={group} checked={o.right ?? false} onChange={(e) => right(i, e.target.checked)} />
              <span>
                {t('quiz.right')}
                <span className="hidden"> {t('quiz.edit.option', { number: i + 1 })}</span>
              </span>
            </label>
          ) : null}
          <div className="stack-2">
            <SideBySide label={t('quiz.edit.option', { number: i + 1 })} text={o.text} from={from} to={to} value={o.text[to] ?? ''} maxLength={2000} onChange={(v) => put(i, { text: { ...o.text, [to]: v } })} />
            {choiceFeedback ? (
              <SideBySide
                label={t('stop.edit.feedback', { number: i + 1 })}
                text={o.feedback ?? {}}
                from={from}
                to={to}
                value={o.feedback?.[to] ?? ''}
                maxLength={2000}
                onChange={(v) => put(i, { feedback: { ...o.feedback, [to]: v } })}
              />
            ) : null}
            {q.kind === 'matching' ? (
              <SideBySide
                label={t('quiz.edit.match', { number: i + 1 })}
                text={o.match ?? {}}
                from={from}
                to={to}
                value={o.match?.[to] ?? ''}
                maxLength={2000}
                onChange={(v) => put(i, { match: { ...o.match, [to]: v } })}
              />
            ) : null}
          </div>
          <IconButton icon="trash" label={t('quiz.edit.option.remove', { number: i + 1 })} disabled={options.length <= 2} onClick={() => onChange({ ...q, options: options.filter((_, n) => n !== i) })} />
        </div>
      ))}
      <div>
        <Button tight icon="plus" disabled={options.length >= 20} onClick={() => onChange({ ...q, options: [...options, { id: uuid(), text: {}, ...(q.kind === 'matching' ? { match: {} } : {}) }] })}>
          {t('quiz.edit.option.add')}
        </Button>
      </div>
    </div>
  )
}
