// A challenge that a team of a cohort takes in hand until it ends, and an actor from outside who asks to be listed: form,
// letter, link, an operator who looks, and the list.
import assert from 'node:assert/strict'

export async function workOnBoard(world, { log = console.log } = {}) {
  const [luca, elena, sara] = await Promise.all(['author', 'facilitator', 'graduate'].map((who) => world.enter(who)))

  log('  a challenge is given to a team, which notes where it stands')
  const content = {
    languages: ['en'], title: { en: 'Nobody reads the signs' }, affected: { en: 'Everybody who comes by bus.' }, problem: { en: 'They hang too high.' }, constraints: [], tried: [{ en: 'Larger letters.' }],
    topics: ['inclusion'], competences: [], labels: [],
  }
  const { id } = await luca.api('POST', '/challenges', { content })
  await luca.api('POST', `/challenges/${id}/publish`)
  const { page } = elena
  await page.goto(`/challenges/${id}`)
  await page.getByRole('button', { name: 'Give it to a team' }).click()
  const dialog = page.getByRole('dialog')
  await dialog.getByLabel('Which bootcamp').selectOption({ index: 1 })
  await dialog.getByRole('checkbox', { name: /^Sara Conti/ }).check()
  await dialog.getByLabel('Name of the team').fill('The low signs')
  await dialog.getByRole('button', { name: 'Take it in hand' }).click()
  await page.getByText('A team has it in hand').first().waitFor()
  const hers = sara.page
  await hers.goto(`/challenges/${id}`)
  await hers.getByLabel('Write a note').fill('We hung one at the height of a child.')
  await hers.getByRole('button', { name: 'Write it' }).click()
  await hers.getByText('We hung one at the height of a child.').waitFor()

  log('  it ends: not solved, and says why')
  await hers.getByRole('button', { name: 'Not solved, because …' }).click()
  await hers.getByRole('dialog').getByLabel('Law or rules').check()
  await hers.getByRole('dialog').getByLabel('Because', { exact: true }).fill('The road authority allows no sign below two metres. Ask them before you print.')
  await hers.getByRole('dialog').getByRole('button', { name: 'Not solved, because …' }).click()
  await hers.getByRole('heading', { name: 'Not solved, because', exact: true }).waitFor()
  await hers.getByText('The road authority allows no sign').last().waitFor()
  assert.equal(await hers.getByLabel('Write a note').count(), 0, 'a team that has ended notes nothing more')
  assert.equal((await luca.api('GET', '/challenges?state=unsolved')).items.some((c) => c.id === id), true)

  log('  somebody from outside asks to be listed: form, letter, link')
  const outside = await world.enter('nobody', { viewport: { width: 320, height: 700 } })
  const form = outside.page
  await form.goto('/directory/join')
  await form.getByLabel('Name').fill('Signs for all')
  await form.getByLabel('Country').selectOption('AT')
  await form.getByLabel('What you do').fill('We make signs that children and people in wheelchairs read.')
  const topics = form.locator('details', { hasText: 'Topics' }).first()
  assert.equal(await topics.getAttribute('open'), null, 'on a phone the topics are folded')
  await topics.locator('summary').first().click()
  await topics.getByRole('checkbox').first().check()
  await form.getByLabel('E-mail address').fill('office@signs.example')
  await form.waitForTimeout(3500) // who is quicker than three seconds is a machine
  await form.getByRole('button', { name: 'Send', exact: true }).click()
  await form.getByText(/^Thank you/).waitFor()
  const operator = await world.enter('operator')
  const link = await world.letter(operator, 'office@signs.example')
  await form.goto(link)
  await form.getByRole('button', { name: 'Open my entry' }).click()
  await form.getByText('Confirmed. An operator looks at it.').waitFor()

  log('  an operator looks, and it is in the list')
  const desk = operator.page
  await desk.goto('/operator/directory')
  const entry = desk.getByRole('listitem').filter({ has: desk.getByRole('heading', { name: 'Signs for all' }) })
  await entry.getByRole('button', { name: 'List it', exact: true }).click()
  await entry.waitFor({ state: 'detached' })
  await hers.goto('/directory')
  await hers.getByRole('searchbox').fill('wheelchairs')
  await hers.keyboard.press('Enter')
  await hers.getByText('Signs for all').first().waitFor()
  assert.equal((await hers.content()).includes('office@signs.example'), false, 'no address is shown')
  for (const p of [luca, elena, sara, outside, operator]) await p.context.close()
}
