// make screenreader: a learner who sees nothing goes through a video lesson with Orca, by key presses alone, over a small
// demonstration. What must be heard is asserted; everything that was pressed and heard is printed. READER_LOCALE=de in German.
import assert from 'node:assert/strict'
import { openBrowser } from './browser.mjs'
import { openDesk } from './reader.mjs'
import { openWorld, wordsOf } from './world.mjs'

const locale = process.env.READER_LOCALE ?? 'en'
const t = wordsOf(locale)
const kept = process.env.READER_WORLD // a demonstration of an earlier run, for whoever works on this file
const stopsAt = 30

/** A question that must be answered in the video that the learner has begun. */
async function prepare(world) {
  const author = await world.enter('author')
  const learner = await world.enter('learner', { locale })
  let found
  for (const e of (await learner.api('GET', '/enrolments')).items) {
    const film = (await learner.api('GET', `/enrolments/${e.id}`)).modules.flatMap((m) => m.lessons).find((l) => l.kind === 'video')
    if (film) found = { enrolment: e.id, course: e.course.id, lesson: film.id, title: film.title[locale] ?? film.title.en }
  }
  assert.ok(found, 'the learner has begun a course with a video')
  const { course, lesson } = found
  const draft = await author.api('GET', `/courses/${course}/lessons/${lesson}`)
  const { languages } = await author.api('GET', `/courses/${course}`)
  const all = (text) => Object.fromEntries(languages.map((l) => [l, text]))
  const options = [{ text: all('True'), right: false }, { text: all('Not true'), right: true }]
  const stops = [{ at: stopsAt, required: true, question: { kind: 'single', prompt: all('Is the list public?'), options } }]
  await author.api('PUT', `/courses/${course}/lessons/${lesson}`, { ...draft, stops, quiz: undefined, id: undefined, rev: undefined, kind: undefined, $schema: undefined })
  await author.api('POST', `/courses/${course}/publish`, {})
  const { version } = await author.api('GET', `/courses/${course}`)
  await author.api('POST', `/courses/${course}/versions/${version}/move-learners`)
  for (const p of [author, learner]) await p.context.close()
  return found
}

/** No line is said twice after one key. */
function once(lines) {
  const said = lines.filter((l) => !l.cut).map((l) => l.say.trim().replace(/\.$/, ''))
  assert.deepEqual(said.filter((s, i) => said.indexOf(s) !== i), [], 'nothing is said twice')
}

