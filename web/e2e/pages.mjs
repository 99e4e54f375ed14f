// Walks through the table: every page failing, with data and empty; every dialog open; every form without a network.
// Each of them in both themes past axe, and all pages at 320 px in German. A page is loaded at its address once for what
// fails and comes back, and for each state; to what is not there, and in German, one walks from page to page as people do.
import assert from 'node:assert/strict'
import { checkAccess } from './browser.mjs'
import { pages } from './table.mjs'
import { wordsOf } from './world.mjs'

const api = '**/api/v1/**'
const lies = { 403: { status: 403, code: 'request.forbidden' }, 404: { status: 404, code: 'request.not_found' }, 500: { status: 500, code: 'server.accident' } }

/** Answers what is asked for with a refusal; who is signed in stays so. */
const lie = (told) => (route) => {
  const asked = route.request()
  if (asked.method() !== 'GET' || asked.url().endsWith('/session')) return route.fallback()
  const body = told()
  return route.fulfill({ status: body.status, contentType: 'application/problem+json', json: { title: '', ...body } })
}

/** Some at a time: most of them wait most of the time. */
async function together(tasks, hands = 4) {
  const queue = [...tasks]
  await Promise.all(Array.from({ length: hands }, async () => {
    for (let task = queue.shift(); task; task = queue.shift()) await task()
  }))
}

