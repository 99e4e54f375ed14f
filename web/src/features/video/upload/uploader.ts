import { ApiError, bare, client, content } from '../../../api/client'
import type { Upload } from '../../../api/types'
import { uuid } from '../../../lib/uuid'
import { digest, fingerprint, sha256 } from './fingerprint'
import { Rate } from './rate'

export type UploadPhase =
  | 'queued' // waits for its turn
  | 'preparing'
  | 'comparing' // a file like it is there: is it the same?
  | 'same' // it is: its author decides
  | 'sending'
  | 'paused'
  | 'waiting' // something went wrong that may pass: it goes on by itself
  | 'offline' // so does this, as soon as there is a connection
  | 'finishing'
  | 'done'
  | 'cancelled'
  | 'failed'

export interface UploadState {
  phase: UploadPhase
  sent: number // bytes stored or on their way; of a comparison, bytes that were read
  size: number // bytes
  rate: number // bytes a second; 0: not known yet
  left: number // seconds; Infinity: not known
  again: number // seconds until the next try, when that was decided
  video: string // id; '' before the server gave one
  resumed: boolean // the server had parts of it
  reused: boolean // nothing was sent: the file was there
  shown: boolean // the page itself shows it
  error: unknown
}

export interface UploadPlan {
  file: File
  lesson?: string // where it was dropped
  replaces?: string // the video whose file's place it takes
}

const maxPause = 30_000
const mostRenewals = 3 // of addresses, without a part in between
const stalled = 60_000

/** Phases in which an upload keeps the line busy. */
const busy: readonly UploadPhase[] = ['preparing', 'comparing', 'sending', 'waiting', 'offline', 'finishing']

/** Sends one file in parts, several at once and each read when it is sent. Parts that the server has are not sent again:
 *  after a pause, a reload or on another machine. */
export class Uploader {
  readonly id = uuid()
  readonly file: File
  readonly plan: UploadPlan
  readonly #rate = new Rate()
  readonly #listeners = new Set<() => void>()
  readonly #flying = new Map<number, { request: XMLHttpRequest; loaded: number }>()
  #upload: Upload | null = null
  #state: UploadState
  #queue: number[] = []
  #running = 0
  #round = 0 // what was begun in an earlier one is not waited for
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  #renewals = 0
  #moved = 0 // when a byte last went out
  /** How many parts may be on their way at once. */
  lanes = 3
  onStarted: (video: string) => void = () => undefined
  onDone: (video: string) => void = () => undefined