async function study(desk, page, url, { enrolment, title }) {
  const { press, after, pressUntil, type, words } = desk
  const player = t('player.label', { title })
  const seconds = /\d+ (seconds?|Sekunden?)/
  const key = async (...args) => once(await press(...args))

  console.log('  the lesson is opened from the course: its heading has the focus and is said')
  await after('the page of the course', () => page.goto(`${url}/learn/${enrolment}`))
  await desk.enterPage()
  await press('ctrl+Home', t('frame.skip'))
  await pressUntil('Tab', title)
  await press('Return', [title, 'heading level 1'])
  await page.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2)

  console.log('  the time bar: name, role and the place in words; it is silent while the video plays')
  await key('Tab', [t('player.position'), 'slider', seconds])
  await key('Home', seconds)
  await press('k', t('player.told.playing'))
  const played = await after('four seconds of the video', () => new Promise((resolve) => setTimeout(resolve, 4000)))
  assert.deepEqual(played.map((l) => l.say), [], 'the video is not talked over')
  await key('k', t('player.told.paused'))

  console.log('  what a key has done')
  await key('Home', seconds)
  await key('Right', seconds)
  await key('l', seconds)
  await key('m', t('player.told.sound.off'))
  await key('m', t('player.told.sound.on'))
  const captions = await page.getByRole('button', { name: t('player.captions'), exact: true }).getAttribute('aria-pressed')
  await key('c', t(captions === 'true' ? 'player.told.captions.off' : 'player.told.captions.on'))
  await key('c', t(captions === 'true' ? 'player.told.captions.on' : 'player.told.captions.off'))
  await key('greater', t('player.told.speed', { speed: locale === 'en' ? '1.25' : '1,25' }))
  await key('less', t('player.told.speed', { speed: '1' }))
  await key('Down', t('player.told.volume', { share: '90' }))
  await key('Up', t('player.told.volume', { share: '100' }))

  console.log('  the keyboard help: the focus goes in, and back to where it was')
  await key('question', [t('player.help'), 'dialog', t('action.close')])
  await press('Escape', [player, t('player.position'), 'slider'])

  console.log('  each control of the bar: name, role, state, and what it has become')
  await key('Tab', [t('player.play'), 'button'])
  await key('Return', t('player.pause'))
  await press('Return', t('player.play'))
  await key('Tab', [t('player.back'), 'button'])
  await key('Return', seconds)
  await key('Tab', [t('player.forward'), 'button'])
  await key('Return', seconds)
  await key('Tab', [t('player.captions'), 'toggle button', captions === 'true' ? /(^|[^t] )pressed/ : 'not pressed'])
  await key('Return', captions === 'true' ? 'not pressed' : /(^|[^t] )pressed/)
  await key('Tab', [t('player.mute'), 'button'])
  await key('Return', t('player.unmute'))
  await key('Return', t('player.mute'))
  await key('Tab', [t('player.speed'), 'combo box', '1×'])
  await key('Tab', [t('player.quality'), 'combo box', t('player.quality.auto')])
  await key('Tab', [t('player.settings'), 'button'])

  console.log('  the settings: a dialog, its lists, and back')
  await press('Return', [t('player.settings'), 'dialog', t('player.captions.lang'), t('player.captions.place')])
  for (const list of ['lang', 'size', 'colour', 'back', 'place']) await key('Tab', [t(`player.captions.${list}`), 'combo box'])
  await press('Escape', [t('player.settings'), 'button'])

  console.log('  a note at this second, and back to the time bar')
  await pressUntil('shift+Tab', t('player.position'))
  await press('w', t('notes.write.at', { at: '' }).trim())
  await type('fence')
  await press('ctrl+Return', [t('notes.saved'), t('player.position')])

  console.log('  a question stops the video: why, and what is asked')
  await page.evaluate((s) => { document.querySelector('video').currentTime = s }, stopsAt - 3) // saves the listener half a minute
  await after('the place', () => page.waitForFunction(() => !document.querySelector('video').seeking))
  await press('k', [t('player.told.playing')], { calm: 500 })
  await after('the video goes on', () => page.getByRole('heading', { name: t('stop.title', { at: `0:${stopsAt}` }) }).waitFor(), [t('stop.title', { at: `0:${stopsAt}` }), t('stop.told.required', { at: locale === 'de' ? `${stopsAt} Sekunden` : `${stopsAt} seconds` })])
  await key('Tab', ['Is the list public?', 'True', 'radio button'])
  await key('Down', ['Not true', 'radio button'])
  await key('space', [/(^|[^t] )selected/])
  await pressUntil('Tab', t('stop.answer'))
  await press('Return', t('stop.result', { at: `0:${stopsAt}` }))
  await press('Down')
  await pressUntil('Down', t('quiz.right'), { most: 6 })
  await pressUntil('Tab', t('stop.on'))
  await press('Return', t('player.pause')) // it goes on, and the focus is where it can be stopped
  await press('Return', t('player.play'))

  console.log('  the transcript: found by its heading, searched, a line leads to its second and says it')
  await press('ctrl+Home')
  await pressUntil('2', t('transcript.title'), { most: 12 })
  await pressUntil('Tab', t('transcript.search'))
  await type('a', /\d/)
  const line = await pressUntil('Tab', '0:')
  assert.match(words(line), /button/)
  await press('Return', seconds)

  console.log('  the reading keys come to everything in the player')
  await press('ctrl+Home')
  await press('h', title)
  const heard = []
  for (let i = 0; i < 40; i++) {
    const now = words(await press('b'))
    if (/Wrapping/.test(now)) break
    heard.push(now)
  }
  for (const name of ['player.play', 'player.back', 'player.forward', 'player.captions', 'player.mute', 'player.settings', 'player.full']) assert.ok(heard.some((h) => h.includes(t(name))), `${t(name)} is found among the buttons: ${heard.join(' | ')}`)
  await press('ctrl+Home')
  await pressUntil('m', player, { most: 8 }) // the landmarks
  const read = []
  for (let i = 0; i < 12; i++) read.push(words(await press('Down')))
  for (const name of ['player.back', 'player.captions', 'player.speed']) assert.ok(read.some((r) => r.includes(t(name))), `${t(name)} is read by the arrows: ${read.join(' | ')}`)
}

const browser = await openBrowser()
try {
  const world = await openWorld(browser, kept ? { dir: kept } : {})
  try {
    const lesson = await prepare(world)
    const desk = await openDesk()
    let learner
    try {
      learner = await world.enter('learner', { locale, by: desk.browser, viewport: null })
      await study(desk, learner.page, world.server.url, lesson)
      assert.deepEqual(learner.complaints, [])
    } catch (e) {
      if (learner) console.log(await learner.page.evaluate(() => `focus on ${document.activeElement?.outerHTML.slice(0, 200)}`).catch(String))
      throw e
    } finally {
      await desk.close()
    }
  } finally {
    await world.server.kill()
  }
  if (!kept) world.server.remove()
  console.log('everything that must be heard was heard')
} finally {
  await browser.close()
}
