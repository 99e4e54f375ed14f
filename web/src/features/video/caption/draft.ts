import type { Sent } from './edit'

/** What was not saved yet, kept in this browser until it is. */
export interface Draft {
  tag: string // of what it changes; '' for a new track
  kept: number // milliseconds since 1970
  lines: Sent[]
}

const prefix = 'palestra.captions.'

function isLine(x: unknown): x is Sent {
  return typeof x === 'object' && x !== null && 'start' in x && typeof x.start === 'number' && 'end' in x && typeof x.end === 'number' && 'text' in x && typeof x.text === 'string' && 'voice' in x && typeof x.voice === 'string' && 'place' in x && typeof x.place === 'string'
}

export function readDraft(name: string): Draft | null {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(prefix + name) ?? 'null')
    if (typeof found !== 'object' || found === null || !('lines' in found) || !Array.isArray(found.lines) || !('tag' in found) || typeof found.tag !== 'string' || !('kept' in found) || typeof found.kept !== 'number') return null
    const lines: unknown[] = found.lines
    return { tag: found.tag, kept: found.kept, lines: lines.filter(isLine) }
  } catch {
    return null
  }
}

/** False: this browser has no room for it. */
export function keepDraft(name: string, draft: Draft | null): boolean {
  try {
    if (draft) localStorage.setItem(prefix + name, JSON.stringify(draft))
    else localStorage.removeItem(prefix + name)
    return true
  } catch {
    return false
  }
}
