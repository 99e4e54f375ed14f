import { describe, expect, it } from 'vitest'
import { gaps, merge, total } from './spans'

describe('spans', () => {
  it('joins what touches and overlaps, in any order', () => {
    expect(merge([[6, 9], [0, 2], [1, 4], [4, 5]])).toEqual([[0, 5], [6, 9]])
  })
  it('drops empty and reversed spans', () => {
    expect(merge([[3, 3], [5, 2]])).toEqual([])
  })
  it('counts every second once', () => {
    expect(total([[0, 10], [5, 12]])).toBe(12)
  })
  it('names what is left out, to the end', () => {
    expect(gaps([[0, 252], [360, 540]], 720)).toEqual([[252, 360], [540, 720]])
    expect(gaps([[0, 720]], 720)).toEqual([])
  })
})
