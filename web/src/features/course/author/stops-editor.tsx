import { type ReactNode, useId } from 'react'
import type { StopDraft } from '../../../api/types'
import { clock } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'
import { uuid } from '../../../lib/uuid'
import { Button } from '../../../ui/button'
import { Check, TextField } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { QuestionEditor } from './question-editor'
import { parsePlace } from './place'

interface StopsEditorProps {
  from: string
  to: string
  stops: readonly StopDraft[]
  length: number // seconds; 0: not known
  onChange: (stops: StopDraft[]) => void
  /** Where the video beside the questions stands. */
  at: () => number
  onSeek: (at: number) => void
  /** The video. */
  children: ReactNode
}

const kinds = ['single', 'multiple', 'truth', 'text'] as const

/** The questions at which a video stops, beside the video. */
export function StopsEditor({ from, to, stops, length, onChange, at, onSeek, children }: StopsEditorProps) {
  const { t } = useI18n()
  const id = useId()
  const put = (i: number, next: StopDraft) => onChange(stops.map((s, n) => (n === i ? next : s)))
  const add = (kind: (typeof kinds)[number]) => {
    const here = Math.max(1, Math.round(at() * 10) / 10)
    onChange([...stops, { at: here, required: false, question: blank(kind, [t('stop.true'), t('stop.false')], to) }])
  }
  return (
    <section className="card stack" aria-labelledby={id}>
      <h2 id={id}>{t('stop.list')}</h2>
      <p className="small soft">{t('stop.edit.text')}</p>
      {children}
      {stops.length === 0 ? <p className="soft">{t('stop.edit.none')}</p> : null}
      <ol className="plain stops">
        {stops.map((s, i) => (
          <li key={s.question.id ?? i} className="stack">
            <div className="row">
              <PlaceField key={s.at} at={s.at} onAt={(place) => put(i, { ...s, at: place })} />
              <Button tight onClick={() => put(i, { ...s, at: Math.max(1, Math.round(at() * 10) / 10) })}>
                {t('stop.edit.here')}
                <span className="hidden">: {t('quiz.edit.question', { number: i + 1 })}</span>
              </Button>
              <Button tight kind="quiet" onClick={() => onSeek(s.at)}>
                {t('stop.edit.show', { at: clock(s.at) })}
              </Button>
            </div>
            {length > 0 && s.at > length ? <Notice kind="caution">{t('stop.edit.late')}</Notice> : null}
            <Check label={t('stop.edit.required')} hint={t('stop.edit.required.hint')} checked={s.required ?? false} onChange={(e) => put(i, { ...s, required: e.target.checked })} />
            <QuestionEditor
              question={s.question}
              number={i + 1}
              from={from}
              to={to}
              choiceFeedback
              onChange={(question) => put(i, { ...s, question })}
              onRemove={() => onChange(stops.filter((_, n) => n !== i))}
            />
          </li>
        ))}
      </ol>
      <div className="row" role="group" aria-label={t('stop.edit.add')}>
        {kinds.map((k) => (
          <Button key={k} tight icon="plus" disabled={stops.length >= 50} onClick={() => add(k)}>
            {k === 'truth' ? t('stop.kind.truth') : t(`quiz.kind.${k}`)}
          </Button>
        ))}
      </div>
    </section>
  )
}

/** A place in the video, as people write it: 1:05. */
function PlaceField({ at, onAt }: { at: number; onAt: (at: number) => void }) {
  const { t } = useI18n()
  return (
    <TextField
      label={t('stop.edit.at')}
      hint={t('stop.edit.at.hint')}
      className="input short"
      defaultValue={clock(at)}
      autoComplete="off"
      onBlur={(e) => {
        const place = parsePlace(e.target.value)
        if (place === undefined) e.target.value = clock(at)
        else if (Math.floor(place) !== Math.floor(at)) onAt(Math.max(1, place))
      }}
    />
  )
}

function blank(kind: (typeof kinds)[number], truth: readonly string[], lang: string): StopDraft['question'] {
  const option = () => ({ id: uuid(), text: {} })
  if (kind === 'text') return { id: uuid(), kind, prompt: {}, accepted: [] }
  if (kind === 'truth') return { id: uuid(), kind: 'single', prompt: {}, options: truth.map((text, i) => ({ id: uuid(), text: { [lang]: text }, right: i === 0 })) }
  return { id: uuid(), kind, prompt: {}, options: [{ ...option(), right: true }, option()] }
}
