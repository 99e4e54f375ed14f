import { describe, expect, it } from 'vitest'
import { Notes } from './notes'

/** People who write into one text; what they send is kept until it is handed round. */
function desk(n: number) {
  const sent: string[][] = Array.from({ length: n }, () => [])
  const all = sent.map((mine) => new Notes((c) => mine.push(c), () => undefined))
  const person = (i: number) => {
    const one = all[i]
    if (!one) throw new Error('nobody')
    return one
  }
  return {
    person,
    hand() {
      all.forEach((x) => x.flush())
      sent.forEach((mine) => mine.splice(0).forEach((c) => all.forEach((x) => x.take(c))))
    },
  }
}

describe('shared notes', () => {
  it('lose no character when two write in one sentence without hearing each other', () => {
    const d = desk(2)
    d.person(0).write('We publish maps.')
    d.hand()
    for (let i = 1; i <= 'our good '.length; i++) d.person(0).write(`We publish ${'our good '.slice(0, i)}maps.`)
    for (let i = 1; i <= ' and plans'.length; i++) d.person(1).write(`We publish maps${' and plans'.slice(0, i)}.`)
    d.hand()
    expect(d.person(0).text).toBe('We publish our good maps and plans.')
    expect(d.person(1).text).toBe(d.person(0).text)
  })

  it('come to the same text whatever the order, and twice is once', () => {
    const sent: string[] = []
    const a = new Notes((c) => sent.push(c), () => undefined)
    for (const text of ['one', 'one two', 'one three', 'zero one three']) {
      a.write(text)
      a.flush()
    }
    const b = new Notes(() => undefined, () => undefined)
    for (const c of [...sent].reverse()) {
      b.take(c)
      b.take(c)
    }
    expect(b.text).toBe('zero one three')
  })

  it('pass over what is no change', () => {
    const a = new Notes(() => undefined, () => undefined)
    a.write('safe')
    for (const nonsense of ['', '!!!', 'AAAA', btoa('x'.repeat(500)), btoa(String.fromCharCode(...Array.from({ length: 200 }, (_, i) => (i * 97) % 256)))]) a.take(nonsense)
    expect(a.text).toBe('safe')
    a.write('safe and sound')
    expect(a.text).toBe('safe and sound')
  })

  it('keep the cursor where it was when others write before it', () => {
    const d = desk(2)
    d.person(0).write('abc')
    d.hand()
    const where = d.person(0).mark(2)
    d.person(1).write('12abc')
    d.hand()
    expect(where()).toEqual([4])
  })
})
