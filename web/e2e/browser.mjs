// Debian's Chromium without its windows, driven by playwright-core; with the checks that every page must pass.
import { readFileSync } from 'node:fs'
import { createRequire } from 'node:module'
import { chromium } from 'playwright-core'

/** The object store, where browsers reach it themselves: the one other host that a page may ask. */
export const store = process.env.PALESTRA_S3_PUBLIC_URL

const axe = readFileSync(createRequire(import.meta.url).resolve('axe-core/axe.min.js'), 'utf8')

export async function openBrowser() {
  return chromium.launch({ executablePath: process.env.CHROMIUM ?? '/usr/bin/chromium-headless-shell', args: ['--no-sandbox', '--autoplay-policy=no-user-gesture-required'] })
}

/**
 * A new profile: one person at one machine. Requests to any other host and errors in the console are kept.
 * @param {import('playwright-core').Browser} browser
 */
export async function openProfile(browser, origin, options = {}) {
  const context = await browser.newContext({ baseURL: origin, locale: 'en-GB', timezoneId: 'Europe/Rome', viewport: { width: 1280, height: 900 }, ...options })
  await context.addInitScript(axe)
  const strangers = []
  const complaints = []
  context.on('request', (r) => {
    const url = r.url()
    if (!url.startsWith(origin) && !(store && url.startsWith(store)) && !/^(data|blob|about):/.test(url)) strangers.push(url)
  })
  context.on('weberror', (e) => complaints.push(String(e.error())))
  context.on('console', (m) => {
    if (m.type() === 'error' && !/Failed to load resource/.test(m.text())) complaints.push(m.text())
  })
  const page = await context.newPage()
  page.setDefaultTimeout(45_000)
  return { context, page, strangers, complaints }
}

/**
 * After a failure: what every open page shows, and where its focus is.
 * @param {import('playwright-core').Browser} browser
 */
export async function tellPages(browser, log = console.log) {
  for (const page of browser.contexts().flatMap((c) => c.pages())) {
    const shown = await Promise.race([
      page.evaluate(() => {
        const at = document.activeElement
        return `focus on ${at?.tagName} ${(at?.getAttribute('aria-label') ?? at?.textContent ?? '').trim().slice(0, 60)}\n${(document.querySelector('main') ?? document.body).innerText.slice(0, 1500)}`
      }).catch(String),
      new Promise((resolve) => setTimeout(resolve, 5000, 'does not answer')),
    ])
    log(`--- ${page.url()}: ${shown}`)
  }
}

/**
 * Every rule of WCAG 2.2 AA that axe knows, on the page as it is now (also over an open dialog).
 * @param {string[]} [rules] tags or names of rules
 * @param {string} [within] a selector of the part that is looked at, where the rest was before
 * @returns {Promise<string[]>} one line for each violation
 */
export async function checkAccess(page, name, rules = ['wcag2a', 'wcag2aa', 'wcag21a', 'wcag21aa', 'wcag22aa', 'best-practice'], within = 'html') {
  // The page's content policy allows no foreign script; the debugger's evaluation is exempt from it.
  if (!(await page.evaluate(() => 'axe' in window))) await page.evaluate(axe)
  const result = await page.evaluate(async ({ runOnly, within }) => {
    const r = await window.axe.run(within === 'html' ? document : within, { runOnly, resultTypes: ['violations'] })
    return r.violations.map((v) => `${v.id}: ${v.help} — ${v.nodes.slice(0, 3).map((n) => n.target.join(' ')).join(' | ')}`)
  }, { runOnly: rules, within })
  return result.map((v) => `${name}: ${v}`)
}
