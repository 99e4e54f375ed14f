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

interface Speaker {
  t: (key: Key, params?: Params) => string
  maybe: (key: string, params?: Params) => string | undefined
}

/** Says a failure in the reader's language: what happened, that nothing is lost, what to do. */
export function say(error: unknown, { t, maybe }: Speaker): string {
  if (!isFault(error)) return t('errors.unexpected')
  const words = maybe(`errors.${error.code}`, error.params)
  if (words) return words
  return maybe(`errors.status.${error.status}`, error.params) ?? t('errors.unexpected')
}

/** The words for one field of a form, matched by the last part of the server's path. */
export function sayField(error: unknown, name: string, speaker: Speaker): string | undefined {
  if (!isFault(error)) return undefined
  const field = error.fields.find((f) => f.path.split('.').at(-1) === name)
  if (!field) return undefined
  return speaker.maybe(`errors.${field.code}`, error.params) ?? speaker.t('errors.field')
}
