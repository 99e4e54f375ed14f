/** The fields of a town's work, as the server names them. */
export const topics = ['administration', 'culture', 'data', 'economy', 'education', 'energy', 'environment', 'health', 'heritage', 'housing', 'inclusion', 'mobility', 'participation', 'security', 'services', 'skills', 'tourism'] as const

export const isTopic = (s: string): s is (typeof topics)[number] => topics.some((x) => x === s)
