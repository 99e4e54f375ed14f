export { isTopic, topics } from '../../lib/topics'

/** The least number of residents of each size of a town. */
export const bands = [1, 1000, 5000, 20_000, 100_000] as const

export const licences = ['CC-BY-4.0', 'CC-BY-SA-4.0', 'CC0-1.0'] as const

/** DigComp 2.2, by number. */
export const competences = ['1.1', '1.2', '1.3', '2.1', '2.2', '2.3', '2.4', '2.5', '2.6', '3.1', '3.2', '3.3', '3.4', '4.1', '4.2', '4.3', '4.4', '5.1', '5.2', '5.3', '5.4'] as const

/** What a file can be that is kept with a card. */
export const fileKinds = ['image', 'dataset', 'file'] as const

export const linkKinds = ['page', 'file', 'dataset', 'image', 'video'] as const

export const stages = ['interested', 'understanding', 'adapting', 'using', 'dropped'] as const

/** What a review marks. */
export const rubric = ['clear', 'honest', 'evidence', 'transfer', 'inclusive'] as const

/** The parts of a card that can differ. */
export const sections = ['title', 'summary', 'description', 'territory', 'objectives', 'conditions', 'steps', 'difficulties', 'resources', 'evidence', 'transfer', 'legal', 'costs', 'topics', 'technologies', 'personas', 'competences', 'labels', 'lessons', 'links', 'files', 'licence'] as const

export type SectionName = (typeof sections)[number]

export const isSection = (s: string): s is SectionName => sections.some((x) => x === s)
export const isCompetence = (s: string): s is (typeof competences)[number] => competences.some((x) => x === s)

/** Why a challenge was not solved, as the server names it. */
export const reasons = ['money', 'people', 'law', 'technology', 'partners', 'need', 'time', 'other'] as const
export const isReason = (s: string): s is (typeof reasons)[number] => reasons.some((x) => x === s)

/** What a challenge needs before it is on the board. */
const parts = ['title', 'affected', 'problem', 'tried', 'topics'] as const
export const isPart = (s: string): s is (typeof parts)[number] => parts.some((x) => x === s)
