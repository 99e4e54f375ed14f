import { describe, expect, it } from 'vitest'
import { barrier, type Mark, markBetween } from './use-stops'

const marks: Mark[] = [
  { id: 'a', at: 5, required: false, done: false },
  { id: 'b', at: 9, required: true, done: false },
  { id: 'c', at: 12, required: true, done: true },
]

describe('marks', () => {
  it.each([
    [0, 4.9, undefined],
    [4.9, 5.02, 'a'],
    [5, 5.2, undefined], // it stands there already
    [4, 20, 'a'],
    [8.9, 9.1, 'b'],
    [11, 13, undefined], // done
  ])('between %s and %s: %s', (from, to, want) => {
    expect(markBetween(marks, from, to, new Set())?.id).toBe(want)
  })
  it('lets go of what need not be answered, and of nothing else', () => {
    expect(markBetween(marks, 4, 6, new Set(['a']))).toBeUndefined()
    expect(markBetween(marks, 8, 10, new Set(['b']))?.id).toBe('b')
  })
  it.each([
    [8.9, undefined],
    [9, 'b'],
    [100, 'b'],
  ])('at %s the way ends at %s', (at, want) => {
    expect(barrier(marks, at)?.id).toBe(want)
  })
})
