// The caption editor without a mouse, and how exactly the player shows what was written there.
import assert from 'node:assert/strict'
import { checkAccess } from './browser.mjs'

export async function writeCaptions(world, { log = console.log } = {}) {
  const faults = []
  const author = await world.enter('author')
  const { page, api } = author
  const { items } = await api('GET', '/videos?limit=50')
  const video = items.find((v) => v.state === 'ready' && v.captions.some((c) => c.lang === 'en'))
  const before = (await api('GET', `/videos/${video.id}/captions/en/cues`)).cues
  const at = `/author/videos/${video.id}/captions/captions/en`
  const list = page.getByRole('listbox', { name: 'All entries' })
  const open = async (p = page) => {
    await p.goto(at)
    await p.getByRole('listbox').waitFor()
  }
  const stored = async () => (await api('GET', `/videos/${video.id}/captions/en/cues`)).cues
  const key = async (...keys) => {
    for (const k of keys) await page.keyboard.press(k)
  }

  log('  split, join, take back, set times, write: by keyboard alone')
  await open()
  await list.focus()
  await key('End', 'Home', 'ArrowDown')
  assert.equal(await list.evaluate((l) => document.getElementById(l.getAttribute('aria-activedescendant'))?.getAttribute('aria-posinset')), '2')
  const rows = async () => Number(await page.getByRole('option').first().getAttribute('aria-setsize'))
  const all = await rows()
  await key('s')
  assert.equal(await rows(), all + 1)
  await key('ArrowUp', 'm')
  assert.equal(await rows(), all)
  await key('Control+z', 'Control+z')
  assert.equal(await rows(), all)
  await page.evaluate((t) => { document.querySelector('video').currentTime = t }, before[1].start + 0.5)
  await page.waitForFunction((t) => Math.abs(document.querySelector('video').currentTime - t) < 0.1 && !document.querySelector('video').seeking, before[1].start + 0.5)
  await key('[')
  await key('Enter')
  assert.equal(await page.evaluate(() => document.activeElement.tagName), 'TEXTAREA')
  await key('Control+a')
  await page.keyboard.type('One list & <i>one</i> morning.')
  await page.getByText('Not saved yet; kept in this browser').waitFor()
  await page.getByRole('heading', { name: 'What was found' }).waitFor()
  faults.push(...(await checkAccess(page, 'caption editor')))

  log('  what was not saved survives a reload')
  await page.waitForTimeout(600) // the browser keeps it a moment after the last key
  await open()
  await page.getByText(/that were not saved are restored/).waitFor()
  await page.getByRole('button', { name: 'Save', exact: true }).focus()
  await key('Enter')
  await page.getByText('Everything is saved.').waitFor()
  const after = await stored()
  assert.equal(after[1].text, 'One list & <i>one</i> morning.')
  assert.ok(Math.abs(after[1].start - before[1].start - 0.5) < 0.15, `the start is where the video was: ${after[1].start}`)

  log('  find and replace, shift, a text from outside')
  for (const name of ['Find and replace', 'Shift in time', 'Make entries of a text']) {
    await page.locator('summary', { hasText: name }).focus()
    await key('Enter')
  }
  await page.getByLabel('Find', { exact: true }).fill('morning')
  await page.getByLabel('Replace by').fill('day')
  await page.getByRole('button', { name: 'Replace everywhere' }).focus()
  await key('Enter')
  await page.getByLabel('By how many seconds').fill('-0,25')
  await page.getByRole('button', { name: 'Shift all' }).focus()
  await key('Enter')
  faults.push(...(await checkAccess(page, 'caption editor, all tools')))
  await page.getByRole('button', { name: 'Save', exact: true }).focus()
  await key('Enter')
  await page.getByText('Everything is saved.').waitFor()
  const moved = await stored()
  assert.ok(moved.every((c) => !c.text.includes('morning')) && moved[1].text.includes('day'))
  assert.ok(Math.abs(moved[2].start - after[2].start + 0.25) < 0.002)

  log('  two authors at once: neither loses anything')
  const other = await author.context.newPage()
  await other.goto(at)
  await other.getByLabel('Text', { exact: true }).fill('What the other one wrote')
  await page.getByLabel('Text', { exact: true }).fill('What this one wrote')
  await page.getByRole('button', { name: 'Save', exact: true }).click()
  await page.getByText('Everything is saved.').waitFor()
  await other.getByRole('button', { name: 'Save', exact: true }).click()
  await other.getByRole('alert').filter({ hasText: 'Somebody else has changed these captions' }).waitFor()
  faults.push(...(await checkAccess(other, 'caption editor, changed by somebody else')))
  assert.equal((await stored())[0].text, 'What this one wrote')
  await other.getByRole('button', { name: 'Keep mine, replace theirs' }).click()
  await other.getByText('Everything is saved.').waitFor()
  assert.equal((await stored())[0].text, 'What the other one wrote')
  await other.close()

  await api('PUT', `/videos/${video.id}/captions/en/cues`, { cues: before })
  await author.context.close()
  assert.deepEqual(author.complaints, [])
  assert.deepEqual(author.strangers, [])
  assert.deepEqual(faults, [])
}

