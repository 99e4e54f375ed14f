import { describe, expect, it } from 'vitest'
import { seconds } from './draft-lessons'
import { euros, when } from './when'

describe('dates of a practice', () => {
  it.each([
    ['2019', '2019', false],
    ['2020-09', 'September 2020', false],
    ['2021-03-04', '4 March 2021', false],
    ['2021-01/2021-02', 'January – February 2021', false],
    ['2019/2021-02', '2019 – February 2021', false],
    ['2022/..', '2022', true],
    ['soon', 'soon', false],
  ])('%s', (span, words, open) => {
    const got = when('en', span)
    expect(got.words.replace(/[\u2009\u202f\u00a0]/g, ' ')).toBe(words)
    expect(got.open).toBe(open)
  })
  it('says costs as a span', () => {
    expect(euros('en', 20_000, 50_000).replace(/\s/g, ' ')).toMatch(/€20,000\s?[–-]\s?€?50,000/)
    expect(euros('de', 500, 0)).toMatch(/500\s€/)
  })
  it.each([
    ['2:10', 130],
    ['1:02:10', 3730],
    ['45', 45],
    ['', 0],
    ['a:b', 0],
    ['1:2:3:4', 0],
    ['-1:00', 0],
  ])('%s is a moment', (text, n) => expect(seconds(text)).toBe(n))
})
