/** One cue while it is edited. Times are seconds, whole milliseconds. */
export interface Line {
  key: number
  start: number
  end: number
  text: string
  voice: string
  place: string
}

export interface Edit {
  lines: readonly Line[] // by start
  current: number // key; 0: none
  picked: ReadonlySet<number> // keys; the current one is one of them
  undo: readonly (readonly Line[])[]
  redo: readonly (readonly Line[])[]
  next: number // key of the next new line
  last: string // what the last step was, so that writing on is one step
}

export type Sent = Omit<Line, 'key'>

export type Step =
  | { do: 'load'; lines: readonly Sent[] }
  | { do: 'set'; lines: readonly Sent[] }
  | { do: 'go'; key: number; more?: boolean }
  | { do: 'write'; key: number; part: Partial<Sent> }
  | { do: 'split'; key: number; at: number; caret: number | null }
  | { do: 'join'; key: number }
  | { do: 'insert'; at: number }
  | { do: 'remove' }
  | { do: 'shift'; by: number; all: boolean }
  | { do: 'replace'; find: string; with: string; exact: boolean }
  | { do: 'undo' }
  | { do: 'redo' }

const deepest = 200 // steps that can be taken back
const least = 0.1 // seconds of a cue

export const nothing: Edit = { lines: [], current: 0, picked: new Set(), undo: [], redo: [], next: 1, last: '' }

export function ms(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}

function inOrder(lines: readonly Line[]): Line[] {
  return [...lines].sort((a, b) => a.start - b.start || a.end - b.end)
}

function keyed(lines: readonly Sent[], next: number): Line[] {
  return inOrder(lines.map((l, i) => ({ ...l, key: next + i })))
}

/** The state after a change of the lines, which can be taken back. Writing on in one place is one step. */
function changed(e: Edit, lines: readonly Line[], name: string, current = e.current, next = e.next): Edit {
  const same = name !== '' && name === e.last
  const picked = e.picked.has(current) ? e.picked : new Set(current ? [current] : [])
  return { lines: inOrder(lines), current, picked, undo: same ? e.undo : [...e.undo, e.lines].slice(-deepest), redo: [], next, last: name }
}

/** How many places hold some words. */
export function count(lines: readonly Line[], find: string, exact: boolean): number {
  const wanted = pattern(find, exact)
  return wanted ? lines.reduce((n, l) => n + (l.text.match(wanted)?.length ?? 0), 0) : 0
}

function pattern(find: string, exact: boolean): RegExp | null {
  if (find === '') return null
  return new RegExp(find.replace(/[.*+?^${}()|[\]\\]/g, '\\$&'), exact ? 'gu' : 'giu')
}

/** Where a text is cut: at the caret, else at the line break or the space nearest to its middle. */
function cut(text: string, caret: number | null): [string, string] {
  let at = caret ?? -1
  if (at <= 0 || at >= text.length) {
    const middle = text.length / 2
    const spaces = [...text.matchAll(/\s/g)].map((m) => m.index)
    const breaks = spaces.filter((i) => text[i] === '\n')
    at = (breaks.length > 0 ? breaks : spaces).reduce((best, i) => (best < 0 || Math.abs(i - middle) < Math.abs(best - middle) ? i : best), -1)
  }
  return at <= 0 ? [text, ''] : [text.slice(0, at).trim(), text.slice(at).trim()]
}

