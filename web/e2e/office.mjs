// The work of the offices without a mouse: nothing is reached but by Tab, nothing done but by keys. Each step says what
// the page must answer aloud or show.
import assert from 'node:assert/strict'
import { existsSync } from 'node:fs'
import { tellPages } from './browser.mjs'
import { wordsOf } from './world.mjs'

const t = wordsOf('en')

/** The keyboard of somebody at a page. */
function keysOf(page) {
  /** What the focus is on, as a screen reader would name it, and whether one can see it. */
  const focus = () => page.evaluate(() => {
    const e = document.activeElement
    if (!e || e === document.body) return { name: '', role: '', seen: true }
    const labels = 'labels' in e && e.labels ? [...e.labels].map((l) => l.textContent).join(' ') : ''
    const { width, height } = e.getBoundingClientRect()
    const style = getComputedStyle(e)
    return {
      name: (e.getAttribute('aria-label') || labels || (e.tagName === 'INPUT' ? '' : e.textContent) || '').replace(/\s+/g, ' ').trim(),
      role: e.tagName,
      seen: style.outlineStyle !== 'none' && width > 0 && height > 0,
    }
  })
  const tabTo = async (name, { back = false, limit = 120 } = {}) => {
    const wanted = typeof name === 'string' ? (x) => x.startsWith(name) : (x) => name.test(x)
    const met = []
    for (let i = 0; i < limit; i++) {
      await page.keyboard.press(back ? 'Shift+Tab' : 'Tab')
      const f = await focus()
      if (wanted(f.name)) {
        assert.ok(f.seen, `the focus on "${f.name}" can be seen`)
        return
      }
      met.push(f.name.slice(0, 30))
    }
    throw new Error(`Tab does not reach ${name}; it met ${[...new Set(met)].join(' | ')}`)
  }
  const keys = {
    focus, tabTo,
    press: (key) => page.keyboard.press(key),
    async activate(name, options) {
      await tabTo(name, options)
      await page.keyboard.press('Enter')
    },
    /** Into a field: its words are replaced. */
    async type(name, words) {
      await tabTo(name)
      await page.keyboard.press('Control+A')
      await page.keyboard.type(words)
    },
    async check(name) {
      await tabTo(name)
      await page.keyboard.press('Space')
    },
    /** In a list of choices: by the first letters. */
    async choose(name, letters) {
      await tabTo(name)
      await page.keyboard.type(letters)
    },
    said: (words) => page.getByRole('status').or(page.getByRole('alert')).filter({ hasText: words }).first().waitFor(),
    heading: async (name) => {
      await page.getByRole('heading', { level: 1, name }).waitFor()
      await page.waitForFunction(() => document.activeElement?.tagName === 'H1')
    },
    dialog: () => page.getByRole('dialog').waitFor(),
    closed: () => page.getByRole('dialog').waitFor({ state: 'hidden' }),
    /** To a page, by its links. */
    async go(...links) {
      for (const [link, heading] of links) {
        await keys.activate(link, { back: true })
        await keys.heading(heading)
      }
    },
  }
  return keys
}

