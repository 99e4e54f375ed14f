// What changes a whole record store, seen through to its end: an archive imported over a line that breaks, on another day; a
// rule's list looked at and carried out; and a way to a second Palestra that is not there, then refuses, then takes what it
// had refused. Runs over the small demonstration, after everything that only looks at it.
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { binary, freePort, startServer } from './server.mjs'
import { wordsOf } from './world.mjs'

const t = wordsOf('en')
const patient = { timeout: 90_000 }

export async function keepRecords(world, { log = console.log } = {}) {
  const administrator = await world.enter('administrator')
  const { page } = administrator
  log('  an archive imported over a line that breaks')
  await importArchive(world, await administrator.context.request.get('/api/v1/record-exports/archive').then((r) => r.body()))
  log('  a way to another store: trouble, refusals, tried again')
  await passOn(administrator)
  log('  a rule: what it would remove, and the removal')
  await removeByRule(administrator, page)
  assert.deepEqual(administrator.complaints, [])
  await administrator.context.close()
}

async function importArchive(world, archive) {
  const town = await world.freshTown({ slug: 'altstadt', name: 'Gemeinde Altstadt', email: 'nina@altstadt.example' })
  const { page } = town
  const file = (name, buffer) => ({ name, mimeType: 'application/x-tar', buffer })
  await page.goto('/store/transfer')
  await page.route('**/record-imports/*/parts/*', (r) => r.abort())
  await page.getByLabel(t('transfer.file'), { exact: true }).setInputFiles(file('store.tar', archive))
  await page.getByRole('button', { name: t('transfer.import.do') }).click()
  await page.getByText(t('upload.phase.waiting')).waitFor()
  await page.getByRole('button', { name: t('upload.pause') }).click()
  await page.getByText(t('upload.phase.paused')).waitFor()
  // Another day: only the list knows of it, and another file is not taken for it.
  await page.unrouteAll()
  await page.reload()
  const again = page.getByLabel(t('upload.same', { name: 'store.tar' }))
  await again.setInputFiles(file('holiday.tar', Buffer.from('none')))
  await page.getByText(t('upload.other', { other: 'holiday.tar', name: 'store.tar' })).waitFor()
  await again.setInputFiles(file('store.tar', archive))
  const line = page.getByRole('listitem').filter({ hasText: 'store.tar' })
  await line.getByText(t('transfer.state.done'), { exact: true }).waitFor(patient)
  assert.match(await line.textContent(), /[1-9]\d* stored/)
  // Where a statement came from is told to who reads it.
  await page.goto('/hr/statements')
  await page.locator('.statements a').first().click()
  await page.getByRole('heading', { name: t('stmt.origin') }).waitFor()
  await page.getByText('store.tar').waitFor()
  await town.context.close()
}

/** A second installation with a town whose store takes no long statements. */
async function secondPalestra() {
  const dir = mkdtempSync(join(tmpdir(), 'palestra-second-'))
  const port = await freePort()
  const env = { ...process.env, PALESTRA_ADDR: `127.0.0.1:${port}`, PALESTRA_DATA: join(dir, 'data'), PALESTRA_KEYS: join(dir, 'keys') }
  for (const name of ['PALESTRA_MONGODB_URI', 'PALESTRA_REDIS_URL', 'PALESTRA_S3_ENDPOINT']) delete env[name]
  execFileSync(binary, ['admin', 'organisation', 'create', 'region'], { env })
  const [key, secret] = execFileSync(binary, ['admin', 'lrs-credential', '--organisation', 'region', '--scope', 'all', '--version', '2.0.0'], { env, encoding: 'utf8' }).trim().split(/\s+/)
  return { key, secret, url: `http://127.0.0.1:${port}/xapi`, start: (limits) => startServer({ dir, port, env: limits }) }
}

async function passOn({ page }) {
  const second = await secondPalestra()
  await page.goto('/store/flows')
  await page.getByRole('button', { name: t('flow.new') }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('flow.name')).fill('Second')
  await dialog.getByLabel(t('flow.endpoint')).fill(second.url)
  await dialog.getByLabel(t('flow.key')).fill(second.key)
  await dialog.getByLabel(t('flow.secret'), { exact: true }).fill(second.secret)
  await dialog.getByRole('button', { name: t('flow.make') }).click()
  const card = page.getByRole('region', { name: 'Second' })
  const press = (key) => card.getByRole('button', { name: new RegExp(`^${t(key)}\\s?: Second$`) }).click()
  // Nobody is there: the card says so, and the test of the connection as well.
  await card.getByText(/tried again; nothing is lost/).waitFor(patient)
  await press('flow.try')
  await card.getByText(t('flow.try.none')).waitFor()
  // It takes short statements only: the rest is refused, and listed with its reason.
  let server = await second.start({ PALESTRA_LRS_MAX_STATEMENT: '3000' })
  await press('flow.try')
  await card.getByText(/It speaks xAPI/).waitFor()
  await press('flow.run')
  await card.getByRole('button', { name: /refused statement/ }).waitFor(patient)
  // Now it takes them: one is tried again by itself.
  await server.kill()
  server = await second.start({})
  await card.getByRole('button', { name: /refused statement/ }).click()
  await page.getByRole('dialog').getByRole('listitem').first().waitFor() // what was refused is listed
  await page.getByRole('dialog').getByRole('button', { name: new RegExp(`^${t('flow.retry.one')}\\s?: `) }).first().click()
  await page.getByRole('status').filter({ hasText: t('flow.retried.one') }).waitFor()
  await page.getByRole('dialog').getByRole('button', { name: t('flow.retry') }).click()
  await card.getByRole('button', { name: /refused statement/ }).waitFor({ state: 'hidden', ...patient })
  await card.getByText(t('flow.state.current'), { exact: true }).waitFor(patient)
  await press('action.remove')
  await page.getByRole('button', { name: t('flow.remove.do') }).click()
  await card.waitFor({ state: 'hidden' })
  await server.kill()
  server.remove()
}

async function removeByRule({ api }, page) {
  // A way that is switched off still has to pass things on: what waits for it stays.
  const { items } = await api('GET', '/record-flows')
  await page.goto('/store/keeping')
  await page.getByRole('button', { name: t('keep.new') }).first().click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel(t('keep.name')).fill('Old openings')
  await dialog.getByLabel(t('keep.days')).fill('1')
  await dialog.getByLabel(t('stmt.verb'), { exact: true }).selectOption(t('stmt.verb.opened'))
  await dialog.getByRole('button', { name: t('keep.make') }).click()
  const list = page.getByRole('button', { name: new RegExp(`^${t('keep.try')}`) })
  const runs = page.getByRole('region', { name: t('keep.runs') })
  const look = runs.getByRole('button', { name: new RegExp(`^${t('keep.look')}`) })
  await list.click()
  await look.first().click(patient)
  await dialog.getByText(t('keep.stays')).click()
  await dialog.getByText(t('held.unsent')).first().waitFor()
  await page.keyboard.press('Escape')
  await runs.getByRole('button', { name: new RegExp(`^${t('keep.discard')}`) }).first().click()
  await look.waitFor({ state: 'hidden', ...patient })
  for (const f of items) await api('DELETE', `/record-flows/${f.id}`)
  await list.click()
  await look.first().click(patient)
  const remove = dialog.getByRole('button', { name: /^Remove .* for good$/ })
  const words = await remove.textContent()
  await remove.click()
  await dialog.getByRole('button', { name: words, exact: true }).click()
  await runs.getByText(/[1-9]\d* removed|one removed/).waitFor(patient)
}