export async function walkPages(world, { log = console.log, only = process.env.PAGES } = {}) {
  const began = Date.now()
  const faults = []
  const strangers = []
  const profiles = new Map()
  const rows = pages(await world.findIds()).filter((r) => !only || only.split(',').some((o) => r.name.startsWith(o)))
  const step = (words) => log(`${((Date.now() - began) / 1000).toFixed(0).padStart(4)} s  ${words}`)

  const profile = async (who, locale = 'en') => {
    const key = `${who} ${locale}`
    if (!profiles.has(key)) profiles.set(key, who === 'nora' ? world.freshTown() : world.enter(who, { locale, reducedMotion: 'reduce' }))
    return profiles.get(key)
  }
  /**
   * Does something on a page of somebody's and says where it went wrong. Pages that did well are used again: a new one costs a process.
   * Where a walk is named, the page stays in Palestra from one to the next; begin is what is done before its first step.
   */
  const idle = new Map()
  const on = (name, who, act, { locale, walk, begin } = {}) => async () => {
    const { context } = await profile(who, locale)
    const kept = `${who} ${locale} ${walk}`
    const free = idle.get(kept) ?? []
    idle.set(kept, free)
    let page = free.pop()
    const complaints = []
    const listen = () => {
      page.on('pageerror', (e) => complaints.push(`${name}: ${e}`))
      page.on('console', (m) => m.type() === 'error' && !/Failed to load resource|ERR_INTERNET_DISCONNECTED/.test(m.text()) && complaints.push(`${name}: ${m.text()}`))
    }
    try {
      if (page) listen()
      else {
        page = await context.newPage()
        page.setDefaultTimeout(60_000)
        listen()
        await begin?.(page)
      }
      await act(page)
      if (!walk) {
        await page.goto('/mark.svg') // a page of another origin would be another process
        await page.unrouteAll()
        await page.setViewportSize({ width: 1280, height: 900 })
      }
      page.removeAllListeners()
      free.push(page)
    } catch (e) {
      faults.push(`${name}: ${String(e).split('\n').slice(0, 3).join(' ')}`)
      await page.close()
    } finally {
      faults.push(...complaints)
    }
  }
  /** Follows a link that leads to a row's page; by way of a page that is nowhere, so that what stands there afterwards is new. */
  const walkTo = async (page, row, words) => {
    await page.evaluate(() => window.history.pushState(null, '', '/nowhere/at/all'))
    await page.getByRole('heading', { level: 1, name: words('lost.title') }).waitFor()
    await page.evaluate((at) => {
      document.querySelector('h1').dataset.left = ''
      window.history.pushState(null, '', at)
    }, row.at)
    await page.locator('h1:not([data-left])').first().waitFor()
  }
  const stand = async (page, row) => {
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await page.waitForFunction(() => !document.querySelector('.skeleton'))
    await row.ready?.(page)
  }
  const arrive = async (page, row) => {
    await page.goto(row.at)
    await stand(page, row)
  }
  const bothThemes = async (page, name, within) => {
    faults.push(...(await checkAccess(page, name, undefined, within)))
    await page.emulateMedia({ colorScheme: 'dark' })
    faults.push(...(await checkAccess(page, `${name}, dark`, ['color-contrast'], within)))
    await page.emulateMedia({ colorScheme: 'light' })
  }
  const t = wordsOf('en')
  const tasks = []
  const missed = []

  for (const row of rows) {
    tasks.push(on(row.name, row.who, async (page) => {
      if (row.fails === false) await arrive(page, row)
      else {
        await failAndRecover(page, row)
        await stand(page, row)
      }
      assert.equal(await page.getByRole('heading', { level: 1 }).count(), 1, 'one first heading')
      assert.match(await page.title(), /.+ · Palestra$/)
      await bothThemes(page, row.name)
      for (const [name, open] of Object.entries(row.dialogs ?? {})) await seeDialog(page, `${row.name}: ${name}`, () => open(page, t))
    }))
    for (const [state, reach] of Object.entries(row.states ?? {})) {
      tasks.push(on(`${row.name}: ${state}`, row.who, async (page) => {
        await arrive(page, row)
        await reach(page, t)
        await bothThemes(page, `${row.name}: ${state}`)
      }))
    }
    for (const [name, save] of Object.entries(row.saves ?? {})) {
      tasks.push(on(`${row.name}: ${name} without a network`, row.who, async (page) => {
        await arrive(page, row)
        await save.enter(page, t)
        const cdp = await page.context().newCDPSession(page)
        await cdp.send('Network.emulateNetworkConditions', { offline: true, latency: 0, downloadThroughput: -1, uploadThroughput: -1 })
        const before = await page.locator('form input:not([type=password]), form textarea').evaluateAll((all) => all.map((x) => x.value))
        await save.send(page, t)
        await page.getByRole('alert').filter({ hasText: t('errors.network') }).waitFor()
        await cdp.detach() // and the network is back
        const after = await page.locator('form input:not([type=password]), form textarea').evaluateAll((all) => all.map((x) => x.value))
        assert.deepEqual(after, before, 'what was entered stays')
        faults.push(...(await checkAccess(page, `${row.name}: ${name} without a network`)))
      }))
    }
    if (row.fails !== false) {
      const missing = async (page) => {
        // Somebody who is not signed in is asked to do so where there is nothing.
        await (row.who === 'nobody' ? page.locator('.empty, [role=alert]') : page.getByRole('alert')).first().waitFor()
        await page.getByRole('heading', { level: 1 }).first().waitFor() // the alert may be that of another part, which was quicker
        faults.push(...(await checkAccess(page, `${row.name}: 404`)))
      }
      const begin = (page) => page.route(api, lie(() => lies[404]))
      if (row.who === 'nobody') tasks.push(on(`${row.name}: 404`, row.who, async (page) => {
        await begin(page)
        await page.goto(row.at)
        await missing(page)
      }))
      else missed.push(on(`${row.name}: 404`, row.who, async (page) => {
        await walkTo(page, row, t)
        await missing(page)
      }, { walk: 'missed', begin: async (page) => {
        await begin(page)
        await page.goto('/nowhere')
      } }))
    }
    if (row.empty) tasks.push(on(`${row.name}: empty`, row.empty === true ? 'nora' : row.who, async (page) => {
      if (row.empty !== true) {
        await page.route(api, (route) => (row.empty.includes(new URL(route.request().url()).pathname.replace('/api/v1', '')) ? route.fulfill({ json: { items: [], next: '' } }) : route.fallback()))
      }
      await arrive(page, row)
      if (row.name !== 'hr-reconciliation') await page.locator('.empty').first().waitFor()
      await bothThemes(page, `${row.name}: empty`)
    }))
  }

  if (!only || 'code'.startsWith(only)) tasks.push(on('a page whose code does not come', 'learner', async (page) => {
    const code = '**/assets/catalogue-page-*.js'
    await page.route(code, (route) => route.abort())
    await page.goto('/catalogue')
    await page.getByRole('alert').filter({ hasText: t('errors.network') }).waitFor()
    faults.push(...(await checkAccess(page, 'a page whose code does not come')))
    await page.unroute(code)
    await page.getByRole('button', { name: t('action.retry') }).click()
    await page.getByRole('heading', { level: 1, name: t('catalogue.title') }).waitFor()
  }))

  /** Loads a page while the server fails, is refused when it tries again, and sees all come back. */
  async function failAndRecover(page, row) {
    let told = lies[500]
    const answer = lie(() => told)
    await page.route(api, answer)
    await page.goto(row.at)
    await page.getByRole('alert').first().waitFor()
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    faults.push(...(await checkAccess(page, `${row.name}: 500`)))
    const retry = page.getByRole('button', { name: t('action.retry') })
    told = lies[403]
    await retry.first().click()
    await page.getByRole('alert').filter({ hasText: t('errors.status.403') }).first().waitFor() // looks as 404 does, in other words
    await page.unroute(api, answer)
    // Each part of a page fails and comes back by itself, some later than others.
    const well = () => page.evaluate(() => !document.querySelector('[role=alert]') && !document.querySelector('.skeleton'))
    for (let i = 0, good = 0; good < 3; i++) {
      assert.ok(i < 200, 'all parts of the page come back')
      good = (await well()) ? good + 1 : 0
      if ((await retry.count()) > 0) await retry.first().click({ timeout: 2000 }).catch(() => undefined) // the one before may have brought all back
      await page.waitForTimeout(good ? 100 : 300)
    }
  }

  /** A dialog or menu: the focus goes in, stays in, and returns. */
  async function seeDialog(page, name, open) {
    await open()
    const over = 'dialog[open], [popover]:popover-open'
    const shown = page.locator(over).first()
    await shown.waitFor()
    await page
      .waitForFunction(() => (document.querySelector('dialog[open]') ?? document.querySelector('[popover]:popover-open'))?.contains(document.activeElement), undefined, { timeout: 20_000 })
      .catch(() => assert.fail(`${name}: the focus does not go into it`))
    await bothThemes(page, name, over)
    if (await page.locator('dialog[open]').count()) {
      for (let i = 0; i < 12; i++) {
        await page.keyboard.press('Tab')
        const out = await page.evaluate(() => document.activeElement !== document.body && !document.querySelector('dialog[open]').contains(document.activeElement))
        assert.ok(!out, `${name}: Tab leaves the dialog`)
      }
    }
    await page.keyboard.press('Escape')
    await shown.waitFor({ state: 'hidden' })
    assert.notEqual(await page.evaluate(() => document.activeElement?.tagName), 'BODY', `${name}: the focus is lost when it closes`)
  }

  try {
    step(`${rows.length} pages: with data, empty, failing, saving without a network; their dialogs`)
    await together(tasks)
    step(`${tasks.length} states were looked at; what is not there, in ${missed.length} places`)
    await together(missed)
    step('the same pages at 320 px in German')
    const de = wordsOf('de')
    await together(rows.map((row) => on(`320 px ${row.name}`, row.who, async (page) => {
      if (row.who !== 'nobody' && !row.lost) {
        await walkTo(page, row, de)
        await stand(page, row)
      } else await arrive(page, row)
      const wide = () => page.evaluate(() => {
        const d = document.querySelector('dialog[open]') ?? document.documentElement
        return d.scrollWidth - d.clientWidth
      })
      assert.ok((await wide()) <= 0, `scrolls sideways by ${await wide()} px`)
      for (const [name, open] of Object.entries(row.dialogs ?? {})) {
        await open(page, de)
        const shown = page.locator('dialog[open], [popover]:popover-open').first()
        await shown.waitFor()
        assert.ok((await wide()) <= 0, `${name} scrolls sideways by ${await wide()} px`)
        await page.keyboard.press('Escape')
        await shown.waitFor({ state: 'hidden' })
      }
    }, { locale: 'de', walk: 'phone', begin: async (page) => {
      await page.setViewportSize({ width: 320, height: 640 })
      await page.goto('/nowhere')
    } })))
    for (const p of profiles.values()) strangers.push(...(await p).strangers)
    assert.deepEqual(strangers, [], 'no request leaves the origin')
    assert.deepEqual([...new Set(faults)], [], 'every page, dialog and state passes')
    step('every page was seen')
  } finally {
    for (const p of profiles.values()) await p.then((x) => x.context.close(), () => undefined)
  }
}
