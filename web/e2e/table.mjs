// Every page: who sees it, where it is, how each of its dialogs and states is reached, what is shown where there is
// nothing, and what is saved there. A page without a row here is not looked at by any script.
//
// t(key) gives the words of the pages, so that the table holds in every language.

const button = (key, params) => (p, t) => p.getByRole('button', { name: t(key, params) }).first().click()
const fill = (p, t, key, value) => p.getByRole('dialog').or(p.getByRole('main')).last().getByLabel(t(key)).first().fill(value)
const submit = (key) => (p, t) => p.getByRole('dialog').or(p.getByRole('main')).last().getByRole('button', { name: t(key), exact: true }).last().click()

/** A form: what is entered, and the button that sends it. */
const form = (open, fields, send) => ({
  enter: async (p, t) => {
    await open?.(p, t)
    for (const [key, value] of Object.entries(fields)) await fill(p, t, key, value)
  },
  send: typeof send === 'string' ? submit(send) : send,
})

const seek = async (p, words, awaited = 'main section') => {
  await p.getByRole('searchbox').fill(words)
  await p.keyboard.press('Enter')
  await p.locator(awaited).first().waitFor()
}

const video = (p) => p.waitForFunction(() => (document.querySelector('video')?.readyState ?? 0) >= 2, undefined, { timeout: 45_000 })

const wiki = (ids) => `/bootcamps/${ids.bootcamp}/cohorts/${ids.cohort}/wiki`

/** Pages of people who are not signed in fail only by what is not there. */
const alone = { fails: false }

