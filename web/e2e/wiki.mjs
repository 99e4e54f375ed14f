// Two members of a cohort change a page at once: who comes second sees both texts and puts them together by keyboard; then
// differences, an earlier version restored, and a page that who leads locks.
import assert from 'node:assert/strict'

export async function writeTogether(world, { log = console.log } = {}) {
  const [sara, elena] = await Promise.all(['graduate', 'facilitator'].map((who) => world.enter(who)))
  const bootcamp = (await elena.api('GET', '/bootcamps')).items[0].id
  const cohort = (await elena.api('GET', `/bootcamps/${bootcamp}`)).cohorts[0].id
  const base = `/bootcamps/${bootcamp}/cohorts/${cohort}/wiki`
  const place = `cohort.${bootcamp}.${cohort}`
  const { page } = sara
  const press = async (locator) => {
    await locator.focus()
    await page.keyboard.press('Enter')
  }

  log('  a page that links to one that nobody has written')
  await page.goto(base)
  await press(page.getByRole('link', { name: 'Write a new page' }))
  await page.getByLabel('Title').fill('The chair')
  await page.getByLabel('Text').fill('One chair is low.\n\nAnother is high.\n\nSee [[Where it stands/now?]]. <script>alert(1)</script>')
  await page.getByLabel('Language of the page').selectOption('en')
  await press(page.getByRole('button', { name: 'Save' }))
  await page.getByRole('heading', { level: 1, name: 'The chair' }).waitFor()
  assert.equal(await page.locator('article script').count(), 0)
  const at = page.url()
  await press(page.getByRole('article').getByRole('link', { name: 'Where it stands/now?' }))
  await page.getByText('There is no page called this yet').waitFor()
  await press(page.getByRole('link', { name: 'Write a new page' }))
  assert.equal(await page.getByLabel('Title').inputValue(), 'Where it stands/now?')
  await page.getByLabel('Text').fill('In the hall.')
  await press(page.getByRole('button', { name: 'Save' }))
  await page.getByText('Pages that lead here').waitFor()

  log('  two save at once: both texts, put together by keyboard')
  await page.goto(`${at}/edit`)
  await page.getByLabel('Text').fill('One chair is low and blue.\n\nAnother is high.\n\nSee [[Where it stands/now?]].')
  const id = at.split('/').at(-1)
  const theirs = 'One chair is low.\n\nAnother is high, and it turns.\n\nSee [[Where it stands/now?]]. <script>alert(1)</script>'
  const res = await elena.context.request.put(`/api/v1/wikis/${place}/pages/${id}`, { headers: { 'If-Match': '"1"', 'X-Requested-With': 'palestra' }, data: { title: 'The chair', language: 'en', words: theirs, why: 'It turns' } })
  assert.equal(res.status(), 200)
  await press(page.getByRole('button', { name: 'Save' }))
  await page.getByRole('heading', { name: 'Somebody else has saved this page' }).waitFor()
  assert.equal(await page.evaluate(() => document.activeElement?.id), 'conflict', 'the focus is where it happened')
  assert.equal(await page.getByLabel('The page as it is now').inputValue(), theirs)
  assert.match(await page.getByLabel('Your text').inputValue(), /low and blue/)
  await page.getByText('Another is high, and it turns.').first().waitFor()
  await press(page.getByRole('button', { name: 'Put both together' }))
  await page.getByText('Both texts are in the field now.').waitFor()
  assert.equal(await page.getByLabel('Text').inputValue(), 'One chair is low and blue.\n\nAnother is high, and it turns.\n\nSee [[Where it stands/now?]].')
  await press(page.getByRole('button', { name: 'Save' }))
  await page.getByRole('heading', { level: 1, name: 'The chair' }).waitFor()
  await page.getByText(/^Version 3/).waitFor()

  log('  what differs, and the way back')
  await press(page.getByRole('link', { name: 'History' }))
  await page.getByText('It turns').waitFor()
  await press(page.getByRole('link', { name: /^What this version changed.*3/ }))
  await page.locator('.lines ins', { hasText: 'low and blue' }).waitFor()
  await page.goto(`${at}/history/1`)
  await press(page.getByRole('button', { name: 'Restore this version' }))
  await press(page.getByRole('dialog').getByRole('button', { name: 'Restore this version' }))
  await page.getByText(/^Version 4/).waitFor()
  await page.getByText('Another is high.', { exact: true }).waitFor()

  log('  who leads locks it')
  const hers = elena.page
  await hers.goto(at)
  await hers.getByRole('button', { name: 'More about this page' }).click()
  await hers.getByRole('button', { name: 'Lock' }).click()
  await hers.getByLabel('Why?').fill('Agreed upon.')
  await hers.getByRole('dialog').getByRole('button', { name: 'Lock' }).click()
  await hers.getByText('Only facilitators change this page: Agreed upon.').waitFor()
  await page.reload()
  await page.getByText('Only facilitators change this page: Agreed upon.').waitFor()
  assert.equal(await page.getByRole('link', { name: 'Change the page' }).count(), 0)
  for (const p of [sara, elena]) await p.context.close()
}
