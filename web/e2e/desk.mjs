// Who leads a cohort without an office in its host town notes a visit to the help-desk and what was made, and puts it right;
// it counts in the host's figures. As a participant she cannot any more.
import assert from 'node:assert/strict'

export async function noteAtDesk(world, { log = console.log } = {}) {
  const [sara, elena] = await Promise.all(['graduate', 'facilitator'].map((who) => world.enter(who)))
  const bootcamp = (await elena.api('GET', '/bootcamps')).items[0].id
  const cohort = (await elena.api('GET', `/bootcamps/${bootcamp}`)).cohorts[0].id
  const { person } = await sara.api('GET', '/session')
  const be = (role) => elena.api('PATCH', `/bootcamps/${bootcamp}/cohorts/${cohort}/members/${person.id}`, { role })
  const count = async (what) => (await elena.api('GET', `/bootcamps/${bootcamp}/figures`)).lines.find((l) => l.what === what && l.by === '')?.count ?? 0
  const [visits, outputs] = [await count('visit'), await count('output')]

  log('  who leads a cohort finds the way by its menu, and notes a visit by keyboard')
  await be('facilitator')
  const { page } = sara
  await page.goto(`/bootcamps/${bootcamp}/cohorts/${cohort}`)
  await page.getByRole('button', { name: 'More actions', exact: true }).click()
  await page.getByRole('button', { name: 'Help-desk and outputs' }).click()
  await page.getByRole('heading', { level: 1, name: 'Help-desk and outputs' }).waitFor()
  await page.getByRole('button', { name: 'Note a visit' }).focus()
  await page.keyboard.press('Enter')
  const dialog = page.getByRole('dialog')
  assert.equal(await dialog.getByLabel('Cohort', { exact: true }).count(), 0, 'it is of this cohort')
  await dialog.getByLabel(/^Note/).fill('A grandfather and his new telephone')
  await dialog.getByRole('button', { name: 'Save' }).focus()
  await page.keyboard.press('Enter')
  await page.getByText('A grandfather and his new telephone', { exact: true }).waitFor()

  log('  what was made is noted, and put right')
  await page.getByRole('button', { name: 'Note an output' }).click()
  await dialog.getByLabel('What it is called').fill('A letter in plain words')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('A letter in plain words', { exact: true }).waitFor()
  await page.getByRole('button', { name: /^Change\s*: A letter in plain words/ }).click()
  await dialog.getByLabel('What it is called').fill('Three letters in plain words')
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByText('Three letters in plain words', { exact: true }).waitFor()
  assert.deepEqual([await count('visit'), await count('output')], [visits + 1, outputs + 1], 'it counts, once')

  log('  a practice that came of it is chosen among those that are published, and its card leads back')
  const [card] = (await sara.api('GET', '/practices?limit=1')).items
  const title = card.title.en ?? Object.values(card.title)[0]
  await page.getByRole('button', { name: 'Note an output' }).click()
  await dialog.getByLabel('Kind').selectOption({ label: 'Practice' })
  await dialog.getByLabel('Which published practice it is').fill(title)
  await dialog.getByRole('button', { name: title, exact: true }).focus()
  await page.keyboard.press('Enter')
  await dialog.getByRole('button', { name: 'Choose another' }).waitFor()
  await dialog.getByRole('button', { name: 'Save' }).click()
  await page.getByRole('link', { name: /^Practice card\s*:/ }).click()
  await page.getByRole('heading', { level: 1, name: title }).waitFor()
  await page.getByRole('link', { name: /^Came of/ }).click()
  await page.waitForURL(`**/bootcamps/${bootcamp}`)
  assert.equal(await count('output'), outputs + 2)
  await page.goto(`/bootcamps/${bootcamp}/cohorts/${cohort}/desk`)

  log('  as a participant she does not')
  await be('participant')
  await page.reload()
  await page.getByText('Only who leads the cohort notes something here.').waitFor()
  assert.equal(await page.getByRole('button', { name: 'Note a visit' }).count(), 0)
  for (const p of [sara, elena]) await p.context.close()
}
