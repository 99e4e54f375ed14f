// A practice card with a picture and a dataset that are kept with it: sent by its author, described, published, and read by
// everybody.
import assert from 'node:assert/strict'
import { checkAccess } from './browser.mjs'
import { picture, wordsOf } from './world.mjs'

const t = wordsOf('en')

export async function showInCard(world, { log = console.log } = {}) {
  const faults = []
  const [luca, ada] = await Promise.all(['author', 'learner'].map((who) => world.enter(who)))
  const model = (await luca.api('GET', '/practices?limit=50')).items.find((p) => p.title.en === 'Letters that people understand the first time').id
  const { content } = await luca.api('GET', `/practices/${model}`)
  const { id } = await luca.api('POST', '/practices', { content: { ...content, languages: ['en'], title: { en: 'A letter on one page' }, files: [] } })

  log('  a card gets a picture and a dataset')
  const { page } = luca
  await page.goto(`/practices/${id}/draft`)
  const add = page.getByLabel(t('practice.file.add'), { exact: true })
  await add.setInputFiles({ name: 'letter.png', mimeType: 'image/png', buffer: picture() })
  await page.getByText('letter.png', { exact: true }).waitFor()
  await add.setInputFiles({ name: 'calls.csv', mimeType: 'text/csv', buffer: Buffer.from('month,calls\n2025-01,412\n') })
  await page.getByText('calls.csv', { exact: true }).waitFor()
  await add.setInputFiles({ name: 'page.svg', mimeType: 'image/svg+xml', buffer: Buffer.from('<svg/>') })
  await page.getByText(t('errors.attachment.kind')).first().waitFor()
  const save = page.getByRole('button', { name: t('action.save'), exact: true })
  await save.click()
  await page.getByText(t('state.saved')).first().waitFor()
  await page.getByRole('link', { name: t('practice.section.files') }).waitFor() // among what is missing
  await page.getByLabel(t('practice.file.alt'), { exact: true }).fill('A letter of one page, with three short paragraphs')
  await save.click()
  await page.getByRole('link', { name: t('practice.section.files') }).waitFor({ state: 'detached' })
  faults.push(...(await checkAccess(page, 'a draft with files')))
  const { edition } = await luca.api('GET', `/practices/${id}/draft`)
  assert.ok(edition > 1)
  await luca.api('POST', `/practices/${id}/versions`, {})

  log('  everybody sees the picture, and takes the dataset along')
  await ada.page.goto(`/practices/${id}`)
  const shown = ada.page.getByRole('img', { name: 'A letter of one page, with three short paragraphs' })
  await shown.scrollIntoViewIfNeeded()
  await ada.page.waitForFunction((img) => img.complete && img.naturalWidth > 0, await shown.elementHandle())
  const [got] = await Promise.all([ada.page.waitForEvent('download'), ada.page.getByRole('link', { name: 'calls.csv' }).click()])
  assert.equal(got.suggestedFilename(), 'calls.csv')
  faults.push(...(await checkAccess(ada.page, 'a card with files')))
  const ld = await (await ada.context.request.get(`/open/practices/${id}.jsonld`)).json()
  assert.equal(ld.image.length, 1)
  assert.deepEqual(faults, [])
  for (const p of [luca, ada]) {
    assert.deepEqual(p.strangers, [], 'no other host is asked')
    await p.context.close()
  }
}
