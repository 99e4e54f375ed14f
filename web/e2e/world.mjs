// A small demonstration (palestra demo --small) under a server of its own: its people, where their things are, and what
// the pages call them in each language.
import { deflateSync } from 'node:zlib'
import { createHash } from 'node:crypto'
import { execFileSync } from 'node:child_process'
import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import { openProfile } from './browser.mjs'
import { binary, freePort, startServer } from './server.mjs'

/** Who does what in the demonstration; several roles may be one person's. */
const cast = {
  learner: 'roberto.fontana@castelverde.example', // has a date, and has seen a part of the video
  graduate: 'sara.conti@castelverde.example',
  pupil: 'marco.rinaldi@castelverde.example', // has begun
  author: 'luca.moretti@castelverde.example',
  hr: 'paola.gatti@castelverde.example',
  administrator: 'anna.ferri@castelverde.example',
  operator: 'olga@palestra.example',
  facilitator: 'elena.vitale@castelverde.example',
}

/** The words of the pages: t('units.new') in a language; places are filled, plural forms are asked for by name. */
export function wordsOf(locale) {
  const read = (file) => JSON.parse(readFileSync(new URL(`../locales/${file}.json`, import.meta.url), 'utf8'))
  const catalogue = { ...read(locale), ...read(`errors/${locale}`) }
  return (key, params = {}) => {
    const text = catalogue[key]
    if (text === undefined) throw new Error(`no words for ${key} in ${locale}`)
    return text.replace(/\{\{(\w+)\}\}/g, (whole, name) => params[name] ?? whole)
  }
}

/** A picture of 320 by 180 points: lines as on a letter. */
export function picture() {
  const [width, height] = [320, 180]
  const rows = Buffer.alloc((width + 1) * height, 0xf4)
  for (let y = 0; y < height; y++) {
    rows[y * (width + 1)] = 0
    if (y % 24 > 16 && y < 150) rows.fill(0x55, y * (width + 1) + 30, y * (width + 1) + (y % 48 > 24 ? 230 : 290))
  }
  const chunk = (type, data) => {
    const body = Buffer.concat([Buffer.from(type), data])
    const out = Buffer.alloc(body.length + 8)
    out.writeUInt32BE(data.length, 0)
    body.copy(out, 4)
    out.writeUInt32BE(crc32(body), body.length + 4)
    return out
  }
  const head = Buffer.alloc(13)
  head.writeUInt32BE(width, 0)
  head.writeUInt32BE(height, 4)
  head[8] = 8 // bits; grey
  return Buffer.concat([Buffer.from('89504e470d0a1a0a', 'hex'), chunk('IHDR', head), chunk('IDAT', deflateSync(rows)), chunk('IEND', Buffer.alloc(0))])
}

/** CRC-32 as PNG has it (ISO 3309). */
function crc32(bytes) {
  let c = 0xffffffff
  for (const b of bytes) {
    c ^= b
    for (let k = 0; k < 8; k++) c = c & 1 ? (c >>> 1) ^ 0xedb88320 : c >>> 1
  }
  return (c ^ 0xffffffff) >>> 0
}

/**
 * @param {import('playwright-core').Browser} browser
 * @param {{dir?: string, small?: boolean, people?: Partial<typeof cast>}} options dir: an installation that is filled already
 */
