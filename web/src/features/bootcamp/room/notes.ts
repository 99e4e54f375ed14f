import * as Y from 'yjs'

/** Bytes as text, and back. */
export function toText(bytes: Uint8Array): string {
  let s = ''
  for (const b of bytes) s += String.fromCharCode(b)
  return btoa(s)
}

export function toBytes(text: string): Uint8Array {
  const s = atob(text)
  return Uint8Array.from(s, (c) => c.charCodeAt(0))
}

const theirs = 'theirs'
const gatherFor = 500

/**
 * A text that several people write at once. Own changes are gathered for half a second and given to `send`; what others
 * have written is taken in any order, and twice is once.
 */
export class Notes {
  private doc = new Y.Doc()
  private words = this.doc.getText('notes')
  private own: Uint8Array[] = []
  private timer: ReturnType<typeof setTimeout> | undefined

  constructor(
    private send: (change: string) => void,
    private changed: () => void,
  ) {
    this.doc.on('update', (update: Uint8Array, origin: unknown) => {
      if (origin === theirs) return
      this.own.push(update)
      this.timer ??= setTimeout(() => this.flush(), gatherFor)
    })
    this.words.observe(() => this.changed())
  }

  get text(): string {
    return this.words.toJSON()
  }

  /** Takes a change in; one that is none is passed over. */
  take(change: string) {
    try {
      const bytes = toBytes(change)
      Y.decodeUpdate(bytes) // what cannot be read leaves no trace
      Y.applyUpdate(this.doc, bytes, theirs)
    } catch {
      // somebody sent nonsense
    }
  }

  /** What stands in the field now becomes the text: only what is different is changed. */
  write(next: string) {
    const now = this.text
    if (next === now) return
    let start = 0
    while (start < now.length && start < next.length && now[start] === next[start]) start++
    let end = 0
    while (end < now.length - start && end < next.length - start && now[now.length - 1 - end] === next[next.length - 1 - end]) end++
    this.doc.transact(() => {
      const gone = now.length - start - end
      if (gone > 0) this.words.delete(start, gone)
      const put = next.slice(start, next.length - end)
      if (put) this.words.insert(start, put)
    })
  }

  /** Remembers places in the text, and finds them again when others have written. */
  mark(...places: number[]): () => number[] {
    const marks = places.map((p) => Y.createRelativePositionFromTypeIndex(this.words, p))
    return () => marks.map((m) => Y.createAbsolutePositionFromRelativePosition(m, this.doc)?.index ?? 0)
  }

  /** Sends what was gathered. */
  flush() {
    clearTimeout(this.timer)
    this.timer = undefined
    if (this.own.length === 0) return
    const change = Y.mergeUpdates(this.own)
    this.own = []
    this.send(toText(change))
  }
}
