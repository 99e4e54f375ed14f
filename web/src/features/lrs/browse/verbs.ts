import type { StatementLine } from '../../../api/types'

const adl = 'http://adlnet.gov/expapi/verbs/'
const as = 'http://activitystrea.ms/schema/1.0/'
const tin = 'http://id.tincanapi.com/verb/'
const video = 'https://w3id.org/xapi/video/verbs/'

/** What is told without a sentence of its own. */
const plain = {
  attended: `${adl}attended`,
  adopted: `${location.origin}/xapi/verbs/adopted`,
  reviewed: `${tin}reviewed`,
  joined: `${as}sponsor`,
  withdrew: `${as}retract`,
  begun: `${as}start`,
  returned: `${as}return`,
  solved: `${as}resolve`,
  closed: `${as}close`,
  reopened: `${as}open`,
} as const

/** The verbs that the platform and its player use, by what they are called here. */
export const verbs = {
  started: `${adl}initialized`,
  played: `${video}played`,
  paused: `${video}paused`,
  seeked: `${video}seeked`,
  left: `${adl}terminated`,
  interacted: `${adl}interacted`,
  completed: `${adl}completed`,
  enrolled: `${adl}registered`,
  opened: `${adl}launched`,
  read: `${as}read`,
  attempted: `${adl}attempted`,
  answered: `${adl}answered`,
  passed: `${adl}passed`,
  failed: `${adl}failed`,
  earned: `${tin}earned`,
  taken: `${tin}downloaded`,
  reported: 'https://w3id.org/xapi/dod-isd/verbs/reported',
  assigned: 'https://w3id.org/xapi/tla/verbs/assigned',
  cancelled: `${as}cancel`,
  corrected: 'https://w3id.org/xapi/acrossx/verbs/edited',
  exported: `${as}save`,
  made: `${as}create`,
  changed: `${as}update`,
  published: `${tin}published`,
  unpublished: `${tin}unpublished`,
  previewed: `${tin}previewed`,
  added: `${as}add`,
  removed: `${as}remove`,
  uploaded: `${as}attach`,
  ready: `${as}build`,
  givenup: `${as}reject`,
  sentback: `${as}request`,
  deleted: `${as}delete`,
  voided: `${adl}voided`,
  ...plain,
} as const

export type Verb = keyof typeof verbs
const names = Object.keys(verbs).filter((v): v is Verb => v in verbs)
const byAddress = new Map<string, Verb>(names.map((v) => [verbs[v], v]))

export const verbNames: readonly Verb[] = names

const isPlain = (v: Verb): v is keyof typeof plain => v in plain

export type Saying = Exclude<Verb, keyof typeof plain> | 'watched' | 'watched.end' | 'answered.right' | 'answered.wrong' | 'general'

/** Which sentence tells a statement. What other systems say with words of their own is told in a general form. */
export function sayingOf({ verb, what, result: r }: Pick<StatementLine, 'verb' | 'what' | 'result'>): Saying {
  const known = byAddress.get(verb)
  if (!known || isPlain(known)) return 'general'
  if (known === 'voided') return what.kind === 'statement' ? 'voided' : 'general'
  if (what.kind === 'agent' || what.kind === 'statement' || what.kind === 'substatement') return 'general'
  switch (known) {
    case 'paused':
      return r.played === undefined ? 'paused' : 'watched'
    case 'left':
      return r.played === undefined ? 'left' : 'watched'
    case 'completed':
      return r.played === undefined ? 'completed' : 'watched.end'
    case 'seeked':
      return r.from === undefined || r.to === undefined ? 'general' : 'seeked'
    case 'played':
      return r.time === undefined ? 'started' : 'played'
    case 'answered':
      return r.success === undefined ? 'answered' : r.success ? 'answered.right' : 'answered.wrong'
    default:
      return known
  }
}

/** What a verb without a sentence is called, where the platform said it: other systems may mean something else by it. */
export function plainVerb({ verb, by }: Pick<StatementLine, 'verb' | 'by'>): keyof typeof plain | undefined {
  const known = by === 'other' ? undefined : byAddress.get(verb)
  return known && isPlain(known) ? known : undefined
}
