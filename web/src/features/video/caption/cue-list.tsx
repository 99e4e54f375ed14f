import { type KeyboardEvent, useEffect, useId, useRef, useState } from 'react'
import { useI18n } from '../../../lib/i18n'
import { type Edit, type Line, stamp } from './edit'

const row = 84 // pixels
const around = 6 // rows beyond the edge of sight

interface CueListProps {
  edit: Edit
  lang: string
  wrong: ReadonlySet<number> // keys of lines in which something was found
  onGo: (key: number, more: boolean) => void
  onKey: (e: KeyboardEvent) => void
}

/** All cues as a list box; only what is in sight is drawn. */
export function CueList({ edit, lang, wrong, onGo, onKey }: CueListProps) {
  const { t } = useI18n()
  const id = useId()
  const box = useRef<HTMLDivElement>(null)
  const [top, setTop] = useState(0)
  const at = edit.lines.findIndex((l) => l.key === edit.current)
  const high = box.current?.clientHeight ?? 500
  const first = Math.max(0, Math.floor(top / row) - around)
  const last = Math.min(edit.lines.length, Math.ceil((top + high) / row) + around)
  const seen = edit.lines.slice(first, last)

  useEffect(() => {
    const b = box.current
    if (!b || at < 0) return
    if (at * row < b.scrollTop) b.scrollTop = at * row
    else if ((at + 1) * row > b.scrollTop + b.clientHeight) b.scrollTop = (at + 1) * row - b.clientHeight
  }, [at])

  const go = (to: number, more: boolean) => {
    const line = edit.lines[Math.max(0, Math.min(edit.lines.length - 1, to))]
    if (line) onGo(line.key, more)
  }
  const onKeyDown = (e: KeyboardEvent) => {
    const to = { ArrowDown: at + 1, ArrowUp: at - 1, PageDown: at + 7, PageUp: at - 7, Home: 0, End: edit.lines.length - 1 }[e.key]
    if (to === undefined) {
      onKey(e)
      return
    }
    e.preventDefault()
    go(to, e.shiftKey)
  }
  return (
    <div
      ref={box}
      className="cuebox"
      role="listbox"
      tabIndex={0}
      aria-label={t('cue.list')}
      aria-multiselectable="true"
      aria-activedescendant={at >= first && at < last ? `${id}-${edit.current}` : undefined}
      aria-keyshortcuts="Enter Space S M N Delete [ ]"
      onScroll={(e) => setTop(e.currentTarget.scrollTop)}
      onKeyDown={onKeyDown}
    >
      <div role="presentation" style={{ blockSize: first * row }} />
      {seen.map((l, i) => (
        <Row key={l.key} id={`${id}-${l.key}`} line={l} number={first + i + 1} of={edit.lines.length} lang={lang} current={l.key === edit.current} picked={edit.picked.has(l.key)} wrong={wrong.has(l.key)} onGo={onGo} />
      ))}
      <div role="presentation" style={{ blockSize: (edit.lines.length - last) * row }} />
    </div>
  )
}

interface RowProps {
  id: string
  line: Line
  number: number
  of: number
  lang: string
  current: boolean
  picked: boolean
  wrong: boolean
  onGo: (key: number, more: boolean) => void
}

function Row({ id, line, number, of, lang, current, picked, wrong, onGo }: RowProps) {
  const { t } = useI18n()
  return (
    // The keys are those of the list box, which has the focus.
    // eslint-disable-next-line jsx-a11y/click-events-have-key-events
    <div id={id} role="option" tabIndex={-1} aria-selected={picked} aria-posinset={number} aria-setsize={of} className={current ? 'current' : ''} style={{ blockSize: row }} onClick={(e) => onGo(line.key, e.shiftKey)}>
      <span className="num small">
        {stamp(line.start)} – {stamp(line.end)} {wrong ? <span className="look">{t('cue.wrong')}</span> : null}
      </span>
      <span className="words" lang={lang}>
        {line.text || t('cue.nothing')}
      </span>
    </div>
  )
}
