import { use, useEffect, useRef, useState } from 'react'
import { Writer } from './writer'

/** What was not saved yet, kept in this browser until it is, whatever becomes of the page. */
export interface Kept<T> {
  of: string // the edition on which it was written; '' for what is new
  at: number // milliseconds since 1970
  value: T
}

const all = 'palestra.unsaved.'
const place = (who: string, name: string) => `${all}${who}.${name}`

/** As long as what is not saved waits: not for ever, at a machine that others use too. */
const days = 30
const tooOld = (at: number, now = Date.now()) => now - at > days * 86_400_000

export function readKept<T>(who: string, name: string, fits: (x: unknown) => x is T): Kept<T> | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(place(who, name)) ?? 'null')
    if (typeof found !== 'object' || found === null || !('of' in found) || typeof found.of !== 'string' || !('at' in found) || typeof found.at !== 'number' || tooOld(found.at) || !('value' in found) || !fits(found.value)) return null
    return { of: found.of, at: found.at, value: found.value }
  } catch {
    return null
  }
}

/** False: this browser has no room for it. */
export function keep(who: string, name: string, kept: Kept<unknown> | null): boolean {
  try {
    if (kept) localStorage.setItem(place(who, name), JSON.stringify(kept))
    else localStorage.removeItem(place(who, name))
    return true
  } catch {
    return false
  }
}

/** Forgets what has waited for too long, whoever wrote it, and what nobody can read any more. */
export function forgetOld(now = Date.now()): void {
  try {
    for (const name of Object.keys(localStorage).filter((x) => x.startsWith(all))) {
      if (tooOld(whenKept(localStorage.getItem(name) ?? ''), now)) localStorage.removeItem(name)
    }
  } catch {
    // A browser that keeps nothing has nothing to forget.
  }
}

function whenKept(text: string): number {
  try {
    const found: unknown = JSON.parse(text)
    return typeof found === 'object' && found !== null && 'at' in found && typeof found.at === 'number' ? found.at : 0
  } catch {
    return 0
  }
}

const kind = (x: unknown) => (Array.isArray(x) ? 'list' : typeof x)

/** Whether something has the parts of a model, as far as it has them: an older edition of the program may have kept it. */
function alike<T extends object>(model: T) {
  const parts = new Map<string, unknown>(Object.entries(model))
  return (x: unknown): x is T => typeof x === 'object' && x !== null && !Array.isArray(x) && Object.entries(x).every(([k, v]) => !parts.has(k) || kind(v) === kind(parts.get(k)))
}

const same = (a: unknown, b: unknown) => a === b || JSON.stringify(a) === JSON.stringify(b)

export interface Unsaved<T> {
  value: T
  /** The edition on which the value is written. */
  of: string
  touched: boolean
  /** Another edition has been stored since. */
  stale: boolean
  /** When it was written, if it waited here for its writer. */
  restored: number | undefined
  /** This browser keeps it. */
  safe: boolean
  /** Of: the edition on top of which one goes on, if it is another one. */
  put: (change: Partial<T>, of?: string) => void
  /** Puts one part; fields of a form are bound to it. */
  set: <K extends keyof T>(part: K, value: T[K]) => void
  /** Sent is stored now, as an edition; what was written in the meantime stands on top of it. */
  saved: (sent: T, of: string) => void
  /** Takes what is stored instead. */
  drop: () => void
  /** Keeps what is written, on top of what is stored now. */
  rebase: () => void
  /** Whether there is something at this moment, also between two looks at the page. */
  waits: () => boolean
}

/** What somebody writes: as it is stored until she changes it, then her own until it is saved, whoever else saves. */
export function useUnsaved<T extends object>(name: string, of: string | number, start: T): Unsaved<T> {
  const who = use(Writer)
  const edition = String(of)
  const [mine, setMine] = useState(() => {
    const kept = readKept(who, name, alike(start))
    if (!kept || same(kept.value, start)) return null
    return { ...kept, value: { ...start, ...kept.value } }
  })
  const [restored, setRestored] = useState(mine?.at)
  const [safe, setSafe] = useState(true)
  const [base, setBase] = useState({ edition, start })
  const latest = useRef(mine)
  if (base.edition !== edition) {
    setBase({ edition, start })
    // Another edition with the same words: something beside them has changed.
    if (mine?.of === base.edition && same(start, base.start)) setMine({ ...mine, of: edition })
  }
  const change = (next: Kept<T> | null) => {
    latest.current = next
    setMine(next)
    if (!next) setRestored(undefined)
  }
  const put = (part: (now: T) => T, now?: string) => change({ of: now ?? latest.current?.of ?? edition, at: Date.now(), value: part(latest.current?.value ?? start) })
  const was = useRef(mine)
  useEffect(() => {
    latest.current = mine
    if (mine !== was.current) setSafe(keep(who, name, mine))
    was.current = mine
  }, [who, name, mine])
  const inDanger = mine !== null && !safe
  useEffect(() => {
    if (!inDanger) return
    const ask = (e: BeforeUnloadEvent) => e.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [inDanger])
  return {
    value: mine?.value ?? start,
    of: mine?.of ?? edition,
    touched: mine !== null,
    stale: mine !== null && mine.of !== edition,
    restored,
    safe,
    put: (part, now) => put((value) => ({ ...value, ...part }), now),
    set: (part, to) => put((value) => ({ ...value, [part]: to })),
    saved: (sent, now) => {
      const next = latest.current && !same(latest.current.value, sent) ? { ...latest.current, of: now } : null
      keep(who, name, next) // also when the page is gone
      change(next)
      setRestored(undefined)
    },
    drop: () => change(null),
    rebase: () => change(latest.current && { ...latest.current, of: edition }),
    waits: () => latest.current !== null,
  }
}
