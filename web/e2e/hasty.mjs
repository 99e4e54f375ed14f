// Somebody in a hurry: names of 120 letters without a space, a double click, and the way back before anything was saved.
import assert from 'node:assert/strict'
import { checkAccess } from './browser.mjs'
import { wordsOf } from './world.mjs'

const t = wordsOf('en')
const long = 'Donaudampfschifffahrtselektrizitätenhauptbetriebswerkbauunterbeamtengesellschaft'.repeat(2).slice(0, 120)

export async function useHastily(world, { log = console.log, pictures = process.env.PICTURES } = {}) {
  const faults = []
  const [luca, elena] = await Promise.all(['author', 'facilitator'].map((who) => world.enter(who)))
  const { page } = luca
  const stands = async (at) => {
    await at.getByRole('heading', { level: 1 }).first().waitFor()
    await at.waitForFunction(() => !document.querySelector('.skeleton'))
  }

  log('  a double click begins one thing')
  for (const [at, name] of [['/practices', t('practice.new')], ['/challenges', t('challenge.new')]]) {
    let sent = 0
    const count = (r) => (sent += r.method() === 'POST' && r.url().endsWith(`/api/v1${at}`) ? 1 : 0)
    page.on('request', count)
    await page.goto(at)
    await stands(page)
    await page.getByRole('button', { name, exact: true }).dblclick()
    await page.waitForURL(/\/(draft|edit)$/)
    await stands(page)
    page.off('request', count)
    assert.equal(sent, 1, `${name}: sent ${sent} times`)
  }

  log('  who goes back out of a form finds her words again')
  const before = (await luca.api('GET', '/own-practices?limit=50')).items[0].id
  const other = (await luca.api('GET', '/practices?limit=50')).items.find((p) => p.title.en === 'Letters that people understand the first time').id
  const { content: model } = await luca.api('GET', `/practices/${other}`)
  const { content: posed } = await luca.api('GET', `/challenges/${page.url().split('/').at(-2)}`)
  const challenge = await luca.api('POST', '/challenges', { content: { ...posed, title: { en: 'Which bench?' } } })
  for (const { at, list, store } of [
    { at: `/practices/${before}/draft`, list: '/practices', store: (title) => luca.api('PUT', `/practices/${before}/draft`, { ...model, languages: ['en'], title: { en: title }, files: [] }) },
    { at: `/challenges/${challenge.id}/edit`, list: '/challenges', store: (title) => luca.api('PUT', `/challenges/${challenge.id}`, { ...posed, title: { en: title } }) },
  ]) {
    await page.goto(list)
    await stands(page)
    await page.evaluate((to) => window.history.pushState(null, '', to), at)
    const title = page.getByLabel(t('practice.section.title'), { exact: true })
    await title.fill('Written in a hurry')
    await page.goBack()
    await page.getByRole('status').filter({ hasText: t('unsaved.kept') }).waitFor()
    await page.goForward()
    await stands(page)
    assert.equal(await title.inputValue(), 'Written in a hurry')
    await page.reload()
    await title.waitFor()
    assert.equal(await title.inputValue(), 'Written in a hurry', 'also after the page was closed')
    await page.getByRole('button', { name: t('unsaved.drop') }).waitFor()
    faults.push(...(await checkAccess(page, `${at}: words that waited`)))

    // A colleague saves; the window is looked at again.
    await store('By a colleague')
    await page.evaluate(() => document.dispatchEvent(new window.Event('visibilitychange')))
    await page.getByRole('button', { name: t('action.save'), exact: true }).click()
    await page.getByText(t('unsaved.stale')).waitFor()
    assert.equal(await title.inputValue(), 'Written in a hurry')
    faults.push(...(await checkAccess(page, `${at}: a colleague was quicker`)))
    await page.getByRole('button', { name: t('unsaved.mine') }).click()
    await page.getByText(t('unsaved.stale')).waitFor({ state: 'detached' })
    await page.getByRole('button', { name: t('action.save'), exact: true }).click()
    await page.getByText(t('state.saved'), { exact: true }).first().waitFor()
    await page.getByText(t('unsaved.none')).waitFor()
    await page.goBack()
    await stands(page)
    await page.goForward()
    await stands(page)
    assert.equal(await title.inputValue(), 'Written in a hurry')
    assert.equal(await page.getByRole('button', { name: t('unsaved.drop') }).count(), 0, 'what is saved does not wait')
  }

  log('  names of 120 letters do not scroll sideways')
  const { id } = await luca.api('POST', '/practices', { content: { ...model, languages: ['en'], title: { en: long }, files: [], territory: { ...model.territory, name: long.slice(0, 100) } } })
  await luca.api('POST', `/practices/${id}/versions`, {})
  const stated = (await luca.api('POST', '/challenges', { content: { ...posed, languages: ['en'], title: { en: long } } })).id
  const course = (await luca.api('POST', '/courses', { title: { en: long }, languages: ['en'] })).id
  const camp = (await elena.api('GET', '/bootcamps')).items[0].id
  const cohort = (await elena.api('GET', `/bootcamps/${camp}`)).cohorts[0].id
  const place = `cohort.${camp}.${cohort}`
  const thread = (await elena.api('POST', `/discussions/${place}/threads`, { key: 'long', title: long, words: long, language: 'de' })).id
  const written = (await elena.api('POST', `/wikis/${place}/pages`, { title: long, words: long, language: 'de' })).id
  const of = `/bootcamps/${camp}/cohorts/${cohort}`
  const wide = []
  for (const [who, places] of [
    [luca, ['/', '/practices', '/practices/map', `/practices/${id}`, `/practices/${id}/draft`, `/practices/${id}/compare?with=${other}`, '/challenges', `/challenges/${stated}`, `/challenges/${stated}/edit`, '/author', `/author/${course}`, '/search?q=Donau']],
    [elena, [`${of}/discussion`, `${of}/discussion/${thread}`, `${of}/wiki`, `${of}/wiki/${written}`, `${of}/wiki/${written}/edit`, `${of}/wiki/${written}/history`]],
  ]) {
    for (const at of places) {
      await who.page.goto(at)
      await stands(who.page)
      for (const width of [320, 768, 1440]) {
        await who.page.setViewportSize({ width, height: 700 })
        const over = await who.page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        if (over > 0) wide.push(`${at} at ${width} px: ${over} px`)
        if (pictures) await who.page.screenshot({ path: `${pictures}/${at.replaceAll(/\W+/g, '-').slice(0, 60)}-${width}.png`, fullPage: true })
      }
    }
  }
  faults.push(...(await crowd(world, { camp, cohort, wide, pictures })))
  assert.deepEqual(wide, [], 'nothing scrolls sideways')
  assert.deepEqual(faults, [])
  for (const p of [luca, elena]) {
    assert.deepEqual(p.strangers, [], 'no other host is asked')
    await p.context.close()
  }
}