export function pages(ids) {
  return [
    { name: 'sign-in', who: 'nobody', at: '/sign-in', ...alone, saves: { sign: form(null, { 'account.email': 'a@castelverde.example', 'account.password': 'four giraffes' }, 'signin.do') } },
    { name: 'forgot', who: 'nobody', at: '/forgot', ...alone, saves: { ask: form(null, { 'account.email': 'a@castelverde.example' }, 'forgot.do') } },
    { name: 'reset', who: 'nobody', at: '/reset/none', ...alone, saves: { reset: form(null, { 'reset.password': 'four giraffes under the table' }, 'reset.do') } },
    { name: 'invitation', who: 'nobody', at: ids.invitation },
    { name: 'expired-link', who: 'nobody', at: '/invitation/none', ...alone },
    { name: 'setup-used', who: 'nobody', at: '/setup/none', ...alone },
    { name: 'public-catalogue', who: 'nobody', at: '/catalogue', empty: ['/catalogue'] },
    { name: 'public-course', who: 'nobody', at: `/catalogue/${ids.offer}` },
    { name: 'public-programme', who: 'nobody', at: `/programmes/${ids.open}` },
    { name: 'public-lost', who: 'nobody', at: '/catalogue/none', ...alone },

    { name: 'home', who: 'learner', at: '/', empty: true, dialogs: { person: (p) => p.locator('.tools button[popovertarget]').last().click(), notices: (p) => p.locator('.tools button[popovertarget]').first().click() } },
    { name: 'catalogue', who: 'learner', at: '/catalogue', empty: ['/catalogue'], states: { none: async (p, t) => { await p.getByLabel(t('catalogue.search')).fill('xyzzy'); await p.keyboard.press('Enter'); await p.getByRole('heading', { name: t('catalogue.none') }).waitFor() } } },
    { name: 'course', who: 'learner', at: `/catalogue/${ids.offer}` },
    { name: 'enrolment', who: 'learner', at: `/learn/${ids.enrolment}` },
    {
      name: 'lesson-video', who: 'learner', at: `/learn/${ids.enrolment}/${ids.lesson.video}`, ready: video,
      dialogs: { fault: button('fault.report'), settings: button('player.settings'), help: async (p, t) => { await p.getByRole('slider', { name: t('player.position') }).focus(); await p.keyboard.press('?') } },
      saves: { fault: form(button('fault.report'), { 'fault.text': 'A word is missing.' }, 'fault.send') },
    },
    { name: 'notes', who: 'learner', at: `/notes/${ids.enrolment}` },
    { name: 'lesson-text', who: 'learner', at: `/learn/${ids.enrolment}/${ids.lesson.text}`, dialogs: { fault: button('fault.report') } },
    {
      name: 'lesson-quiz', who: 'learner', at: `/learn/${ids.enrolment}/${ids.lesson.quiz}`,
      states: { questions: async (p, t) => { await p.getByRole('button', { name: new RegExp(`^(${t('quiz.begin')}|${t('quiz.resume')})`) }).click(); await p.getByRole('button', { name: t('quiz.handin') }).waitFor() } },
    },
    { name: 'bootcamps', who: 'learner', at: '/bootcamps', empty: true, dialogs: { calendar: button('camp.calendar.make') } },
    { name: 'bootcamp', who: 'graduate', at: `/bootcamps/${ids.bootcamp}`, dialogs: { leave: button('cohort.leave') } },
    { name: 'talk', who: 'graduate', at: `/bootcamps/${ids.bootcamp}/cohorts/${ids.cohort}/discussion`, dialogs: { begin: button('talk.begin') } },
    {
      name: 'talk-thread', who: 'graduate', at: `/bootcamps/${ids.bootcamp}/cohorts/${ids.cohort}/discussion/${ids.thread}`,
      saves: { reply: form(null, { 'talk.words': 'We will try it.' }, 'talk.send') },
    },
    { name: 'practice-credit', who: 'graduate', at: ids.credit, dialogs: { decline: button('credit.decline') } },
    { name: 'talk-reports', who: 'facilitator', at: `/bootcamps/${ids.bootcamp}/cohorts/${ids.cohort}/discussion/reports` },
    { name: 'wiki', who: 'graduate', at: wiki(ids), empty: [`/wikis/${ids.talk}/pages`] },
    { name: 'wiki-page', who: 'facilitator', at: `${wiki(ids)}/${ids.wikiPage}`, dialogs: { lock: async (p, t) => { await button('wiki.more')(p, t); await button('wiki.lock')(p, t) } } },
    { name: 'wiki-edit', who: 'graduate', at: `${wiki(ids)}/${ids.wikiPage}/edit`, states: { preview: button('talk.preview') }, saves: { page: form(null, { 'wiki.words': 'Another text.' }, 'action.save') } },
    { name: 'wiki-new', who: 'graduate', at: `${wiki(ids)}/new?title=Parking`, fails: false },
    { name: 'wiki-unwritten', who: 'graduate', at: `${wiki(ids)}/titled?title=Parking`, fails: false },
    { name: 'wiki-history', who: 'graduate', at: `${wiki(ids)}/${ids.wikiPage}/history` },
    { name: 'wiki-version', who: 'graduate', at: `${wiki(ids)}/${ids.wikiPage}/history/1`, dialogs: { restore: button('wiki.restore') } },
    { name: 'wiki-compare', who: 'graduate', at: `${wiki(ids)}/${ids.wikiPage}/compare` },
    { name: 'territories', who: 'learner', at: '/practices/territories', empty: ['/territories'] },
    { name: 'territory', who: 'learner', at: `/practices/territories/${ids.town}` },
    { name: 'cohort', who: 'graduate', at: `/bootcamps/${ids.bootcamp}/cohorts/${ids.cohort}` },
    { name: 'session', who: 'graduate', at: `/bootcamps/${ids.bootcamp}/sessions/${ids.meeting}` },
    { name: 'check-in', who: 'graduate', at: `/bootcamps/${ids.bootcamp}/sessions/${ids.meeting}/check-in`, saves: { code: form(null, { 'checkin.code': '123456' }, 'checkin.do') } },
    { name: 'attendance', who: 'facilitator', at: `/bootcamps/${ids.bootcamp}/sessions/${ids.meeting}/attendance`, dialogs: { mark: button('attend.mark') }, saves: { mark: form(button('attend.mark'), { 'attend.reason': 'She sat in the first row' }, 'action.save') } },
    { name: 'room', who: 'graduate', at: `/bootcamps/${ids.bootcamp}/sessions/${ids.meeting}/room`, ready: (p) => p.locator('.room').waitFor() },
    { name: 'join', who: 'author', at: `/join/${ids.join}` },
    {
      name: 'bootcamps-led', who: 'facilitator', at: '/bootcamps', dialogs: { new: button('camp.new') },
      saves: { new: form(button('camp.new'), { 'camp.name': 'Maps for everybody' }, 'action.save') },
    },
    {
      name: 'bootcamp-led', who: 'facilitator', at: `/bootcamps/${ids.bootcamp}`,
      dialogs: { more: button('camp.more'), cohort: button('cohort.new'), edit: async (p, t) => { await button('camp.more')(p, t); await button('camp.edit')(p, t) }, cancel: async (p, t) => { await button('camp.more')(p, t); await button('camp.cancel')(p, t) } },
      saves: { cohort: form(button('cohort.new'), { 'cohort.name': 'Spring' }, 'action.save') },
    },
    {
      name: 'cohort-led', who: 'facilitator', at: `/bootcamps/${ids.bootcamp}/cohorts/${ids.cohort}`,
      dialogs: { session: button('meet.new'), more: button('camp.more'), keep: async (p, t) => { await button('camp.more')(p, t); await button('sheet.keep')(p, t) }, invite: async (p, t) => { await button('camp.more')(p, t); await button('cohort.invite')(p, t) }, edit: async (p, t) => { await button('camp.more')(p, t); await button('cohort.edit')(p, t) },
        import: async (p, t) => {
          await button('camp.more')(p, t)
          await button('import.people')(p, t)
          await p.locator('input[type=file]').setInputFiles({ name: 'people.csv', mimeType: 'text/csv', buffer: Buffer.from('E-mail;Name\nnora@uni.example;Nora Nieminen\nnobody;Nobody\n=1+1;Eve\n') })
          await button('import.read')(p, t)
          await p.locator('.imported').waitFor()
        },
        copy: async (p, t) => { await button('camp.more')(p, t); await button('sheet.copy')(p, t); await p.getByLabel(t('sheet.from')).selectOption('template'); await p.getByLabel(t('sheet.name')).selectOption({ index: 1 }); await button('sheet.try')(p, t); await p.locator('.laid').waitFor() } },
      saves: { session: form(button('meet.new'), { 'meet.name': 'Opening' }, 'action.save') },
    },
    {
      name: 'cohort-desk', who: 'facilitator', at: `/bootcamps/${ids.bootcamp}/cohorts/${ids.cohort}/desk`, dialogs: { visit: button('fig.visit.new'), output: button('fig.output.new') },
    },
    { name: 'cohort-guide', who: 'facilitator', at: `/bootcamps/${ids.bootcamp}/cohorts/${ids.cohort}/guide` },
    { name: 'run-sheets', who: 'facilitator', at: '/bootcamps/run-sheets', empty: ['/run-sheets'], dialogs: { rename: async (p, t) => { await button('sheet.more', { name: 'At the counter, three days' })(p, t); await button('action.rename')(p, t) } } },
    {
      name: 'session-led', who: 'facilitator', at: `/bootcamps/${ids.bootcamp}/sessions/${ids.meeting}`,
      dialogs: { edit: button('meet.edit'), copy: async (p, t) => { await button('camp.more')(p, t); await button('meet.copy')(p, t) }, cancel: async (p, t) => { await button('camp.more')(p, t); await button('meet.cancel')(p, t) } },
    },
    {
      name: 'figures', who: 'facilitator', at: `/bootcamps/${ids.bootcamp}/figures`, dialogs: { visit: button('fig.visit.new'), records: button('fig.records') },
      saves: { output: form(button('fig.output.new'), { 'fig.output.title': 'A letter' }, 'action.save') },
    },
    { name: 'figures-town', who: 'author', at: '/bootcamps/figures' },
    { name: 'practices', who: 'learner', at: '/practices', empty: ['/practices', '/own-practices', '/adoptions'] },
    { name: 'practices-map', who: 'learner', at: '/practices/map', empty: ['/practices'], states: { country: (p, t) => p.getByLabel(t('practice.country')).selectOption('IT') } },
    { name: 'practices-written', who: 'author', at: '/practices' },
    { name: 'practice', who: 'learner', at: `/practices/${ids.practices.own}`, dialogs: { ask: button('practice.ask') },
      states: { table: button('practice.table'), town: async (p, t) => { await p.getByRole('link', { name: t('practice.town') }).click(); await p.getByRole('region', { name: t('practice.town.all') }).getByRole('link').first().waitFor() } },
      saves: { ask: form(button('practice.ask'), { 'practice.ask.words': 'Which letter came first?' }, 'practice.ask.send') } },
    { name: 'practice-theirs', who: 'author', at: `/practices/${ids.practices.theirs}`, dialogs: { adopt: button('practice.adopt'), review: button('practice.review') } },
    { name: 'practice-draft', who: 'author', at: `/practices/${ids.practices.own}/draft`, dialogs: { publish: button('practice.publish'), withdraw: button('practice.withdraw') } },
    { name: 'practice-begun', who: 'author', at: `/practices/${ids.practices.begun}/draft`, dialogs: { delete: button('practice.delete') }, saves: { draft: form(null, { 'practice.section.title': 'Begun again' }, 'action.save') } },
    { name: 'practice-hand', who: 'author', at: `/practices/${ids.practices.hand}/adoption`, dialogs: { move: button('practice.move') } },
    { name: 'practice-adopter', who: 'author', at: `/practices/${ids.practices.own}/adoptions/${ids.practices.adopter}` },
    { name: 'challenges', who: 'author', at: '/challenges', empty: ['/challenges', '/own-challenges'] },
    { name: 'challenge', who: 'author', at: `/challenges/${ids.practices.challenge}`, dialogs: { sponsor: button('challenge.sponsor'), take: button('challenge.take') }, saves: { sponsor: form(button('challenge.sponsor'), { 'challenge.offer': 'A week of one person.' }, 'challenge.sponsor.do') } },
    { name: 'challenge-edit', who: 'author', at: `/challenges/${ids.practices.stated}/edit`, dialogs: { delete: button('practice.delete') } },
    { name: 'directory', who: 'learner', at: '/directory', empty: ['/directory'] },
    { name: 'directory-entry', who: 'author', at: `/directory/${ids.practices.expert}`, dialogs: { ask: button('directory.question') } },
    { name: 'directory-own', who: 'facilitator', at: '/directory/own/expert', dialogs: { remove: button('directory.remove') } },
    { name: 'directory-join', who: 'nobody', at: '/directory/join', states: { link: button('directory.link.have') } },
    { name: 'directory-open', who: 'nobody', at: '/directory/open/none', ...alone },
    { name: 'board', who: 'facilitator', at: '/board', empty: ['/postings', '/own-postings'] },
    { name: 'board-posting', who: 'learner', at: `/board/${ids.posting}`, dialogs: { report: button('talk.report') } },
    { name: 'board-edit', who: 'facilitator', at: `/board/${ids.posting}/edit`, saves: { notice: form(null, { 'wiki.words': 'It begins later.' }, 'action.save') } },
    { name: 'board-new', who: 'author', at: '/board/new', fails: false },
    { name: 'board-reports', who: 'operator', at: '/operator/board', empty: ['/operator-postings'], dialogs: { withdraw: button('board.withdraw') } },
    { name: 'directory-waiting', who: 'operator', at: '/operator/directory', empty: ['/operator-directory'] },
    { name: 'practice-compare', who: 'learner', at: `/practices/${ids.practices.own}/compare` },
    { name: 'programme', who: 'learner', at: `/programmes/${ids.programme}` },
    { name: 'programme-begun', who: 'pupil', at: `/programmes/${ids.programme}` },
    { name: 'programme-done', who: 'graduate', at: `/programmes/${ids.open}` },
    { name: 'programme-certificate', who: 'graduate', at: `/certificate/${ids.award}` },
    { name: 'search', who: 'administrator', at: '/search?q=open', states: { people: (p) => seek(p, 'conti'), none: (p) => seek(p, 'xyzzy', '.empty') } },
    { name: 'search-blank', who: 'author', at: '/search', fails: false },
    { name: 'enrolment-done', who: 'graduate', at: `/learn/${ids.done}` },
    { name: 'records', who: 'graduate', at: '/records', empty: true },
    { name: 'certificate', who: 'graduate', at: `/certificate/${ids.certificate}` },
    {
      name: 'profile', who: 'learner', at: '/profile', fails: false, dialogs: { erase: button('erasure.open'), word: async (p, t) => { await button('erasure.open')(p, t); await button('erasure.next')(p, t) } },
      saves: { name: form(null, { 'account.name': 'Roberto F.' }, 'action.save'), password: form(null, { 'profile.password.current': 'x', 'reset.password': 'four giraffes under the table' }, 'profile.password.do'), erase: form(async (p, t) => { await button('erasure.open')(p, t); await button('erasure.next')(p, t) }, { 'erasure.password': 'x' }, 'erasure.do') },
    },
    { name: 'lost', who: 'learner', at: '/nowhere', lost: true, fails: false },
    { name: 'not-my-role', who: 'learner', at: '/hr/exports', lost: true, fails: false },

    {
      name: 'author', who: 'author', at: '/author', empty: true,
      dialogs: { new: button('author.new') },
      saves: { new: form(button('author.new'), { 'author.name': 'New' }, 'author.make') },
    },
    {
      name: 'builder', who: 'author', at: `/author/${ids.course}`,
      dialogs: {
        more: button('author.more.actions'), publish: button('publish.open'), video: button('author.add.video'), text: button('author.add.text'), quiz: button('author.add.quiz'),
        rename: (p) => p.locator('.module').first().getByRole('button').first().click(),
        remove: (p) => p.locator('.module .sorted .row.between > button').first().click(),
        unpublish: async (p, t) => { await button('author.more.actions')(p, t); await button('author.unpublish')(p, t) },
      },
      states: { towns: async (p, t) => { await p.getByLabel(t('author.audience')).selectOption('towns'); await p.getByRole('group', { name: t('author.audience.choose') }).locator('.pick, p').waitFor() } },
      saves: {
        text: form(button('author.add.text'), { 'author.lesson.name': 'New' }, 'author.lesson.make'),
        module: form(null, { 'author.module.name': 'New' }, 'author.module.add'),
        details: form(null, { 'author.minutes': '33' }, 'action.save'),
      },
    },
    { name: 'translate', who: 'author', at: `/author/${ids.course}/translate` },
    { name: 'versions', who: 'author', at: `/author/${ids.course}/versions` },
    { name: 'preview', who: 'author', at: `/author/${ids.course}/preview` },
    { name: 'preview-video', who: 'author', at: `/author/${ids.course}/preview/${ids.draft.video}`, ready: video },
    { name: 'preview-text', who: 'author', at: `/author/${ids.course}/preview/${ids.draft.text}` },
    { name: 'preview-quiz', who: 'author', at: `/author/${ids.course}/preview/${ids.draft.quiz}`, states: { tried: async (p, t) => { await button('author.preview.try')(p, t); await p.getByRole('button', { name: t('author.preview.again') }).waitFor() } } },
    { name: 'author-videos', who: 'author', at: '/author/videos', empty: true, dialogs: { remove: button('action.remove') }, saves: { remove: form(button('action.remove'), {}, 'video.delete') } },
    { name: 'edit-captions', who: 'author', at: `/author/videos/${ids.clip}/captions/captions/en`, ready: (p) => p.getByRole('listbox').waitFor(), fails: false },
    { name: 'edit-chapters', who: 'author', at: `/author/videos/${ids.clip}/captions/chapters/en`, ready: (p) => p.getByRole('listbox').waitFor(), fails: false },
    { name: 'accessibility', who: 'nobody', at: `/accessibility/${ids.town}` },
    { name: 'edit-video', who: 'author', at: `/author/${ids.course}/lessons/${ids.draft.video}`, dialogs: { captions: (p) => p.locator('.card .list button').first().click(), remove: button('video.delete') } },
    { name: 'heat', who: 'author', at: `/author/${ids.course}/lessons/${ids.draft.video}/heat` },
    { name: 'edit-text', who: 'author', at: `/author/${ids.course}/lessons/${ids.draft.text}`, states: { look: async (p, t) => { await p.getByRole('button', { name: t('author.look') }).click(); await p.locator('.editing .prose').waitFor() } }, saves: { text: form(null, { 'author.lesson.name': 'Other' }, 'action.save') } },
    { name: 'edit-quiz', who: 'author', at: `/author/${ids.course}/lessons/${ids.draft.quiz}` },

    {
      name: 'author-programmes', who: 'author', at: '/author/programmes', empty: true,
      dialogs: { new: button('programmes.new') },
      saves: { new: form(button('programmes.new'), { 'programmes.name': 'New' }, 'programmes.make') },
    },
    {
      name: 'programme-editor', who: 'author', at: `/author/programmes/${ids.programme}`,
      dialogs: { publish: button('publish.open'), more: button('programmes.more'), move: button('programmes.move'), unpublish: async (p, t) => { await button('programmes.more')(p, t); await button('author.unpublish')(p, t) } },
      saves: { details: form(null, { 'programmes.name': 'Other' }, 'action.save') },
    },

    { name: 'town-videos', who: 'administrator', at: '/town/videos', saves: { allow: form(null, {}, 'action.save') } },
    { name: 'town-erasures', who: 'administrator', at: '/town/erasures', empty: true },
    { name: 'hr', who: 'hr', at: '/hr', empty: true },
    {
      name: 'hr-completion', who: 'hr', at: `/hr/completions/${ids.completion}`,
      dialogs: { correct: button('hr.correct'), hours: async (p, t) => { await button('hr.correct')(p, t); await p.getByLabel(t('hr.correct.kind')).selectOption('correction') } },
      saves: { correct: form(button('hr.correct'), { 'hr.correct.reason': 'Told wrongly' }, 'hr.correct.do') },
    },
    { name: 'hr-people', who: 'hr', at: '/hr/people', states: { none: async (p, t) => { await p.getByLabel(t('hr.search')).fill('xyzzy'); await p.keyboard.press('Enter'); await p.getByRole('heading', { name: t('hr.none') }).waitFor() } }, empty: ['/hr/people'] },
    { name: 'hr-assignments', who: 'hr', at: '/hr/assignments', empty: true, states: { units: async (p, t) => { await p.getByLabel(t('hr.whom')).selectOption('units'); await p.getByRole('group', { name: t('hr.whom.which') }).waitFor() } } },
    { name: 'hr-programmes', who: 'hr', at: '/hr/programmes', empty: true },
    { name: 'hr-followers', who: 'hr', at: `/hr/programmes/${ids.programme}`, states: { late: async (p, t) => { await p.getByLabel(t('records.state')).selectOption('late'); await p.locator('main table, main .empty').first().waitFor() } } },
    { name: 'hr-follower', who: 'hr', at: `/hr/completions/${ids.pursuit}` },
    { name: 'hr-exports', who: 'hr', at: '/hr/exports', fails: false },
    { name: 'hr-reconciliation', who: 'hr', at: '/hr/reconciliation', empty: true },

    {
      name: 'town', who: 'administrator', at: '/town', empty: ['/members'],
      dialogs: { change: button('action.change'), data: button('erasure.data'), erase: async (p, t) => { await button('erasure.data')(p, t); await button('erasure.open.member')(p, t); await button('erasure.next')(p, t); await p.getByLabel(t('erasure.email')).waitFor() }, leave: button('members.leave') },
      saves: { change: form(button('action.change'), {}, 'action.save'), leave: form(button('members.leave'), {}, 'members.leave.do') },
    },
    { name: 'town-invitations', who: 'administrator', at: '/town/invitations', empty: true, saves: { invite: form(null, { 'account.name': 'Bea', 'account.email': 'bea@castelverde.example' }, 'invitations.send') } },
    { name: 'town-room', who: 'administrator', at: '/town/room' },
    {
      name: 'town-units', who: 'administrator', at: '/town/units', empty: true,
      dialogs: { rename: button('action.rename') },
      saves: { add: form(null, { 'units.name': 'Library' }, 'action.add'), rename: form(button('action.rename'), {}, 'action.save') },
    },

    {
      name: 'hr-statements', who: 'hr', at: '/hr/statements', empty: ['/statements'],
      states: {
        several: async (p, t) => { await p.getByLabel(t('stmt.person')).fill('a'); await p.keyboard.press('Enter'); await p.getByRole('heading', { name: t('stmt.several') }).waitFor() },
        nobody: async (p, t) => { await p.getByLabel(t('stmt.person')).fill('xyzzy'); await p.keyboard.press('Enter'); await p.getByRole('heading', { name: t('stmt.nobody') }).waitFor() },
        none: async (p, t) => { await p.getByLabel(t('stmt.verb'), { exact: true }).selectOption('other'); await p.getByLabel(t('stmt.verb.address')).fill('http://verbs.example/none'); await p.keyboard.press('Enter'); await p.getByRole('heading', { name: t('stmt.none') }).waitFor() },
        live: async (p, t) => { await button('stmt.live')(p, t); await p.getByRole('status').filter({ hasText: /[0-9]/ }).first().waitFor() },
      },
    },
    { name: 'hr-statement', who: 'hr', at: `/hr/statements/${ids.statement}` },
    { name: 'hr-statement-hostile', who: 'hr', at: `/hr/statements/${ids.hostile}` },
    { name: 'author-statements', who: 'author', at: '/author/statements', empty: ['/courses'] },
    { name: 'author-statement', who: 'author', at: `/author/statements/${ids.statement}?course=${ids.course}` },
    { name: 'store-statements', who: 'operator', at: `/store/statements?town=${ids.town}`, empty: ['/statements'] },
    { name: 'store-statement', who: 'operator', at: `/store/statements/${ids.statement}?town=${ids.town}` },
    {
      name: 'store-credentials', who: 'administrator', at: '/store/credentials', empty: true,
      dialogs: {
        new: button('credential.new'), change: button('action.change'), rotate: button('credential.rotate'), revoke: button('credential.revoke'),
        account: async (p, t) => { await button('credential.new')(p, t); await p.getByLabel(t('credential.authority')).selectOption('account') },
        secret: async (p, t) => { await button('credential.rotate')(p, t); await submit('credential.rotate.do')(p, t); await p.getByRole('button', { name: t('credential.secret.done') }).waitFor() },
      },
      saves: {
        make: form(button('credential.new'), { 'credential.name': 'Courses' }, 'credential.make'), change: form(button('action.change'), { 'credential.name': 'Other' }, 'action.save'),
        rotate: form(button('credential.rotate'), {}, 'credential.rotate.do'), revoke: form(button('credential.revoke'), {}, 'credential.revoke.do'),
      },
    },
    {
      name: 'store-flows', who: 'administrator', at: '/store/flows', empty: true,
      dialogs: { new: button('flow.new'), change: button('action.change'), remove: button('action.remove') },
      saves: { make: form(button('flow.new'), { 'flow.name': 'Region', 'flow.endpoint': 'https://records.example/xapi', 'flow.key': 'k', 'flow.secret': 's' }, 'flow.make'), remove: form(button('action.remove'), {}, 'flow.remove.do') },
    },
    {
      name: 'store-transfer', who: 'administrator', at: '/store/transfer', empty: true,
      states: { table: async (p, t) => { await p.getByLabel(t('transfer.format')).selectOption('csv'); await p.getByLabel('timestamp').waitFor() } },
    },
    {
      name: 'store-keeping', who: 'administrator', at: '/store/keeping', empty: true, dialogs: { new: button('keep.new') },
      saves: { rule: form(button('keep.new'), { 'keep.name': 'Old pauses' }, 'keep.make') },
    },
    { name: 'store-figures', who: 'administrator', at: '/store/figures', empty: true, states: { table: (p) => p.locator('summary').first().click() } },
    { name: 'hr-figures', who: 'hr', at: '/hr/figures' },
    { name: 'store-figures-of-a-town', who: 'operator', at: `/store/figures?town=${ids.town}` },
    { name: 'store-credentials-of-a-town', who: 'operator', at: '/store/credentials', empty: ['/record-credentials'] },

    {
      name: 'operator', who: 'operator', at: '/operator', empty: ['/organisations'],
      dialogs: { new: button('towns.new'), appoint: button('towns.appoint'), close: button('towns.close') },
      saves: { new: form(button('towns.new'), { 'towns.name': 'Tammela', 'towns.slug': 'tammela' }, 'towns.make'), appoint: form(button('towns.appoint'), { 'account.name': 'Bea', 'account.email': 'bea@castelverde.example' }, 'invitations.send') },
    },
    { name: 'operator-mails', who: 'operator', at: '/operator/mails', empty: ['/letters'] },
    { name: 'operator-mail', who: 'operator', at: `/operator/mails/${ids.mail}` },
    {
      name: 'operator-videos', who: 'operator', at: '/operator/videos', empty: ['/video-jobs', '/video-rooms', '/organisations'], dialogs: { room: button('rooms.set') },
      saves: { room: form(button('rooms.set'), { 'rooms.limit': '50' }, 'action.save') },
    },
    { name: 'operator-health', who: 'operator', at: '/operator/health', empty: ['/audit'] },
  ]
}
