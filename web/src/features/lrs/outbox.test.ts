import 'fake-indexeddb/auto'
import { afterEach, describe, expect, it, vi } from 'vitest'
import type { Credential } from '../../api/types'
import { Outbox } from './outbox'
import { openShelf } from './shelf'
import type { Statement } from './statement'

const right: Credential = { endpoint: '/xapi', authorization: 'Basic one', expires: '2999-01-01T00:00:00Z' }
const fresh: Credential = { ...right, authorization: 'Basic two' }
const statement = (id: string): Statement => ({ id, actor: {}, verb: { id: 'v', display: {} }, object: {}, context: {}, timestamp: '2026-11-21T08:00:00Z' })
const answer = (status: number) => Promise.resolve(new Response(null, { status }))
let round = 0
let open: Outbox | undefined

/** The ids in the body of each request so far. */
function sent(fetch: ReturnType<typeof vi.fn<typeof globalThis.fetch>>): string[][] {
  return fetch.mock.calls.map(([, init]) => {
    const body: unknown = JSON.parse(typeof init?.body === 'string' ? init.body : '[]')
    return Array.isArray(body) ? body.map((s: Statement) => s.id) : []
  })
}

function make(fetch: typeof globalThis.fetch, credential = () => Promise.resolve(fresh), person = 'ada', name = `outbox-${++round}`) {
  open = new Outbox({ person, credential, fetch, open: () => openShelf(name) })
  return open
}

afterEach(() => open?.close())

describe('outbox', () => {
  it('sends what was put and forgets it when it is stored', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>(() => answer(200))
    const box = make(fetch)
    box.learn('e1', right)
    await box.put('e1', statement('a'))
    await box.put('e1', statement('b'))
    expect(box.state().waiting).toBe(2)
    box.start()
    await vi.waitFor(() => expect(box.state().waiting).toBe(0))
    expect(sent(fetch).flat()).toEqual(['a', 'b'])
    expect(new Headers(fetch.mock.calls[0]?.[1]?.headers).get('authorization')).toBe('Basic one')
  })

  it('keeps everything while the server is away, and says so', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>(() => Promise.reject(new TypeError('offline')))
    const box = make(fetch)
    box.learn('e1', right)
    await box.put('e1', statement('a'))
    box.start()
    await vi.waitFor(() => expect(box.state().failing).toBe(true))
    expect(box.state().waiting).toBe(1)
    fetch.mockImplementation(() => answer(200))
    dispatchEvent(new Event('online'))
    await vi.waitFor(() => expect(box.state()).toEqual({ waiting: 0, refused: 0, failing: false }), { timeout: 4000 })
  })

  it('sends after a reload what an earlier page wrote', async () => {
    const name = `outbox-${++round}`
    const first = make(() => answer(200), undefined, 'ada', name)
    await first.put('e1', statement('a'))
    first.close()
    const fetch = vi.fn<typeof globalThis.fetch>(() => answer(200))
    const second = make(fetch, undefined, 'ada', name)
    second.start()
    await vi.waitFor(() => expect(sent(fetch).flat()).toEqual(['a']))
  })

  it('never sends for somebody else', async () => {
    const name = `outbox-${++round}`
    const first = make(() => answer(200), undefined, 'ada', name)
    await first.put('e1', statement('a'))
    first.close()
    const fetch = vi.fn<typeof globalThis.fetch>(() => answer(200))
    const box = make(fetch, undefined, 'bob', name)
    box.start()
    await box.put('e2', statement('b'))
    await vi.waitFor(() => expect(sent(fetch).flat()).toEqual(['b']))
  })

  it('renews its right when it has run out', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>((_, init) => answer(new Headers(init?.headers).get('authorization') === 'Basic two' ? 200 : 401))
    const box = make(fetch)
    box.learn('e1', right)
    await box.put('e1', statement('a'))
    box.start()
    await vi.waitFor(() => expect(box.state().waiting).toBe(0))
    expect(fetch).toHaveBeenCalledTimes(2)
  })

  it('takes a conflict for "stored already" and sets aside what is refused', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>((_, init) => {
      const body = typeof init?.body === 'string' ? init.body : ''
      return answer(body.includes('"bad"') ? 400 : body.includes('"twice"') ? 409 : 200)
    })
    const box = make(fetch)
    for (const id of ['good', 'bad', 'twice']) await box.put('e1', statement(id))
    box.start()
    await vi.waitFor(() => expect(box.state()).toEqual({ waiting: 0, refused: 1, failing: false }))
  })

  it('says what a dead page could not say', async () => {
    const name = `outbox-${++round}`
    const dead = make(() => answer(200), undefined, 'ada', name)
    await dead.draft('e1', 's1', statement('last'))
    dead.close()
    const fetch = vi.fn<typeof globalThis.fetch>(() => answer(200))
    open = new Outbox({ person: 'ada', credential: () => Promise.resolve(fresh), fetch, open: () => openShelf(name), now: () => Date.now() + 120_000 })
    open.start()
    await vi.waitFor(() => expect(sent(fetch).flat()).toEqual(['last']))
  })

  it('hands what is left to the browser when the page goes', async () => {
    const fetch = vi.fn<typeof globalThis.fetch>(() => answer(200))
    const box = make(fetch)
    box.learn('e1', right)
    await box.put('e1', statement('a'))
    box.flush([{ enrolment: 'e1', statement: statement('bye') }])
    expect(fetch.mock.calls[0]?.[1]?.keepalive).toBe(true)
    expect(sent(fetch)).toEqual([['a', 'bye']])
    expect(box.state().waiting).toBe(1)
  })
})