/** Name of the flow → who, and what is done. */
const flows = {
  'units: added, renamed, removed': ['administrator', async (page, k) => {
    await k.go([t('nav.town'), t('members.title')], [t('nav.town.units'), t('units.title')])
    await k.type(t('units.name'), 'Biblioteca')
    await k.press('Enter')
    await k.said(t('state.saved'))
    await page.goto(page.url())
    await page.getByText('Biblioteca', { exact: true }).waitFor()
    await k.activate(`${t('action.rename')}: Biblioteca`)
    await k.dialog()
    await k.type(t('units.name'), 'Biblioteca civica')
    await k.press('Enter')
    await k.closed()
    assert.match((await k.focus()).name, /^Rename: Biblioteca civica/, 'the focus is back where the dialog was opened')
    await k.activate(`${t('action.remove')}: Biblioteca civica`)
    await k.said(t('units.removed'))
    await page.getByText('Biblioteca civica', { exact: true }).waitFor({ state: 'hidden' })
  }],
  'members: found, changed, left': ['administrator', async (page, k) => {
    await k.go([t('nav.town'), t('members.title')])
    await k.type(t('members.search'), 'Lombardi')
    await k.press('Enter')
    await page.getByText('Giulia Marchetti').waitFor({ state: 'hidden' })
    await page.getByRole('row', { name: /Chiara Lombardi/ }).waitFor()
    await k.activate(`${t('action.change')}: Chiara Lombardi`)
    await k.dialog()
    await k.check(t('role.facilitator'))
    await k.activate(t('action.save'))
    await k.said(t('state.saved'))
    await page.getByRole('row', { name: /Chiara Lombardi/ }).getByText(t('role.facilitator')).waitFor()
    await k.activate(`${t('members.leave')}: Chiara Lombardi`)
    await k.dialog()
    await k.press('Escape')
    await k.closed()
    await k.press('Enter') // the focus is back on the button
    await k.dialog()
    await k.activate(t('members.leave.do'))
    await k.said(t('members.leave.done', { name: 'Chiara Lombardi' }))
  }],
  'invitations: sent, withdrawn': ['administrator', async (page, k) => {
    await k.go([t('nav.town'), t('members.title')], [t('nav.town.invitations'), t('invitations.title')])
    await k.type(t('account.name'), 'Bice Riva')
    await k.type(t('account.email'), 'bice.riva@castelverde.example')
    await k.check(t('role.hr'))
    await k.activate(t('invitations.send'))
    await k.said(t('invitations.sent', { email: 'bice.riva@castelverde.example' }))
    await page.getByRole('listitem').filter({ hasText: 'Bice Riva' }).waitFor()
    await k.activate(`${t('invitations.withdraw')}: Bice Riva`)
    await k.said(t('invitations.withdrawn'))
    await page.getByRole('listitem').filter({ hasText: 'Bice Riva' }).waitFor({ state: 'hidden' })
  }],
  'profile: name, colours, another session ended': ['graduate', async (page, k, world) => {
    const other = await world.enter('graduate')
    let sent = 0
    let answer
    const held = new Promise((resolve) => { answer = resolve })
    page.on('request', (r) => { sent += r.method() === 'PATCH' && r.url().endsWith('/api/v1/me') ? 1 : 0 })
    // Before the page is loaded: what it asks for at the moment at which this begins may pass.
    await page.route('**/api/v1/me', async (route) => {
      await held
      await route.continue()
    })
    await page.reload()
    await k.activate(/profile and settings/)
    await k.activate(t('frame.profile'))
    await k.heading(t('profile.title'))
    await k.type(t('account.name'), 'Sara Conti Bassi')
    await k.press('Enter')
    await page.locator('button[aria-disabled]', { hasText: t('action.save') }).waitFor()
    await k.press('Enter') // from the field, by who is impatient
    await k.press('Enter')
    answer()
    await k.said(t('state.saved'))
    await page.unroute('**/api/v1/me')
    assert.equal(sent, 1, 'a form that is under way is not sent again')
    await k.tabTo(t('profile.theme.system'))
    await k.press('ArrowDown')
    await k.press('ArrowDown')
    assert.equal(await page.evaluate(() => getComputedStyle(document.documentElement).colorScheme), 'dark')
    const { person } = await other.api('GET', '/session')
    for (let i = 0; i < 6; i++) await other.api('POST', '/session', { email: person.email, password: world.password })
    await page.reload()
    const open = page.getByRole('button', { name: t('profile.sessions.end') })
    await open.first().waitFor()
    assert.equal(await open.count(), 3, 'of many sessions the latest are seen')
    await page.getByRole('heading', { name: t('profile.sessions'), exact: true }).waitFor()
    await k.tabTo(/^\d+ more sessions/)
    const folded = Number.parseInt((await k.focus()).name, 10)
    await k.press('Enter')
    await page.waitForFunction(() => document.querySelector('details')?.open)
    assert.equal(await open.count(), 3 + folded)
    await k.activate(t('profile.sessions.end'))
    await k.said(t('profile.sessions.ended'))
    assert.equal((await k.focus()).name, t('profile.sessions'), 'the focus stays near the line that has gone')
    assert.equal(await open.count(), 2 + folded)
    await other.context.close()
  }],
  'HR: an assignment given and taken back': ['hr', async (page, k) => {
    await k.go([t('nav.hr'), t('hr.completions')], [t('nav.hr.assignments'), t('hr.assignments')])
    await k.tabTo(t('hr.due.by'))
    await page.keyboard.type('12122030') // whichever comes first, day or month
    await k.type(t('hr.filter'), 'Davide')
    await k.check('Davide Sala')
    await k.activate(t('hr.assign.do_one', { count: 1 }))
    await k.said(t('hr.assigned_one', { count: 1 }))
    await page.getByRole('listitem').filter({ hasText: 'Davide Sala' }).waitFor()
    await k.activate(`${t('hr.take')}: Davide Sala`)
    await k.said(t('hr.taken'))
    await page.getByRole('listitem').filter({ hasText: 'Davide Sala' }).getByRole('button').waitFor({ state: 'hidden' })
  }],
  'HR: a programme assigned to a unit, and who follows it': ['hr', async (page, k, world, ids) => {
    const { title } = await page.request.get(`/api/v1/programme-catalogue/${ids.programme}`).then((r) => r.json())
    const { items } = await page.request.get('/api/v1/units').then((r) => r.json())
    await k.go([t('nav.hr'), t('hr.completions')], [t('nav.hr.assignments'), t('hr.assignments')])
    await k.choose(t('hr.what'), title.en)
    await k.tabTo(t('hr.due.by'))
    await page.keyboard.type('11112030')
    await k.choose(t('hr.whom'), t('hr.whom.units'))
    await k.check(items[0].name)
    await k.activate(t('hr.assign.units_one', { count: 1 }))
    await k.said(/^Assigned to \d+ (person|people)$/)
    await k.go([t('nav.hr.programmes'), t('hr.programmes')])
    await k.activate(title.en)
    await k.heading(title.en)
    await page.getByRole('row', { name: /Marco Rinaldi/ }).waitFor()
    const [file] = await Promise.all([page.waitForEvent('download'), k.activate(t('hr.export.csv-excel'))])
    assert.equal(await file.failure(), null)
    await k.activate('Marco Rinaldi', { back: true })
    await k.heading('Marco Rinaldi')
    await page.getByRole('heading', { name: t('need.title') }).waitFor()
  }],
  'an author lets followers go on with the new version': ['author', async (page, k, world, ids) => {
    await page.goto(`/author/programmes/${ids.programme}`)
    await k.activate(t('programmes.move'))
    await k.dialog()
    await page.getByText(t('programmes.move.electives', { was: 0, is: 1 })).waitFor()
    await k.activate(t('programmes.move.do', { version: 2 }))
    await k.said(t('programmes.move.done', { version: 2 }))
    await k.closed()
    await page.getByText(t('programmes.followers.none')).waitFor()
  }],
  'HR: a mistake corrected': ['hr', async (page, k) => {
    await k.go([t('nav.hr'), t('hr.completions')])
    await k.activate('Elena Vitale')
    await k.heading('Elena Vitale')
    await k.activate(t('hr.correct'))
    await k.dialog()
    await k.choose(t('hr.correct.kind'), t('hr.kind.correction'))
    await k.type(t('hr.correct.minutes'), '95')
    await k.type(t('hr.correct.reason'), 'Five minutes were spent on the town’s own list.')
    await k.activate(t('hr.correct.do'))
    await k.said(t('hr.corrected'))
    await page.getByText('Five minutes were spent on the town’s own list.').waitFor()
    assert.match((await k.focus()).name, new RegExp(t('hr.correct')), 'the focus is back where the dialog was opened')
  }],
  'HR: an export taken': ['hr', async (page, k) => {
    await k.go([t('nav.hr'), t('hr.completions')], [t('nav.hr.exports'), t('hr.exports')])
    const [file] = await Promise.all([page.waitForEvent('download'), k.activate(t('hr.export.do', { format: 'XLSX' }))])
    assert.ok(existsSync(await file.path()))
    await k.activate(t('hr.exports.reconcile'))
    await k.heading(t('hr.reconciliation'))
    await page.getByText(t('hr.reconciliation.good')).waitFor()
  }],
  'HR: what somebody did, read as a sentence, and followed live': ['hr', async (page, k, world, ids) => {
    await k.go([t('nav.hr'), t('hr.completions')], [t('nav.store.statements'), t('stmt.title')])
    await k.type(t('stmt.person'), 'Sara Conti')
    await k.press('Enter')
    await page.waitForURL(/person=Sara/)
    await k.activate(/^Sara Conti.* completed /) // another flow gives her a second surname
    await k.heading(/^Sara Conti.* completed /)
    await page.getByText(t('stmt.effect.tells')).waitFor()
    await k.activate(`${t('copy.do')}: ${t('stmt.json')}`)
    await k.said(new RegExp(`${t('copy.done')}|${t('copy.failed').slice(0, 20)}`))
    await k.activate(t('stmt.title'), { back: true })
    await k.heading(t('stmt.title'))
    await k.activate(t('stmt.live'))
    await k.said(t('stmt.live.on_other', { count: 0 }))
    const learner = await world.enter('learner')
    await learner.api('POST', `/enrolments/${ids.enrolment}/lessons/${ids.lesson.video}/faults`, { text: 'The last word is cut off.' })
    await learner.context.close()
    await k.said(t('stmt.live.on_one', { count: 1 }))
    await page.getByRole('link', { name: /Roberto Fontana reported a fault/ }).first().waitFor()
    assert.match((await k.focus()).name, new RegExp(t('stmt.live')), 'what arrives does not take the focus away')
  }],
  'a key to the record store: made, kept, renewed, revoked': ['administrator', async (page, k) => {
    await k.go([t('nav.store'), t('credential.title')])
    await k.activate(t('credential.new'))
    await k.dialog()
    await k.type(t('credential.name'), 'Tests')
    await k.press('Enter')
    const secret = page.getByRole('dialog', { name: t('credential.secret.title', { name: 'Tests' }) }).locator('code').nth(1)
    const first = await secret.textContent()
    assert.ok(first.length > 20, 'the secret is shown')
    await k.activate(t('credential.secret.done'))
    await k.closed()
    await k.activate(`${t('credential.rotate')}: Tests`)
    await k.dialog()
    await k.activate(t('credential.rotate.do'))
    await secret.waitFor()
    assert.notEqual(await secret.textContent(), first, 'the new secret is another one')
    await k.press('Escape')
    await k.closed()
    await k.activate(`${t('credential.revoke')}: Tests`, { back: true })
    await k.dialog()
    await k.activate(t('credential.revoke.do'))
    await k.said(t('credential.revoked'))
    await page.getByRole('row', { name: /Tests/ }).waitFor({ state: 'hidden' })
  }],
  'the operator makes a town and appoints': ['operator', async (page, k) => {
    await k.activate(t('towns.new'))
    await k.dialog()
    await k.type(t('towns.name'), 'Tammela')
    await k.activate(t('towns.make'))
    await page.getByRole('dialog', { name: t('appoint.title', { town: 'Tammela' }) }).waitFor()
    await k.type(t('account.name'), 'Aino Laine')
    await k.type(t('account.email'), 'aino@tammela.example')
    await k.press('Enter')
    await k.said(t('appoint.done', { email: 'aino@tammela.example' }))
    await k.activate(t('action.close'))
    await k.closed()
  }],
  'a programme made, ordered, published, begun': ['author', async (page, k, world, ids) => {
    await k.go([t('nav.author'), t('author.title')], [t('nav.author.programmes'), t('programmes.title')])
    await k.activate(t('programmes.new'))
    await k.dialog()
    await k.type(t('programmes.name'), 'One counter for everything')
    await k.press('Enter')
    await k.heading('One counter for everything')
    const course = (await page.request.get(`/api/v1/catalogue/${ids.offer}`).then((r) => r.json())).title.en
    await k.choose(t('records.course'), course.slice(0, 6))
    await k.activate(t('programmes.add'))
    await k.said(t('programmes.added', { name: course }))
    await k.tabTo(t('programme.elective'), { back: true })
    await k.press('Space')
    await page.getByLabel(t('programmes.electives')).waitFor()
    await k.press('Space')
    await k.type(t('author.summary'), 'What the people at the counter must know.')
    await k.activate(t('action.save'))
    await k.said(t('state.saved'))
    await page.getByText(t('publish.ready')).waitFor()
    await k.activate(t('publish.open'), { back: true })
    await k.dialog()
    await k.activate(t('publish.open'))
    await k.said(t('publish.done', { version: 1 }))
    await k.closed()
    // The author begins it as well.
    await k.activate(t('nav.catalogue'), { back: true })
    await k.heading(t('catalogue.title'))
    await k.activate('One counter for everything')
    await k.heading('One counter for everything')
    await k.activate(t('programme.enrol'))
    await page.getByRole('heading', { name: t('need.title') }).waitFor()
  }],
  'search: people and courses found': ['administrator', async (page, k) => {
    await k.activate(t('frame.search'))
    await page.waitForFunction(() => document.activeElement?.tagName === 'INPUT') // where one wants to write
    await page.keyboard.type('conti')
    await k.press('Enter')
    await k.said(/[1-9]\d* result/)
    await k.activate('Sara Conti')
    await k.heading(t('members.title'))
    await page.getByRole('row', { name: /Sara Conti/ }).waitFor()
  }],
  'a quiz answered and handed in': ['learner', async (page, k, world, ids) => {
    await page.goto(`/learn/${ids.enrolment}/${ids.lesson.quiz}`)
    await page.getByRole('heading', { level: 1 }).waitFor()
    await k.activate(new RegExp(`^(${t('quiz.begin')}|${t('quiz.resume')})`))
    await page.getByRole('button', { name: t('quiz.handin') }).waitFor()
    await k.tabTo(t('quiz.handin'))
    await k.press('Enter')
    await page.getByRole('alert').waitFor() // questions are still open
    await k.press('Enter')
    await page.getByRole('heading', { name: new RegExp(`${t('quiz.passed')}|${t('quiz.failed')}`) }).waitFor()
    assert.match((await k.focus()).name, new RegExp(`${t('quiz.passed')}|${t('quiz.failed')}`), 'the result takes the focus')
  }],
}

export async function workInOffices(world, { log = console.log, only = process.env.FLOWS } = {}) {
  const ids = await world.findIds()
  for (const [name, [who, act]] of Object.entries(flows)) {
    if (only && !name.includes(only)) continue
    log(`  ${name}`)
    const { page, context, complaints } = await world.enter(who)
    try {
      await page.goto(who === 'operator' ? '/operator' : '/')
      await page.getByRole('heading', { level: 1 }).waitFor()
      await act(page, keysOf(page), world, ids)
      assert.deepEqual(complaints, [])
    } catch (e) {
      await tellPages(world.browser, log)
      await page.screenshot({ path: `${world.server.dir}/failed-office.png` }).catch(() => undefined)
      e.message = `${name}: ${e.message}\n(picture in ${world.server.dir})`
      throw e
    } finally {
      await context.close()
    }
  }
}
