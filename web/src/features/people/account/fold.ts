import type { Signin } from '../../../api/types'

/** How many are seen without opening the fold; it is not worth a fold to hide one or two. */
const open = 4
const spare = 2

/** The session that one is in, then those that were used latest; many of them are folded away. */
export function fold(sessions: readonly Signin[]): { first: Signin[]; rest: Signin[] } {
  const list = [...sessions].sort((a, b) => Number(b.current) - Number(a.current) || b.seen.localeCompare(a.seen) || b.created.localeCompare(a.created))
  return list.length > open + spare ? { first: list.slice(0, open), rest: list.slice(open) } : { first: list, rest: [] }
}
