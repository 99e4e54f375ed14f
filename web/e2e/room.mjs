// A live room in three browsers: who leads, who takes part, and somebody behind a proxy that lets no WebSocket through. All
// by keyboard, by what is announced, and without a connection for a while.
import assert from 'node:assert/strict'
import { checkAccess, tellPages } from './browser.mjs'
import { wordsOf } from './world.mjs'

const t = wordsOf('en')

/** Moves to something by the keyboard's own ways and presses it. */
async function press(page, role, name, key = 'Enter') {
  const it = page.getByRole(role, { name, exact: typeof name === 'string' }).first()
  await it.focus()
  await page.keyboard.press(key)
}

async function say(page, words) {
  await page.getByLabel(t('room.say'), { exact: true }).focus()
  await page.keyboard.type(words)
  await page.keyboard.press('Enter')
}

/** Writes words behind others in the notes, letter by letter. */
async function write(page, behind, words) {
  const field = page.getByRole('textbox', { name: t('room.notes'), exact: true })
  await field.focus()
  await field.evaluate((f, before) => f.setSelectionRange(f.value.indexOf(before) + before.length, f.value.indexOf(before) + before.length), behind)
  await page.keyboard.type(words, { delay: 20 })
}

/** Waits until the notes of a page are these. */
async function noted(page, words) {
  await page.waitForFunction((w) => document.querySelector('.notes-field')?.value === w, words)
}

/** A session in presence that is on now: the door shows a code; a wrong one is refused, the link in the picture is enough. */
async function checkInAtTheDoor(elena, sara, bootcamp, cohort, faults) {
  const now = new Date().toISOString().slice(0, 16)
  const { id } = await elena.api('POST', `/bootcamps/${bootcamp}/cohorts/${cohort}/sessions`, { title: 'Round table', mode: 'presence', local: now, zone: 'UTC', minutes: 60, place: { name: 'Villa Comunale' } })
  const session = `/bootcamps/${bootcamp}/sessions/${id}`
  await elena.page.goto(`${session}/attendance`)
  await press(elena.page, 'button', t('attend.door.open'))
  await elena.page.getByText(/^\d{3} \d{3}$/).waitFor()
  await sara.page.goto(session)
  await press(sara.page, 'link', t('checkin.title'))
  const { code, link } = await elena.api('GET', `${session}/attendance/code`)
  await sara.page.getByLabel(t('checkin.code'), { exact: true }).fill(code === '000000' ? '000001' : '000000')
  await sara.page.keyboard.press('Enter')
  await sara.page.getByText(t('errors.live.door_code')).first().waitFor()
  await sara.page.goto(new URL(link).pathname + new URL(link).search)
  await sara.page.waitForFunction((c) => document.querySelector('input[name=code]')?.value === c, code)
  await press(sara.page, 'button', t('checkin.do'))
  await sara.page.getByText(new RegExp(t('checkin.done', { time: '.*' }))).waitFor()
  faults.push(...(await checkAccess(sara.page, 'checked in')))
  const row = (await elena.api('GET', `${session}/attendance`)).rows.find((r) => /Sara/.test(r.name))
  assert.ok(row?.checkedIn, 'who checked in is on the list')
}

