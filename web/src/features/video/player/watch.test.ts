import { describe, expect, it } from 'vitest'
import { Watch } from './watch'

describe('watch', () => {
  it('grows while time runs and joins what touches', () => {
    const w = new Watch()
    w.begin(0)
    for (const t of [0.25, 0.5, 0.75, 1]) w.tick(t, 1)
    expect(w.spans()).toEqual([[0, 1]])
    w.end()
    w.begin(1.1)
    w.tick(2, 1)
    expect(w.spans()).toEqual([[0, 2]])
  })
  it('does not count a seek', () => {
    const w = new Watch()
    w.begin(0)
    w.tick(1, 1)
    w.end()
    w.begin(60)
    w.tick(61, 1)
    expect(w.spans()).toEqual([[0, 1], [60, 61]])
  })
  it('does not count a jump that no seek announced', () => {
    const w = new Watch()
    w.begin(0)
    w.tick(1, 1)
    w.tick(30, 1)
    w.tick(31, 1)
    expect(w.spans()).toEqual([[0, 1], [30, 31]])
  })
  it('counts nothing while nothing plays', () => {
    const w = new Watch()
    w.tick(5, 1)
    expect(w.spans()).toEqual([])
  })
})
