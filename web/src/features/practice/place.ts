import type { PracticeTerritory } from '../../api/types'

/**
 * Where a practice is done, and by whom: the town, its place and its country by its name. A town's full name mostly holds
 * the place: it is said once.
 */
export function place(x: PracticeTerritory, town: string, countryName: (code: string) => string): string {
  const where = [x.name, x.region ?? '', x.country ? countryName(x.country) : ''].filter(Boolean).join(', ')
  return (x.name !== '' && town.includes(x.name) ? [where] : [town, where]).filter(Boolean).join(' · ')
}
