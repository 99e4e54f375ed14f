import { useRef } from 'react'
import type { Mention, PostFile } from '../../api/types'
import { type Unsaved, useUnsaved } from '../../lib/unsaved'
import { uuid } from '../../lib/uuid'

interface Words {
  title: string
  asks: boolean
  words: string
  language: string
  mentions: Mention[]
  files: PostFile[]
  /** The number of the post that is answered. */
  re: number
}

export interface Writing extends Unsaved<Words> {
  /** Under this key it is sent, so that what is sent again is said once. */
  key: string
  write: (part: Partial<Words>) => void
  /** Sends what is written, and forgets it when it has arrived, wherever one is then. */
  send: <R>(sending: Promise<R>, edition?: (made: R) => number) => Promise<R>
}

/** What somebody writes in a discussion, kept until it is sent. Of: the version of the post that is changed; without, it is new. */
export function useWords(name: string, start: Partial<Words> & { language: string }, of?: number): Writing {
  const whole = { title: '', asks: false, words: '', mentions: [], files: [], re: 0, ...start }
  const unsaved = useUnsaved<Words>(`talk.${name}`, of ?? '', whole)
  // What is new is written on no edition: its key stands there, and waits together with the words.
  const fresh = useRef(uuid())
  const { value, put, drop, saved, waits } = unsaved
  return {
    ...unsaved,
    stale: of !== undefined && unsaved.stale,
    key: of === undefined && unsaved.touched ? unsaved.of : fresh.current,
    write: (part) => {
      const next = { ...value, ...part }
      const nothing = next.words === whole.words && next.title === whole.title && next.asks === whole.asks && next.language === whole.language && next.files.length === 0
      if (nothing) drop()
      else put(part, of === undefined && !waits() ? fresh.current : undefined)
    },
    send: (sending, edition) =>
      sending.then((made) => {
        fresh.current = uuid()
        saved(value, edition ? String(edition(made)) : fresh.current)
        return made
      }),
  }
}
