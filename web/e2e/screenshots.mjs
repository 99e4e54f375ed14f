// npm run screenshots: every page over the demo world, for people to look at: 320, 768 and 1440 px; light and dark;
// English and German. DEMO_DIR: a folder with the data and keys of an installation that is filled already.
import { mkdirSync } from 'node:fs'
import { execFileSync } from 'node:child_process'
import { mkdtempSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openBrowser } from './browser.mjs'
import { startServer } from './server.mjs'

const out = new URL('../screenshots/', import.meta.url).pathname
const binary = process.env.PALESTRA_BIN ?? new URL('../../bin/palestra', import.meta.url).pathname
const widths = (process.env.WIDTHS ?? '320,768,1440').split(',').map(Number)
const themes = (process.env.THEMES ?? 'light,dark').split(',')
const locales = (process.env.LOCALES ?? 'en,de').split(',')

const dir = process.env.DEMO_DIR ?? mkdtempSync(join(tmpdir(), 'palestra-shots-'))
const env = { ...process.env, PALESTRA_DATA: join(dir, 'data'), PALESTRA_KEYS: join(dir, 'keys') }
const told = execFileSync(binary, ['demo'], { env, encoding: 'utf8', maxBuffer: 1 << 26 })
const password = /have the password:\s*(.+)/.exec(told)?.[1]?.trim()
// One line an account: the role and the address.
const account = (role) => new RegExp(`${role}[^\\n]*?([\\w.+-]+@[\\w.-]+)`, 'i').exec(told)?.[1]
if (!password) throw new Error(`the demo tells no password:\n${told}`)

const server = await startServer({ dir })
const browser = await openBrowser()

/** Takes one page in all sizes and both themes. */
async function shoot(context, locale, name, address, prepare) {
  for (const theme of themes) {
    for (const width of widths) {
      const page = await context.newPage()
      try {
        await page.emulateMedia({ colorScheme: theme, reducedMotion: 'reduce' })
        await page.setViewportSize({ width, height: width < 600 ? 700 : 950 })
        await page.goto(address)
        await page.getByRole('heading', { level: 1 }).first().waitFor({ timeout: 8000 })
        await page.waitForLoadState('networkidle', { timeout: 5000 }).catch(() => undefined)
        if (prepare) await prepare(page)
        const overflow = await page.evaluate(() => document.documentElement.scrollWidth - document.documentElement.clientWidth)
        if (overflow > 0) console.log(`WIDE ${overflow} px: ${name} ${width} ${locale}`)
        await page.screenshot({ path: join(out, `${name}-${width}-${theme}-${locale}.png`), fullPage: true })
      } catch (e) {
        console.log(`${name} ${width} ${theme} ${locale}: ${String(e).split('\n')[0]}`)
      } finally {
        await page.close()
      }
    }
  }
}

/** The first address on a page that matches. */
async function find(context, address, pattern) {
  const page = await context.newPage()
  await page.goto(address)
  await page.getByRole('heading', { level: 1 }).first().waitFor()
  await page.waitForLoadState('networkidle', { timeout: 5000 }).catch(() => undefined)
  const hrefs = await page.getByRole('link').evaluateAll((links) => links.map((a) => a.getAttribute('href') ?? ''))
  await page.close()
  return hrefs.find((h) => pattern.test(h))
}

async function signIn(locale, email) {
  const context = await browser.newContext({ baseURL: server.url, locale: locale === 'en' ? 'en-GB' : locale, timezoneId: 'Europe/Rome' })
  // Whatever language the demo's person prefers, these pictures are in the one that is asked for.
  await context.route('**/api/v1/session', async (route) => {
    if (route.request().method() !== 'GET') return route.continue()
    const answer = await route.fetch()
    const body = await answer.json()
    if (body.person) body.person.locale = locale
    await route.fulfill({ response: answer, json: body })
  })
  const page = await context.newPage()
  const answer = await page.request.post('/api/v1/session', { data: { email, password } })
  if (!answer.ok()) throw new Error(`${email} cannot sign in: ${await answer.text()}`)
  await page.close()
  return context
}

