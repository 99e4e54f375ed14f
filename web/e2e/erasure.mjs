// An erasure in a browser: asked for, confirmed with the password, seen by the administrator, and carried out when its week is
// over. A test of cmd/palestra runs the server, because it has the clock: each line that is printed waits for one to come back.
import assert from 'node:assert/strict'
import { createInterface } from 'node:readline'
import { openBrowser, openProfile } from './browser.mjs'
import { wordsOf } from './world.mjs'

const t = wordsOf('it') // the town's language
const { ORIGIN: origin, PASSWORD: password, LEARNER: learner, ADMINISTRATOR: administrator } = process.env
const lines = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const told = async (words) => {
  console.log(words)
  await lines.next()
}

const browser = await openBrowser()

async function signIn(email) {
  const profile = await openProfile(browser, origin, { locale: 'it-IT', reducedMotion: 'reduce' })
  await profile.page.goto('/sign-in')
  await enter(profile.page, email)
  await profile.page.getByRole('heading', { level: 1 }).waitFor()
  return profile
}

async function enter(page, email) {
  await page.getByLabel(t('account.email')).fill(email)
  await page.getByLabel(t('account.password'), { exact: true }).fill(password)
  await page.getByRole('button', { name: t('signin.do'), exact: true }).click()
}

try {
  const { page } = await signIn(learner)
  await page.getByRole('link', { name: t('nav.records'), exact: true }).first().waitFor()
  await page.goto('/profile')
  await page.getByRole('button', { name: t('erasure.open'), exact: true }).click()
  const dialog = page.getByRole('dialog')
  // First what goes and what stays, then the last word.
  await dialog.getByText(t('erasure.goes')).waitFor()
  await dialog.getByRole('button', { name: t('erasure.next') }).click()
  await dialog.getByLabel(t('erasure.password'), { exact: true }).fill('not mine')
  await dialog.getByRole('button', { name: t('erasure.do'), exact: true }).click()
  await dialog.getByRole('alert').waitFor()
  await dialog.getByLabel(t('erasure.password'), { exact: true }).fill(password)
  await dialog.getByRole('button', { name: t('erasure.do'), exact: true }).click()
  await dialog.waitFor({ state: 'hidden' })
  await page.getByRole('button', { name: t('erasure.undo') }).waitFor()

  const office = await signIn(administrator)
  await office.page.getByRole('link', { name: t('nav.town'), exact: true }).first().waitFor()
  await office.page.goto('/town/erasures')
  const asked = office.page.getByRole('region', { name: t('erasures.asked') })
  await asked.getByText(t('erasures.own')).waitFor()
  await office.page.getByText(t('erasures.done.none')).waitFor()

  await told('asked')

  await page.goto('/records')
  await page.getByRole('button', { name: t('signin.do'), exact: true }).waitFor() // nobody is signed in any more
  await enter(page, learner)
  await page.getByRole('alert').waitFor()
  await office.page.reload()
  const done = office.page.getByRole('region', { name: t('erasures.done'), exact: true })
  await done.getByRole('listitem').getByText(t('erasures.own')).waitFor()
  await done.getByText(t('erasures.nobody')).waitFor()
  await office.page.getByText(t('erasures.asked.none'), { exact: true }).waitFor()
  assert.deepEqual(office.complaints, [])
} finally {
  await browser.close()
  process.stdin.destroy() // or this process would wait for another line
}
