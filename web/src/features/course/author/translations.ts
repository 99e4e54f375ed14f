import type { Course, Text } from '../../../api/types'
import { isFault } from '../../../lib/fault'
import { type Unsaved, useUnsaved } from '../../../lib/unsaved'

/** The short texts of a course: title, summary, and by their ids the titles of its modules. */
export const textsOf = (c: Course): Record<string, Text> => ({ title: c.title, summary: c.summary, ...Object.fromEntries(c.modules.map((m) => [m.id, m.title])) })

/** What is written, and beside it what was stored when it was begun: by language and text. */
interface Written {
  texts: Record<string, string>
  was: Record<string, string>
}

export interface Translations extends Unsaved<Written> {
  read: (what: string, lang: string) => string
  write: (what: string, lang: string, words: string) => void
  /** What differs from what is stored, by text and language. */
  changed: (c: Course) => [string, Text][]
  /** Whether one of these texts was stored meanwhile, in other words, so that she chooses first. */
  disputed: (c: Course) => boolean
}

const key = (what: string, lang: string) => `${lang}/${what}`
const storedIn = (c: Course) => new Map(Object.entries(textsOf(c)).flatMap(([what, text]) => c.languages.map((l): [string, string] => [key(what, l), text[l] ?? ''])))
const without = (all: Record<string, string>, gone: readonly string[]) => Object.fromEntries(Object.entries(all).filter(([k]) => !gone.includes(k)))

/**
 * Translations of a course that wait until they are saved. Several people translate it at once, each into her own language: in the
 * way of one another they are only where the same text in the same language was stored meanwhile, in other words.
 */
export function useTranslations(c: Course): Translations {
  const unsaved = useUnsaved<Written>(`translate.${c.id}`, c.rev, { texts: {}, was: {} })
  const { value, put, drop } = unsaved
  const stored = storedIn(c)
  const differing = (all: Map<string, string>) => Object.entries(value.texts).filter(([k, words]) => all.has(k) && all.get(k) !== words)
  const disputedIn = (all: Map<string, string>) => differing(all).map(([k]) => k).filter((k) => value.was[k] !== all.get(k))
  const differs = differing(stored)
  const disputed = disputedIn(stored)
  const rest = (next: Written) => (Object.keys(next.texts).length > 0 ? put(next) : drop())
  return {
    ...unsaved,
    touched: differs.length > 0,
    stale: disputed.length > 0,
    restored: differs.length > 0 ? unsaved.restored : undefined,
    drop: () => (disputed.length > 0 ? rest({ texts: without(value.texts, disputed), was: without(value.was, disputed) }) : drop()),
    rebase: () => put({ was: { ...value.was, ...Object.fromEntries(disputed.map((k) => [k, stored.get(k) ?? ''])) } }),
    read: (what, lang) => value.texts[key(what, lang)] ?? stored.get(key(what, lang)) ?? '',
    write: (what, lang, words) => {
      const k = key(what, lang)
      const is = stored.get(k) ?? ''
      if (words === is) rest({ texts: without(value.texts, [k]), was: without(value.was, [k]) })
      else put({ texts: { ...value.texts, [k]: words }, was: { [k]: is, ...value.was } })
    },
    changed: (now) =>
      Object.entries(textsOf(now)).flatMap(([what, text]): [string, Text][] => {
        const mine = now.languages.flatMap((l): [string, string][] => {
          const words = value.texts[key(what, l)]
          return words === undefined || words === (text[l] ?? '') ? [] : [[l, words]]
        })
        return mine.length > 0 ? [[what, Object.fromEntries(mine)]] : []
      }),
    disputed: (now) => disputedIn(storedIn(now)).length > 0,
  }
}

/** How often somebody else may be quicker while one saves. */
const tries = 10

/**
 * Stores one text after the other. Each is stored at a revision of the whole course, which also changes when somebody moves a lesson,
 * she herself perhaps, who has gone on: then it goes on at the newest one, unless that disputes a text.
 */
export async function saveTranslations(c: Course, t: Pick<Translations, 'changed' | 'disputed'>, store: { read: () => Promise<Course>; write: (what: string, rev: string, text: Text) => Promise<Course> }): Promise<Course> {
  let now = c
  let quicker = 0
  for (let [next] = t.changed(now); next; [next] = t.changed(now)) {
    const [what, texts] = next
    try {
      now = await store.write(what, String(now.rev), { ...textsOf(now)[what], ...texts })
    } catch (e) {
      if (!isFault(e) || e.status !== 412 || ++quicker > tries) throw e
      now = await store.read()
      if (t.disputed(now)) throw e
    }
  }
  return now
}
