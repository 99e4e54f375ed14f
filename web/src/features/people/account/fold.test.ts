import { describe, expect, it } from 'vitest'
import { device } from './device'
import { fold } from './fold'

const session = (id: string, hour: number, current = false) => ({ id, agent: '', created: '2026-11-01T08:00:00Z', seen: `2026-11-20T${String(hour).padStart(2, '0')}:00:00Z`, current })
const names = (list: { id: string }[]) => list.map((s) => s.id).join(' ')

describe('the sessions of a person', () => {
  it('are all seen when they are few, this one first, then as they were used', () => {
    const { first, rest } = fold([session('a', 3), session('b', 9), session('this', 1, true), session('c', 5), session('d', 4), session('e', 2)])
    expect(names(first)).toBe('this b c d a e')
    expect(rest).toEqual([])
  })
  it('are folded when they are many; this one is never folded away', () => {
    const { first, rest } = fold([...Array.from({ length: 9 }, (_, i) => session(`s${String(i)}`, 10 + i)), session('this', 0, true)])
    expect(names(first)).toBe('this s8 s7 s6')
    expect(names(rest)).toBe('s5 s4 s3 s2 s1 s0')
  })
  it('are none of them twice and none of them lost', () => {
    for (let n = 0; n < 12; n++) {
      const { first, rest } = fold(Array.from({ length: n }, (_, i) => session(String(i), i, i === 0)))
      expect(new Set([...first, ...rest].map((s) => s.id)).size).toBe(n)
      expect(rest.length === 1 || rest.length === 2).toBe(false)
    }
  })
  it('are named for people', () => {
    expect(device('Mozilla/5.0 (X11; Linux x86_64) AppleWebKit/537.36 (KHTML, like Gecko) Chrome/129.0.0.0 Safari/537.36')).toBe('Chrome · Linux')
    expect(device('curl/8')).toBe('')
  })
})
