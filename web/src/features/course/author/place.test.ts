import { describe, expect, it } from 'vitest'
import { parsePlace } from './place'

describe('a place in a video', () => {
  it.each([
    ['65', 65],
    ['1:05', 65],
    [' 01:02:03 ', 3723],
    ['0:07,5', 7.5],
    ['1:75', undefined],
    ['', undefined],
    ['soon', undefined],
    ['-3', undefined],
    ['99:99:99', undefined],
  ])('reads %s as %s', (text, want) => {
    expect(parsePlace(text)).toBe(want)
  })
})