  constructor(plan: UploadPlan) {
    this.plan = plan
    this.file = plan.file
    this.#state = { phase: 'queued', sent: 0, size: plan.file.size, rate: 0, left: Infinity, again: 0, video: '', resumed: false, reused: false, shown: false, error: null }
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  state = (): UploadState => this.#state

  /** Says that the page itself shows it, or does no more. */
  show(shown: boolean) {
    if (this.#state.shown !== shown) this.#set({ shown })
  }

  busy(): boolean {
    return busy.includes(this.#state.phase)
  }

  /** It is its turn: it begins, or goes on where it stopped. */
  go() {
    if (this.#state.phase !== 'queued') return
    void (this.#upload ? this.#again() : this.#begin(this.plan.replaces === undefined))
  }

  pause() {
    if (!['queued', 'preparing', 'comparing', 'sending', 'waiting', 'offline'].includes(this.#state.phase)) return
    this.#halt({ phase: 'paused' })
  }

  /** Waits for its turn again. */
  resume() {
    if (!['paused', 'waiting', 'offline', 'failed'].includes(this.#state.phase)) return
    clearTimeout(this.#timer)
    this.#set({ phase: 'queued', error: null })
  }

  async cancel() {
    const upload = this.#upload
    this.#halt({ phase: 'cancelled' })
    if (upload) await content(client.DELETE('/uploads/{id}', { params: { path: { id: upload.id } } })).catch(() => undefined)
  }

  /** Takes the video that the town has of the same file. */
  use() {
    if (this.#state.phase !== 'same') return
    this.#set({ phase: 'done', reused: true, sent: this.file.size })
    this.onStarted(this.#state.video)
    this.onDone(this.#state.video)
  }

  /** Sends the file although the town has it. */
  sendAnyway() {
    if (this.#state.phase === 'same') void this.#begin(false)
  }

  /** The machine has slept, or the connection is another one: what is on its way is not trusted. */
  wake() {
    if (this.#state.phase === 'sending' || this.#state.phase === 'waiting') {
      this.#halt({ phase: 'queued' })
      this.go()
    }
  }

  offline() {
    if (this.#state.phase === 'sending' || this.#state.phase === 'waiting') this.#halt({ phase: 'offline' })
  }

  online() {
    if (this.#state.phase === 'offline') this.resume()
    else if (this.#state.phase === 'waiting') this.wake()
  }

  /** A connection that hangs is given up. */
  tick(now: number) {
    if (this.#state.phase === 'sending' && this.#flying.size > 0 && now - this.#moved > stalled) this.#wait(new ApiError(0, {}))
  }

  #halt(part: Partial<UploadState>) {
    clearTimeout(this.#timer)
    const flying = [...this.#flying.values()]
    this.#flying.clear()
    this.#queue = []
    this.#running = 0
    this.#round++
    for (const { request } of flying) request.abort()
    this.#set({ rate: 0, left: Infinity, ...part })
  }

  #set(part: Partial<UploadState>) {
    this.#state = { ...this.#state, ...part }
    for (const listener of this.#listeners) listener()
  }

  async #begin(reuse: boolean): Promise<void> {
    this.#set({ phase: 'preparing', error: null })
    try {
      const { file, lesson, replaces } = this.plan
      const body = { name: file.name, size: file.size, type: file.type, checksum: await fingerprint(file) }
      const upload = await content(
        replaces === undefined ? client.POST('/uploads', { body: { ...body, lesson: lesson ?? '', reuse } }) : client.POST('/videos/{id}/replacement', { params: { path: { id: replaces } }, body }),
      )
      if (this.#state.phase !== 'preparing') {
        if (upload.same) return
        this.#upload = upload // stopped meanwhile: it goes on here
        if (this.#state.phase === 'cancelled') void this.cancel()
        return
      }
      if (upload.same) { await this.#compare(upload); return; }
      this.#upload = upload
      this.#set({ video: upload.video, phase: 'sending', resumed: upload.resumed })
      this.onStarted(upload.video)
      this.#fill()
    } catch (error) {
      if (this.#state.phase === 'preparing') this.#wait(error)
    }
  }

  /** A file of the same size with the same ends is there: all of it is compared before anybody is asked. */
  async #compare(there: Upload): Promise<void> {
    this.#set({ phase: 'comparing', video: there.video, sent: 0 })
    const sum = there.digest
      ? await digest(this.file, (read) => {
          if (this.#state.phase === 'comparing') this.#set({ sent: read })
          return this.#state.phase === 'comparing'
        })
      : ''
    if (this.#state.phase !== 'comparing') return
    if (there.digest && sum !== '' && sum !== there.digest) return this.#begin(false)
    this.#set({ phase: 'same', sent: 0 })
  }

  /** Asks the server what it has, and for addresses that have not run out, and goes on from there. */
  async #again() {
    clearTimeout(this.#timer)
    const upload = this.#upload
    if (!upload) return
    this.#set({ phase: 'sending', error: null })
    try {
      this.#upload = await content(client.GET('/uploads/{id}', { params: { path: { id: upload.id } } }))
      if (this.#state.phase !== 'sending') return
      if (this.#upload.state !== 'uploading') { this.#end(); return; }
      this.#fill()
    } catch (error) {
      if (this.#state.phase === 'sending') this.#wait(error)
    }
  }

  #fill() {
    if (!this.#upload) return
    this.#moved = performance.now()
    this.#queue = this.#upload.parts.filter((p) => !p.done && !this.#flying.has(p.number)).map((p) => p.number)
    this.#measure()
    this.#next()
  }

  #next() {
    const upload = this.#upload
    if (this.#state.phase !== 'sending' || !upload) return
    while (this.#running < this.lanes && this.#queue.length > 0) {
      const number = this.#queue[0]
      if (number === undefined) break
      // Addresses at the store are given for some parts at a time.
      if (upload.more && upload.parts[number - 1]?.url === null) {
        if (this.#running === 0) void this.#again()
        return
      }
      this.#queue.shift()
      this.#running++
      const round = this.#round
      void this.#send(number, round).finally(() => {
        if (round !== this.#round) return
        this.#running--
        this.#next()
      })
    }
    if (this.#running === 0 && this.#queue.length === 0 && upload.parts.every((p) => p.done)) void this.#finish()
  }

  async #send(number: number, round: number) {
    const upload = this.#upload
    const part = upload?.parts[number - 1]
    if (!upload || !part) return
    const from = (number - 1) * upload.partSize
    const slice = this.file.slice(from, Math.min(this.file.size, from + upload.partSize))
    try {
      const sum = part.url === null ? await sha256(slice) : ''
      if (round !== this.#round) return
      part.etag = await this.#put(part.url ?? `/api/v1/uploads/${upload.id}/parts/${number}`, number, slice, sum)
      part.done = true
      this.#failures = this.#renewals = 0
    } catch (error) {
      if (round !== this.#round) return
      const unreadable = error instanceof DOMException && error.name === 'NotReadableError' // it was changed or moved on the disk
      if (unreadable) this.#halt({ phase: 'failed', error: new ApiError(400, { code: 'upload.unreadable' }) })
      else this.#wait(error, part.url !== null)
    } finally {
      if (round === this.#round) {
        this.#flying.delete(number)
        this.#measure()
      }
    }
  }

  #put(url: string, number: number, slice: Blob, sum: string): Promise<string> {
    return new Promise((resolve, reject) => {
      const request = new XMLHttpRequest()
      const flight = { request, loaded: 0 }
      this.#flying.set(number, flight)
      request.open('PUT', url)
      if (sum) request.setRequestHeader('X-Checksum-Sha256', sum)
      request.setRequestHeader('Content-Type', 'application/octet-stream')
      request.upload.onprogress = (e) => {
        flight.loaded = e.loaded
        this.#moved = performance.now()
        this.#measure()
      }
      request.onload = () => {
        if (request.status >= 200 && request.status < 300) resolve(request.getResponseHeader('ETag') ?? '')
        else reject(new ApiError(request.status, parse(request.responseText)))
      }
      request.onerror = request.ontimeout = () => reject(new ApiError(0, {}))
      request.onabort = () => reject(new ApiError(0, {}))
      request.send(slice)
    })
  }

  #measure() {
    const upload = this.#upload
    if (!upload || this.#state.phase !== 'sending') return
    const stored = upload.parts.reduce((sum, p) => sum + (p.done ? p.size : 0), 0)
    const flying = [...this.#flying.values()].reduce((sum, f) => sum + f.loaded, 0)
    const sent = Math.min(this.file.size, stored + flying)
    const rate = this.#rate.at(performance.now(), sent)
    this.#set({ sent, rate, left: rate > 0 ? (this.file.size - sent) / rate : Infinity })
  }

  /** What went wrong may pass: then it goes on by itself, later each time. A refusal does not pass, except of an address at
   *  the store that has run out: then there are new ones. */
  #wait(error: unknown, atStore = false) {
    const status = error instanceof ApiError ? error.status : -1
    if (!navigator.onLine && status === 0) { this.#halt({ phase: 'offline' }); return; }
    if (atStore && (status === 400 || status === 403 || status === 404) && this.#renewals < mostRenewals) {
      this.#renewals++
      this.#halt({ phase: 'queued' })
      this.go(); return;
    }
    const passing = error instanceof ApiError && (status === 0 || (status >= 500 && status !== 507) || status === 429 || error.code === 'video.part_checksum' || error.code === 'video.part_short')
    if (!passing) { this.#halt({ phase: 'failed', error }); return; }
    this.#failures++
    const asked = Number(error.params['after'] ?? 0) * 1000
    const pause = Math.max(asked, Math.min(maxPause, 1000 * 2 ** Math.min(this.#failures - 1, 5)))
    this.#halt({ phase: 'waiting', again: Math.ceil(pause / 1000), error })
    this.#timer = setTimeout(() => {
      if (this.#state.phase !== 'waiting') return
      this.#set({ phase: 'queued' })
      this.go()
    }, pause)
  }

  async #finish() {
    const upload = this.#upload
    if (!upload || this.#state.phase !== 'sending') return
    this.#set({ phase: 'finishing', sent: this.file.size, rate: 0, left: Infinity })
    try {
      await content(client.POST('/uploads/{id}/finish', { params: { path: { id: upload.id } } }))
      this.#end()
    } catch (error) {
      this.#wait(error)
    }
  }

  #end() {
    this.#set({ phase: 'done', sent: this.file.size, rate: 0, left: Infinity })
    this.onDone(this.#state.video)
  }
}

function parse(text: string): object {
  try {
    const value: unknown = JSON.parse(text)
    return typeof value === 'object' && value !== null ? value : {}
  } catch {
    return {}
  }
}

/** Sends a caption file. The server reads WebVTT and SubRip. */
export async function sendCaptions(video: string, kind: string, lang: string, file: File): Promise<void> {
  await bare(`/api/v1/videos/${video}/captions/${lang}?kind=${kind}`, {
    method: 'PUT',
    headers: { 'Content-Type': file.name.toLowerCase().endsWith('.srt') ? 'application/x-subrip' : 'text/vtt' },
    body: file,
  })
}
