import { beforeEach, describe, expect, it, vi } from 'vitest'
import { Queue } from './queue'

const asked = vi.hoisted(() => ({ n: 0 }))

// A server that has nothing.
vi.mock('../../../api/client', () => {
  const upload = () => {
    const id = `u${++asked.n}`
    const part = { size: 5, url: null, done: false }
    return Promise.resolve({ id, video: id, partSize: 5, parts: [{ ...part, number: 1 }, { ...part, number: 2 }], resumed: false, same: false, more: false, state: 'uploading' })
  }
  return { client: { POST: upload, GET: upload, DELETE: () => Promise.resolve() }, content: (x: unknown) => x, ApiError: class extends Error {} }
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
  beforeEach(serve)
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