export function step(e: Edit, s: Step): Edit {
  const at = 'key' in s ? e.lines.findIndex((l) => l.key === s.key) : -1
  const line = e.lines[at]
  switch (s.do) {
    case 'load': {
      const lines = keyed(s.lines, e.next)
      return { ...nothing, lines, next: e.next + lines.length, current: lines[0]?.key ?? 0, picked: new Set(lines[0] ? [lines[0].key] : []) }
    }
    case 'set': {
      const lines = keyed(s.lines, e.next)
      return changed(e, lines, '', lines[0]?.key ?? 0, e.next + lines.length)
    }
    case 'go': {
      if (!line) return e
      if (!s.more) return { ...e, current: s.key, picked: new Set([s.key]), last: '' }
      const from = e.lines.findIndex((l) => l.key === e.current)
      const picked = new Set(e.picked)
      for (let i = Math.min(from, at); i <= Math.max(from, at); i++) picked.add(e.lines[Math.max(0, i)]?.key ?? s.key)
      return { ...e, current: s.key, picked, last: '' }
    }
    case 'write': {
      if (!line) return e
      const written = { ...line, ...s.part }
      const next: Line = { ...written, start: ms(Math.max(0, written.start)), end: ms(Math.max(written.end, Math.max(0, written.start) + least)) }
      return changed(e, e.lines.map((l) => (l === line ? next : l)), `${Object.keys(s.part).join()} ${s.key}`)
    }
    case 'split': {
      if (!line) return e
      const [before, after] = cut(line.text, s.caret)
      const share = before.length / Math.max(1, before.length + after.length)
      const inside = s.at > line.start + least && s.at < line.end - least
      const middle = ms(inside ? s.at : line.start + (line.end - line.start) * Math.min(0.9, Math.max(0.1, share)))
      const second: Line = { ...line, key: e.next, start: middle, text: after }
      return changed(e, e.lines.flatMap((l) => (l === line ? [{ ...line, end: middle, text: before }, second] : [l])), '', second.key, e.next + 1)
    }
    case 'join': {
      const following = e.lines[at + 1]
      if (!line || !following) return e
      const joined: Line = { ...line, end: Math.max(line.end, following.end), text: [line.text, following.text].filter(Boolean).join('\n') }
      return changed(e, e.lines.filter((l) => l !== following).map((l) => (l === line ? joined : l)), '')
    }
    case 'insert': {
      const start = ms(Math.max(0, s.at))
      const room = (e.lines.find((l) => l.start > start)?.start ?? Infinity) - start
      const made: Line = { key: e.next, start, end: ms(start + Math.max(least, Math.min(2, room))), text: '', voice: '', place: '' }
      return changed(e, [...e.lines, made], '', made.key, e.next + 1)
    }
    case 'remove': {
      const first = e.lines.findIndex((l) => e.picked.has(l.key))
      if (first < 0) return e
      const rest = e.lines.filter((l) => !e.picked.has(l.key))
      return changed(e, rest, '', rest[Math.min(first, rest.length - 1)]?.key ?? 0)
    }
    case 'shift': {
      const moved = (l: Line): Line => {
        const start = ms(Math.max(0, l.start + s.by))
        return { ...l, start, end: ms(Math.max(start + least, l.end + s.by)) }
      }
      return changed(e, e.lines.map((l) => (s.all || e.picked.has(l.key) ? moved(l) : l)), '')
    }
    case 'replace': {
      const wanted = pattern(s.find, s.exact)
      if (!wanted || count(e.lines, s.find, s.exact) === 0) return e
      return changed(e, e.lines.map((l) => ({ ...l, text: l.text.replace(wanted, () => s.with) })), '')
    }
    case 'undo': {
      const lines = e.undo.at(-1)
      return lines ? { ...e, ...around(lines, e), undo: e.undo.slice(0, -1), redo: [...e.redo, e.lines], last: '' } : e
    }
    case 'redo': {
      const lines = e.redo.at(-1)
      return lines ? { ...e, ...around(lines, e), redo: e.redo.slice(0, -1), undo: [...e.undo, e.lines], last: '' } : e
    }
  }
}

/** Other lines, with the current one where it is still there. */
function around(lines: readonly Line[], e: Edit): Pick<Edit, 'lines' | 'current' | 'picked'> {
  const current = lines.some((l) => l.key === e.current) ? e.current : (lines[Math.min(lines.length - 1, Math.max(0, e.lines.findIndex((l) => l.key === e.current)))]?.key ?? 0)
  return { lines, current, picked: new Set(current ? [current] : []) }
}

/** 62.5 → "1:02.500", as the fields of the editor show it. */
export function stamp(seconds: number): string {
  const all = Math.round(seconds * 1000)
  const two = (n: number) => String(n).padStart(2, '0')
  const h = Math.floor(all / 3_600_000)
  const m = Math.floor(all / 60_000) % 60
  return `${h > 0 ? `${h}:${two(m)}` : m}:${two(Math.floor(all / 1000) % 60)}.${String(all % 1000).padStart(3, '0')}`
}

/** Reads "1:02.5", "62,5" or "1:00:02"; null: it is no time. */
export function readStamp(text: string): number | null {
  const found = /^(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5})(?:[.,](\d{1,3}))?$/.exec(text.trim())
  if (!found) return null
  return ms(Number(found[1] ?? 0) * 3600 + Number(found[2] ?? 0) * 60 + Number(found[3] ?? 0) + Number(`0.${found[4] ?? 0}`))
}

export function sent(lines: readonly Line[]): Sent[] {
  return lines.map(({ start, end, text, voice, place }) => ({ start, end, text, voice, place }))
}
