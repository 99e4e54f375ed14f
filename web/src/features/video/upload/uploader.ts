import { ApiError, bare, client, content } from '../../../api/client'
import type { Upload } from '../../../api/types'
import { fingerprint, sha256 } from './fingerprint'
import { Rate } from './rate'

export type UploadPhase = 'preparing' | 'sending' | 'paused' | 'waiting' | 'finishing' | 'done' | 'cancelled' | 'failed'

export interface UploadState {
  phase: UploadPhase
  sent: number // bytes stored or on their way
  size: number // bytes
  rate: number // bytes a second; 0: not known yet
  left: number // seconds; Infinity: not known
  video: string // id; '' before the server gave one
  error: unknown
}

const parallel = 3
const maxPause = 30_000

/** Sends one file in parts. Parts that the server has are not sent again: after a pause, a reload or on another machine. */
export class Uploader {
  readonly file: File
  readonly #lesson: string
  readonly #rate = new Rate()
  readonly #listeners = new Set<() => void>()
  readonly #flying = new Map<number, { request: XMLHttpRequest; loaded: number }>()
  #upload: Upload | null = null
  #state: UploadState
  #queue: number[] = []
  #running = 0
  #timer: ReturnType<typeof setTimeout> | undefined
  #failures = 0
  onStarted: (video: string) => void = () => undefined
  onDone: () => void = () => undefined

  constructor(file: File, lesson: string) {
    this.file = file
    this.#lesson = lesson
    this.#state = { phase: 'preparing', sent: 0, size: file.size, rate: 0, left: Infinity, video: '', error: null }
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  state = (): UploadState => this.#state

  async start() {
    try {
      const checksum = await fingerprint(this.file)
      this.#upload = await content(
        client.POST('/uploads', { body: { name: this.file.name, size: this.file.size, type: this.file.type, lesson: this.#lesson, checksum } }),
      )
      this.#set({ video: this.#upload.video, phase: 'sending' })
      this.onStarted(this.#upload.video)
      this.#fill()
    } catch (error) {
      this.#set({ phase: 'failed', error })
    }
  }

  pause() {
    if (this.#state.phase !== 'sending' && this.#state.phase !== 'waiting') return
    clearTimeout(this.#timer)
    this.#set({ phase: 'paused', rate: 0, left: Infinity })
    for (const { request } of this.#flying.values()) request.abort()
  }

  resume() {
    if (this.#state.phase === 'paused' || this.#state.phase === 'waiting' || this.#state.phase === 'failed') void this.#again()
  }

  async cancel() {
    this.pause()
    this.#set({ phase: 'cancelled' })
    if (this.#upload) await content(client.DELETE('/uploads/{id}', { params: { path: { id: this.#upload.id } } })).catch(() => undefined)
  }

  #set(part: Partial<UploadState>) {
    this.#state = { ...this.#state, ...part }
    for (const listener of this.#listeners) listener()
  }

  /** Asks the server what it has, and goes on from there. */
  async #again() {
    clearTimeout(this.#timer)
    if (!this.#upload) {
      this.#set({ phase: 'preparing', error: null })
      return this.start()
    }
    try {
      this.#upload = await content(client.GET('/uploads/{id}', { params: { path: { id: this.#upload.id } } }))
      this.#set({ phase: 'sending', error: null })
      this.#fill()
    } catch (error) {
      this.#wait(error)
    }
  }

  #fill() {
    if (!this.#upload) return
    this.#queue = this.#upload.parts.filter((p) => !p.done && !this.#flying.has(p.number)).map((p) => p.number)
    this.#measure()
    this.#next()
  }

  #next() {
    if (this.#state.phase !== 'sending' || !this.#upload) return
    while (this.#running < parallel && this.#queue.length > 0) {
      const number = this.#queue.shift()
      if (number === undefined) break
      this.#running++
      void this.#send(number).finally(() => {
        this.#running--
        this.#next()
      })
    }
    if (this.#running === 0 && this.#queue.length === 0 && this.#upload.parts.every((p) => p.done)) void this.#finish()
  }

  async #send(number: number) {
    const upload = this.#upload
    const part = upload?.parts.find((p) => p.number === number)
    if (!upload || !part) return
    const from = (number - 1) * upload.partSize
    const slice = this.file.slice(from, Math.min(this.file.size, from + upload.partSize))
    try {
      const sum = await sha256(slice)
      if (this.#state.phase !== 'sending') return
      const etag = await this.#put(part.url ?? `/api/v1/uploads/${upload.id}/parts/${number}`, number, slice, part.url === null ? sum : '')
      part.done = true
      part.etag = etag
      this.#failures = 0
    } catch (error) {
      if (this.#state.phase === 'sending') this.#wait(error)
    } finally {
      this.#flying.delete(number)
      this.#measure()
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
    if (!upload) return
    const stored = upload.parts.filter((p) => p.done).reduce((sum, p) => sum + p.size, 0)
    const flying = [...this.#flying.values()].reduce((sum, f) => sum + f.loaded, 0)
    const sent = Math.min(this.file.size, stored + flying)
    const rate = this.#state.phase === 'sending' ? this.#rate.at(performance.now(), sent) : 0
    this.#set({ sent, rate, left: rate > 0 ? (this.file.size - sent) / rate : Infinity })
  }

  /** What went wrong may pass: then it goes on by itself. A refusal does not pass. */
  #wait(error: unknown) {
    for (const { request } of this.#flying.values()) request.abort()
    const passing = error instanceof ApiError && (error.status === 0 || error.status >= 500 || error.status === 429 || error.code === 'video.part_checksum' || error.code === 'video.part_short')
    const full = error instanceof ApiError && error.status === 507
    if (!passing || full) {
      this.#set({ phase: 'failed', error })
      return
    }
    this.#failures++
    this.#set({ phase: 'waiting', rate: 0, left: Infinity, error })
    clearTimeout(this.#timer)
    this.#timer = setTimeout(() => this.resume(), Math.min(maxPause, 1000 * 2 ** Math.min(this.#failures, 5)))
  }

  async #finish() {
    const upload = this.#upload
    if (!upload || this.#state.phase !== 'sending') return
    this.#set({ phase: 'finishing', sent: this.file.size })
    try {
      await content(
        client.POST('/uploads/{id}/finish', {
          params: { path: { id: upload.id } },
          body: { parts: upload.parts.map((p) => ({ number: p.number, etag: p.etag ?? '' })) },
        }),
      )
      this.#set({ phase: 'done' })
      this.onDone()
    } catch (error) {
      this.#wait(error)
    }
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
