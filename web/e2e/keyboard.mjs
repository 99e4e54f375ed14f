// What must work without a mouse: the way through the frame, menus and dialogs, reordering, and the whole player.
// Runs over the data that the story has left.
import assert from 'node:assert/strict'
import { checkAccess, openProfile, store, tellPages } from './browser.mjs'
import { startServer } from './server.mjs'

export async function useKeyboard(browser, dir, { log = console.log, env = {} } = {}) {
  const server = await startServer({ dir, env })
  const faults = []
  const contexts = []
  const enter = async (email, secret) => {
    const { context, page } = await openProfile(browser, server.url)
    contexts.push(context)
    await page.goto('/sign-in')
    await page.getByRole('heading', { level: 1, name: 'Sign in' }).waitFor()
    // A wrong password first: the message is read out and what was typed stays.
    await page.getByLabel('E-mail address').focus()
    await page.keyboard.type(email)
    await page.keyboard.press('Tab')
    await page.keyboard.type('not the right words')
    await page.keyboard.press('Enter')
    await page.getByRole('alert').waitFor()
    faults.push(...(await checkAccess(page, 'sign-in refused')))
    assert.equal(await page.getByLabel('E-mail address').inputValue(), email)
    await page.getByRole('textbox', { name: 'Password' }).focus()
    await page.keyboard.press('Control+A')
    await page.keyboard.type(secret)
    await page.keyboard.press('Enter')
    await page.getByRole('navigation', { name: 'Main' }).waitFor()
    await page.waitForFunction(() => document.activeElement?.tagName === 'H1') // the new page has the focus
    return page
  }
  /** Plays a lesson as a browser without MediaSource does: by its own HLS. */
  const playNatively = async (lesson) => {
    const context = await browser.newContext({ baseURL: server.url, locale: 'en-GB', storageState: await contexts[0].storageState() })
    contexts.push(context)
    await context.addInitScript(() => {
      delete window.MediaSource
      delete window.ManagedMediaSource
    })
    const page = await context.newPage()
    page.setDefaultTimeout(45_000)
    const bare = []
    page.on('request', (r) => /hls-.*\.js/.test(r.url()) && bare.push(r.url()))
    await page.goto(lesson)
    await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2)
    assert.deepEqual(bare, [], 'the player that feeds is not even fetched')
    assert.ok(await page.evaluate(() => document.querySelector('video').src.includes('.m3u8')), 'the browser has the playlist itself')
    const at = () => page.evaluate(() => document.querySelector('video').currentTime)
    await page.evaluate(() => { document.querySelector('video').currentTime = 3 })
    await page.waitForFunction(() => !document.querySelector('video').seeking)
    const from = await at()
    const told = []
    page.on('request', (r) => r.method() === 'POST' && r.url().includes('/xapi/statements') && told.push(r.postData() ?? ''))
    await page.getByRole('button', { name: 'Play', exact: true }).first().click()
    await page.waitForFunction((t) => document.querySelector('video').currentTime > t + 2, from)
    await page.waitForFunction(() => document.querySelector('video').videoHeight > 0)
    await page.evaluate(() => { document.querySelector('video').currentTime = 10 })
    const captions = page.getByRole('button', { name: 'Captions', exact: true })
    if ((await captions.getAttribute('aria-pressed')) !== 'true') await captions.click()
    await page.locator('.player').getByText(/Sentence \d/).first().waitFor()
    await page.getByRole('button', { name: 'Pause', exact: true }).first().click()
    // With a store of its own origin, that it plays is what is to be seen here; the story has looked at what is told.
    for (let i = 0; !store && !told.some((body) => /verbs\/paused/.test(body) && /played-segments/.test(body)); i++) {
      assert.ok(i < 100, 'what was seen is told')
      await page.waitForTimeout(200)
    }
    await page.reload()
    await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2 && document.querySelector('video').currentTime > 5)
    await context.close()
  }
  const focused = (page) => page.evaluate(() => `${document.activeElement?.tagName} ${document.activeElement?.textContent?.trim().slice(0, 60)}`)
  try {
    const ada = await enter('ada@castelverde.example', 'ada walks to the old bridge')

    log('  the skip link comes first and leads to the content')
    await ada.goto('/')
    await ada.getByRole('heading', { level: 1 }).waitFor()
    await ada.keyboard.press('Tab')
    assert.match(await focused(ada), /^A Skip to content/)
    await ada.keyboard.press('Enter')
    assert.match(await focused(ada), /^MAIN/)

    log('  the heading takes the focus on navigation')
    await ada.getByRole('link', { name: 'Catalogue', exact: true }).focus()
    await ada.keyboard.press('Enter')
    await ada.getByRole('heading', { level: 1, name: 'Catalogue' }).waitFor()
    await ada.waitForFunction(() => document.activeElement?.tagName === 'H1')

    log('  a menu opens, closes by Escape and gives the focus back')
    const face = ada.getByRole('button', { name: /Ada Moretti: profile and settings/ })
    await face.focus()
    await ada.keyboard.press('Enter')
    await ada.getByRole('link', { name: 'Profile and sessions' }).waitFor()
    faults.push(...(await checkAccess(ada, 'open menu')))
    assert.match(await focused(ada), /Profile and sessions/)
    await ada.keyboard.press('Escape')
    await ada.getByRole('link', { name: 'Profile and sessions' }).waitFor({ state: 'hidden' })
    assert.match(await focused(ada), /Ada Moretti/)

    log('  the player obeys its keys, and only while it has the focus')
    await ada.goto('/records')
    await ada.getByRole('link', { name: 'Open data for clerks' }).first().click()
    await ada.getByRole('link', { name: 'What may be published' }).first().click()
    await ada.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2)
    assert.match(await focused(ada), /^H1 What may be published/) // also when the page is built anew with the player in it
    const video = (f) => ada.evaluate(f)
    await video(() => { document.querySelector('video').currentTime = 12 })
    await ada.getByRole('heading', { level: 1 }).focus()
    await ada.keyboard.press('k')
    assert.equal(await video(() => document.querySelector('video').paused), true, 'a key outside the player does nothing')
    await ada.getByRole('slider', { name: 'Position' }).focus()
    await ada.keyboard.press('k')
    await ada.getByRole('button', { name: 'Pause', exact: true }).waitFor()
    await ada.keyboard.press(' ')
    await ada.getByRole('button', { name: 'Play', exact: true }).waitFor()
    const at = () => video(() => Math.round(document.querySelector('video').currentTime))
    const before = await at()
    await ada.keyboard.press('j')
    await ada.waitForFunction((t) => Math.abs(document.querySelector('video').currentTime - t) < 1.5, Math.max(0, before - 10))
    await ada.keyboard.press('ArrowRight')
    await ada.waitForFunction((t) => Math.abs(document.querySelector('video').currentTime - t) < 1.5, Math.max(0, before - 10) + 5)
    const captions = ada.getByRole('button', { name: 'Captions', exact: true })
    const pressed = await captions.getAttribute('aria-pressed')
    await ada.keyboard.press('c')
    await ada.waitForFunction((was) => [...document.querySelectorAll('.player button[aria-pressed]')].some((b) => b.getAttribute('aria-pressed') !== was), pressed)
    await ada.keyboard.press('m')
    await ada.getByRole('button', { name: 'Unmute' }).waitFor()
    await ada.keyboard.press('m')
    await ada.keyboard.press('?')
    await ada.getByRole('dialog', { name: 'Keyboard' }).waitFor()
    faults.push(...(await checkAccess(ada, 'keyboard help')))
    await ada.keyboard.press('Escape')
    await ada.getByRole('dialog').waitFor({ state: 'hidden' })
    await ada.getByRole('button', { name: 'Captions and keyboard' }).focus()
    await ada.keyboard.press('Enter')
    await ada.getByRole('dialog', { name: 'Captions and keyboard' }).waitFor()
    faults.push(...(await checkAccess(ada, 'player settings')))
    await ada.keyboard.press('Escape')
    await ada.getByRole('dialog').waitFor({ state: 'hidden' })

    log('  where no script can feed the player, the browser itself plays')
    await playNatively(ada.url())

    log('  a line of the transcript leads to its place; search finds words')
    await ada.getByLabel('Search in the transcript').focus()
    await ada.keyboard.type('Sentence 3')
    await ada.getByText('1 place').waitFor()
    await ada.getByRole('button', { name: /Sentence 3:/ }).focus()
    await ada.keyboard.press('Enter')
    await ada.waitForFunction(() => Math.abs(document.querySelector('video').currentTime - 10) < 1.5)

    log('  a fault can be reported; the dialog keeps and returns the focus')
    await ada.getByRole('button', { name: 'Something is wrong here' }).focus()
    await ada.keyboard.press('Enter')
    await ada.getByRole('dialog', { name: 'Something is wrong here' }).waitFor()
    faults.push(...(await checkAccess(ada, 'report dialog')))
    await ada.getByLabel('What is wrong?').fill('The word "licence" is spelt in two ways.')
    await ada.getByRole('button', { name: 'Tell the author' }).press('Enter')
    await ada.getByText('Thank you. The author will see it.').waitFor()
    await ada.keyboard.press('Escape')
    assert.match(await focused(ada), /Something is wrong here/)

    log('  an author moves lessons by keyboard and the focus stays with them')
    const grace = await enter('grace@castelverde.example', 'grace walks to the old bridge')
    await grace.getByRole('link', { name: 'Teach' }).press('Enter')
    await grace.getByRole('link', { name: 'Open data for clerks' }).waitFor()
    assert.equal(await grace.evaluate(() => document.activeElement?.tagName), 'H1')

    log('  whoever goes on before a page has come stays where she is')
    let come
    const held = new Promise((resolve) => { come = resolve })
    await grace.route('**/api/v1/courses/*', async (route) => {
      await held
      await route.continue()
    })
    await grace.getByRole('link', { name: 'Open data for clerks' }).press('Enter')
    await grace.waitForURL(/\/author\/./)
    await grace.getByRole('link', { name: 'Teach' }).focus()
    await grace.keyboard.press('Tab')
    const here = await focused(grace)
    come()
    await grace.getByRole('button', { name: 'Move up: The licence in one page' }).waitFor()
    assert.equal(await focused(grace), here)
    await grace.unroute('**/api/v1/courses/*')
    const up = grace.getByRole('button', { name: 'Move up: The licence in one page' })
    await up.focus()
    await grace.keyboard.press('Enter')
    await grace.getByText('The licence in one page: now 1 of 3').waitFor()
    await grace.waitForFunction(() => document.activeElement?.getAttribute('aria-label') === 'Move down: The licence in one page')
    await grace.keyboard.press('Enter')
    await grace.getByText('The licence in one page: now 2 of 3').waitFor()
    await grace.getByRole('button', { name: 'More for this course' }).press('Enter')
    await grace.getByRole('link', { name: 'Versions and reports' }).press('Enter')
    await grace.getByRole('main').getByText('The word "licence" is spelt in two ways.', { exact: true }).waitFor()
    faults.push(...(await checkAccess(grace, 'versions')))

    log('  nothing is lost at 320 px, and every other page passes axe')
    await ada.setViewportSize({ width: 320, height: 640 })
    for (const address of ['/', '/catalogue', '/records', '/profile', '/nowhere']) {
      await ada.goto(address)
      await ada.getByRole('heading', { level: 1 }).first().waitFor()
      faults.push(...(await checkAccess(ada, `320 px ${address}`)))
      const wide = await ada.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
      assert.ok(wide <= 0, `${address} scrolls sideways by ${wide} px at 320 px`)
    }
    assert.deepEqual([...new Set(faults)], [], 'every page passes axe')
  } catch (e) {
    await tellPages(browser, log)
    throw e
  } finally {
    await server.kill()
    for (const c of contexts) await c.close()
  }
}
