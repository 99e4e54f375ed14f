import { Uploader, type UploadPlan } from './uploader'

const atOnce = 2 // files; browsers open six connections to a server, and the pages need some of them
const jump = 30_000 // milliseconds by which the clock is ahead after a sleep
const every = 5_000

/** The files that are being sent from this page, in their order. */
export class Queue {
  #all: readonly Uploader[] = []
  readonly #listeners = new Set<() => void>()
  readonly #ended = new Map<Uploader, () => void>()
  #clock: ReturnType<typeof setInterval> | undefined
  #last = 0

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  all = (): readonly Uploader[] => this.#all

  add(plan: UploadPlan): Uploader {
    const uploader = new Uploader(plan)
    this.#ended.set(uploader, uploader.subscribe(() => this.#pump()))
    this.#put([...this.#all, uploader])
    if (this.#clock === undefined) this.#watch()
    queueMicrotask(() => this.#pump()) // whoever adds it has something to say to it first
    return uploader
  }

  drop(uploader: Uploader) {
    this.#ended.get(uploader)?.()
    this.#ended.delete(uploader)
    this.#put(this.#all.filter((u) => u !== uploader))
    this.#pump()
  }

  /** Nothing of this person's goes on: somebody else is signed in, or nobody. What was sent is kept. */
  end() {
    clearInterval(this.#clock)
    this.#clock = undefined
    removeEventListener('online', this.#online)
    removeEventListener('offline', this.#offline)
    for (const u of this.#all) {
      this.#ended.get(u)?.()
      u.pause()
    }
    this.#ended.clear()
    this.#put([])
  }

  #put(all: readonly Uploader[]) {
    this.#all = all
    for (const listener of this.#listeners) listener()
  }

  #pump() {
    for (const u of this.#all) {
      if (this.#going().length >= atOnce) break // whoever begins says so, and the next one may begin meanwhile
      if (u.state().phase === 'queued') u.go()
    }
    const going = this.#going()
    for (const u of going) u.lanes = going.length > 1 ? 2 : 3
  }

  #going(): readonly Uploader[] {
    return this.#all.filter((u) => u.busy())
  }

  #watch() {
    this.#last = Date.now()
    this.#clock = setInterval(() => {
      const now = Date.now()
      const slept = now - this.#last > every + jump
      this.#last = now
      for (const u of this.#all) {
        if (slept) u.wake()
        else u.tick(performance.now())
      }
    }, every)
    addEventListener('online', this.#online)
    addEventListener('offline', this.#offline)
  }

  #online = () => {
    for (const u of this.#all) u.online()
  }

  #offline = () => {
    for (const u of this.#all) u.offline()
  }
}
