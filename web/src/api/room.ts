// What a live room sends and takes: the same by WebSocket and by Server-Sent Events. Its description is docs/rooms.md.
import { ApiError, toProblem } from './client'

export interface Team {
  id: string
  name: string
  who: string[]
}

export interface Question {
  id?: string
  kind: 'single' | 'multiple' | 'scale' | 'ranking' | 'words'
  text: string
  lang: string
  options?: string[]
  most?: number
  steps?: number
  low?: string
  high?: string
  anonymous?: boolean
  minimum?: number
}

export interface Vote {
  choice?: number[]
  words?: string[]
}

/** What somebody does, and each thing that has happened. */
export interface Act {
  kind: string
  text?: string
  lang?: string
  url?: string
  re?: number
  whom?: string
  group?: string
  item?: number
  seconds?: number
  mark?: string
  on?: boolean
  course?: string
  lesson?: string
  poll?: Question | { id: string }
  file?: { id: string; name?: string }
  groups?: Omit<Team, 'id'>[]
  vote?: Vote
  data?: string
}

export interface RoomEvent extends Act {
  n: number
  id?: string
  time?: number
  by?: string
}

export interface Poll extends Question {
  id: string
  n: number
  open: boolean
  votes: number
  tally?: { counts?: number[]; words?: { text: string; count: number }[] }
  few?: boolean
}

export interface Entry {
  n: number
  by: string
  at: string
  text: string
  lang?: string
  url?: string
  file?: { id: string; name: string; type: string; size: number }
  was?: number
  gone?: boolean
}

export interface Clock {
  item: number
  text: string
  from: string
  ends?: string
  left: number
  set: boolean
}

export interface Hand {
  who: string
  since: number
  turns: number
}

export interface Light {
  text: string
  url?: string
  course?: string
  lesson?: string
}

/** What holds in a room: everything but what was said. */
export interface RoomState {
  phase: { is: '' | 'opened' | 'ended'; began?: string; over?: string }
  quiet: boolean
  deputies: readonly string[]
  clock: Clock | null
  floor: string
  hands: readonly Hand[]
  light: Light | null
  breakout: { n: number; open: boolean; ends?: string; teams: readonly string[] } | null
  visits: Readonly<Record<string, string>>
  links: Readonly<Record<string, Entry>>
  files: Readonly<Record<string, Entry>>
  decisions: Readonly<Record<string, Entry>>
  polls: Readonly<Record<string, Poll>>
  teams: Readonly<Record<string, Team>>
}

export interface Me {
  who: string
  leads?: boolean
  reads?: boolean
}

export interface Name {
  name: string
  town: string
}

export type Frame =
  | { t: 'welcome'; at: number; now: number; resumed: boolean; me: Me; state: Record<string, unknown>; names: Record<string, Name>; here: string[]; voted: string[]; meeting?: boolean }
  | { t: 'news'; at: number; now: number; events: RoomEvent[]; set?: Record<string, unknown>; names?: Record<string, Name> }
  | { t: 'here'; in?: string[]; out?: string[] }
  | { t: 'me'; me: Me }
  | { t: 'done'; id: string; n?: number }
  | { t: 'refused'; id?: string; problem: object }
  | { t: 'pulse'; now: number; sent?: number }

export const emptyState: RoomState = {
  phase: { is: '' },
  quiet: false,
  deputies: [],
  clock: null,
  floor: '',
  hands: [],
  light: null,
  breakout: null,
  visits: {},
  links: {},
  files: {},
  decisions: {},
  polls: {},
  teams: {},
}

const lists = { link: 'links', file: 'files', decision: 'decisions', poll: 'polls', team: 'teams' } as const

/** Takes over the parts of a state that are different now. */
export function merge(state: RoomState, set: Record<string, unknown> | undefined): RoomState {
  if (!set) return state
  const next: Record<string, unknown> = { ...state }
  for (const [key, value] of Object.entries(set)) {
    const [what = '', id] = key.split(':')
    if (id === undefined) {
      next[key] = value
      continue
    }
    const list = lists[what as keyof typeof lists]
    const others = Object.entries(next[list] as Record<string, unknown>).filter(([other]) => other !== id)
    next[list] = Object.fromEntries(value === null ? others : [...others, [id, value]])
  }
  return next as unknown as RoomState
}

export function toFrame(data: string): Frame {
  return JSON.parse(data) as Frame
}

export function toEvents(list: readonly unknown[]): RoomEvent[] {
  return list as RoomEvent[]
}

/** A stream of events names itself first, and says last why it ends. */
export function streamOf(e: MessageEvent): string {
  return (JSON.parse(String(e.data)) as { stream: string }).stream
}

export function codeOf(e: MessageEvent): number {
  return (JSON.parse(String(e.data)) as { code: number }).code
}

/** What a frame refuses, as every other refusal. */
export function toFault(problem: object): ApiError {
  const p = toProblem(problem)
  return new ApiError(p.status ?? 500, p)
}

/** Something that was written and is not stored yet, as it survives a reload. */
export interface Unsent {
  id: string
  act: Act
}

export function toUnsent(stored: string | null): Unsent[] {
  try {
    const list: unknown = JSON.parse(stored ?? '[]')
    return Array.isArray(list) ? (list as Unsent[]).filter((x) => typeof x.id === 'string' && typeof x.act.kind === 'string') : []
  } catch {
    return []
  }
}