/** What the player makes of captions, descriptions and chapters, and how exactly. */
export async function watchCaptions(world, { log = console.log } = {}) {
  const faults = []
  const author = await world.enter('author')
  const { page, api } = author
  const courses = (await api('GET', '/courses')).items
  let course
  let lesson
  for (const c of courses) {
    const whole = await api('GET', `/courses/${c.id}`)
    for (const l of whole.modules.flatMap((m) => m.lessons)) {
      if (l.kind !== 'video' || lesson) continue
      const draft = await api('GET', `/courses/${c.id}/lessons/${l.id}`)
      const film = draft.video ? await api('GET', `/videos/${draft.video}`) : { captions: [] }
      if (film.captions.some((t) => t.kind === 'captions' && t.lang === 'en')) [course, lesson] = [c.id, draft]
    }
  }
  const video = await api('GET', `/videos/${lesson.video}`)
  const before = (await api('GET', `/videos/${video.id}/captions/en/cues`)).cues
  const step = 0.7
  const dense = Array.from({ length: Math.floor(video.duration / step) - 2 }, (_, i) => ({ start: Math.round((0.3 + i * step) * 1000) / 1000, end: Math.round((0.3 + i * step + 0.6) * 1000) / 1000, text: `Caption ${i}` }))
  await api('PUT', `/videos/${video.id}/captions/en/cues`, { cues: dense })
  await api('PUT', `/videos/${video.id}/captions/en/cues?kind=descriptions`, { cues: [{ start: 2, end: 5, text: 'A slide with a drawer' }] })
  await api('PUT', `/videos/${video.id}/captions/en/cues?kind=chapters`, { cues: [{ start: 0, end: 15, text: 'The list' }, { start: 15, end: 30, text: 'The licence' }] })
  const at = `/author/${course}/preview/${lesson.id}`
  const open = async () => {
    await page.goto(at)
    await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2, undefined, { timeout: 120_000 })
  }

  log('  captions appear at their time stamps')
  await open()
  await page.getByRole('button', { name: 'Captions', exact: true }).click()
  const late = await page.evaluate(async (seconds) => {
    const v = document.querySelector('video')
    v.muted = true
    const seen = new Map()
    const look = () => {
      const from = document.querySelector('.said')?.getAttribute('data-cue')
      if (from !== null && from !== undefined && !seen.has(from)) seen.set(from, v.currentTime - Number(from))
    }
    const observer = new window.MutationObserver(look)
    observer.observe(document.querySelector('.screen'), { childList: true, subtree: true, attributes: true, attributeFilter: ['data-cue'] })
    await v.play()
    await new Promise((done) => setTimeout(done, seconds * 1000))
    v.pause()
    observer.disconnect()
    return [...seen.values()].slice(1)
  }, 24)
  late.sort((a, b) => a - b)
  const part = (p) => late[Math.min(late.length - 1, Math.ceil(p * late.length) - 1)]
  const ms = (s) => `${Math.round(s * 1000)} ms`
  log(`        ${late.length} captions: p50 ${ms(part(0.5))}, p95 ${ms(part(0.95))}, latest ${ms(part(1))}`)
  assert.ok(late.length >= 25, `enough of them were seen: ${late.length}`)
  assert.ok(late[0] >= 0, 'none is early')
  assert.ok(part(0.95) <= 0.1, `95 of 100 captions come within 100 ms: ${ms(part(0.95))}`)

  log('  their look is chosen and kept')
  await page.getByRole('button', { name: 'Captions and keyboard' }).click()
  await page.getByLabel('Size of the captions').selectOption('huge')
  await page.getByLabel('Colour of the captions').selectOption('yellow')
  await page.getByLabel('Background of the captions').selectOption('half')
  await page.getByLabel('Place of the captions').selectOption('above')
  await page.getByLabel('Audio description', { exact: true }).selectOption('written')
  faults.push(...(await checkAccess(page, 'look of captions')))
  await page.keyboard.press('Escape')
  await open()
  await page.evaluate(() => { document.querySelector('video').currentTime = 3.9 })
  await page.locator('.said.above .cue.huge.yellow.half').waitFor()

  log('  descriptions are read, chapters lead to their places')
  await page.getByRole('status').filter({ hasText: 'A slide with a drawer' }).waitFor()
  assert.equal(await page.getByRole('button', { name: 'Audio description' }).getAttribute('aria-pressed'), 'true')
  faults.push(...(await checkAccess(page, 'player with everything')))
  await page.getByLabel('Chapters').selectOption({ label: 'The licence' })
  await page.waitForFunction(() => Math.abs(document.querySelector('video').currentTime - 15) < 0.3)
  await page.getByRole('slider', { name: 'Position' }).focus()
  await page.keyboard.press('p')
  await page.waitForFunction(() => document.querySelector('video').currentTime < 1)
  await page.keyboard.press('d')
  assert.equal(await page.getByRole('button', { name: 'Audio description' }).getAttribute('aria-pressed'), 'false')

  await api('PUT', `/videos/${video.id}/captions/en/cues`, { cues: before })
  await api('DELETE', `/videos/${video.id}/captions/en?kind=descriptions`)
  await api('DELETE', `/videos/${video.id}/captions/en?kind=chapters`)
  await author.context.close()
  assert.deepEqual(author.complaints, [])
  assert.deepEqual(author.strangers, [])
  assert.deepEqual(faults, [])
}