/** A bootcamp, its cohort, a session and a person with such names: in lists, tables, the live room and over them in dialogs. */
async function crowd(world, { camp, cohort, wide, pictures }) {
  const [elena, sara] = await Promise.all(['facilitator', 'graduate'].map((who) => world.enter(who)))
  const of = `/bootcamps/${camp}`
  const before = await elena.api('GET', of)
  const called = before.cohorts.find((c) => c.id === cohort).name
  const { person } = await sara.api('GET', '/session')
  await sara.api('PATCH', '/me', { name: long })
  await elena.api('PATCH', of, { title: { en: long }, territories: [long] })
  await elena.api('PATCH', `${of}/cohorts/${cohort}`, { name: long })
  const local = new Date().toISOString().slice(0, 16)
  const { id: meeting } = await elena.api('POST', `${of}/cohorts/${cohort}/sessions`, { title: long, mode: 'presence', local, zone: 'UTC', minutes: 60, place: { name: 'Villa Comunale' } })
  await sara.page.goto(`${of}/sessions/${meeting}/room`)
  await sara.page.getByLabel(t('room.say'), { exact: true }).fill(long)
  await sara.page.keyboard.press('Enter')
  await sara.page.getByRole('button', { name: t('room.hands.raise'), exact: true }).click()
  const faults = []
  for (const locale of ['en', 'de']) {
    const say = wordsOf(locale)
    const press = (...names) => async (page) => {
      for (const name of names) await page.getByRole('button', { name: say(name), exact: true }).first().click()
    }
    const about = (name) => (page) => page.locator('tr').filter({ hasText: long }).getByRole('button', { name: say(name) }).click()
    for (const [who, places] of [
      ['facilitator', [
        ['/bootcamps'], [of], [`${of}/cohorts/${cohort}`], [`${of}/sessions/${meeting}`], [`${of}/sessions/${meeting}/attendance`], [`${of}/cohorts/${cohort}/desk`],
        [`${of}/sessions/${meeting}/room`, (page) => page.locator('.queue').getByText(long).first().waitFor({ state: 'attached' })],
        [of, press('camp.more', 'camp.edit')], [`${of}/cohorts/${cohort}`, press('camp.more', 'sheet.copy')], [`${of}/cohorts/${cohort}/desk`, press('fig.visit.new')],
      ]],
      ['graduate', [[of], ['/profile']]],
      ['hr', [['/hr'], ['/hr/people'], ['/hr/assignments']]],
      ['administrator', [['/town'], ['/town', about('action.change')], ['/town', about('erasure.data')]]],
    ]) {
      const { page, context, strangers } = await world.enter(who, { locale, reducedMotion: 'reduce' })
      for (const [at, open] of places) {
        await page.goto(at)
        await page.getByRole('heading', { level: 1 }).first().waitFor()
        await page.waitForFunction(() => !document.querySelector('.skeleton'))
        await open?.(page)
        for (const width of [320, 768, 1440]) {
          await page.setViewportSize({ width, height: 700 })
          const over = await page.evaluate(() => [document.documentElement, ...document.querySelectorAll('dialog[open], .card')].filter((x) => x.scrollWidth > x.clientWidth + 1).map((x) => `${x.tagName} ${x.className}: ${x.scrollWidth - x.clientWidth} px`))
          if (over.length > 0) wide.push(`${locale} ${at} at ${width} px: ${over.join(', ')}`)
          if (pictures) await page.screenshot({ path: `${pictures}/${who}-${locale}-${at.replaceAll(/[0-9a-f-]{36}/g, '').replaceAll(/\W+/g, '-')}${open ? '-open' : ''}-${width}.png`, fullPage: !open })
        }
      }
      if (strangers.length > 0) faults.push(...strangers)
      await context.close()
    }
  }
  await sara.api('PATCH', '/me', { name: person.name })
  await elena.api('PATCH', of, { title: before.title, territories: before.territories })
  await elena.api('PATCH', `${of}/cohorts/${cohort}`, { name: called })
  for (const p of [elena, sara]) await p.context.close()
  return faults
}