export async function openWorld(browser, options = {}) {
  const dir = options.dir ?? mkdtempSync(join(tmpdir(), 'palestra-world-'))
  const people = { ...cast, ...options.people }
  // Accounts in the record store are of the address at which they were made: a folder keeps its own.
  const kept = join(dir, 'port')
  const port = existsSync(kept) ? Number(readFileSync(kept, 'utf8')) : await freePort()
  writeFileSync(kept, String(port))
  const env = { ...process.env, PALESTRA_ADDR: `127.0.0.1:${port}`, PALESTRA_DATA: join(dir, 'data'), PALESTRA_KEYS: join(dir, 'keys') }
  const told = execFileSync(binary, options.small === false ? ['demo'] : ['demo', '--small'], { env, encoding: 'utf8', maxBuffer: 1 << 26 })
  const password = /have the password:\s*(.+)/.exec(told)?.[1]?.trim()
  if (!password) throw new Error(`the demo tells no password:\n${told}`)
  // A second installation of the same machine is another record store to connect with.
  // In the place of a program that recognises speech: it always understands the same.
  const scribe = `/bin/sh -c "printf 'WEBVTT\\n\\n00:00.000 --> 00:30.000\\nWritten by a machine\\n'" {sound}`
  const server = await startServer({ dir, port, env: { PALESTRA_LRS_HOSTS: '127.0.0.1', PALESTRA_VIDEO_HOSTS: '127.0.0.1', PALESTRA_SPEECH_COMMAND: scribe } })

  /** Signs somebody in, by role or address, in a profile of its own, of another browser if there is one. */
  async function enter(who, { locale = 'en', secret = password, by = browser, ...rest } = {}) {
    const profile = await openProfile(by, server.url, { locale: locale === 'en' ? 'en-GB' : locale, ...rest })
    const api = async (method, path, data) => {
      const answer = await profile.context.request.fetch(`/api/v1${path}`, { method, data, headers: { 'X-Requested-With': 'palestra' } })
      if (!answer.ok()) throw new Error(`${method} ${path}: ${answer.status()} ${await answer.text()}`)
      return answer.status() === 204 ? undefined : answer.json()
    }
    if (who !== 'nobody') {
      const { person } = await api('POST', '/session', { email: people[who] ?? who, password: secret })
      if (person.locale !== locale) await api('PATCH', '/me', { locale })
    }
    return { ...profile, api }
  }

  /** The link in the newest letter to somebody. */
  async function letter(operator, to) {
    const { items } = await operator.api('GET', '/letters?limit=200')
    const mail = await operator.api('GET', `/letters/${items.find((m) => m.to.includes(to)).id}`)
    return new URL(/https?:\/\/\S+/.exec(mail.text)[0]).pathname
  }

  /** A town in which nothing has happened yet, and one person who has every role there. */
  async function freshTown({ slug = 'neustadt', name = 'Gemeinde Neustadt', email = 'nora@neustadt.example' } = {}) {
    const operator = await enter('operator')
    const town = await operator.api('POST', '/organisations', { slug, name, kind: 'municipality', country: 'AT', zone: 'Europe/Vienna', locale: 'de' })
    await operator.api('POST', `/organisations/${town.id}/administrators`, { name: 'Nora Neu', email, locale: 'en' })
    const link = await letter(operator, email)
    const nora = await enter('nobody', { reducedMotion: 'reduce' })
    await nora.api('POST', `/invitation-links/${link.split('/').at(-1)}`, { name: 'Nora Neu', password: 'nora counts the empty shelves' })
    const { person } = await nora.api('GET', '/session')
    await nora.api('PATCH', `/members/${person.id}`, { roles: ['learner', 'author', 'hr', 'administrator'], unit: '' })
    await operator.context.close()
    return nora
  }

  /** A programme that anybody may look at and that the graduate has completed: of the course that she has completed. */
  async function openProgramme(author, course, graduate) {
    const done = (await graduate.api('GET', '/programme-enrolments?state=complete')).items.find((p) => p.title.en === 'Open city')
    if (done) return done.id
    const { id } = await author.api('POST', '/programmes', { title: { en: 'Open city' }, languages: ['en'] })
    await author.api('PATCH', `/programmes/${id}`, { summary: { en: 'What every office of an open town should know.' }, visibility: 'public', list: [{ course, elective: false }] })
    await author.api('POST', `/programmes/${id}/publish`)
    const study = await graduate.api('POST', '/programme-enrolments', { programme: id })
    if (study.state !== 'complete') throw new Error('the programme of completed courses is not complete')
    return id
  }

  /** A supplier's key to the record store, and what its system says there: as strange as the standard permits. */
  async function aStranger() {
    const administrator = await enter('administrator')
    const { items } = await administrator.api('GET', '/record-credentials')
    const name = 'Courses of the regional academy'
    const old = items.find((c) => c.name === name)
    const { key, secret } = old ? await administrator.api('POST', `/record-credentials/${old.key}/rotate`) : await administrator.api('POST', '/record-credentials', { name, scopes: ['statements/write', 'statements/read/mine', 'define'] })
    const { organisation } = await administrator.api('GET', '/session')
    if ((await administrator.api('GET', '/record-flows')).items.length === 0) {
      await administrator.api('POST', '/record-flows', { name: 'The region', direction: 'out', endpoint: 'https://records.invalid/xapi', key: 'castelverde', secret: 'known to nobody', on: false })
    }
    await administrator.context.close()
    const data = '<script>parent.document.title = "executed"</script>'
    const sha2 = createHash('sha256').update(data).digest('hex')
    const statement = {
      actor: { mbox: 'mailto:someone@academy.example', name: `<img src=x onerror="document.title='executed'"> \u202Eevil\u202C ${'long'.repeat(80)}` },
      verb: { id: 'http://academy.example/verbs/attended', display: { it: 'ha partecipato a', ar: 'حضر' } },
      object: { id: `http://academy.example/${'x'.repeat(900)}`, definition: { name: { ar: 'ورشة البيانات المفتوحة '.repeat(40), und: '</script><b>bold</b>' }, description: { en: 'x'.repeat(5000) } } },
      result: { success: true, score: { raw: 17, max: 20 }, response: '"><script>document.title="executed"</script>'.repeat(20), duration: 'PT2H' },
      attachments: [{ usageType: 'http://academy.example/proof', display: { en: '<b>Proof of attendance</b>' }, contentType: 'text/html', length: data.length, sha2 }],
    }
    const body = `--b\r\nContent-Type: application/json\r\n\r\n${JSON.stringify(statement)}\r\n--b\r\nContent-Type: text/html\r\nContent-Transfer-Encoding: binary\r\nX-Experience-API-Hash: ${sha2}\r\n\r\n${data}\r\n--b--\r\n`
    const answer = await fetch(`${server.url}/xapi/statements`, {
      method: 'POST', body,
      headers: { Authorization: `Basic ${Buffer.from(`${key}:${secret}`).toString('base64')}`, 'X-Experience-API-Version': '2.0.0', 'Content-Type': 'multipart/mixed; boundary=b' },
    })
    if (!answer.ok) throw new Error(`the stranger's statement: ${answer.status} ${await answer.text()}`)
    return { town: organisation.id, hostile: (await answer.json())[0] }
  }

  /** A second town that tells of practices, reviews, asks and adopts; the first one has one of its practices in hand. */
  async function exchange(author) {
    const { items } = await author.api('GET', '/practices?limit=50')
    const own = items.find((p) => p.title.en === 'Letters that people understand the first time').id
    const theirs = (title) => items.find((p) => p.title.en === title)?.id
    const titles = ['A library in a telephone box', 'The council comes to the school']
    if (!theirs(titles[0])) {
      const ava = await freshTown({ slug: 'altdorf', name: 'Gemeinde Altdorf', email: 'ava@altdorf.example' })
      const { content } = await ava.api('GET', `/practices/${own}`)
      for (const title of titles) {
        const { id } = await ava.api('POST', '/practices', { content: { ...content, title: { en: title }, territory: { name: 'Altdorf', country: 'AT', residents: 3000 } } })
        await ava.api('POST', `/practices/${id}/versions`, {})
        items.push({ id, title: { en: title } })
      }
      const words = 'We counted the calls as well, and the card says what we found.'
      await ava.api('PUT', `/practices/${own}/reviews/own`, { marks: { clear: 4, honest: 4, evidence: 3, transfer: 3, inclusive: 2 }, recommends: true, words })
      await ava.api('POST', `/practices/${own}/questions`, { words: 'Which letter did you begin with?' })
      await ava.api('POST', `/practices/${own}/adoption`, { on: '2025-02-03' })
      await ava.api('POST', `/practices/${own}/adoption/stages`, { state: 'using', on: '2025-09-01' })
      await ava.api('PATCH', `/practices/${own}/adoption`, { summary: 'Five letters instead of forty.', changes: [{ section: 'steps', card: 'Forty letters', here: 'Five letters', offer: 'offered' }], lessons: 'Five are enough to begin with.' })
      const { id } = await ava.api('POST', '/challenges', { content: { languages: ['en'], title: { en: 'The last bus leaves before the library closes' }, affected: { en: 'Ninety pupils of four hamlets.' }, problem: { en: 'The bus goes at **five**, the library closes at seven.' }, constraints: [{ en: 'The timetable is the county\'s' }], tried: [{ en: 'A lift bench: used twice' }], topics: ['mobility', 'education'], competences: ['2.2'], labels: ['Bus'] } })
      await ava.api('POST', `/challenges/${id}/publish`)
      await ava.context.close()
      const change = await author.api('GET', `/practices/${own}/draft`)
      const sent = async (name, bytes) => (await author.api('POST', `/practices/${own}/files?name=${name}`, bytes)).id
      const files = [
        { id: await sent('letter.png', picture()), kind: 'image', alt: { en: 'A letter of one page, with three short paragraphs' }, title: { en: 'The letter about the kindergarten' } },
        { id: await sent('calls.csv', Buffer.from('month,calls\n2025-01,412\n')), kind: 'dataset', title: { en: 'Calls by month' }, licence: 'CC0-1.0' },
      ]
      const draft = { ...change.content, labels: ['Plain language', 'Letters'], files }
      await author.api('PUT', `/practices/${own}/draft`, draft)
      await author.api('POST', `/practices/${own}/versions`, { summary: 'A label more.' })
      await author.api('PUT', `/practices/${own}/draft`, { ...draft, labels: ['Plain language'] })
      await author.api('POST', `/practices/${theirs(titles[0])}/adoption`, { on: '2026-01-12' })
    }
    const drafts = (await author.api('GET', '/own-practices')).items.filter((p) => p.state === 'draft')
    const begun = drafts[0] ?? (await author.api('POST', '/practices', { content: { languages: ['en', 'it'], title: { en: 'Begun' }, summary: {}, territory: { name: '', country: '', residents: 0 }, objectives: [{ en: 'One' }], conditions: [], steps: [{ when: '2024', what: { en: 'Begun' } }], difficulties: [], resources: [{ what: { en: 'A table' } }], costs: { from: 0, to: 0 }, topics: [], technologies: [], personas: [], competences: [], labels: [], lessons: [], links: [{ kind: 'page', title: 'Page', url: 'https://castelverde.example/' }] } }))
    const adopter = (await author.api('GET', `/practices/${own}/adoptions`)).branches[0].id
    const challenge = (await author.api('GET', '/challenges?q=bus%20library')).items[0].id
    const written = (await author.api('GET', '/own-challenges')).items.find((c) => c.state === 'draft')
    const stated = (written ?? (await author.api('POST', '/challenges', { content: { languages: ['en', 'it'], title: { en: 'Begun' }, affected: {}, problem: {}, constraints: [{ en: 'One' }], tried: [{ en: 'Another' }], topics: [], competences: [], labels: [] } }))).id
    const expert = (await author.api('GET', '/directory?kind=expert')).items[0].id
    return { own, challenge, stated, expert, hand: theirs(titles[0]), theirs: theirs(titles[1]), begun: begun.id, adopter }
  }

  /** Where the things are that the pages show. */
  async function findIds() {
    const [learner, graduate, pupil, author, hr, operator] = await Promise.all(['learner', 'graduate', 'pupil', 'author', 'hr', 'operator'].map((who) => enter(who)))
    const first = (list, what) => {
      if (!list.items[0]) throw new Error(`the demonstration has no ${what}`)
      return list.items[0]
    }
    const enrolment = first(await learner.api('GET', '/enrolments'), 'open enrolment')
    const detail = await learner.api('GET', `/enrolments/${enrolment.id}`)
    const done = first(await graduate.api('GET', '/enrolments?state=complete'), 'completed enrolment')
    const courses = await author.api('GET', '/courses')
    // The course that has been completed already shows the most.
    const published = courses.items.filter((c) => c.state === 'published')
    const course = await author.api('GET', `/courses/${(published.find((c) => c.id === done.course.id) ?? first({ items: published }, 'course')).id}`)
    const offers = await author.api('GET', '/catalogue')
    const completion = first(await hr.api('GET', '/hr/completions?state=complete'), 'completion')
    const mail = first(await operator.api('GET', '/letters'), 'mail')
    const kinds = (modules) => Object.fromEntries(['video', 'text', 'quiz'].map((kind) => [kind, modules.flatMap((m) => m.lessons).find((l) => l.kind === kind)?.id]))
    const open = await openProgramme(author, course.id, graduate)
    // The demonstration's own, if there is one.
    const programme = (await author.api('GET', '/programmes')).items.find((p) => p.state === 'published' && p.id !== open)?.id ?? open
    // Beginning again would go on with a newer version.
    const met = await pupil.api('GET', `/programme-catalogue/${programme}`)
    const { enrolment: pursuit } = met.enrolment ? met : await pupil.api('POST', '/programme-enrolments', { programme })
    await hr.api('POST', '/hr/assignments', { programme, due: new Date(Date.now() + 40 * 86_400_000).toISOString().slice(0, 10), people: [(await pupil.api('GET', '/session')).person.id] })
    // A second version, so that somebody follows an earlier one.
    if ((await author.api('GET', `/programmes/${programme}`)).version === 1) {
      await author.api('PATCH', `/programmes/${programme}`, { list: [{ course: course.id, elective: true }], electives: 1 })
      await author.api('POST', `/programmes/${programme}/publish`)
    }
    const stranger = await aStranger()
    const practices = await exchange(author)
    const elena = await enter('facilitator')
    const bootcamp = first(await elena.api('GET', '/bootcamps'), 'bootcamp').id
    const cohort = (await elena.api('GET', `/bootcamps/${bootcamp}`)).cohorts[0].id
    const meeting = first(await elena.api('GET', `/bootcamps/${bootcamp}/cohorts/${cohort}/sessions`), 'session').id
    const join = (await elena.api('POST', `/bootcamps/${bootcamp}/cohorts/${cohort}/link`)).url.split('/').at(-1)
    // A lesson in an agenda, and a template of the run-sheet.
    const offered = first(await elena.api('GET', '/catalogue'), 'course to link').id
    const lesson = (await elena.api('GET', `/catalogue/${offered}`)).modules[0].lessons[0].id
    const { agenda } = await elena.api('GET', `/bootcamps/${bootcamp}/sessions/${meeting}`)
    if (agenda[0] && !agenda[0].lesson) await elena.api('PATCH', `/bootcamps/${bootcamp}/sessions/${meeting}`, { agenda: agenda.map((a, i) => (i === 0 ? { ...a, course: offered, lesson } : a)) })
    if (!(await elena.api('GET', '/run-sheets')).items.length) await elena.api('POST', '/run-sheets', { name: 'At the counter, three days', from: { bootcamp, cohort } })
    const talk = `cohort.${bootcamp}.${cohort}`
    const thread = first(await elena.api('GET', `/discussions/${talk}/threads`), 'thread').id
    const wiki = (await elena.api('GET', `/wikis/${talk}/pages`)).items
    const wikiPage = wiki.find((p) => p.number > 1 && !p.locked)?.id ?? first({ items: wiki }, 'page').id
    const said = (await graduate.api('POST', `/discussions/${talk}/threads`, { key: 'bench', title: 'A bench', words: 'A **bench** before the counter, and the queue became a conversation.', language: 'en' })).id
    await elena.api('POST', `/discussions/${talk}/posts/${said}/drafts`, { into: 'practice' })
    const credit = await letter(operator, (await graduate.api('GET', '/session')).person.email)
    const posting = first(await elena.api('GET', '/postings?kind=event'), 'event').id
    await graduate.api('POST', `/postings/${posting}/reports`, { words: 'The street is closed on that day.' })
    await elena.context.close()
    const paused = await hr.api('GET', `/statements?verb=https://w3id.org/xapi/video/verbs/paused&course=${course.id}`)
    const invited = (await operator.api('GET', '/letters?limit=200')).items.find((m) => /nicola|nadja/.test(m.to))
    const clip = first(await author.api('GET', '/videos'), 'video')
    const { organisation } = await author.api('GET', '/session')
    const ids = {
      clip: clip.id, town: organisation.id,
      enrolment: enrolment.id, lesson: kinds(detail.modules), done: done.id, certificate: done.certificate,
      course: course.id, draft: kinds(course.modules), offer: first(offers, 'offer').id, completion: completion.id, mail: mail.id,
      bootcamp, cohort, meeting, join, practices, talk, thread, wikiPage, credit, posting,
      ...stranger, statement: first(paused, 'pause').id,
      programme, pursuit, open, award: (await graduate.api('GET', `/programme-catalogue/${open}`)).certificate,
      invitation: invited ? await letter(operator, invited.to) : '/invitation/none',
    }
    for (const p of [learner, graduate, pupil, author, hr, operator]) await p.context.close()
    return ids
  }

  return { browser, server, password, enter, letter, freshTown, findIds }
}
