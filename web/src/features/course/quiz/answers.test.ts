import { describe, expect, it } from 'vitest'
import { firstAnswer, isAnswered, parseNumber } from './answers'

describe('answers', () => {
  it.each([
    ['3,5', 3.5],
    ['1 200', 1200],
    ['-0.25', -0.25],
    ['', undefined],
    ['3,5,1', undefined],
    ['about 3', undefined],
  ])('reads %s as %s', (text, want) => {
    expect(parseNumber(text)).toBe(want)
  })
  it('knows when a question is answered wholly', () => {
    const options = [{ id: 'a', text: { en: 'A' } }, { id: 'b', text: { en: 'B' } }]
    const matching = { id: 'q', kind: 'matching' as const, prompt: {}, options, matches: options }
    expect(isAnswered(matching, { question: 'q', pairs: { a: 'b' } })).toBe(false)
    expect(isAnswered(matching, { question: 'q', pairs: { a: 'b', b: 'a' } })).toBe(true)
    const ordering = { id: 'q', kind: 'ordering' as const, prompt: {}, options }
    expect(isAnswered(ordering, firstAnswer(ordering))).toBe(true)
    expect(isAnswered({ id: 'q', kind: 'text', prompt: {} }, { question: 'q', text: '  ' })).toBe(false)
  })
})