/** A learner finds what is said, follows a link to its second, and goes on after the addresses of a video have run out. */
export async function findWhatIsSaid(world, { log = console.log } = {}) {
  const faults = []
  const learner = await world.enter('learner', { permissions: ['clipboard-read', 'clipboard-write'] })
  const { page, api } = learner
  let enrolment
  let lesson
  for (const e of (await api('GET', '/enrolments')).items) {
    const whole = await api('GET', `/enrolments/${e.id}`)
    const found = whole.modules.flatMap((m) => m.lessons).find((l) => l.kind === 'video')
    if (found) [enrolment, lesson] = [e.id, found.id]
  }
  const at = () => page.evaluate(() => document.querySelector('video')?.currentTime ?? -1)

  log('  words that are said anywhere in a course lead to their second')
  await page.goto(`/learn/${enrolment}`)
  await page.getByLabel('Words from any video of this course').fill('GARDENER week')
  await page.keyboard.press('Enter')
  const place = page.getByRole('link', { name: /The gardener opens it every week/ })
  await place.waitFor()
  faults.push(...(await checkAccess(page, 'search in what is said')))
  const second = Number(new URL(await place.evaluate((a) => a.href)).searchParams.get('t'))
  assert.ok(second > 10)
  await place.focus()
  await page.keyboard.press('Enter')
  await page.waitForFunction((s) => Math.abs((document.querySelector('video')?.currentTime ?? -9) - s) < 0.5, second, { timeout: 90_000 })
  await page.evaluate(() => { document.querySelector('video').currentTime = 7.5 })
  await page.waitForFunction(() => !document.querySelector('video').seeking)
  await page.getByRole('button', { name: 'Copy a link to this second' }).click()
  await page.getByText('The link to 0:07 is copied').waitFor()
  assert.match(await page.evaluate(() => window.navigator.clipboard.readText()), new RegExp(`/learn/${enrolment}/${lesson}\\?t=7$`))

  log('  addresses that have run out are asked for again, and the place is kept')
  let grants = 0
  page.on('request', (r) => /\/playback$/.test(r.url()) && grants++)
  const gone = (route) => route.fulfill({ status: 410, contentType: 'application/problem+json', json: { code: 'video.grant_expired' } })
  await page.route(/\/media\//, gone)
  await page.reload()
  const retry = page.getByRole('button', { name: 'Try again' })
  await retry.waitFor({ timeout: 120_000 })
  assert.equal(grants, 1)
  await page.unroute(/\/media\//, gone)
  await retry.click()
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2, undefined, { timeout: 90_000 })
  assert.equal(grants, 2)
  assert.ok(Math.abs((await at()) - second) < 1, `it goes on where the address says: ${await at()}`)

  await learner.context.close()
  assert.deepEqual(learner.complaints, [])
  assert.deepEqual(learner.strangers, [])
  assert.deepEqual(faults, [])
}
