import type { Key, Params } from './locale'

/** What the pages know of a refusal, wherever it came from. */
interface FaultLike {
  status: number
  code: string
  params: Record<string, string | number>
  fields: { path: string; code: string }[]
}

export function isFault(error: unknown): error is FaultLike {
  return error instanceof Error && 'code' in error && 'params' in error && 'fields' in error
}

/** What is said where nothing came from the server. */
export function unreached(): Error & FaultLike {
  return Object.assign(new Error('nothing came'), { status: 0, code: 'network', params: {}, fields: [] })
}

interface Speaker {
  t: (key: Key, params?: Params) => string
  maybe: (key: string, params?: Params) => string | undefined
  bytes: (n: number) => string
  soon: (seconds: number) => string
}

/** The server's values as people read them: `after` are seconds to wait, `size`, `limit` and `left` are bytes. */
function readable(params: Params, { bytes, soon }: Speaker): Params {
  const said = { after: soon, size: bytes, limit: bytes, left: bytes }
  const out: Record<string, string | number> = { ...params }
  for (const [name, words] of Object.entries(said)) {
    const value = out[name]
    if (typeof value === 'number') out[name] = words(value)
  }
  return out
}

/** Says a failure in the reader's language: what happened, that nothing is lost, what to do. */
export function say(error: unknown, speaker: Speaker): string {
  if (!isFault(error)) return speaker.t('errors.unexpected')
  const words = speaker.maybe(`errors.${error.code}`, readable(error.params, speaker))
  if (words) return words
  return speaker.maybe(`errors.status.${error.status}`) ?? speaker.t('errors.unexpected')
}

/** The words for one field of a form, matched by the last part of the server's path. */
export function sayField(error: unknown, name: string, speaker: Speaker): string | undefined {
  if (!isFault(error)) return undefined
  const field = error.fields.find((f) => f.path.split('.').at(-1) === name)
  if (!field) return undefined
  return speaker.maybe(`errors.${field.code}`, readable(error.params, speaker)) ?? speaker.t('errors.field')
}
