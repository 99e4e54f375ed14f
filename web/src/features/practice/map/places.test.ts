import { describe, expect, it } from 'vitest'
import type { PracticeLine } from '../../../api/types'
import { marksOf, placesOf, viewOf } from './places'

const practice = (id: string, name: string, country: string, lat?: number, lon?: number): PracticeLine => ({
  id, title: { en: id }, summary: {}, languages: ['en'], town: name, townName: name, territory: { name, country, residents: 0, ...(lat === undefined || lon === undefined ? {} : { lat, lon }) }, topics: [],
  costs: { from: 0, to: 0, per: 'year' }, recommended: false, reviews: 0, using: 0, adopting: 0, released: '2026-01-01T00:00:00Z',
})
const outlines = [{ id: 'FI', at: [560, 250] as const }, { id: '', at: [0, 0] as const }]

describe('places on the map', () => {
  it('are one for each territory', () => {
    const places = placesOf([practice('a', 'Castelverde', 'IT', 45.35, 9.98), practice('b', 'Castelverde', 'IT', 45.35, 9.98), practice('c', 'Lindenau', 'DE', 51.12, 13.66)], outlines)
    expect(places.map((p) => [p.name, p.practices.length, p.vague])).toEqual([['Lindenau', 1, false], ['Castelverde', 2, false]])
  })
  it('stand for their country where nobody said more, and are nowhere outside of Europe', () => {
    const [fi, pt, unknown] = placesOf([practice('a', 'Tammela', 'FI'), practice('b', 'Funchal', 'PT', 32.65, -16.9), practice('c', 'Somewhere', '')], outlines).sort((a, b) => b.name.localeCompare(a.name))
    expect(fi).toMatchObject({ name: 'Tammela', at: [560, 250], vague: true })
    expect(pt?.at).toBeUndefined()
    expect(unknown?.at).toBeUndefined()
  })
  it('share a mark if they would lie on each other', () => {
    const places = placesOf([practice('a', 'Here', 'IT', 45, 10), practice('b', 'Beside', 'IT', 45.1, 10.1), practice('c', 'Far', 'PT', 38, -8)], outlines)
    expect(marksOf(places, 75).map((m) => m.places.length).sort()).toEqual([1, 2])
    expect(marksOf(places, 1)).toHaveLength(3)
  })
  it('shows a country with what is around it', () => {
    expect(viewOf([100, 100, 300, 200])).toEqual({ x: 70, y: 20, width: 260, height: 260 })
    expect(viewOf(undefined).x).toBe(0)
  })
})
