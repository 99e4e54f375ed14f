import type { PracticeLine } from '../../../api/types'
import { frame, inFrame, project } from '../../../lib/laea'

/** A territory with its practices. */
export interface Place {
  key: string
  name: string
  country: string
  practices: PracticeLine[]
  /** On the map; undefined: nobody said where it is, or it lies outside of the map. */
  at?: readonly [number, number]
  /** It stands for a country: only that is known. */
  vague: boolean
}

interface Outline {
  id: string
  at: readonly [number, number]
}

/** Practices by the territory in which they are done. */
export function placesOf(practices: readonly PracticeLine[], outlines: readonly Outline[]): Place[] {
  const all = new Map<string, Place>()
  for (const p of practices) {
    const t = p.territory
    const name = t.name || p.townName
    const key = `${t.country}|${name}`
    let place = all.get(key)
    if (!place) {
      const country = outlines.find((o) => o.id !== '' && o.id === t.country)
      const exact = t.lat !== undefined && t.lon !== undefined ? project(t.lon, t.lat) : undefined
      const at = exact ? (inFrame(exact) ? exact : undefined) : country?.at
      place = { key, name, country: t.country, practices: [], vague: !exact, ...(at ? { at } : {}) }
      all.set(key, place)
    }
    place.practices.push(p)
  }
  return [...all.values()].sort((a, b) => a.country.localeCompare(b.country) || a.name.localeCompare(b.name))
}

export interface Mark {
  at: readonly [number, number]
  places: Place[]
}

/** Places that would lie on each other share a mark. near is in units of the map. */
export function marksOf(places: readonly Place[], near: number): Mark[] {
  const marks: Mark[] = []
  for (const p of places) {
    const { at } = p
    if (!at) continue
    const m = marks.find((x) => Math.hypot(x.at[0] - at[0], x.at[1] - at[1]) < near)
    if (m) m.places.push(p)
    else marks.push({ at, places: [p] })
  }
  return marks
}

/** The part of the map that shows a country with its surroundings, or all of it. */
export function viewOf(box: readonly [number, number, number, number] | undefined): { x: number; y: number; width: number; height: number } {
  if (!box) return { x: 0, y: 0, width: frame.width, height: frame.height }
  const side = Math.max(box[2] - box[0], box[3] - box[1], 120) * 1.3
  return { x: (box[0] + box[2] - side) / 2, y: (box[1] + box[3] - side) / 2, width: side, height: side }
}
