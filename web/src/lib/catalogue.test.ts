// @vitest-environment node
import { readdirSync, readFileSync } from 'node:fs'
import { describe, expect, it } from 'vitest'
import { type Catalogue, type Locale, locales } from './locale'

// Values that are rightly the same as in English: names, loanwords and marks.
const same: Partial<Record<Locale, readonly string[]>> = {
  de: ['wiki.words', 'films.videos', 'directory.kind.expert', 'directory.kind.organisation', 'fig.part.bootcamp', 'fig.output.software', 'attend.name', 'checkin.code', 'room.part.chat', 'room.chat', 'nav.town.videos', 'cue.text', 'nav.operator', 'nav.author.videos', 'account.name', 'towns.name', 'kind.video', 'kind.text', 'course.version', 'player.label', 'author.version', 'author.body', 'author.format.link', 'hr.person', 'date.month.4', 'date.month.8', 'date.month.9', 'date.month.11', 'proof.town', 'nav.bootcamps', 'camp.title', 'camp.partner.partner', 'meet.kind.hackathon', 'practice.competence.2.5', 'practice.link.video', 'practice.link.title', 'practice.table.generation', 'practice.territory.region'],
  it: ['player.told.volume', 'fig.part.bootcamp', 'fig.output.software', 'room.part.chat', 'room.chat', 'account.password', 'videos.file', 'profile.password', 'kind.video', 'player.label', 'author.in', 'author.format.link', 'camp.partner.partner', 'meet.kind.hackathon', 'practice.in', 'practice.competence.2.5', 'practice.link.file', 'practice.link.video'],
  fr: ['player.told.volume', 'wiki.pages', 'wiki.version', 'directory.kind.organisation', 'fig.adoptions', 'fig.part.bootcamp', 'fig.note', 'fig.output.document', 'attend.state.absent', 'attend.minutes', 'attend.differs', 'checkin.code', 'room.part.notes', 'room.poll.points_one', 'room.poll.points_other', 'room.poll.text', 'notes.text', 'notes.count_one', 'notes.count_other', 'a11y.clause', 'nav.catalogue', 'notices.title', 'nav.hr.exports', 'nav.town.invitations', 'nav.operator', 'table.actions', 'invitations.title', 'minutes_one', 'minutes_other', 'kind.quiz', 'catalogue.title', 'course.version', 'player.pause', 'player.position', 'towns.kind.association', 'author.modules', 'author.version', 'quiz.edit.question', 'quiz.edit.prompt', 'upload.pause', 'hr.pages', 'hr.corrections', 'hr.exports', 'proof.minutes_one', 'proof.minutes_other', 'proof.signature', 'paper.signature', 'nav.bootcamps', 'camp.title', 'camp.funding.other', 'camp.targets.towns', 'meet.kind.hackathon', 'meet.minutes', 'practice.section.technologies', 'practice.section.licence', 'practice.topic.administration', 'practice.topic.culture', 'practice.topic.inclusion', 'practice.topic.participation', 'practice.link.page', 'practice.version.short', 'practice.questions', 'practice.territory.lat', 'practice.territory.lon'],
  es: ['fig.part.bootcamp', 'fig.output.software', 'room.part.chat', 'room.chat', 'track.errors_one', 'nav.bootcamps', 'camp.title'],
  pt: ['player.told.volume', 'fig.part.bootcamp', 'fig.output.software', 'practice.territory.lat', 'practice.territory.lon', 'nav.bootcamps', 'camp.title', 'meet.kind.hackathon'],
  sv: ['wiki.words', 'wiki.version', 'directory.kind.organisation', 'fig.part.bootcamp', 'practice.link.video', 'practice.version.short', 'practice.table.generation', 'practice.territory.region', 'cue.text', 'nav.operator', 'player.label', 'proof.town', 'camp.partner.partner', 'meet.kind.hackathon'],
  fi: ['fig.part.bootcamp', 'practice.link.video', 'player.label', 'meet.kind.hackathon'],
  pl: ['fig.part.bootcamp', 'practice.territory.region', 'camp.partner.partner', 'meet.kind.hackathon'],
}
const everywhere = new Set(['frame.name', 'quiz.number'])
const folders = ['../../locales/', '../../locales/errors/', '../../locales/server/']

function read(folder: string, locale: string): Catalogue {
  const parsed: unknown = JSON.parse(readFileSync(new URL(`${folder}${locale}.json`, import.meta.url), 'utf8'))
  const entries = typeof parsed === 'object' && parsed !== null ? Object.entries(parsed) : []
  return Object.fromEntries(entries.map(([k, v]) => [k, String(v)]))
}

const suffix = /_(zero|one|two|few|many|other)$/
function stemOf(catalogue: Catalogue, key: string): string {
  const stem = key.replace(suffix, '')
  return `${stem}_other` in catalogue ? stem : key
}
const places = (text: string) => [...text.matchAll(/\{\{\w+\}\}/g)].map((m) => m[0]).sort()

describe.each(folders)('catalogues in %s', (folder) => {
  const english = read(folder, 'en')
  const stems = new Set(Object.keys(english).map((k) => stemOf(english, k)))

  it('are there for every language and for no other', () => {
    expect(readdirSync(new URL(folder, import.meta.url)).filter((f) => f.endsWith('.json')).sort()).toEqual(locales.map((l) => `${l}.json`).sort())
  })

  describe.each(locales)('%s', (locale) => {
    const own = read(folder, locale)
    it('has every key and no other', () => {
      expect([...new Set(Object.keys(own).map((k) => stemOf(own, k)))].sort()).toEqual([...stems].sort())
    })
    it('has every plural form of its language', () => {
      const forms = new Intl.PluralRules(locale).resolvedOptions().pluralCategories
      const missing = [...stems].filter((s) => `${s}_other` in english).flatMap((s) => forms.filter((f) => !(`${s}_${f}` in own)).map((f) => `${s}_${f}`))
      // What the server says never counts in millions, for which the Romance languages have a form.
      expect(folder !== folders[0] ? missing.filter((k) => !k.endsWith('_many')) : missing).toEqual([])
    })
    it('keeps the places', () => {
      const wrong = Object.entries(own).filter(([key, text]) => {
        const model = english[key] ?? english[`${stemOf(own, key)}_other`] ?? ''
        return places(text).join() !== places(model).join() && !(key.endsWith('_one') || key.endsWith('_zero'))
      })
      expect(wrong).toEqual([])
    })
    it('says nothing as English does, unless rightly', () => {
      if (locale === 'en') return
      const listed = new Set(same[locale])
      const copied = Object.entries(own).filter(([key, text]) => text === english[key] && /\p{L}/u.test(text.replace(/\{\{\w+\}\}/g, '')) && !everywhere.has(key) && !listed.has(key))
      expect(copied).toEqual([])
    })
  })
})
