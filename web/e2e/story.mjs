// The story of five people, told by what they see: every step acts by role and name in a browser.
//
//   operator → town administrator → author (a 90-second film; the server is killed in the middle of the upload and a
//   second browser profile goes on) → learner (resumes on another device, answers, receives a certificate that a
//   stranger checks) → HR (assigns, sees, exports, corrects)
import assert from 'node:assert/strict'
import { execFileSync } from 'node:child_process'
import { existsSync, readFileSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { checkAccess, openProfile, store, tellPages } from './browser.mjs'
import { startServer } from './server.mjs'

const password = (who) => `${who} walks to the old bridge`
const seconds = Number(process.env.STORY_SECONDS ?? 90)

/** A film with picture and sound, 1080p, as large as a camera would make it. */
function film(dir) {
  const file = join(dir, 'open-data.mp4')
  if (existsSync(file)) return file
  execFileSync('ffmpeg', [
    '-v', 'error', '-y',
    '-f', 'lavfi', '-i', `testsrc2=size=1920x1080:rate=25:duration=${seconds}`,
    '-f', 'lavfi', '-i', `sine=frequency=330:duration=${seconds}`,
    '-c:v', 'libx264', '-preset', 'ultrafast', '-b:v', '9M', '-pix_fmt', 'yuv420p', '-c:a', 'aac', '-shortest', file,
  ])
  return file
}

function captions(dir) {
  const stamp = (s) => `00:${String(Math.floor(s / 60)).padStart(2, '0')}:${String(s % 60).padStart(2, '0')}.000`
  let vtt = 'WEBVTT\n\n'
  for (let s = 0; s + 5 <= seconds; s += 5) vtt += `${stamp(s)} --> ${stamp(s + 5)}\nSentence ${s / 5 + 1}: a list without names can still name people.\n\n`
  const file = join(dir, 'open-data.en.vtt')
  writeFileSync(file, vtt)
  return file
}

export async function tellStory(browser, { log = console.log, env = {} } = {}) {
  let server = await startServer({ env })
  const profiles = []
  const faults = []
  const began = Date.now()
  const step = (words) => log(`${((Date.now() - began) / 1000).toFixed(0).padStart(4)} s  ${words}`)
  const person = async (options) => {
    const p = await openProfile(browser, server.url, options)
    profiles.push(p)
    return p
  }
  const look = async (page, name) => {
    await page.getByRole('heading', { level: 1 }).first().waitFor()
    faults.push(...(await checkAccess(page, name)))
  }
  const heading = (page, name) => page.getByRole('heading', { level: 1, name }).waitFor()
  try {
    // 1 The operator
    step('the operator sets the installation up and makes a town')
    const { page: op } = await person()
    await op.goto(await server.setup())
    await heading(op, 'Set up Palestra')
    await op.getByLabel('Name').fill('Olga Rossi')
    await op.getByLabel('E-mail address').fill('olga@castelverde.example')
    await op.getByRole('textbox', { name: 'Choose a password' }).fill(password('olga'))
    await look(op, 'setup')
    await op.getByRole('button', { name: 'Make the operator account' }).click()
    await heading(op, 'Towns')
    await op.getByRole('button', { name: 'New town' }).first().click()
    await look(op, 'new town')
    await op.getByRole('textbox', { name: 'Name', exact: true }).fill('Comune di Castelverde')
    await op.getByRole('button', { name: 'Make the town' }).click()
    await op.getByRole('dialog', { name: 'Administrator for Comune di Castelverde' }).waitFor()
    await op.getByLabel('Name').fill('Anna Bianchi')
    await op.getByLabel('E-mail address').fill('anna@castelverde.example')
    await op.getByRole('button', { name: 'Send the invitation' }).click()
    await op.getByText('The invitation is on its way to anna@castelverde.example.').waitFor()
    await op.getByRole('dialog').getByRole('button', { name: 'Close' }).last().click()

    const letter = async (to) => {
      await op.goto('/operator/mails')
      await op.getByRole('listitem').filter({ hasText: to }).getByRole('link').first().click()
      const link = op.getByRole('region').getByRole('link').first()
      await link.waitFor()
      return link.getAttribute('href')
    }
    const join1 = async (who, name, to) => {
      const p = await person()
      await p.page.goto(await letter(to))
      await heading(p.page, 'Comune di Castelverde invites you')
      await p.page.getByRole('textbox', { name: 'Choose a password' }).fill(password(who))
      await look(p.page, 'invitation')
      await p.page.getByRole('button', { name: 'Make my account' }).click()
      await p.page.getByRole('button', { name }).waitFor()
      return p
    }

    // 2 The administrator
    step('the administrator joins and invites an author, two learners and HR')
    const { page: admin } = await join1('anna', 'Anna Bianchi', 'anna@castelverde.example')
    await admin.getByRole('link', { name: 'Town', exact: true }).click()
    await heading(admin, 'Members')
    await look(admin, 'members')
    await admin.getByRole('link', { name: 'Invitations' }).click()
    for (const [name, email, role] of [
      ['Grace Verdi', 'grace@castelverde.example', 'Author'],
      ['Ada Moretti', 'ada@castelverde.example', 'Learner'],
      ['Bruno Conti', 'bruno@castelverde.example', 'Learner'],
      ['Hilda Ricci', 'hilda@castelverde.example', 'HR'],
    ]) {
      await admin.getByLabel('Name').fill(name)
      await admin.getByLabel('E-mail address').fill(email)
      if (role !== 'Learner') {
        await admin.getByRole('checkbox', { name: /^Learner/ }).uncheck()
        await admin.getByRole('checkbox', { name: new RegExp(`^${role}`) }).check()
      }
      await admin.getByRole('button', { name: 'Send the invitation' }).click()
      await admin.getByRole('listitem').filter({ hasText: email }).waitFor()
    }
    await look(admin, 'invitations')

    // 3 The author
    step('the author makes a course in two languages')
    const first = await join1('grace', 'Grace Verdi', 'grace@castelverde.example')
    let author = first.page
    await author.getByRole('link', { name: 'Teach' }).click()
    await heading(author, 'Your courses')
    await look(author, 'no courses')
    await author.getByRole('button', { name: 'New course' }).first().click()
    await author.getByLabel('Name of the course').fill('Open data for clerks')
    await author.getByRole('checkbox', { name: 'Italiano' }).check()
    await look(author, 'new course')
    await author.getByRole('button', { name: 'Make the course' }).click()
    await heading(author, 'Open data for clerks')
    await author.getByLabel('In two sentences').fill('What may be published, and what never. You will know it afterwards.')
    await author.getByLabel('Minutes it takes').fill('45')
    await author.getByRole('button', { name: 'Save' }).click()
    await author.getByText('Saved', { exact: true }).waitFor()
    await author.getByLabel('Name of a new module').fill('What is open data?')
    await author.getByRole('button', { name: 'Add the module' }).click()
    await author.getByRole('heading', { name: /What is open data/ }).waitFor()
    await look(author, 'builder')
    await author.getByRole('button', { name: 'Add a video' }).click()
    await author.getByLabel('Name of the lesson').fill('What may be published')
    await author.getByRole('button', { name: 'Make the lesson' }).click()
    await heading(author, 'What may be published')
    const lessonAddress = new URL(author.url()).pathname

    step(`a film of ${seconds} seconds is uploaded; the server is killed in the middle`)
    const file = film(server.dir)
    const puts = []
    author.on('request', (r) => r.method() === 'PUT' && puts.push(r.url()))
    const slow = await first.context.newCDPSession(author)
    await slow.send('Network.enable')
    await slow.send('Network.emulateNetworkConditions', { offline: false, latency: 5, downloadThroughput: -1, uploadThroughput: readFileSync(file).length / 12 })
    await author.getByLabel('Drop a video here, or choose a file').setInputFiles(file)
    const bar = author.getByRole('progressbar', { name: /Upload of open-data.mp4/ })
    await bar.waitFor()
    await look(author, 'upload')
    await author.waitForFunction(() => Number(document.querySelector('[role=progressbar]')?.getAttribute('aria-valuenow')) >= 35)
    await server.kill('SIGKILL')
    // Where the browser sends its parts to the store itself, it misses the server only at the end.
    await author.getByText('The connection is interrupted. It goes on by itself.').waitFor({ timeout: 120_000 })
    await look(author, 'upload interrupted')
    const way = store ?? `${server.url}/api/`
    assert.ok(puts.length > 0 && puts.filter((u) => !u.endsWith('/organisation')).every((u) => u.startsWith(way) || /\/lessons\//.test(u)), `the parts go to ${way}:\n${puts.join('\n')}`)
    await author.close()
    server = await startServer({ dir: server.dir, port: server.port, env })

    step('the next day, on another machine, the author goes on')
    const second = await person()
    author = second.page
    await author.goto('/sign-in')
    await author.getByLabel('E-mail address').fill('grace@castelverde.example')
    await author.getByRole('textbox', { name: 'Password' }).fill(password('grace'))
    await look(author, 'sign in')
    await author.getByRole('button', { name: 'Sign in' }).click()
    await author.getByRole('button', { name: 'Grace Verdi' }).waitFor()
    await author.goto(lessonAddress)
    await author.getByText(/The upload of open-data.mp4 .* is not finished/).waitFor()
    const sent = []
    author.on('request', (r) => r.method() === 'PUT' && (/\/parts\//.test(r.url()) || (store && r.url().startsWith(store))) && sent.push(r.url()))
    await author.getByLabel('Choose open-data.mp4 again to go on').setInputFiles(file)
    await author.getByText(/being prepared|waiting to be prepared|^ready$/).first().waitFor({ timeout: 120_000 })
    log(`        ${sent.length} parts were still to be sent`)
    await look(author, 'video being prepared')

    step('captions, a text and questions, translated')
    await author.getByLabel('Language that is spoken').selectOption('en')
    await author.getByLabel('Why no audio description is needed').fill('Everything that is seen is also said.')
    await author.getByRole('button', { name: 'Save about the video' }).click()
    await author.getByLabel('Caption file (VTT or SRT)').setInputFiles(captions(server.dir))
    await author.getByRole('button', { name: 'Add the captions' }).click()
    await author.getByRole('button', { name: 'Remove: Captions, English' }).waitFor()
    await author.getByText('Nothing is missing here for publishing.').waitFor()
    await author.getByRole('checkbox', { name: /Reading the transcript to its end counts as well/ }).check()
    await author.getByLabel('Language you are writing').selectOption('it')
    await author.getByLabel(/Name of the lesson/).fill('Che cosa si può pubblicare')
    await look(author, 'video lesson')
    await author.getByRole('button', { name: 'Save and go back' }).click()
    await heading(author, 'Open data for clerks')

    await author.getByRole('button', { name: 'Add a text' }).click()
    await author.getByLabel('Name of the lesson').fill('The licence in one page')
    await author.getByRole('button', { name: 'Make the lesson' }).click()
    await author.getByLabel('Text English').fill('## A licence\n\nSay **who** may use it, and for what.\n\n- anyone\n- for anything')
    await author.getByRole('button', { name: 'How it looks' }).click()
    await author.getByRole('heading', { name: 'A licence' }).waitFor()
    await look(author, 'text lesson')
    await author.getByLabel('Language you are writing').selectOption('it')
    await author.getByLabel(/Name of the lesson/).fill('La licenza in una pagina')
    await author.getByLabel('Text Italian').fill('## Una licenza\n\nDite **chi** la può usare.')
    await author.getByRole('button', { name: 'Save and go back' }).click()
    await heading(author, 'Open data for clerks')

    await author.getByRole('button', { name: 'Add questions' }).click()
    await author.getByLabel('Name of the lesson').fill('Two questions')
    await author.getByRole('button', { name: 'Make the lesson' }).click()
    await author.getByRole('button', { name: 'One right answer' }).click()
    await author.getByRole('button', { name: 'Number' }).click()
    const q1 = author.getByRole('group', { name: /Question 1/ })
    const q2 = author.getByRole('group', { name: /Question 2/ })
    await q1.getByLabel('Question English').fill('May a list of names be published?')
    await q1.getByLabel('Answer 1 English').fill('No')
    await q1.getByLabel('Answer 2 English').fill('Yes')
    await q1.getByLabel('What it teaches, shown afterwards English').fill('Names are personal data.')
    await q2.getByLabel('Question English').fill('Below how many people is a cell left empty?')
    await q2.getByLabel('Right number').fill('5')
    await look(author, 'quiz editor')
    await author.getByLabel('Language you are writing').selectOption('it')
    await author.getByLabel(/Name of the lesson/).fill('Due domande')
    await q1.getByLabel('Question Italian').fill('Si può pubblicare un elenco di nomi?')
    await q1.getByLabel('Answer 1 Italian').fill('No')
    await q1.getByLabel('Answer 2 Italian').fill('Sì')
    await q2.getByLabel('Question Italian').fill('Sotto quante persone si lascia vuota una cella?')
    await author.getByRole('button', { name: 'Save and go back' }).click()
    await heading(author, 'Open data for clerks')

    await author.getByRole('button', { name: 'More for this course' }).click()
    await author.getByRole('link', { name: 'Translate' }).click()
    await heading(author, 'Translate')
    await author.getByLabel(/Name of the course/).fill('Dati aperti per impiegati')
    await author.getByLabel(/In two sentences/).fill('Che cosa si può pubblicare, e che cosa mai.')
    await author.getByLabel(/Name of module 1/).fill('Che cosa sono i dati aperti?')
    await look(author, 'translate')
    const saved = author.waitForResponse((r) => r.request().method() === 'PATCH' && r.ok()) // what was saved before may still be told
    await author.getByRole('button', { name: 'Save' }).click()
    await saved
    await author.getByText('Saved', { exact: true }).last().waitFor()

    step('the order is changed by buttons, previewed and published')
    await author.getByRole('link', { name: 'Open data for clerks' }).click()
    await heading(author, 'Open data for clerks')
    await author.getByRole('button', { name: 'Move up: Two questions' }).click()
    await author.getByText('Two questions: now 2 of 3').waitFor()
    await author.getByRole('button', { name: 'Move down: Two questions' }).click()
    await author.getByText('Two questions: now 3 of 3').waitFor()
    await author.getByText('Nothing is missing. You can publish.').waitFor({ timeout: 600_000 })
    await author.getByRole('link', { name: 'Preview' }).click()
    await author.getByText('This is the draft as a learner would see it.').waitFor()
    await look(author, 'preview')
    await author.getByRole('link', { name: 'What may be published' }).first().click()
    await author.getByRole('button', { name: 'Play' }).waitFor()
    await look(author, 'preview of a video')
    await author.getByRole('link', { name: 'Back to editing' }).click()
    await author.getByRole('link', { name: 'Open data for clerks' }).click()
    await author.getByRole('button', { name: 'Publish', exact: true }).click()
    await look(author, 'publish')
    await author.getByRole('button', { name: 'Publish in 2 languages' }).click()
    await author.getByText('Version 1 is published').first().waitFor()

    // 4 The learner
    step('the learner finds the course and watches')
    const device1 = await join1('ada', 'Ada Moretti', 'ada@castelverde.example')
    const ada = device1.page
    await look(ada, 'empty home')
    await ada.getByRole('link', { name: 'Find a course' }).click()
    await ada.getByRole('link', { name: 'Open data for clerks' }).click()
    await heading(ada, 'Open data for clerks')
    await look(ada, 'catalogue course')
    await ada.getByRole('button', { name: 'Take this course' }).click()
    await ada.getByRole('link', { name: 'Begin' }).click()
    await heading(ada, 'What may be published')
    await ada.getByText(/You have seen 0 of/).waitFor()
    await ada.getByRole('button', { name: 'Captions', exact: true }).click()
    await ada.getByLabel('Speed').selectOption('2')
    await ada.getByRole('button', { name: 'Play', exact: true }).click()
    await ada.getByText(/Sentence 2/).first().waitFor()
    await look(ada, 'video playing')
    await ada.waitForFunction((s) => (document.querySelector('video')?.currentTime ?? 0) > s, seconds / 4)
    await ada.getByRole('button', { name: 'Pause', exact: true }).click()
    await ada.getByText('All saved · nothing waiting to be sent').waitFor()
    const stopped = await ada.evaluate(() => document.querySelector('video')?.currentTime ?? 0)

    step('and goes on to the second on another device')
    const device2 = await person()
    const tablet = device2.page
    await tablet.goto('/sign-in')
    await tablet.getByLabel('E-mail address').fill('ada@castelverde.example')
    await tablet.getByRole('textbox', { name: 'Password' }).fill(password('ada'))
    await tablet.getByRole('button', { name: 'Sign in' }).click()
    await tablet.getByRole('link', { name: /Continue at/ }).click()
    await heading(tablet, 'What may be published')
    await tablet.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 1)
    await tablet.waitForFunction((s) => Math.abs((document.querySelector('video')?.currentTime ?? 0) - s) < 1.5, stopped)
    await tablet.getByLabel('Speed').selectOption('2')
    await tablet.getByRole('button', { name: 'Play', exact: true }).click()
    await tablet.getByText('You have seen it.').waitFor({ timeout: seconds * 4000 })
    await look(tablet, 'video seen')

    step('reads, answers, and receives a certificate')
    await tablet.getByRole('link', { name: 'Next lesson' }).click()
    await heading(tablet, 'The licence in one page')
    await look(tablet, 'reading')
    for (let i = 0; ; i++) {
      await tablet.getByRole('button', { name: 'I have read this' }).click()
      const done = await tablet.getByText('You have read it.').first().waitFor({ timeout: 4000 }).then(() => true, () => false)
      if (done) break
      assert.ok(i < 20, `the text can be read: ${await tablet.locator('main').innerText()}`)
      await tablet.waitForTimeout(3000)
    }
    await tablet.getByRole('link', { name: 'Next lesson' }).click()
    await heading(tablet, 'Two questions')
    await tablet.getByRole('button', { name: 'Begin the questions' }).click()
    await tablet.getByRole('group', { name: /May a list of names/ }).getByRole('radio', { name: 'No', exact: true }).check()
    await tablet.getByRole('group', { name: /Below how many people/ }).getByRole('textbox').fill('5')
    await look(tablet, 'questions')
    await tablet.getByRole('button', { name: 'Hand in' }).click()
    await tablet.getByRole('heading', { name: 'Passed' }).waitFor()
    await look(tablet, 'result')
    await tablet.getByRole('link', { name: 'Back to the course' }).click()
    await tablet.getByRole('link', { name: 'Certificate' }).click()
    await heading(tablet, 'Certificate')
    await tablet.getByText('Ada Moretti').first().waitFor()
    await look(tablet, 'certificate')
    const check = await tablet.getByRole('region', { name: 'Anyone can check it' }).getByRole('link').getAttribute('href')

    step('a stranger checks the certificate, without script')
    const stranger = await person({ javaScriptEnabled: false })
    await stranger.page.goto(check)
    await stranger.page.getByText('Ada Moretti').first().waitFor()
    await stranger.page.getByText('Open data for clerks').first().waitFor()

    // 5 HR
    step('HR assigns, sees, exports, reconciles and corrects')
    const bruno = await join1('bruno', 'Bruno Conti', 'bruno@castelverde.example')
    const { page: hr, context: hrContext } = await join1('hilda', 'Hilda Ricci', 'hilda@castelverde.example')
    void hrContext
    await hr.getByRole('link', { name: 'Staff training' }).click()
    await heading(hr, 'Completions')
    await hr.getByRole('link', { name: 'Ada Moretti' }).waitFor()
    await look(hr, 'completions')
    await hr.getByRole('link', { name: 'Assignments' }).click()
    await heading(hr, 'Assignments')
    const day = new Date(Date.now() + 9 * 86_400_000).toISOString().slice(0, 10)
    await hr.getByLabel('To be completed by').fill(day)
    await hr.getByRole('checkbox', { name: /Bruno Conti/ }).check()
    await look(hr, 'assignments')
    await hr.getByRole('button', { name: 'Assign to 1 person' }).click()
    await hr.getByRole('listitem').filter({ hasText: 'Bruno Conti' }).waitFor()
    await bruno.page.goto('/')
    await bruno.page.getByText(/in \d+ days/).waitFor()
    await look(bruno.page, 'home with a date')
    await hr.getByRole('link', { name: 'People' }).click()
    await heading(hr, 'People')
    await hr.getByText('Grace Verdi').waitFor()
    await look(hr, 'people')
    await hr.getByRole('link', { name: 'Exports' }).click()
    await heading(hr, 'Exports')
    await look(hr, 'exports')
    const files = {}
    for (const [name, index] of [['XLSX', 0], ['CSV', 0], ['CSV', 1]]) {
      const [download] = await Promise.all([hr.waitForEvent('download'), hr.getByRole('link', { name: `Download ${name}` }).nth(index).click()])
      const path = join(server.dir, `${name}${index}`)
      await download.saveAs(path)
      files[`${name}${index}`] = readFileSync(path)
    }
    assert.equal(files.XLSX0.subarray(0, 2).toString(), 'PK')
    assert.ok(files.CSV0.subarray(0, 3).equals(Buffer.from([0xef, 0xbb, 0xbf])), 'the CSV for Excel begins with a BOM')
    const csv = files.CSV1.toString('utf8').trim().split('\r\n')
    assert.ok(csv.some((l) => l.includes('Ada Moretti') && l.includes('Open data for clerks')), `the export names Ada and the course:\n${csv.join('\n')}`)
    await hr.getByRole('link', { name: 'Reconciliation' }).click()
    await hr.getByText('Everything agrees.').waitFor()
    await look(hr, 'reconciliation')
    await hr.getByRole('link', { name: 'Completions', exact: true }).click()
    await hr.getByRole('link', { name: 'Ada Moretti' }).click()
    await heading(hr, 'Ada Moretti')
    await look(hr, 'completion')
    await hr.getByRole('button', { name: 'Correct a mistake' }).click()
    await hr.getByLabel('What is to be done').selectOption({ label: 'Correct hours or date' })
    await hr.getByLabel('Minutes that count').fill('50')
    await hr.getByLabel('Reason').fill('The hall was open longer than planned.')
    await look(hr, 'correction')
    await hr.getByRole('button', { name: 'Enter the correction' }).click()
    await hr.getByText('The hall was open longer than planned.').waitFor()
    await hr.getByRole('link', { name: 'Reconciliation' }).click()
    await hr.getByText('Everything agrees.').waitFor()

    const strangers = profiles.flatMap((p) => p.strangers)
    assert.deepEqual(strangers, [], 'no request leaves the origin')
    const complaints = profiles.flatMap((p) => p.complaints)
    assert.deepEqual(complaints, [], 'no page complains in the console')
    assert.deepEqual([...new Set(faults)], [], 'every page passes axe')
    step('the story is told')
    return server
  } catch (e) {
    await tellPages(browser, log)
    for (const [i, p] of profiles.entries()) await p.page.screenshot({ path: join(server.dir, `failed-${i}.png`), timeout: 3000 }).catch(() => undefined)
    e.message += `\n(pictures in ${server.dir})`
    log([...new Set(faults)].join('\n'))
    log(server.log().split('\n').slice(-15).join('\n'))
    throw e
  } finally {
    await server.kill('SIGTERM').catch(() => undefined)
    for (const p of profiles) await p.context.close().catch(() => undefined)
  }
}