export async function meetInRoom(world) {
  const faults = []
  const [elena, sara, marco] = await Promise.all(['facilitator', 'graduate', 'pupil'].map((who) => world.enter(who)))
  try {
    const bootcamp = (await elena.api('GET', '/bootcamps')).items[0].id
    const cohort = (await elena.api('GET', `/bootcamps/${bootcamp}`)).cohorts[0].id
    const meeting = (await elena.api('GET', `/bootcamps/${bootcamp}/cohorts/${cohort}/sessions`)).items[0].id
    const { url: link } = await elena.api('POST', `/bootcamps/${bootcamp}/cohorts/${cohort}/link`)
    const address = `/bootcamps/${bootcamp}/sessions/${meeting}/room`
    const { person } = await marco.api('GET', '/session')
    await marco.api('POST', `/cohort-links/${link.split('/').at(-1)}`)

    // Sara's connection can be cut, and stays so.
    let cut = false
    const sockets = []
    await sara.page.routeWebSocket(/room\/socket/, (ws) => {
      if (cut) {
        void ws.close()
        return
      }
      sockets.push({ ws, server: ws.connectToServer() })
    })
    await Promise.all([elena.page.goto(address), sara.page.goto(address), marco.page.goto(`${address}?via=events`)])
    for (const p of [elena, sara, marco]) await p.page.getByRole('heading', { name: /3 people here/ }).waitFor()
    faults.push(...(await checkAccess(elena.page, 'room of who leads')))

    // The session begins, and an item of its agenda: everybody sees the same.
    if (await elena.page.getByRole('button', { name: t('room.open'), exact: true }).count()) await press(elena.page, 'button', t('room.open'))
    await Promise.all([sara, marco].map((p) => p.page.getByText(t('room.phase.opened'), { exact: true }).waitFor()))
    const next = elena.page.getByRole('button', { name: t('room.agenda.next'), exact: true })
    if (await next.count()) {
      await next.focus()
      await elena.page.keyboard.press('Enter')
      await Promise.all([elena, sara, marco].map((p) => p.page.getByRole('timer').first().waitFor()))
    }

    // A hand, the floor, and what a screen reader hears of it.
    await press(sara.page, 'button', t('room.hands.raise'))
    await sara.page.getByText(t('room.hands.place', { number: 1 })).waitFor()
    await press(elena.page, 'button', t('room.hands.next'))
    await sara.page.getByTestId('aloud').filter({ hasText: t('room.aloud.yourturn') }).waitFor()

    // Messages, both ways of listening, a reaction and a thread.
    await say(sara.page, 'We publish our maps since May.')
    await Promise.all([elena, marco].map((p) => p.page.getByText('We publish our maps since May.').first().waitFor()))
    await say(marco.page, 'Which licence do you use?')
    await sara.page.getByText('Which licence do you use?').first().waitFor()
    await sara.page.getByRole('button', { name: new RegExp(`^${t('room.chat.reply')}`) }).last().focus()
    await sara.page.keyboard.press('Enter')
    await sara.page.getByLabel(t('room.say.thread'), { exact: true }).focus()
    await sara.page.keyboard.type('The usual open one.')
    await sara.page.keyboard.press('Enter')
    await marco.page.getByText('The usual open one.').first().waitFor()
    await press(sara.page, 'button', t('room.chat.all'))

    // A file for everybody, from who takes part; who leads may take it away, others may not.
    await sara.page.getByLabel(t('room.files.share'), { exact: true }).setInputFiles({ name: 'maps.csv', mimeType: 'text/csv', buffer: Buffer.from('town,maps\nBergheim,12\n') })
    for (const p of [elena, sara, marco]) await p.page.getByRole('link', { name: 'maps.csv' }).waitFor()
    await elena.page.getByTestId('aloud').filter({ hasText: 'maps.csv' }).waitFor()
    assert.equal(await marco.page.getByRole('button', { name: /Remove\s*: maps\.csv/ }).count(), 0)
    const [got] = await Promise.all([marco.page.waitForEvent('download'), press(marco.page, 'link', 'maps.csv')])
    assert.equal(got.suggestedFilename(), 'maps.csv')
    await sara.page.getByLabel(t('room.files.share'), { exact: true }).setInputFiles({ name: 'wrong.csv', mimeType: 'text/csv', buffer: Buffer.from('x') })
    for (const p of [sara, marco]) await p.page.getByRole('link', { name: 'wrong.csv' }).waitFor()
    await press(elena.page, 'button', /Remove\s*: wrong\.csv/)
    for (const p of [sara, marco]) await p.page.getByRole('link', { name: 'wrong.csv' }).waitFor({ state: 'detached' })

    // A poll that nobody can be recognised in.
    await press(elena.page, 'button', t('room.polls.new'))
    await elena.page.getByRole('textbox', { name: t('room.poll.text') }).fill('Who publishes maps?')
    await elena.page.getByRole('textbox', { name: t('room.poll.options') }).fill('We do\nNot yet')
    await press(elena.page, 'button', t('room.poll.ask'))
    for (const p of [sara, marco]) {
      await p.page.getByRole('radio', { name: 'We do' }).focus()
      await p.page.keyboard.press('Space')
      await press(p.page, 'button', /Who publishes maps/)
      await p.page.getByText(t('room.poll.voted')).waitFor()
    }
    await elena.page.getByText(/2 answers/).waitFor()
    await press(elena.page, 'button', new RegExp(t('room.poll.close')))
    await sara.page.getByText(/Fewer than 5 people answered/).waitFor()
    faults.push(...(await checkAccess(sara.page, 'room of who takes part')))

    await write(elena.page, '', 'We publish  maps.')
    for (const p of [sara, marco]) await noted(p.page, 'We publish  maps.')

    // The connection is cut: what is written is kept, what is said meanwhile comes once.
    cut = true
    for (const { ws, server } of sockets) await Promise.all([ws.close(), server.close()])
    await sara.page.getByText(t('room.lost')).waitFor()
    await say(sara.page, 'Written in the tunnel.')
    await sara.page.getByText(t('room.kept')).waitFor()
    await say(elena.page, 'Said while Sara was in the tunnel.')
    // Both write in one sentence of the notes meanwhile.
    await write(sara.page, 'We publish ', 'our good ')
    await write(elena.page, ' maps', ' and plans')
    await marco.page.getByText('Said while Sara was in the tunnel.').first().waitFor()
    cut = false
    await elena.page.getByText('Written in the tunnel.').first().waitFor({ timeout: 90_000 })
    await sara.page.getByText('Said while Sara was in the tunnel.').first().waitFor()
    for (const p of [elena, sara, marco]) {
      for (const words of ['Written in the tunnel.', 'Said while Sara was in the tunnel.']) {
        await p.page.waitForFunction((w) => [...document.querySelectorAll('.messages .words')].filter((x) => x.textContent?.includes(w)).length === 1, words)
      }
    }

    for (const p of [elena, sara, marco]) await noted(p.page, 'We publish our good  maps and plans.')

    // Who comes late sees what was said; who is removed is shown out.
    await sara.page.reload()
    await sara.page.getByText('Which licence do you use?').first().waitFor()
    await sara.page.getByRole('link', { name: 'maps.csv' }).waitFor()
    await noted(sara.page, 'We publish our good  maps and plans.')
    await elena.api('DELETE', `/bootcamps/${bootcamp}/cohorts/${cohort}/members/${person.id}`)
    await marco.page.getByText(t('room.out')).waitFor()
    await sara.page.getByRole('heading', { name: /2 people here/ }).waitFor()

    await press(elena.page, 'button', t('room.end'))
    await elena.page.getByRole('dialog').getByRole('button', { name: t('room.end'), exact: true }).click()
    await sara.page.getByText(t('room.chat.over')).waitFor()

    // Where the cohort talks the file stays.
    await sara.page.goto(`/bootcamps/${bootcamp}/cohorts/${cohort}/discussion`)
    await sara.page.getByRole('region', { name: t('room.files.cohort') }).getByRole('link', { name: 'maps.csv' }).waitFor()

    // The list: the door shows a code, a mark counts, and its reason stays.
    await elena.page.goto(`/bootcamps/${bootcamp}/sessions/${meeting}/attendance`)
    await press(elena.page, 'button', t('attend.door.open'))
    await elena.page.getByText(/^\d{3} \d{3}$/).waitFor()
    await elena.page.getByRole('img', { name: t('attend.door.qr') }).waitFor()
    const { code } = await elena.api('GET', `/bootcamps/${bootcamp}/sessions/${meeting}/attendance/code`)
    assert.match(code, /^\d{6}$/)
    await press(elena.page, 'button', /Mark\s*: Sara/)
    await elena.page.getByRole('dialog').getByLabel(t('attend.state')).selectOption('present')
    await elena.page.getByRole('dialog').getByLabel(t('attend.minutes')).fill('60')
    await elena.page.getByLabel(t('attend.reason')).fill('She led a group')
    faults.push(...(await checkAccess(elena.page, 'a mark')))
    await elena.page.getByRole('dialog').getByRole('button', { name: t('action.save'), exact: true }).click()
    await elena.page.getByText(/She led a group/).waitFor()
    faults.push(...(await checkAccess(elena.page, 'attendance')))
    await press(elena.page, 'button', t('attend.door.close'))

    await checkInAtTheDoor(elena, sara, bootcamp, cohort, faults)

    assert.deepEqual(faults, [])
    for (const p of [elena, sara, marco]) {
      assert.deepEqual(p.strangers, [], 'no other host is asked')
      assert.deepEqual(p.complaints.filter((c) => !/WebSocket|EventSource/.test(c)), [])
    }
  } catch (e) {
    await tellPages(world.browser)
    throw e
  } finally {
    await Promise.all([elena, sara, marco].map((p) => p.context.close()))
  }
}
