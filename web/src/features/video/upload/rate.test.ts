import { describe, expect, it } from 'vitest'
import { Rate } from './rate'

describe('rate', () => {
  it('says nothing before a second has passed', () => {
    const r = new Rate()
    expect(r.at(0, 0)).toBe(0)
    expect(r.at(500, 1000)).toBe(0)
  })
  it('looks back a few seconds only', () => {
    const r = new Rate()
    for (let s = 0; s <= 20; s++) r.at(s * 1000, s * 100)
    expect(r.at(21_000, 2100)).toBeCloseTo(100, 5)
    for (let s = 22; s <= 32; s++) r.at(s * 1000, 2100)
    expect(r.at(33_000, 2100)).toBe(0)
  })
  it('begins anew when bytes were lost', () => {
    const r = new Rate()
    r.at(0, 1000)
    r.at(2000, 3000)
    expect(r.at(2100, 1000)).toBe(0)
  })
})
