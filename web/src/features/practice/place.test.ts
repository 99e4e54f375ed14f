import { describe, expect, it } from 'vitest'
import { countryName } from '../../lib/format'
import type { Locale } from '../../lib/locale'
import { place } from './place'

describe('the place of a practice', () => {
  it.each<[Locale, { name: string; region?: string; country: string }, string, string]>([
    ['de', { name: 'Castelverde', country: 'IT' }, 'Comune di Castelverde', 'Castelverde, Italien'],
    ['fi', { name: 'Castelverde', region: 'Lombardia', country: 'IT' }, 'Castelverde', 'Castelverde, Lombardia, Italia'],
    ['en', { name: 'Castelverde', country: 'IT' }, 'Gemeinde Musterstadt', 'Gemeinde Musterstadt · Castelverde, Italy'],
    ['pl', { name: '', country: 'DE' }, 'Gemeinde Musterstadt', 'Gemeinde Musterstadt · Niemcy'],
    ['en', { name: '', country: 'DE' }, '', 'Germany'], // a card that nobody has given a place
    ['en', { name: '', country: '' }, 'Castelverde', 'Castelverde'],
    ['en', { name: '', country: '' }, '', ''],
  ])('%s %j of %s', (locale, territory, town, want) => {
    expect(place({ residents: 0, ...territory }, town, (code) => countryName(locale, code))).toBe(want)
  })
})
