import type { Credential } from '../../api/types'
import { type Entry, openShelf, type Shelf } from './shelf'
import type { Statement } from './statement'

interface OutboxConfig {
  person: string
  /** Asks the server for a fresh right to write about an enrolment. May throw an error with a `status`. */
  credential: (enrolment: string) => Promise<Credential>
  fetch?: typeof fetch
  now?: () => number
  open?: () => Promise<Shelf>
  /** Told after statements of an enrolment have been stored by the server. */
  onSent?: (enrolment: string) => void
}

export interface OutboxState {
  waiting: number
  refused: number
  /** The last attempt failed; statements wait for the next one. */
  failing: boolean
}

const batchSize = 40
const keepaliveLimit = 60_000 // bytes; browsers refuse more than 64 KiB
const draftAge = 90_000 // milliseconds after which a draft's page is taken for dead
const maxWait = 60_000

/**
 * Every learning event is written to the disk of the browser first and sent when that is possible. Statement ids are
 * made before the first attempt, so that sending twice stores once. Of all tabs of a browser one sends.
 */
export class Outbox {
  readonly #config: OutboxConfig
  readonly #shelf: Promise<Shelf>
  readonly #fetch: typeof fetch
  readonly #now: () => number
  readonly #credentials = new Map<string, Credential>()
  readonly #mine = new Map<number, Entry>() // written by this page and not yet stored, for pagehide
  readonly #listeners = new Set<() => void>()
  readonly #channel: BroadcastChannel | null
  readonly #stop = new AbortController()
  #state: OutboxState = { waiting: 0, refused: 0, failing: false }
  #wake: () => void = () => undefined
  #woken = false

