// The outline of Europe's countries, projected once when the pages are built. The borders are those of Natural Earth (public
// domain) at 1:50 million, from the package world-atlas (ISC).
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { feature } from 'topojson-client'

/** ISO 3166-1: numbers that the package has, letters that cards have. Other countries are drawn without a name. */
const letters = {
  '008': 'AL', '040': 'AT', '056': 'BE', '070': 'BA', '100': 'BG', '112': 'BY', '191': 'HR', '196': 'CY', '203': 'CZ', '208': 'DK', '233': 'EE', '246': 'FI', '250': 'FR', '276': 'DE', '300': 'GR',
  '348': 'HU', '352': 'IS', '372': 'IE', '380': 'IT', '428': 'LV', '440': 'LT', '442': 'LU', '470': 'MT', '498': 'MD', '499': 'ME', '528': 'NL', '578': 'NO', '616': 'PL', '620': 'PT', '642': 'RO',
  '688': 'RS', '703': 'SK', '705': 'SI', '724': 'ES', '752': 'SE', '756': 'CH', '792': 'TR', '804': 'UA', '807': 'MK', '826': 'GB',
}

const edge = (n, most) => Math.round(Math.min(Math.max(n, -20), most + 20))

/** A ring as an SVG path in whole units, each point as its step from the one before; neighbours round alike, so borders
 *  stay shared. */
function path(ring) {
  const points = ring.map(([x, y]) => [edge(x, 1000), edge(y, 1036)]).filter(([x, y], i, all) => i === 0 || x !== all[i - 1][0] || y !== all[i - 1][1])
  // What lies on a straight line between its neighbours is not needed.
  const kept = points.filter(([x, y], i) => {
    const [a, b] = [points[i - 1], points[i + 1]]
    return !a || !b || (x - a[0]) * (b[1] - y) !== (y - a[1]) * (b[0] - x)
  })
  if (kept.length < 4) return ''
  let [px, py] = kept[0]
  let d = `M${px} ${py}l`
  for (const [x, y] of kept.slice(1)) {
    d += `${x - px} ${y - py} `
    ;[px, py] = [x, y]
  }
  return `${d.trimEnd().replaceAll(' -', '-')}z`
}

export function europe(project, inFrame) {
  const atlas = JSON.parse(readFileSync(createRequire(import.meta.url).resolve('world-atlas/countries-50m.json'), 'utf8'))
  const features = feature(atlas, atlas.objects.countries).features.map(({ id, properties, geometry }) => ({ id: properties.name === 'Kosovo' ? 'XK' : letters[id] ?? '', polygons: geometry.type === 'Polygon' ? [geometry.coordinates] : geometry.coordinates }))
  // The package draws borders as they are held; Europe's states do not recognise that Crimea was taken.
  const crimea = (polygon) => polygon[0].every(([lon, lat]) => lon > 32 && lon < 37 && lat > 44 && lat < 46.5)
  const taken = features.filter((f) => f.id !== 'UA').flatMap((f) => f.polygons.filter(crimea))
  for (const f of features) f.polygons = f.id === 'UA' ? [...f.polygons, ...taken] : f.polygons.filter((p) => !crimea(p))
  const countries = []
  for (const { id, polygons } of features) {
    let d = ''
    let largest = 0
    let at = [0, 0]
    const box = [Infinity, Infinity, -Infinity, -Infinity]
    for (const polygon of polygons) {
      const rings = polygon.map((ring) => ring.map(([lon, lat]) => project(lon, lat)))
      if (!rings[0].some(inFrame)) continue
      const area = Math.abs(rings[0].reduce((sum, [x, y], i) => { const [u, v] = rings[0][(i + 1) % rings[0].length]; return sum + x * v - u * y }, 0))
      if (area < 4) continue // of a few square kilometres
      for (const ring of rings) {
        d += path(ring)
      }
      const seen = rings[0].filter(inFrame)
      for (const [x, y] of seen) {
        box[0] = Math.min(box[0], x); box[1] = Math.min(box[1], y); box[2] = Math.max(box[2], x); box[3] = Math.max(box[3], y)
      }
      if (area > largest) {
        largest = area
        at = [0, 1].map((k) => Math.round(seen.reduce((sum, p) => sum + p[k], 0) / seen.length))
      }
    }
    if (d) countries.push({ id, d, at, box: box.map(Math.round) })
  }
  return countries
}
