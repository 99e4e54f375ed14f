import { type RefObject, useState } from 'react'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { AreaField, TextField } from '../../../ui/field'
import { type Line, readStamp, stamp, type Step } from './edit'
import type { Kind } from './queries'

interface CueFormProps {
  line: Line
  lang: string
  kind: Kind
  text: RefObject<HTMLTextAreaElement | null>
  at: () => number
  last: boolean
  onStep: (s: Step) => void
}

/** The fields of the current cue. */
export function CueForm({ line, lang, kind, text, at, last, onStep }: CueFormProps) {
  const { t } = useI18n()
  return (
    <section className="stack cueform" aria-label={t('cue.one')}>
      <div className="pair">
        <TimeField label={t('cue.start')} value={line.start} onChange={(start) => onStep({ do: 'write', key: line.key, part: { start } })} />
        <TimeField label={t('cue.end')} value={line.end} onChange={(end) => onStep({ do: 'write', key: line.key, part: { end } })} />
      </div>
      <div className="row">
        <Button tight onClick={() => onStep({ do: 'write', key: line.key, part: { start: at() } })}>
          {t('cue.start.here')}
        </Button>
        <Button tight onClick={() => onStep({ do: 'write', key: line.key, part: { end: at() } })}>
          {t('cue.end.here')}
        </Button>
      </div>
      <AreaField ref={text} label={t('cue.text')} lang={lang} rows={3} maxLength={2000} value={line.text} onChange={(e) => onStep({ do: 'write', key: line.key, part: { text: e.target.value } })} />
      {kind === 'captions' ? <TextField label={t('cue.voice')} lang={lang} maxLength={100} value={line.voice} onChange={(e) => onStep({ do: 'write', key: line.key, part: { voice: e.target.value } })} /> : null}
      <div className="row">
        <Button
          tight
          onClick={() => {
            const caret = text.current && document.activeElement !== text.current && text.current.selectionStart < line.text.length ? text.current.selectionStart : null
            onStep({ do: 'split', key: line.key, at: at(), caret })
          }}
        >
          {t('cue.split')}
        </Button>
        <Button tight disabled={last} onClick={() => onStep({ do: 'join', key: line.key })}>
          {t('cue.join')}
        </Button>
        <Button tight icon="trash" onClick={() => onStep({ do: 'remove' })}>
          {t('cue.remove')}
        </Button>
      </div>
    </section>
  )
}

/** A time that is taken when the field is left, and put back when it is none. Arrow keys move it by a tenth. */
function TimeField({ label, value, onChange }: { label: string; value: number; onChange: (seconds: number) => void }) {
  const [typed, setTyped] = useState<string>()
  const take = () => {
    const read = typed === undefined ? null : readStamp(typed)
    if (read !== null && read !== value) onChange(read)
    setTyped(undefined)
  }
  return (
    <TextField
      label={label}
      inputMode="decimal"
      value={typed ?? stamp(value)}
      onChange={(e) => setTyped(e.target.value)}
      onBlur={take}
      onKeyDown={(e) => {
        if (e.key === 'Enter') take()
        else if (e.key === 'Escape') setTyped(undefined)
        else if (e.key === 'ArrowUp' || e.key === 'ArrowDown') {
          e.preventDefault()
          setTyped(undefined)
          onChange(Math.max(0, Math.round((value + (e.key === 'ArrowUp' ? 0.1 : -0.1)) * 1000) / 1000))
        }
      }}
    />
  )
}