  constructor(config: OutboxConfig) {
    this.#config = config
    this.#shelf = (config.open ?? openShelf)()
    this.#fetch = config.fetch ?? ((...args) => globalThis.fetch(...args))
    this.#now = config.now ?? Date.now
    this.#channel = typeof BroadcastChannel === 'function' ? new BroadcastChannel('palestra-outbox') : null
    if (this.#channel) this.#channel.onmessage = (e: MessageEvent<unknown>) => void this.#heard(e.data)
  }

  /** Begins to send, as soon as no other tab does. Ends with close. */
  start() {
    // Missing where the page is not served securely.
    const lock: LockManager | undefined = 'locks' in navigator ? navigator.locks : undefined
    const { signal } = this.#stop
    addEventListener('online', this.#poke, { signal })
    addEventListener('pagehide', () => this.flush(), { signal })
    void this.#count()
    if (lock) lock.request(`palestra-outbox-${this.#config.person}`, { signal }, () => this.#loop()).catch(() => undefined)
    else void this.#loop()
  }

  close() {
    this.#stop.abort()
    this.#wake()
    this.#channel?.close()
  }

  /** Tells the other outboxes of this browser. What a player says while its page goes comes after the end of this one. */
  #tell(word: 'put' | 'sent') {
    if (!this.#channel) return
    if (!this.#stop.signal.aborted) {
      this.#channel.postMessage(word)
      return
    }
    const once = new BroadcastChannel('palestra-outbox')
    once.postMessage(word)
    once.close()
  }

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  state = (): OutboxState => this.#state

  /** A right that the server gave along with a playback. */
  learn(enrolment: string, credential: Credential) {
    this.#credentials.set(enrolment, credential)
  }

  /** Resolves when the statement is on the disk. */
  async put(enrolment: string, statement: Statement): Promise<void> {
    const shelf = await this.#shelf
    const entry = await shelf.add({ person: this.#config.person, enrolment, statement })
    this.#mine.set(entry.seq, entry)
    await this.#count()
    this.#poke()
    this.#tell('put')
  }

  /** Keeps what shall be said about a session if its page dies. Null: the session has ended properly. */
  async draft(enrolment: string, session: string, statement: Statement | null): Promise<void> {
    const shelf = await this.#shelf
    if (statement) await shelf.keep({ session, person: this.#config.person, enrolment, statement, kept: this.#now() })
    else await shelf.drop(session)
  }

  /** Hands what this page has not sent to the browser, which sends it even when the page is gone. It stays on the disk
   *  until the server's answer is known; the ids keep it from being stored twice. */
  flush(last: readonly { enrolment: string; statement: Statement }[] = []) {
    const groups = new Map<string, Statement[]>()
    for (const { enrolment, statement } of [...this.#mine.values(), ...last]) {
      const group = groups.get(enrolment) ?? []
      group.push(statement)
      groups.set(enrolment, group)
    }
    for (const [enrolment, statements] of groups) {
      const credential = this.#credentials.get(enrolment)
      if (!credential) continue
      let body = JSON.stringify(statements)
      while (body.length > keepaliveLimit && statements.length > 1) {
        statements.shift()
        body = JSON.stringify(statements)
      }
      void this.#fetch(credential.endpoint + '/statements', { method: 'POST', body, keepalive: true, headers: headers(credential) }).catch(() => undefined)
    }
  }

  readonly #poke = () => {
    this.#woken = true
    this.#wake()
  }

  async #heard(what: unknown) {
    if (what === 'put') this.#poke()
    await this.#count()
  }

  async #count() {
    const entries = await (await this.#shelf).entries(this.#config.person)
    const refused = entries.filter((e) => e.refused).length
    this.#set({ ...this.#state, refused, waiting: entries.length - refused })
  }

  #set(state: OutboxState) {
    this.#state = state
    for (const listener of this.#listeners) listener()
  }

  async #loop() {
    let failures = 0
    while (!this.#stop.signal.aborted) {
      this.#woken = false
      await this.#adopt()
      const ok = await this.#sendAll().catch(() => false)
      failures = ok ? 0 : failures + 1
      this.#set({ ...this.#state, failing: !ok })
      const poked = this.#poked()
      if (!poked) await this.#sleep(ok ? 30_000 : Math.min(maxWait, 1000 * 2 ** failures))
      // A statement that comes while the server is away must not make a storm of attempts.
      else if (!ok) await this.#sleep(1000 * Math.min(failures, 10))
    }
  }

  #poked(): boolean {
    return this.#woken
  }

  #sleep(ms: number): Promise<void> {
    return new Promise((resolve) => {
      const timer = setTimeout(resolve, ms)
      this.#wake = () => {
        clearTimeout(timer)
        resolve()
      }
      if (this.#stop.signal.aborted) this.#wake()
    })
  }

  /** Turns the drafts of pages that died into statements. */
  async #adopt() {
    const shelf = await this.#shelf
    for (const d of await shelf.drafts(this.#config.person)) {
      if (this.#now() - d.kept < draftAge) continue
      await shelf.add({ person: d.person, enrolment: d.enrolment, statement: d.statement })
      await shelf.drop(d.session)
    }
    await this.#count()
  }

  /** False: something is left that must be tried again. */
  async #sendAll(): Promise<boolean> {
    const shelf = await this.#shelf
    for (;;) {
      const entries = (await shelf.entries(this.#config.person)).filter((e) => !e.refused)
      const first = entries[0]
      if (!first) return true
      const batch = entries.filter((e) => e.enrolment === first.enrolment).slice(0, batchSize)
      if (!(await this.#send(shelf, batch))) return false
      this.#config.onSent?.(first.enrolment)
    }
  }

  async #send(shelf: Shelf, batch: readonly Entry[]): Promise<boolean> {
    const enrolment = batch[0]?.enrolment
    if (enrolment === undefined) return true
    let status: number
    try {
      status = await this.#post(enrolment, batch)
      if (status === 401 || status === 403) {
        this.#credentials.delete(enrolment)
        status = await this.#post(enrolment, batch)
      }
    } catch (e) {
      // The right to write was refused for good: the enrolment is gone or not this person's any more.
      const answered = e instanceof Error && 'status' in e && typeof e.status === 'number' ? e.status : 0
      if (answered !== 403 && answered !== 404 && answered !== 410) return false
      for (const entry of batch) await this.#refuse(shelf, entry, answered)
      return true
    }
    if (status < 300) {
      await this.#forget(shelf, batch)
      return true
    }
    if (status === 400 || status === 409 || status === 413) {
      if (batch.length > 1) {
        for (const entry of batch) if (!(await this.#send(shelf, [entry]))) return false
        return true
      }
      const [entry] = batch
      // Ours is stored already, under the id that we made: an earlier answer was lost.
      if (entry && status === 409) await this.#forget(shelf, [entry])
      else if (entry) await this.#refuse(shelf, entry, status)
      return true
    }
    return false
  }

  async #post(enrolment: string, batch: readonly Entry[]): Promise<number> {
    let credential = this.#credentials.get(enrolment)
    if (!credential || Date.parse(credential.expires) < this.#now() + 30_000) {
      credential = await this.#config.credential(enrolment)
      this.#credentials.set(enrolment, credential)
    }
    const answer = await this.#fetch(credential.endpoint + '/statements', {
      method: 'POST',
      headers: headers(credential),
      body: JSON.stringify(batch.map((e) => e.statement)),
    })
    return answer.status
  }

  async #forget(shelf: Shelf, batch: readonly Entry[]) {
    await shelf.remove(batch.map((e) => e.seq))
    for (const e of batch) this.#mine.delete(e.seq)
    await this.#count()
    this.#tell('sent')
  }

  async #refuse(shelf: Shelf, entry: Entry, status: number) {
    await shelf.refuse(entry.seq, String(status))
    this.#mine.delete(entry.seq)
    await this.#count()
  }
}

function headers(credential: Credential): Record<string, string> {
  return { Authorization: credential.authorization, 'Content-Type': 'application/json', 'X-Experience-API-Version': '1.0.3' }
}
