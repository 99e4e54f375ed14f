import { describe, expect, it } from 'vitest'
import english from '../../../../locales/en.json'
import { plainVerb, sayingOf, verbNames, verbs } from './verbs'

const what = { kind: 'video' } as const

describe('the sentence of a statement', () => {
  it('says how much was watched, if the statement says so', () => {
    expect(sayingOf({ verb: verbs.paused, what, result: { played: 200 } })).toBe('watched')
    expect(sayingOf({ verb: verbs.paused, what, result: {} })).toBe('paused')
    expect(sayingOf({ verb: verbs.completed, what, result: { played: 200 } })).toBe('watched.end')
    expect(sayingOf({ verb: verbs.completed, what: { kind: 'course' }, result: {} })).toBe('completed')
  })
  it('is a general one for words, objects and values that are not ours', () => {
    expect(sayingOf({ verb: 'http://verbs.example/did', what, result: {} })).toBe('general')
    expect(sayingOf({ verb: verbs.answered, what: { kind: 'agent' }, result: {} })).toBe('general')
    expect(sayingOf({ verb: verbs.voided, what, result: {} })).toBe('general')
    expect(sayingOf({ verb: verbs.seeked, what, result: { from: 3 } })).toBe('general')
    expect(sayingOf({ verb: 'constructor', what, result: {} })).toBe('general')
  })
  it('names what has no sentence, unless another system says it', () => {
    expect(sayingOf({ verb: verbs.attended, what: { kind: 'activity' }, result: {} })).toBe('general')
    expect(plainVerb({ verb: verbs.attended, by: 'platform' })).toBe('attended')
    expect(plainVerb({ verb: verbs.attended, by: 'other' })).toBeUndefined()
    expect(plainVerb({ verb: verbs.paused, by: 'platform' })).toBeUndefined()
  })
  it('has words for every verb', () => {
    for (const v of verbNames) expect(Object.keys(english)).toContain(`stmt.verb.${v}`)
    for (const s of [...verbNames.filter((v) => !plainVerb({ verb: verbs[v], by: 'platform' })), 'watched', 'watched.end', 'answered.right', 'answered.wrong', 'general']) expect(Object.keys(english)).toContain(`stmt.say.${s}`)
  })
})
