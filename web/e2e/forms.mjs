// What is written in the forms of bootcamps, cohorts, sessions, notices, courses and programmes, beside a translation and in the
// live room waits in the writer's browser; a colleague's save is not overwritten unseen.
import assert from 'node:assert/strict'
import { checkAccess } from './browser.mjs'
import { wordsOf } from './world.mjs'

const t = wordsOf('en')
const mine = 'Written in a hurry'

const press = (at, name) => at.getByRole('button', { name, exact: true }).first().click()
const stands = async (at) => {
  await at.getByRole('heading', { level: 1 }).first().waitFor()
  await at.waitForFunction(() => !document.querySelector('.skeleton'))
}
/** The window is looked at again. */
const lookAgain = (at) => at.evaluate(() => document.dispatchEvent(new window.Event('visibilitychange')))
const waiting = (at) => at.evaluate(() => Object.keys(window.localStorage).filter((x) => x.startsWith('palestra.unsaved.')))

export async function fillForms(world, { log = console.log } = {}) {
  const faults = []
  const [luca, elena] = await Promise.all(['author', 'facilitator'].map((who) => world.enter(who)))
  const camp = (await elena.api('GET', '/bootcamps')).items[0].id
  const cohort = (await elena.api('GET', `/bootcamps/${camp}`)).cohorts[0].id
  const meeting = (await elena.api('GET', `/bootcamps/${camp}/cohorts/${cohort}/sessions`)).items[0].id
  const own = await elena.api('POST', `/bootcamps/${camp}/cohorts`, { name: 'Spring', language: 'en', joining: 'approval', seats: 5 })
  const day = new Date(Date.now() + 30 * 86_400_000).toISOString().slice(0, 10)
  const notice = await luca.api('POST', '/postings', { kind: 'event', language: 'en', title: 'Open day', words: 'Come and look.', territory: '', begins: `${day}T10:00`, until: day, link: 'https://castelverde.example/', relay: false })
  const course = (await luca.api('POST', '/courses', { title: { en: 'Signs' }, languages: ['en', 'de', 'it'] })).id
  const { modules } = await luca.api('POST', `/courses/${course}/modules`, { title: { en: 'High signs' } })
  const programme = (await luca.api('POST', '/programmes', { title: { en: 'Streets' }, languages: ['en'] })).id
  const wanda = await world.freshTown({ slug: 'waldheim', name: 'Gemeinde Waldheim', email: 'wanda@waldheim.example' })
  const { content } = await luca.api('GET', `/practices/${(await luca.api('GET', '/practices?limit=50')).items[0].id}`)
  const { id: card } = await wanda.api('POST', '/practices', { content: { ...content, languages: ['en'], title: { en: 'A bench that tells stories' }, files: [] } })
  await wanda.api('POST', `/practices/${card}/versions`, {})
  await wanda.context.close()
  const putUp = async (title) => {
    const headers = { 'X-Requested-With': 'palestra', 'If-Match': `"${notice.edition}"` }
    assert.ok((await luca.context.request.put(`/api/v1/postings/${notice.id}`, { data: { ...notice.content, title }, headers })).ok())
  }
  const more = (name) => async (p) => {
    await press(p, t('camp.more'))
    await press(p, t(name))
  }

  log('  what is begun in a form is there again after the page was closed, and a colleague is not overwritten')
  for (const { who, at, open, label, store } of [
    { who: elena, at: `/bootcamps/${camp}`, open: more('camp.edit'), label: 'camp.name', store: (title) => elena.api('PATCH', `/bootcamps/${camp}`, { title: { en: title } }) },
    { who: elena, at: `/bootcamps/${camp}/cohorts/${own.id}`, open: more('cohort.edit'), label: 'cohort.name', store: (name) => elena.api('PATCH', `/bootcamps/${camp}/cohorts/${own.id}`, { name }) },
    { who: elena, at: `/bootcamps/${camp}/sessions/${meeting}`, open: (p) => press(p, t('meet.edit')), label: 'meet.name', store: (title) => elena.api('PATCH', `/bootcamps/${camp}/sessions/${meeting}`, { title }) },
    { who: luca, at: `/board/${notice.id}/edit`, label: 'wiki.page.title', store: putUp },
    { who: luca, at: `/author/${course}`, label: 'author.name', store: (en) => luca.api('PATCH', `/courses/${course}`, { title: { en } }) },
    { who: luca, at: `/author/programmes/${programme}`, label: 'programmes.name', store: (en) => luca.api('PATCH', `/programmes/${programme}`, { title: { en } }) },
  ]) {
    const { page } = who
    const field = page.getByLabel(t(label), { exact: true })
    const show = async () => {
      await page.goto(at)
      await stands(page)
      await open?.(page)
      await field.waitFor()
    }
    await show()
    await field.fill(mine)
    await page.reload()
    await show()
    assert.equal(await field.inputValue(), mine, `${at}: also after the page was closed`)
    await page.getByRole('button', { name: t('unsaved.drop') }).waitFor()
    faults.push(...(await checkAccess(page, `${at}: words that waited`)))

    await store('By a colleague')
    await press(page, t('action.save'))
    await page.getByText(t('unsaved.stale')).waitFor()
    assert.equal(await field.inputValue(), mine, `${at}: a colleague was quicker`)
    faults.push(...(await checkAccess(page, `${at}: a colleague was quicker`)))
    await press(page, t('unsaved.mine'))
    await page.getByText(t('unsaved.stale')).waitFor({ state: 'detached' })
    await press(page, t('action.save'))
    await page.waitForFunction(() => !Object.keys(window.localStorage).some((x) => x.startsWith('palestra.unsaved.')))
    await show()
    assert.equal(await field.inputValue(), mine)
    assert.equal(await page.getByRole('button', { name: t('unsaved.drop') }).count(), 0, `${at}: what is saved does not wait`)
  }

  log('  also what is new, and dialogs that were closed; what is dropped is gone')
  for (const { who, at, begin, label } of [
    { who: elena, at: '/bootcamps', begin: 'camp.new', label: 'camp.name' },
    { who: elena, at: `/bootcamps/${camp}`, begin: 'cohort.new', label: 'cohort.name' },
    { who: elena, at: `/bootcamps/${camp}/cohorts/${cohort}`, begin: 'meet.new', label: 'meet.name' },
    { who: luca, at: '/board/new', label: 'wiki.page.title' },
    { who: luca, at: '/author', begin: 'author.new', label: 'author.name' },
    { who: luca, at: '/author/programmes', begin: 'programmes.new', label: 'programmes.name' },
    // Fields that nobody binds.
    { who: luca, at: `/author/${course}`, label: 'author.module.name' },
    { who: luca, at: `/practices/${card}`, begin: 'practice.ask', label: 'practice.ask.words' },
    { who: luca, at: `/practices/${card}`, begin: 'practice.review', label: 'practice.review.words' },
    { who: luca, at: '/directory/own/expert', label: 'directory.about' },
    { who: elena, at: `/bootcamps/${camp}/figures`, begin: 'fig.visit.new', label: 'fig.note' },
    { who: elena, at: `/bootcamps/${camp}/figures`, begin: 'fig.output.new', label: 'fig.output.title' },
    { who: elena, at: `/bootcamps/${camp}/sessions/${meeting}/room?rehearsal=true`, begin: 'room.polls.new', label: 'room.poll.text' },
  ]) {
    const { page } = who
    const field = page.getByLabel(t(label), { exact: true })
    const show = async () => {
      await page.goto(at)
      await stands(page)
      if (begin) await press(page, t(begin))
      await field.waitFor()
    }
    await show()
    await field.fill(mine)
    if (begin) {
      await page.keyboard.press('Escape')
      await page.getByRole('dialog').waitFor({ state: 'detached' })
      await page.getByRole('status').filter({ hasText: t('unsaved.kept') }).waitFor()
    }
    await show()
    assert.equal(await field.inputValue(), mine, `${at}: closed`)
    await press(page, t('unsaved.drop'))
    assert.deepEqual([await field.inputValue(), await waiting(page)], ['', []], `${at}: dropped`)
  }

  log('  a review is begun, found again as it was, and sent: it waits no longer')
  const dialog = luca.page.getByRole('dialog')
  const review = async () => {
    await luca.page.goto(`/practices/${card}`)
    await stands(luca.page)
    await press(luca.page, t('practice.review'))
    await dialog.waitFor()
  }
  const reasons = 'The bench stands, and people sit on it and listen.'
  await review()
  for (const mark of await dialog.getByRole('radio', { name: t('practice.rubric.mark.3') }).all()) await mark.check()
  await dialog.getByLabel(t('practice.review.words'), { exact: true }).fill(reasons)
  await dialog.getByRole('radio', { name: t('practice.review.hesitates') }).check()
  await review()
  assert.equal(await dialog.getByRole('radio', { checked: true }).count(), (await dialog.locator('.rubric').count()) + 1)
  faults.push(...(await checkAccess(luca.page, 'a review that waited')))
  await press(dialog, t('practice.review.send'))
  await dialog.waitFor({ state: 'detached' })
  const [said] = (await luca.api('GET', `/practices/${card}/reviews`)).items
  assert.deepEqual([said.words, said.recommends, await waiting(luca.page)], [reasons, false, []])

  log('  an output that is a practice is found again with its card')
  const output = elena.page.getByRole('dialog')
  const enter = async () => {
    await elena.page.goto(`/bootcamps/${camp}/figures`)
    await stands(elena.page)
    await press(elena.page, t('fig.output.new'))
    await output.getByLabel(t('fig.output.title')).waitFor()
  }
  await enter()
  await output.getByLabel(t('fig.part.kind'), { exact: true }).selectOption('practice')
  await output.getByLabel(t('fig.output.card.search')).fill('bench')
  await output.getByRole('button', { name: 'A bench that tells stories' }).click()
  await output.getByLabel(t('fig.output.title')).fill(mine)
  await enter()
  await output.getByText('A bench that tells stories').waitFor()
  assert.deepEqual([await output.getByLabel(t('fig.output.title')).inputValue(), await output.locator('[name=practice]').inputValue()], [mine, card])
  await press(output, t('unsaved.drop'))
  assert.deepEqual([await output.locator('[name=practice]').inputValue(), await waiting(elena.page)], ['', []])

  log('  a translation waits; who translates into another language is not in its way')
  const { page } = luca
  const module = page.getByLabel(new RegExp(`^${t('translate.module', { number: 1 })}`))
  const title = page.getByLabel(new RegExp(`^${t('author.name')}`))
  const into = page.getByLabel(t('translate.into'), { exact: true })
  const rename = (words) => luca.api('PATCH', `/courses/${course}/modules/${modules[0].id}`, { title: { en: 'High signs', ...words } })
  await page.goto(`/author/${course}/translate`)
  await module.fill('Hohe Schilder')
  await title.fill('Schilder')
  await into.selectOption('it')
  await title.fill('Cartelli')
  await page.reload()
  assert.equal(await module.inputValue(), 'Hohe Schilder')
  await page.getByRole('button', { name: t('unsaved.drop') }).waitFor()
  faults.push(...(await checkAccess(page, 'a translation that waited')))
  await rename({ it: 'Cartelli alti' })
  // Italian is not in the way of German, and neither is who adds a module while the texts are stored one by one and she goes on.
  const meanwhile = async (route) => {
    await luca.api('POST', `/courses/${course}/modules`, { title: { en: 'Low signs' } })
    await route.continue()
  }
  await page.route(/\/courses\/[^/]+\/modules\//, meanwhile, { times: 1 })
  await press(page, t('action.save'))
  await page.getByRole('link', { name: mine, exact: true }).click()
  await page.waitForFunction(() => !Object.keys(window.localStorage).some((x) => x.startsWith('palestra.unsaved.')))
  await page.goBack()
  const now = await luca.api('GET', `/courses/${course}`)
  assert.deepEqual([now.title.de, now.title.it, now.modules[0].title], ['Schilder', 'Cartelli', { en: 'High signs', de: 'Hohe Schilder', it: 'Cartelli alti' }])
  await module.fill('Sehr hohe Schilder')
  await rename({ de: 'Obere Schilder', it: 'Cartelli alti' })
  await lookAgain(page)
  await press(page, t('action.save'))
  await page.getByText(t('unsaved.stale')).waitFor()
  assert.equal(await module.inputValue(), 'Sehr hohe Schilder')
  await press(page, t('unsaved.theirs'))
  assert.deepEqual([await module.inputValue(), await waiting(page)], ['Obere Schilder', []])

  log('  a message in a live room waits until it is sent')
  const room = elena.page
  const says = room.getByLabel(t('room.say'), { exact: true })
  await room.goto(`/bootcamps/${camp}/sessions/${meeting}/room?rehearsal=true`)
  await says.fill('Which chair?')
  await room.reload()
  await says.waitFor()
  assert.equal(await says.inputValue(), 'Which chair?')
  await room.getByRole('button', { name: t('unsaved.drop') }).waitFor()
  faults.push(...(await checkAccess(room, 'a message that waited')))
  await says.press('Enter')
  await room.locator('.messages').getByText('Which chair?').waitFor()
  assert.deepEqual([await says.inputValue(), await waiting(room)], ['', []], 'what is sent does not wait')
  assert.equal(await room.getByRole('button', { name: t('unsaved.drop') }).count(), 0)

  assert.deepEqual(faults, [])
  for (const p of [luca, elena]) {
    assert.deepEqual([p.strangers, p.complaints.filter((x) => /React|Maximum/.test(x))], [[], []])
    await p.context.close()
  }
}
