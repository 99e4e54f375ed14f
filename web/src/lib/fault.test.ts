import { describe, expect, it } from 'vitest'
import { say, sayField } from './fault'
import * as format from './format'
import { type Catalogue, fill, type Locale, locales, lookUp, type Params } from './locale'

const codes = import.meta.glob<Catalogue>('../../locales/errors/*.json', { import: 'default', eager: true })

function speaker(locale: Locale) {
  const catalogue = codes[`../../locales/errors/${locale}.json`] ?? {}
  const maybe = (key: string, params?: Params) => {
    const text = lookUp(catalogue, locale, key, params)
    return text === undefined ? undefined : fill(text, locale, params)
  }
  return { t: (key: string) => key, maybe, bytes: (n: number) => format.bytes(locale, n), soon: (s: number) => format.soon(locale, s) }
}

function fault(code: string, params: Record<string, string | number>) {
  return Object.assign(new Error(code), { status: 422, code, params, fields: [{ path: 'body.password', code }] })
}

describe('faults', () => {
  it.each<[Locale, string]>([
    ['en', 'in 30 seconds'], ['de', 'in 30 Sekunden'], ['it', 'tra 30 secondi'], ['fr', 'dans 30 secondes'], ['es', 'dentro de 30 segundos'],
    ['pt', 'dentro de 30 segundos'], ['sv', 'om 30 sekunder'], ['fi', '30 sekunnin päästä'], ['pl', 'za 30 sekund'],
  ])('say in %s how long to wait', (locale, words) => {
    expect(say(fault('people.too_many', { after: 30 }), speaker(locale))).toContain(words)
  })
  it('round a long wait up', () => {
    expect(format.soon('en', 89.2)).toBe('in 90 seconds')
    expect(format.soon('en', 841)).toBe('in 15 minutes')
    expect(format.soon('en', 7201)).toBe('in 3 hours')
  })
  it('say bytes as file managers do', () => {
    expect(say(fault('video.too_large', { size: 12_000_000_000, limit: 10_000_000_000 }), speaker('en'))).toContain('12 GB; at most 10 GB')
  })
  it('count as the language counts', () => {
    const missing = (count: number) => say(fault('course.gaps', { count }), speaker('pl'))
    expect(missing(1)).toContain('jednej rzeczy')
    expect(missing(3)).toContain('3 rzeczy')
    expect(say(fault('course.no_attempts_left', { count: 3 }), speaker('pl'))).toContain('3 próby')
    expect(say(fault('course.no_attempts_left', { count: 5 }), speaker('pl'))).toContain('5 prób ')
  })
  it('belong to their field', () => {
    expect(sayField(fault('people.password_short', { min: 12 }), 'password', speaker('de'))).toContain('mindestens 12 Zeichen')
  })
  it('have a catalogue in every language', () => {
    expect(Object.keys(codes)).toHaveLength(locales.length)
  })
})
