/** The map's frame in units; one unit is about four kilometres. */
export const frame = { width: 1000, height: 1036 }

const radius = 6371
const middle = { lat: (52 * Math.PI) / 180, lon: (10 * Math.PI) / 180 }
const west = -1900
const north = 2300
const unit = 4150 / frame.width

/** Where a place is on the map of Europe: Lambert's azimuthal equal-area projection around 52° N 10° E, as Europe's
 *  statistics draw it (EPSG:3035, on a sphere). */
export function project(lon: number, lat: number): [x: number, y: number] {
  const f = (lat * Math.PI) / 180
  const l = (lon * Math.PI) / 180 - middle.lon
  const c = Math.sin(middle.lat) * Math.sin(f) + Math.cos(middle.lat) * Math.cos(f) * Math.cos(l)
  const k = radius * Math.sqrt(2 / Math.max(1 + c, 1e-6))
  const x = k * Math.cos(f) * Math.sin(l)
  const y = k * (Math.cos(middle.lat) * Math.sin(f) - Math.sin(middle.lat) * Math.cos(f) * Math.cos(l))
  return [(x - west) / unit, (north - y) / unit]
}

/** Whether a point of the map lies within its frame. */
export const inFrame = ([x, y]: readonly [number, number]): boolean => x >= 0 && x <= frame.width && y >= 0 && y <= frame.height
