import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, describe, expect, it, vi } from 'vitest'
import { forgetOld, keep, readKept, type Unsaved, useUnsaved } from './unsaved'
import { Writer } from './writer'

interface Card { title: string; steps: string[] }
let root: Root
let card: Unsaved<Card>

function Form({ of, start }: { of: number; start: Card }) {
  card = useUnsaved('card.1', of, start)
  return null
}
const show = (of: number, start: Card, who = 'ada') => act(() => root.render(<Writer key={who} value={who}><Form of={of} start={start} /></Writer>))
const leave = () => act(() => root.render(null))

beforeEach(() => {
  localStorage.clear()
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  root = createRoot(document.body.appendChild(document.createElement('div')))
})
afterEach(() => act(() => root.unmount()))

describe('what is not saved yet', () => {
  const stored: Card = { title: 'Stored', steps: [] }

  it('outlives the page, for its writer only', () => {
    show(1, stored)
    act(() => card.put({ title: 'Mine' }))
    leave()
    show(1, stored, 'eve')
    expect(card).toMatchObject({ value: stored, touched: false })
    show(1, stored)
    expect(card).toMatchObject({ value: { title: 'Mine', steps: [] }, touched: true, stale: false })
    expect(card.restored).toBeTypeOf('number')
  })

  it('does not follow what somebody else stores, and says so', () => {
    show(1, stored)
    act(() => card.put({ title: 'Mine' }))
    show(2, { title: 'Theirs', steps: ['a'] })
    expect(card).toMatchObject({ value: { title: 'Mine', steps: [] }, of: '1', stale: true })
    act(() => card.rebase())
    expect(card).toMatchObject({ value: { title: 'Mine', steps: [] }, of: '2', stale: false })
    act(() => card.drop())
    expect(card.value).toEqual({ title: 'Theirs', steps: ['a'] })
    leave()
    show(2, stored)
    expect(card.touched).toBe(false)
  })

  it('goes on upon an edition with the same words', () => {
    show(1, stored)
    act(() => card.put({ title: 'Mine' }))
    show(2, { ...stored })
    expect(card).toMatchObject({ value: { title: 'Mine' }, of: '2', stale: false })
  })

  it('is forgotten when it is saved, but for what was written meanwhile', () => {
    show(1, stored)
    act(() => card.put({ title: 'Mine' }))
    const sent = card.value
    act(() => card.put({ steps: ['later'] }))
    act(() => card.saved(sent, '2'))
    show(2, sent)
    expect(card).toMatchObject({ value: { title: 'Mine', steps: ['later'] }, of: '2', stale: false, touched: true })
    act(() => card.saved(card.value, '3'))
    expect(card.touched).toBe(false)
    leave()
    show(3, stored)
    expect(card).toMatchObject({ touched: false, restored: undefined })
  })

  it('is forgotten also when its page was left while it was being saved', () => {
    show(1, stored)
    act(() => card.put({ title: 'Mine' }))
    const { saved, value } = card
    leave()
    saved(value, '2')
    show(2, { ...value })
    expect(card.touched).toBe(false)
  })

  it('is not taken if it is of another shape', () => {
    keep('ada', 'card.1', { of: '1', at: Date.now(), value: { title: ['no'], steps: [] } })
    show(1, stored)
    expect(card.value).toEqual(stored)
    localStorage.setItem('palestra.unsaved.ada.card.1', '{')
    expect(readKept('ada', 'card.1', (x): x is string => typeof x === 'string')).toBeNull()
  })

  it('is forgotten after thirty days, whoever wrote it, and nothing else is', () => {
    const day = 86_400_000
    const now = Date.now()
    const waits = (x: unknown): x is string => typeof x === 'string'
    keep('ada', 'card.1', { of: '1', at: now - 31 * day, value: 'old' })
    keep('eve', 'card.2', { of: '1', at: now - 31 * day, value: 'old' })
    keep('ada', 'card.3', { of: '1', at: now - 29 * day, value: 'young' })
    localStorage.setItem('palestra.unsaved.ada.card.4', '{')
    localStorage.setItem('palestra.locale', 'de')
    expect(readKept('ada', 'card.1', waits)).toBeNull()
    expect(readKept('ada', 'card.3', waits)?.value).toBe('young')
    forgetOld()
    expect(Object.keys(localStorage).sort()).toEqual(['palestra.locale', 'palestra.unsaved.ada.card.3'])
    forgetOld(now + 2 * day)
    expect(Object.keys(localStorage)).toEqual(['palestra.locale'])
  })

  it('asks before the page is closed only where the browser has no room', () => {
    const closed = () => !dispatchEvent(new Event('beforeunload', { cancelable: true }))
    show(1, stored)
    act(() => card.put({ title: 'Mine' }))
    expect(closed()).toBe(false)
    vi.stubGlobal('localStorage', { getItem: () => null, removeItem: () => undefined, setItem: () => { throw new Error('full') } })
    act(() => card.put({ title: 'More' }))
    vi.unstubAllGlobals()
    expect(card.safe).toBe(false)
    expect(closed()).toBe(true)
    act(() => card.drop())
    expect(closed()).toBe(false)
  })
})
