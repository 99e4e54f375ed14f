// Sending films: several at once over all pages, paused, without a connection, after a reload, twice, by keyboard alone; a
// file that takes the place of another; one that the server fetches; and the operator who holds the line and gives room.
// Runs over the small demonstration, after everything that only looks at it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync, readFileSync, statSync, writeFileSync } from 'node:fs'
import { createServer } from 'node:http'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { checkAccess } from './browser.mjs'
import { wordsOf } from './world.mjs'

const t = wordsOf('en')
const patient = { timeout: Number(process.env.PATIENCE ?? 180_000) }
const MB = 1 << 20

/** What a button that speaks of something is called. */
const named = (key, of) => new RegExp(`^${t(key)}\\s?: ${of.replaceAll('.', '\\.')}$`)

/** A film; what is behind its end makes it as long as wanted, and is nothing to a player. */
function film(dir, name, megabytes, seconds = 2) {
  const file = join(dir, name)
  execFileSync('ffmpeg', ['-v', 'error', '-y', '-f', 'lavfi', '-i', `testsrc2=size=320x240:rate=10:duration=${seconds}`, '-f', 'lavfi', '-i', `sine=duration=${seconds}`, '-c:v', 'libx264', '-preset', 'ultrafast', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-movflags', '+faststart', '-shortest', file])
  const rest = Buffer.alloc(Math.max(8, megabytes * MB - statSync(file).size), name) // a box that says "skip me"
  rest.writeUInt32BE(rest.length, 0)
  rest.write('free', 4, 'latin1')
  writeFileSync(file, rest, { flag: 'a' })
  return file
}

export async function sendFilms(world, options) {
  const author = await world.enter('author')
  try {
    await send(world, author, options)
  } catch (e) {
    await author.page.screenshot({ path: join(tmpdir(), 'palestra-upload.png'), fullPage: true }).catch(() => undefined)
    throw e
  }
}

async function send(world, author, { log = console.log } = {}) {
  const dir = mkdtempSync(join(tmpdir(), 'palestra-films-'))
  const files = Object.fromEntries([['one.mp4', 30], ['two.mp4', 20], ['three.mp4', 1]].map(([name, size]) => [name, film(dir, name, size)]))
  const { page, context } = author
  const faults = []
  const look = async (name) => faults.push(...(await checkAccess(page, name)))
  const list = page.getByRole('region', { name: t('uploads.title'), exact: true })
  const line = (name) => list.getByRole('listitem').filter({ hasText: name })
  const press = (name, key) => line(name).getByRole('button', { name: named(key, name) }).click()
  const says = (name, key) => line(name).getByText(t(key)).waitFor(patient)
  const choose = (names) => page.getByLabel(t('upload.choose.several')).setInputFiles(names.map((n) => files[n]))
  const parts = [] // that were sent, as "film part"
  page.on('requestfinished', (r) => /\/parts\//.test(r.url()) && parts.push(r.url().split('/uploads/')[1]))
  // A line on which one can do something before all is over.
  const slow = await context.newCDPSession(page)
  await slow.send('Network.enable')
  const speed = (bytes) => slow.send('Network.emulateNetworkConditions', { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: bytes })

  log('  three films at once, over other pages')
  await page.goto('/author/videos')
  await speed(MB)
  await choose(['one.mp4', 'two.mp4', 'three.mp4'])
  await says('three.mp4', 'upload.phase.queued')
  await line('one.mp4').getByText(/MB of 31 MB · .* a second · .* left/).waitFor(patient)
  await look('three films')
  await page.getByRole('link', { name: t('nav.author.courses'), exact: true }).click()
  await page.getByRole('heading', { level: 1, name: 'Your courses' }).waitFor()
  await page.getByRole('link', { name: t('nav.learn'), exact: true }).click()
  await line('one.mp4').waitFor()
  log('  paused, and on')
  await press('one.mp4', 'upload.pause')
  await says('one.mp4', 'upload.phase.paused')
  await says('three.mp4', 'upload.phase.done') // it has its place
  await press('one.mp4', 'upload.resume')
  await says('one.mp4', 'upload.phase.sending')

  log('  no connection, and it goes on by itself')
  await context.setOffline(true)
  await says('one.mp4', 'upload.phase.offline')
  await look('no connection')
  await context.setOffline(false)
  await speed(MB)
  await says('one.mp4', 'upload.phase.sending')
  const done = new Set(parts)
  for (let i = 0; parts.length === done.size; i++) {
    assert.ok(i < 600, 'no part is sent any more')
    await page.waitForTimeout(100)
  }

  log('  a page that is loaded anew: the same files go on, parts that are there are not sent again')
  page.once('dialog', (d) => void d.accept()) // it asks before it is closed over what is on its way
  await page.goto('/author/videos')
  const left = page.getByRole('listitem').filter({ hasText: t('uploads.left.text') })
  await left.first().waitFor()
  parts.length = 0
  await speed(20 * MB)
  await choose(['one.mp4', 'two.mp4'])
  for (const name of ['one.mp4', 'two.mp4']) await says(name, 'upload.phase.done')
  assert.deepEqual(parts.filter((p) => done.has(p)), [], 'parts that were there are sent again')
  await list.getByRole('button', { name: t('uploads.close') }).click()
  await list.waitFor({ state: 'hidden' })
  const row = (name) => page.getByRole('row').filter({ hasText: name })
  for (const name of Object.keys(files)) await row(name).getByText(t('video.state.ready'), { exact: true }).waitFor(patient)

  log('  the same file a second time; another one that only begins and ends alike')
  await choose(['three.mp4'])
  await says('three.mp4', 'upload.phase.same')
  await look('the same file')
  await press('three.mp4', 'upload.use')
  await says('three.mp4', 'upload.phase.reused')
  await press('three.mp4', 'upload.clear')
  const alike = readFileSync(files['two.mp4'])
  alike[10 * MB] ^= 1
  files['alike.mp4'] = join(dir, 'alike.mp4')
  writeFileSync(files['alike.mp4'], alike)
  await choose(['alike.mp4'])
  await says('alike.mp4', 'upload.phase.done')
  assert.equal(await line('alike.mp4').getByText(t('upload.phase.reused')).count(), 0, 'another file is taken for the same')
  await press('alike.mp4', 'upload.clear')

  log('  by keyboard alone: pause, go on, cancel')
  files['four.mp4'] = film(dir, 'four.mp4', 40)
  await speed(2 * MB)
  await choose(['four.mp4'])
  await says('four.mp4', 'upload.phase.sending')
  const reach = async (words) => {
    for (let i = 0; i < 60; i++) {
      if ((await page.evaluate(() => document.activeElement?.textContent ?? '')) === words) return
      await page.keyboard.press('Tab')
    }
    throw new Error(`no way by Tab to ${words}`)
  }
  await page.getByRole('heading', { level: 1 }).focus()
  await reach(`${t('upload.pause')}: four.mp4`)
  await page.keyboard.press('Enter')
  await says('four.mp4', 'upload.phase.paused')
  await page.getByRole('heading', { level: 1 }).focus()
  await reach(`${t('upload.resume')}: four.mp4`)
  await page.keyboard.press('Enter')
  await says('four.mp4', 'upload.phase.sending')
  await page.getByRole('heading', { level: 1 }).focus()
  await reach(`${t('upload.cancel')}: four.mp4`)
  await page.keyboard.press('Enter')
  await list.waitFor({ state: 'hidden' })
  await speed(-1)

  log('  a file from an address, which the server fetches')
  await fetchFilm(page, film(dir, 'from elsewhere.mp4', 12), look)
  await row('from elsewhere.mp4').getByText(t('video.state.ready'), { exact: true }).waitFor(patient)

  log('  another file for the video of a published lesson')
  await replaceFilm(world, author, { file: film(dir, 'better.mp4', 1, 5), slow: () => speed(MB / 8), fast: () => speed(-1), look })
  await page.goto('/author/videos')

  log('  the operator gives a town room, and holds the line')
  await holdTheLine(world, files, { page, choose, says, press })
  const { items } = await author.api('GET', '/videos')
  for (const v of items.filter((v) => /^(one|two|three|alike|from elsewhere|five)\.mp4$/.test(v.name))) await author.api('DELETE', `/videos/${v.id}`)
  assert.deepEqual(faults, [])
  assert.deepEqual(author.complaints, [])
  assert.deepEqual(author.strangers, [])
  await context.close()
}

/** Loads a page anew until what is asked is there; what it shows at the last look decides. */
async function lookAgain(page, asked) {
  for (const end = Date.now() + patient.timeout; ;) {
    await page.reload()
    try {
      return await asked()
    } catch (fault) {
      if (fault.name !== 'TimeoutError' || Date.now() > end) throw fault
    }
  }
}

/** A learner has the lesson open while its film is replaced: she sees the old one to its end, and the new one afterwards. */
async function replaceFilm(world, author, { file, slow, fast, look }) {
  const { page, api } = author
  const video = (await api('GET', '/videos')).items.find((v) => v.name === 'three.mp4').id
  await api('PUT', `/videos/${video}/access`, { lang: 'en', noSpeech: true, undescribed: 'A test picture.' })
  const { id: course } = await api('POST', '/courses', { title: { en: 'A film that gets better' }, languages: ['en'] })
  await api('PATCH', `/courses/${course}`, { summary: { en: 'Two seconds, then five.' }, minutes: 1 })
  const { modules } = await api('POST', `/courses/${course}/modules`, { title: { en: 'One' } })
  const { id: lesson } = await api('POST', `/courses/${course}/modules/${modules[0].id}/lessons`, { kind: 'video', title: { en: 'The film' } })
  await api('PUT', `/courses/${course}/lessons/${lesson}`, { title: { en: 'The film' }, video })
  await api('POST', `/courses/${course}/publish`, { note: 'first' })

  const { page: seat, context, complaints, api: learn } = await world.enter('graduate')
  const { id: enrolment } = await learn('POST', '/enrolments', { course })
  const length = async (seconds, limit = patient) => seat.waitForFunction((n) => Math.round(document.querySelector('video')?.duration ?? 0) === n, seconds, limit)
  await seat.goto(`/learn/${enrolment}/${lesson}`)
  await length(2)

  await page.goto(`/author/${course}/lessons/${lesson}`)
  await slow()
  await page.getByRole('button', { name: t('upload.replace'), exact: true }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByText(t('replace.same.plays')).waitFor()
  await look('another file')
  await dialog.getByLabel(t('replace.same.choose')).setInputFiles(file)
  await page.getByText('better.mp4').first().waitFor(patient)
  await seat.reload()
  await length(2) // while the other one is on its way
  page.once('dialog', (d) => void d.accept())
  await page.reload() // in the middle of it
  await page.getByText(/better\.mp4 .* is to take the place of this file/).waitFor(patient)
  await look('another file, interrupted')
  await fast()
  await page.getByLabel(t('upload.same', { name: 'better.mp4' })).setInputFiles(file)
  await page.getByText('better.mp4', { exact: true }).first().waitFor(patient)
  await page.getByText(t('video.state.ready'), { exact: true }).first().waitFor(patient)
  await lookAgain(seat, () => length(5, { timeout: 5000 })) // the page may have shown the old film's state
  assert.deepEqual(complaints, [])
  await context.close()
}

async function fetchFilm(page, file, look) {
  const server = createServer((request, response) => {
    const from = Number(/bytes=(\d+)-/.exec(request.headers.range ?? '')?.[1] ?? 0)
    const { size } = statSync(file)
    response.writeHead(206, { 'Content-Range': `bytes ${from}-${size - 1}/${size}`, 'Content-Length': size - from, ETag: '"film"' })
    response.end(readFileSync(file).subarray(from))
  })
  await new Promise((resolve) => server.listen(0, '127.0.0.1', resolve))
  await page.getByText(t('import.title')).click()
  await page.getByLabel(t('import.address')).fill('https://192.168.1.1/film.mp4')
  await page.getByRole('button', { name: t('import.do') }).click()
  await page.getByText(t('errors.video.import_private')).waitFor()
  await look('an address that is refused')
  await page.getByLabel(t('import.address')).fill(`http://127.0.0.1:${server.address().port}/from%20elsewhere.mp4`)
  await page.getByRole('button', { name: t('import.do') }).click()
  await page.getByRole('status').filter({ hasText: t('import.begun', { name: 'from elsewhere.mp4' }) }).waitFor()
  await page.getByRole('row').filter({ hasText: 'from elsewhere.mp4' }).getByText(/being prepared|waiting to be prepared|ready/).first().waitFor(patient)
  server.closeAllConnections()
  server.close()
}

async function holdTheLine(world, files, { page, choose, says, press }) {
  const { page: op, context, complaints } = await world.enter('operator')
  await op.goto('/operator/videos')
  const room = op.getByRole('region', { name: t('rooms.title') }).getByRole('listitem').filter({ hasText: 'Castelverde' })
  const limit = async (words) => {
    await room.getByRole('button', { name: new RegExp(t('rooms.set')) }).click()
    await op.getByLabel(t('rooms.limit')).fill(words)
    await op.getByRole('button', { name: t('action.save') }).click()
    await op.getByRole('dialog').waitFor({ state: 'hidden' })
  }
  await limit('0.12')
  await room.getByText(/of 120 MB/).waitFor()
  await page.reload()
  await page.getByText(/of 120 MB/).waitFor()
  files['large.mp4'] = join(files['one.mp4'], '..', 'large.mp4')
  writeFileSync(files['large.mp4'], Buffer.alloc(100 * MB, 'l'))
  await choose(['large.mp4'])
  await page.getByText(/Your town has room for 120 MB of video files, of which .* are left; this file has 105 MB/).waitFor()
  await press('large.mp4', 'upload.cancel')
  await limit('')
  await op.getByRole('button', { name: t('films.line.pause') }).click()
  await op.getByText(t('films.line.paused')).waitFor()
  files['five.mp4'] = film(join(files['one.mp4'], '..'), 'five.mp4', 1)
  await choose(['five.mp4'])
  await says('five.mp4', 'upload.phase.done')
  const job = op.getByRole('listitem').filter({ hasText: 'five.mp4' })
  await job.getByText(t('video.state.uploaded')).waitFor(patient)
  await job.getByRole('button', { name: named('films.cancel', 'five.mp4') }).click()
  await op.getByRole('dialog').getByRole('button', { name: t('films.cancel'), exact: true }).click()
  const row = page.getByRole('row').filter({ hasText: 'five.mp4' })
  await row.getByText(t('video.state.failed'), { exact: true }).waitFor(patient)
  await job.getByRole('button', { name: named('action.retry', 'five.mp4') }).click()
  await op.getByRole('button', { name: t('films.line.resume') }).click()
  await row.getByText(t('video.state.ready'), { exact: true }).waitFor(patient) // though nobody told the author's page
  assert.deepEqual(await checkAccess(op, 'the line'), [])
  assert.deepEqual(complaints, [])
  await context.close()
}
