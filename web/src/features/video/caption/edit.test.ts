import { describe, expect, it } from 'vitest'
import { count, type Edit, nothing, readStamp, sent, stamp, type Step, step } from './edit'

const line = (start: number, end: number, text: string) => ({ start, end, text, voice: '', place: '' })
const begin = (): Edit => step(nothing, { do: 'load', lines: [line(1, 3, 'one two'), line(4, 6, 'three'), line(7, 9, 'four')] })
const run = (...steps: Step[]) => steps.reduce(step, begin())
const times = (e: Edit) => e.lines.map((l) => [l.start, l.end, l.text])

describe('caption editor', () => {
  it('splits at the caret and the playhead, else in the middle', () => {
    expect(times(run({ do: 'split', key: 1, at: 2.2, caret: 3 })).slice(0, 2)).toEqual([[1, 2.2, 'one'], [2.2, 3, 'two']])
    expect(times(run({ do: 'split', key: 1, at: 99, caret: null })).slice(0, 2)).toEqual([[1, 2, 'one'], [2, 3, 'two']])
    expect(times(run({ do: 'split', key: 2, at: 5, caret: null })).slice(1, 3)).toEqual([[4, 5, 'three'], [5, 6, '']])
  })
  it('joins with the next one, and the last with nothing', () => {
    expect(times(run({ do: 'join', key: 1 }))).toEqual([[1, 6, 'one two\nthree'], [7, 9, 'four']])
    expect(run({ do: 'join', key: 3 }).lines).toHaveLength(3)
  })
  it('shifts what is picked or all, never before the beginning', () => {
    expect(times(run({ do: 'go', key: 2 }, { do: 'go', key: 3, more: true }, { do: 'shift', by: 0.25, all: false })).map((l) => l[0])).toEqual([1, 4.25, 7.25])
    expect(times(run({ do: 'shift', by: -5, all: true }))).toEqual([[0, 0.1, 'one two'], [0, 1, 'three'], [2, 4, 'four']])
  })
  it('keeps order and length when times are written', () => {
    const e = run({ do: 'write', key: 1, part: { start: 5 } })
    expect(times(e)).toEqual([[4, 6, 'three'], [5, 5.1, 'one two'], [7, 9, 'four']])
    expect(e.current).toBe(1)
  })
  it('finds and replaces words, not patterns', () => {
    expect(count(begin().lines, 'O', false)).toBe(3)
    expect(count(begin().lines, 'O', true)).toBe(0)
    expect(count(begin().lines, '.*', false)).toBe(0)
    expect(times(run({ do: 'replace', find: 'o', with: '$&(0)', exact: true }))[2]).toEqual([7, 9, 'f$&(0)ur'])
  })
  it('takes back every step, writing on in one place as one', () => {
    const all: Step[] = [
      { do: 'write', key: 1, part: { text: 'o' } },
      { do: 'write', key: 1, part: { text: 'on' } },
      { do: 'split', key: 2, at: 5, caret: null },
      { do: 'insert', at: 20 },
      { do: 'remove' },
      { do: 'replace', find: 'four', with: 'vier', exact: true },
    ]
    const e = run(...all)
    expect(e.undo).toHaveLength(5)
    const back = Array.from({ length: 9 }).reduce<Edit>((x) => step(x, { do: 'undo' }), e)
    expect(sent(back.lines)).toEqual(sent(begin().lines))
    const again = Array.from({ length: 9 }).reduce<Edit>((x) => step(x, { do: 'redo' }), back)
    expect(sent(again.lines)).toEqual(sent(e.lines))
  })
  it('goes to a neighbour when lines are removed, and to nothing at the end', () => {
    expect(run({ do: 'go', key: 3 }, { do: 'remove' }).current).toBe(2)
    expect(run({ do: 'go', key: 1 }, { do: 'go', key: 3, more: true }, { do: 'remove' })).toMatchObject({ lines: [], current: 0 })
  })
  it('inserts into the room that there is', () => {
    expect(times(run({ do: 'insert', at: 3 }))[1]).toEqual([3, 4, ''])
  })
  it('writes and reads times', () => {
    for (const s of [0, 0.001, 59.999, 61.5, 3600.25, 86_399.999]) expect(readStamp(stamp(s))).toBe(s)
    expect([readStamp('1:2,5'), readStamp('75'), readStamp('1:00:02.25'), readStamp('x'), readStamp('1:')]).toEqual([62.5, 75, 3602.25, null, null])
  })
})
