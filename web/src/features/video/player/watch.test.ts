import { describe, expect, it } from 'vitest'
import { Watch } from './watch'

/** A watch, and what moves its clock by so many seconds. */
function watched() {
  let ms = 0
  return { w: new Watch(() => ms), pass: (seconds: number) => (ms += seconds * 1000) }
}

describe('watch', () => {
  it('counts what a busy machine tells late', () => {
    const { w, pass } = watched()
    w.begin(0)
    for (const t of [10, 20, 30]) {
      pass(5)
      w.tick(t, 2)
    }
    expect(w.spans()).toEqual([[0, 30]])
  })
  it('counts no more than the clock permits', () => {
    const { w, pass } = watched()
    w.begin(0)
    pass(5)
    w.tick(12, 2)
    pass(1)
    w.tick(13, 2)
    expect(w.spans()).toEqual([[12, 13]])
  })
  it('grows while time runs and joins what touches', () => {
    const { w, pass } = watched()
    w.begin(0)
    for (const t of [0.25, 0.5, 0.75, 1]) {
      pass(0.25)
      w.tick(t, 1)
    }
    expect(w.spans()).toEqual([[0, 1]])
    w.end()
    w.begin(1.1)
    pass(1)
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
    const { w, pass } = watched()
    w.begin(0)
    pass(1)
    w.tick(1, 1)
    w.tick(30, 1)
    pass(1)
    w.tick(31, 1)
    expect(w.spans()).toEqual([[0, 1], [30, 31]])
  })
  it('goes on after it has waited, without what was left out', () => {
    const { w, pass } = watched()
    w.begin(0)
    pass(1)
    w.tick(1, 1)
    w.end()
    pass(20)
    w.resume(9)
    pass(1)
    w.tick(10, 1)
    w.resume(10)
    expect(w.spans()).toEqual([[0, 1], [9, 10]])
  })
  it('counts nothing while nothing plays', () => {
    const w = new Watch()
    w.tick(5, 1)
    expect(w.spans()).toEqual([])
  })
})
