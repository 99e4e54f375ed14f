// npm run screenshots: every page and dialog of the table over the demo world, for people to look at: 320, 768 and 1440 px;
// light and dark; English and German. DEMO_DIR: a folder with the data and keys of an installation that is filled already.
// PAGES, WIDTHS, THEMES, LOCALES choose; DIALOGS=0 leaves dialogs out; DEMO=small shows the small demonstration; OUT: where
// the pictures go.
import { mkdirSync } from 'node:fs'
import { join } from 'node:path'
import { openBrowser } from './browser.mjs'
import { pages } from './table.mjs'
import { openWorld, wordsOf } from './world.mjs'

const out = process.env.OUT ?? new URL('../screenshots/', import.meta.url).pathname
const widths = (process.env.WIDTHS ?? '320,768,1440').split(',').map(Number)
const themes = (process.env.THEMES ?? 'light,dark').split(',')
const locales = (process.env.LOCALES ?? 'en,de').split(',')
const small = process.env.DEMO === 'small'
const dialogs = process.env.DIALOGS !== '0'
// In the whole demonstration other people have more to show.
const people = { learner: 'sara.conti@castelverde.example', graduate: 'sara.conti@castelverde.example', ...(process.env.PEOPLE ? JSON.parse(process.env.PEOPLE) : {}) }

const browser = await openBrowser()
const world = await openWorld(browser, { small, ...(small ? {} : { people }), ...(process.env.DEMO_DIR ? { dir: process.env.DEMO_DIR } : {}) })
mkdirSync(out, { recursive: true })
try {
  const rows = pages(await world.findIds()).filter((r) => !process.env.PAGES || process.env.PAGES.split(',').some((p) => r.name.startsWith(p)))
  for (const locale of locales) {
    const t = wordsOf(locale)
    for (const who of new Set(rows.map((r) => r.who))) {
      const { context } = await world.enter(who, { locale, reducedMotion: 'reduce' })
      for (const row of rows.filter((r) => r.who === who)) for (const theme of themes) for (const width of widths) await shoot(context, row, t, { locale, theme, width })
      await context.close()
    }
  }
  console.log(`pictures are in ${out}`)
} finally {
  await browser.close()
  await world.server.kill()
  if (!process.env.DEMO_DIR) world.server.remove()
}

async function shoot(context, row, t, { locale, theme, width }) {
  const page = await context.newPage()
  const picture = (name, fullPage = true) => page.screenshot({ path: join(out, `${name}-${width}-${theme}-${locale}.png`), fullPage })
  try {
    await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
    await page.setViewportSize({ width, height: width < 600 ? 700 : 950 })
    await page.goto(row.at)
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    await page.waitForFunction(() => !document.querySelector('.skeleton'))
    await row.ready?.(page)
    const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
    if (overflow > 0) console.log(`WIDE ${overflow} px: ${row.name} ${width} ${locale}`)
    await picture(row.name)
    for (const [name, open] of Object.entries(dialogs ? (row.dialogs ?? {}) : {})) {
      await open(page, t)
      await page.locator('dialog[open], [popover]:popover-open').first().waitFor()
      await picture(`${row.name}-${name}`, false)
      await page.keyboard.press('Escape')
    }
    for (const [name, reach] of Object.entries(dialogs ? (row.states ?? {}) : {})) {
      await page.goto(row.at)
      await page.getByRole('heading', { level: 1 }).first().waitFor()
      await page.waitForFunction(() => !document.querySelector('.skeleton'))
      await reach(page, t)
      await picture(`${row.name}-${name}`)
    }
  } catch (e) {
    console.log(`${row.name} ${width} ${theme} ${locale}: ${String(e).split('\n')[0]}`)
  } finally {
    await page.close()
  }
}
