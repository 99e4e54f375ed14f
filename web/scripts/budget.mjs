// Fails when a route loads more script than ../shared/design/ui.md allows: the first route 90 kB, any other 180 kB, gzip.
// Reads the build's manifest: a route is a lazily loaded page of src/app/pages, with everything it imports at once.
import { readFileSync } from 'node:fs'
import { gzipSync } from 'node:zlib'

const dist = new URL('../dist/', import.meta.url)
const manifest = JSON.parse(readFileSync(new URL('.vite/manifest.json', dist), 'utf8'))
const FIRST = 90_000
const ANY = 180_000
// The routes that the first visit and the learner's home load.
const first = new Set(['src/features/course/home/home-page.tsx', 'src/features/people/sign-in/sign-in-page.tsx'])

function files(key, seen = new Set()) {
  const chunk = manifest[key]
  if (!chunk || seen.has(chunk.file)) return seen
  if (chunk.file.endsWith('.js')) seen.add(chunk.file)
  for (const i of chunk.imports ?? []) files(i, seen)
  return seen
}
const sizes = new Map()
function size(file) {
  if (!sizes.has(file)) sizes.set(file, gzipSync(readFileSync(new URL(file, dist)), { level: 9 }).length)
  return sizes.get(file)
}

const entry = Object.keys(manifest).find((k) => manifest[k].isEntry)
// The catalogue of one language is loaded beside every route: count the largest. Its second part and the
// server's codes follow the first page.
const largest = (form) => Math.max(0, ...Object.keys(manifest).filter((k) => form.test(k)).map((k) => size(manifest[k].file)))
const codes = largest(/^locales\/errors\/\w+\.json$/)
const words = { first: largest(/^locales\/\w+\.json\?part=first$/), later: largest(/^locales\/\w+\.json\?part=later$/) + codes }
if (words.first === 0) throw new Error('no catalogue in the manifest')
const routes = Object.keys(manifest).filter((k) => manifest[k].isDynamicEntry && /-page\.tsx$/.test(k))
let failed = false
for (const route of ['', ...routes].sort()) {
  const all = files(entry)
  if (route) files(route, all)
  const begins = route === '' || first.has(route)
  const total = [...all].reduce((sum, f) => sum + size(f), 0) + words.first + (begins ? 0 : words.later)
  const limit = begins ? FIRST : ANY
  if (total > limit) failed = true
  console.log(`${total > limit ? 'OVER' : 'ok  '} ${(total / 1000).toFixed(1).padStart(6)} kB of ${limit / 1000}  ${route || '(frame)'}`)
}
if (failed) {
  console.error('A route loads more script than its budget allows.')
  process.exit(1)
}
