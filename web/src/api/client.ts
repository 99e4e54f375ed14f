import createClient from 'openapi-fetch'
import type { components, paths } from './schema.gen'
import type { PostFile, RecordImport, StatementLine } from './types'

type Problem = components['schemas']['Problem']

/** What the server answered instead of what was asked for (RFC 9457), or that it did not answer at all. */
export class ApiError extends Error {
  readonly status: number // 0: no answer came
  readonly code: string
  readonly params: Record<string, string | number>
  readonly fields: { path: string; code: string }[]

  constructor(status: number, problem: Partial<Problem>) {
    super(problem.detail ?? problem.title ?? `status ${status}`)
    this.status = status
    this.code = problem.code ?? (status === 0 ? 'network' : `status.${status}`)
    this.params = plain(problem.params)
    this.fields = problem.errors ?? []
  }
}

/** The values that a sentence can hold. */
function plain(params: Problem['params']): Record<string, string | number> {
  const out: Record<string, string | number> = {}
  for (const [name, value] of Object.entries(params ?? {})) if (typeof value === 'string' || typeof value === 'number') out[name] = value
  return out
}

export const client = createClient<paths>({
  baseUrl: '/api/v1',
  headers: { 'X-Requested-With': 'palestra' },
  credentials: 'same-origin',
})

interface Answer<T> {
  data?: T
  error?: unknown
  response: Response
}

/** Gives the answer's content or throws an ApiError. */
export async function content<T>(request: Promise<Answer<T>>): Promise<T> {
  let answer: Answer<T>
  try {
    answer = await request
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e
    throw new ApiError(0, { detail: e instanceof Error ? e.message : '' })
  }
  if (!answer.response.ok) throw new ApiError(answer.response.status, toProblem(answer.error))
  return answer.data as T
}

export function toProblem(value: unknown): Partial<Problem> {
  return typeof value === 'object' && value !== null ? value : {}
}

/** For bytes that the description does not cover: answers that are not JSON, bodies that are files. */
export async function bare(path: string, init: RequestInit = {}): Promise<Response> {
  const headers = new Headers(init.headers)
  headers.set('X-Requested-With', 'palestra')
  let response: Response
  try {
    response = await fetch(path, { credentials: 'same-origin', ...init, headers })
  } catch (e) {
    if (e instanceof DOMException && e.name === 'AbortError') throw e
    throw new ApiError(0, { detail: e instanceof Error ? e.message : '' })
  }
  if (!response.ok) throw new ApiError(response.status, toProblem(await response.json().catch(() => ({}))))
  return response
}

/** Sends the next part of a file that is to be imported, and says how far it is. */
export async function sendImportPart(id: string, part: number, query: string, body: Blob, signal: AbortSignal): Promise<RecordImport> {
  const answer = await bare(`/api/v1/record-imports/${id}/parts/${part}${query ? `?${query}` : ''}`, { method: 'PUT', body, signal, headers: { 'Content-Type': 'application/octet-stream' } })
  return (await answer.json()) as RecordImport
}

/** A line of the live tail, as the server writes it. */
export function toLine(event: MessageEvent): StatementLine {
  return JSON.parse(String(event.data)) as StatementLine
}

interface RoomPlace {
  bootcamp: string
  session: string
  rehearsal: boolean
}

/** Where a file lies that was shared in a session's room. */
export function roomFilePath({ bootcamp: b, session: s, rehearsal }: RoomPlace, id: string): string {
  return `/api/v1/bootcamps/${b}/sessions/${s}/room/files/${id}${rehearsal ? '?rehearsal=true' : ''}`
}

/** Shares a file with everybody in a session's room. */
export async function sendRoomFile({ bootcamp: b, session: s, rehearsal }: RoomPlace, file: File): Promise<PostFile> {
  const answer = await bare(`/api/v1/bootcamps/${b}/sessions/${s}/room/files?name=${encodeURIComponent(file.name)}${rehearsal ? '&rehearsal=true' : ''}`, {
    method: 'POST',
    body: file,
    headers: { 'Content-Type': 'application/octet-stream' },
  })
  return (await answer.json()) as PostFile
}

/** Takes a file away that was shared in a session's room. */
export async function dropRoomFile(place: RoomPlace, id: string): Promise<void> {
  await bare(roomFilePath(place, id), { method: 'DELETE' })
}

/** Where a file of a draft lies, for its authors. */
export const practiceFilePath = (p: string, id: string): string => `/api/v1/practices/${p}/files/${id}`

/** Where a file of a published card lies, for everybody. */
export const openFilePath = (p: string, id: string): string => `/open/practices/${p}/files/${id}`

/** Sends a file for a practice card. */
export async function sendPracticeFile(p: string, file: File): Promise<PostFile> {
  const answer = await bare(`/api/v1/practices/${p}/files?name=${encodeURIComponent(file.name)}`, { method: 'POST', body: file, headers: { 'Content-Type': 'application/octet-stream' } })
  return (await answer.json()) as PostFile
}

/** Sends a file for a post of a discussion. */
export async function sendPostFile(place: string, file: File): Promise<PostFile> {
  const answer = await bare(`/api/v1/discussions/${place}/files?name=${encodeURIComponent(file.name)}`, { method: 'POST', body: file, headers: { 'Content-Type': 'application/octet-stream' } })
  return (await answer.json()) as PostFile
}
