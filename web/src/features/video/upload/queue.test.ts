import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Queue } from './queue'

const asked = vi.hoisted(() => ({ n: 0, store: '' }))

// A server that has nothing.
vi.mock('../../../api/client', () => {
  const upload = () => {
    const id = `u${++asked.n}`
    const part = { size: 5, url: asked.store === '' ? null : `${asked.store}?signed=${asked.n}`, done: false }
    return Promise.resolve({ id, video: id, partSize: 5, parts: [{ ...part, number: 1 }, { ...part, number: 2 }], resumed: false, same: false, more: false, state: 'uploading' })
  }
  const post = (path: string) => (path.endsWith('/finish') ? Promise.resolve({}) : upload())
  return { client: { POST: post, GET: upload, DELETE: () => Promise.resolve() }, content: (x: unknown) => x, ApiError: class extends Error {
      status: number
      code = ''
      params = {}
      constructor(status: number) {
        super()
        this.status = status
      }
    },
  }
})

/** It never answers a part. */
function serve() {
  vi.stubGlobal(
    'XMLHttpRequest',
    class {
      upload = {}
      open = () => undefined
      setRequestHeader = () => undefined
      send = () => undefined
      abort = () => undefined
    },
  )
}

const file = (name: string) => new File(['0123456789'], name, { type: 'video/mp4' })
const phases = (queue: Queue) => queue.all().map((u) => u.state().phase)

describe('queue', () => {
  beforeEach(() => {
    asked.n = 0
    asked.store = ''
    serve()
  })
  it('asks for addresses anew when those at the store have run out', async () => {
    asked.store = 'https://store.example/part'
    const sent: string[] = []
    vi.stubGlobal(
      'XMLHttpRequest',
      class {
        upload = {}
        status = 0
        responseText = ''
        onload: () => void = () => undefined
        url = ''
        open = (_: string, url: string) => {
          this.url = url
        }
        setRequestHeader = () => undefined
        getResponseHeader = () => 'tag'
        abort = () => undefined
        send = () => {
          this.status = this.url.endsWith('=1') ? 403 : 200
          sent.push(`${this.status} ${this.url.split('?')[1] ?? ''}`)
          queueMicrotask(() => this.onload())
        }
      },
    )
    const queue = new Queue()
    const uploader = queue.add({ file: file('a.mp4') })
    await vi.waitFor(() => expect(phases(queue)).toEqual(['done']))
    expect(new Set(sent)).toEqual(new Set(['403 signed=1', '200 signed=2']))
    expect(uploader.state()).toMatchObject({ sent: 10, error: null })
    queue.end()
  })
  it('sends two files at once, and the next when one has made way', async () => {
    const queue = new Queue()
    const all = ['a.mp4', 'b.mp4', 'c.mp4'].map((name) => queue.add({ file: file(name) }))
    await vi.waitFor(() => expect(phases(queue)).toEqual(['sending', 'sending', 'queued']))
    expect(all.map((u) => u.lanes)).toEqual([2, 2, 3])
    all[0]?.pause()
    await vi.waitFor(() => expect(phases(queue)).toEqual(['paused', 'sending', 'sending']))
    all[0]?.resume()
    expect(phases(queue)).toEqual(['queued', 'sending', 'sending'])
    await all[1]?.cancel()
    await vi.waitFor(() => expect(phases(queue)).toEqual(['sending', 'cancelled', 'sending']))
    queue.end()
    expect(all[0]?.state().phase).toBe('paused')
  })
  it('waits for a connection, and goes on when it is back', async () => {
    const queue = new Queue()
    queue.add({ file: file('a.mp4') })
    await vi.waitFor(() => expect(phases(queue)).toEqual(['sending']))
    dispatchEvent(new Event('offline'))
    expect(phases(queue)).toEqual(['offline'])
    dispatchEvent(new Event('online'))
    await vi.waitFor(() => expect(phases(queue)).toEqual(['sending']))
    queue.end()
  })
  it('asks anew after a sleep', async () => {
    vi.useFakeTimers({ toFake: ['setInterval', 'clearInterval', 'Date'] })
    const queue = new Queue()
    queue.add({ file: file('a.mp4') })
    await vi.waitFor(() => expect(phases(queue)).toEqual(['sending']))
    const before = asked.n
    vi.advanceTimersByTime(5_000)
    expect(asked.n).toBe(before)
    vi.setSystemTime(Date.now() + 3_600_000)
    vi.advanceTimersByTime(5_000)
    await vi.waitFor(() => expect(asked.n).toBe(before + 1))
    expect(phases(queue)).toEqual(['sending'])
    queue.end()
    vi.useRealTimers()
  })
})