mkdirSync(out, { recursive: true })
try {
  for (const locale of locales) {
    const nobody = await browser.newContext({ baseURL: server.url, locale: locale === 'en' ? 'en-GB' : locale })
    await shoot(nobody, locale, 'sign-in', '/sign-in')
    await shoot(nobody, locale, 'forgot', '/forgot')
    await shoot(nobody, locale, 'expired-link', '/invitation/none')
    await nobody.close()

    const learner = await signIn(locale, process.env.LEARNER ?? account('learner'))
    await shoot(learner, locale, 'home', '/')
    await shoot(learner, locale, 'catalogue', '/catalogue')
    const course = await find(learner, '/catalogue', /^\/catalogue\/./)
    if (course) await shoot(learner, locale, 'course', course)
    await shoot(learner, locale, 'records', '/records')
    const enrolment = (await find(learner, '/', /^\/learn\/[^/]+$/)) ?? (await find(learner, '/records', /^\/learn\/[^/]+$/))
    if (enrolment) {
      await shoot(learner, locale, 'enrolment', enrolment)
      const page = await learner.newPage()
      const detail = await (await page.request.get(`/api/v1/enrolments/${enrolment.split('/').at(-1)}`)).json()
      await page.close()
      for (const kind of ['video', 'text', 'quiz']) {
        const lesson = detail.modules.flatMap((m) => m.lessons).find((l) => l.kind === kind)
        if (lesson) await shoot(learner, locale, `lesson-${kind}`, `${enrolment}/${lesson.id}`, kind === 'video' ? (p) => p.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2, undefined, { timeout: 8000 }).catch(() => undefined) : undefined)
      }
    }
    const certificate = await find(learner, '/records', /^\/certificate\//)
    if (certificate) await shoot(learner, locale, 'certificate', certificate)
    await shoot(learner, locale, 'profile', '/profile')
    await shoot(learner, locale, 'lost', '/nowhere')
    await learner.close()

    const author = await signIn(locale, process.env.AUTHOR ?? account('author'))
    await shoot(author, locale, 'author', '/author')
    const draft = await find(author, '/author', /^\/author\/[^/]+$/)
    if (draft) {
      await shoot(author, locale, 'builder', draft)
      await shoot(author, locale, 'translate', `${draft}/translate`)
      await shoot(author, locale, 'versions', `${draft}/versions`)
      await shoot(author, locale, 'preview', `${draft}/preview`)
      const page = await author.newPage()
      const full = await (await page.request.get(`/api/v1/courses/${draft.split('/').at(-1)}`)).json()
      await page.close()
      for (const kind of ['video', 'text', 'quiz']) {
        const lesson = full.modules.flatMap((m) => m.lessons).find((l) => l.kind === kind)
        if (lesson) await shoot(author, locale, `edit-${kind}`, `${draft}/lessons/${lesson.id}`)
      }
    }
    await author.close()

    const hr = await signIn(locale, process.env.HR ?? account('hr'))
    for (const part of ['', '/people', '/assignments', '/exports', '/reconciliation']) await shoot(hr, locale, `hr${part.replace('/', '-')}`, `/hr${part}`)
    const completion = await find(hr, '/hr', /^\/hr\/completions\//)
    if (completion) await shoot(hr, locale, 'hr-completion', completion)
    await hr.close()

    const admin = await signIn(locale, process.env.ADMIN ?? account('administrator'))
    for (const part of ['', '/invitations', '/units']) await shoot(admin, locale, `town${part.replace('/', '-')}`, `/town${part}`)
    await admin.close()

    const operator = await signIn(locale, process.env.OPERATOR ?? account('operator'))
    for (const part of ['', '/mails', '/health']) await shoot(operator, locale, `operator${part.replace('/', '-')}`, `/operator${part}`)
    await operator.close()
  }
  console.log(`pictures are in ${out}`)
} finally {
  await browser.close()
  await server.kill()
  if (!process.env.DEMO_DIR) server.remove()
}
