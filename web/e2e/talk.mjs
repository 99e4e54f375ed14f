// A learner asks in her cohort, by keyboard, and mentions a colleague; who leads answers, what is new, an accepted answer, a
// report, and what happens to a hidden post.
import assert from 'node:assert/strict'

export async function talkInCohort(world, { log = console.log } = {}) {
  const [sara, elena] = await Promise.all(['graduate', 'facilitator'].map((who) => world.enter(who)))
  const bootcamp = (await elena.api('GET', '/bootcamps')).items[0].id
  const cohort = (await elena.api('GET', `/bootcamps/${bootcamp}`)).cohorts[0].id
  const base = `/bootcamps/${bootcamp}/cohorts/${cohort}/discussion`
  const place = `cohort.${bootcamp}.${cohort}`

  log('  a question with a mention, by keyboard')
  const here = (await sara.api('GET', `/discussions/${place}/people?q=te`)).items
  assert.equal(here[0]?.name, 'Teresa Bellini')
  const { page } = sara
  await page.goto(base)
  await page.getByRole('button', { name: 'Begin a thread' }).focus()
  await page.keyboard.press('Enter')
  await page.keyboard.type('Which chair?')
  const words = page.getByLabel('Your words')
  await words.focus()
  await page.keyboard.type('I ask @Ter')
  await page.getByRole('option', { name: /Teresa Bellini/ }).waitFor()
  assert.ok(await words.getAttribute('aria-activedescendant'))
  await page.keyboard.press('Enter')
  await page.keyboard.type('and everybody: **which** chair is low enough? <script>alert(1)</script>')
  assert.match(await words.inputValue(), /^I ask @Teresa Bellini and everybody/)
  await page.getByRole('dialog').getByLabel('Language of the post').selectOption('it')
  await page.getByRole('button', { name: 'Begin', exact: true }).focus()
  await page.keyboard.press('Enter')
  const first = page.getByRole('article', { name: /^Post 1/ })
  await first.getByText('@Teresa Bellini').waitFor()
  assert.equal(await first.locator('.prose').getAttribute('lang'), 'it')
  assert.equal(await first.locator('script').count(), 0)

  log('  it is new to who leads; she answers, and the answer is accepted')
  const hers = elena.page
  await hers.goto(base)
  await hers.getByRole('link', { name: 'Which chair?' }).waitFor()
  await hers.getByText('1 new', { exact: true }).first().waitFor()
  await hers.getByRole('link', { name: 'Which chair?' }).click()
  await hers.getByLabel('Your words').fill('The blue one.')
  await hers.getByRole('button', { name: 'Send' }).click()
  await hers.getByRole('article', { name: /^Post 2/ }).getByText('The blue one.').waitFor()
  await page.reload()
  await page.getByRole('button', { name: /^More about post 2/ }).click()
  await page.getByRole('button', { name: 'This is the answer' }).click()
  await page.getByText('Accepted answer').waitFor()

  log('  a report is decided, and a hidden post says why to who wrote it')
  await sara.api('POST', `/discussions/${place}/threads/${page.url().split('/').at(-1)}/posts`, { key: 'rude', words: 'Nonsense.', language: 'en' })
  await hers.reload()
  await hers.getByRole('button', { name: /^More about post 3/ }).click()
  await hers.getByRole('button', { name: 'Hide', exact: true }).click()
  await hers.getByLabel('Why do you hide it?').fill('We speak kindly here.')
  await hers.getByRole('dialog').getByRole('button', { name: 'Hide', exact: true }).click()
  await page.reload()
  await page.getByText('A facilitator has hidden this post: We speak kindly here.').waitFor()

  log('  a post is changed, with a file beside the next one, and reported')
  await page.getByRole('button', { name: /^More about post 1/ }).click()
  await page.getByRole('button', { name: 'Change', exact: true }).click()
  const change = page.getByRole('dialog')
  await change.getByLabel('Your words').fill('Which chair is low enough for everybody?')
  await change.getByRole('button', { name: 'Save' }).click()
  await change.waitFor({ state: 'hidden' }) // its field says the same
  await first.getByText('Which chair is low enough for everybody?').waitFor()
  await first.getByText(/^Changed/).waitFor()
  await page.locator('input[type=file]').setInputFiles({ name: 'chairs.txt', mimeType: 'text/plain', buffer: Buffer.from('blue, green') })
  await page.getByText('chairs.txt').waitFor()
  await page.getByLabel('Your words').fill('Here is the list.')
  await page.getByRole('button', { name: 'Send' }).click()
  await page.getByRole('article', { name: /^Post 4/ }).getByRole('link', { name: 'chairs.txt' }).waitFor()
  await page.getByRole('button', { name: /^More about post 2/ }).click()
  await page.getByRole('button', { name: 'Report', exact: true }).click()
  await page.getByRole('dialog').getByRole('button', { name: 'Report', exact: true }).click()
  await page.getByRole('dialog').waitFor({ state: 'detached' })

  log('  a draft is made of what was said; it is published when who said it agrees')
  await hers.reload()
  await hers.getByRole('button', { name: /^More about post 1/ }).click()
  await hers.getByRole('button', { name: 'Make a draft of it' }).click()
  await hers.getByRole('button', { name: 'Make the draft' }).click()
  await hers.getByText(/By letter is asked/).waitFor()
  await hers.getByRole('link', { name: 'Open the draft' }).click()
  await hers.getByText('has not answered yet').waitFor()
  const operator = await world.enter('operator')
  const letter = (await operator.api('GET', '/letters?limit=50')).items.find((m) => m.subject === 'May we use your words?' || m.kind === 'credit_asked_practice')
  const { text } = await operator.api('GET', `/letters/${letter.id}`)
  await page.goto(new URL(text.match(/https?:\S+\/practices\/credits\/\S+/)[0]).pathname)
  await page.getByText('Which chair is low enough for everybody?').waitFor()
  await page.getByRole('button', { name: 'Yes, with my name' }).click()
  await page.getByText('You have agreed, with your name.').waitFor()
  await hers.reload()
  await hers.getByText('agrees', { exact: true }).waitFor()

  log('  from a lesson to what her cohort says about it')
  const done = (await sara.api('GET', '/enrolments?state=complete')).items[0].id
  const lesson = (await sara.api('GET', `/enrolments/${done}`)).modules.flatMap((m) => m.lessons).find((l) => l.kind === 'text').id
  await page.goto(`/learn/${done}/${lesson}`)
  const way = page.getByRole('region', { name: 'Talk about this lesson' })
  await way.getByRole('link').first().click()
  await page.waitForURL((url) => url.searchParams.get('about') === `lesson.${lesson}`)
  for (const p of [sara, elena, operator]) await p.context.close()
}
