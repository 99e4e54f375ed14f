// The outbox's place on the disk: IndexedDB, or memory where the browser refuses it (some private windows).
import type { Statement } from './statement'

export interface Entry {
  seq: number // order of writing in this browser
  person: string
  enrolment: string
  statement: Statement
  /** The server refused it for good; it stays for whoever looks into it. */
  refused?: string
}

export interface Draft {
  session: string
  person: string
  enrolment: string
  statement: Statement
  kept: number // milliseconds since 1970
}

export interface Shelf {
  add: (entry: Omit<Entry, 'seq'>) => Promise<Entry>
  entries: (person: string) => Promise<Entry[]>
  remove: (seqs: readonly number[]) => Promise<void>
  refuse: (seq: number, why: string) => Promise<void>
  keep: (draft: Draft) => Promise<void>
  drafts: (person: string) => Promise<Draft[]>
  drop: (session: string) => Promise<void>
}

function done<T>(request: IDBRequest<T>): Promise<T> {
  return new Promise((resolve, reject) => {
    request.onsuccess = () => resolve(request.result)
    request.onerror = () => reject(request.error ?? new Error('outbox: request failed'))
  })
}

function complete(tx: IDBTransaction): Promise<void> {
  return new Promise((resolve, reject) => {
    tx.oncomplete = () => resolve()
    tx.onerror = tx.onabort = () => reject(tx.error ?? new Error('outbox: transaction failed'))
  })
}

export async function openShelf(name = 'palestra-outbox'): Promise<Shelf> {
  try {
    const request = indexedDB.open(name, 1)
    request.onupgradeneeded = () => {
      request.result.createObjectStore('statements', { keyPath: 'seq', autoIncrement: true })
      request.result.createObjectStore('drafts', { keyPath: 'session' })
    }
    return new DiskShelf(await done(request))
  } catch {
    return new MemoryShelf()
  }
}

function isEntry(x: unknown): x is Entry {
  return typeof x === 'object' && x !== null && 'seq' in x && 'statement' in x
}

function isDraft(x: unknown): x is Draft {
  return typeof x === 'object' && x !== null && 'session' in x && 'statement' in x
}

class DiskShelf implements Shelf {
  readonly #db: IDBDatabase
  constructor(db: IDBDatabase) {
    this.#db = db
  }
  #store(name: 'statements' | 'drafts', mode: IDBTransactionMode) {
    const tx = this.#db.transaction(name, mode)
    return { tx, store: tx.objectStore(name) }
  }
  async add(entry: Omit<Entry, 'seq'>): Promise<Entry> {
    const { tx, store } = this.#store('statements', 'readwrite')
    const key = await done(store.add(entry))
    await complete(tx)
    return { ...entry, seq: Number(key) }
  }
  async entries(person: string): Promise<Entry[]> {
    const all: unknown[] = await done(this.#store('statements', 'readonly').store.getAll())
    return all.filter(isEntry).filter((e) => e.person === person)
  }
  async remove(seqs: readonly number[]): Promise<void> {
    const { tx, store } = this.#store('statements', 'readwrite')
    for (const seq of seqs) store.delete(seq)
    await complete(tx)
  }
  async refuse(seq: number, why: string): Promise<void> {
    const { tx, store } = this.#store('statements', 'readwrite')
    const entry: unknown = await done(store.get(seq))
    if (isEntry(entry)) store.put({ ...entry, refused: why })
    await complete(tx)
  }
  async keep(draft: Draft): Promise<void> {
    const { tx, store } = this.#store('drafts', 'readwrite')
    store.put(draft)
    await complete(tx)
  }
  async drafts(person: string): Promise<Draft[]> {
    const all: unknown[] = await done(this.#store('drafts', 'readonly').store.getAll())
    return all.filter(isDraft).filter((d) => d.person === person)
  }
  async drop(session: string): Promise<void> {
    const { tx, store } = this.#store('drafts', 'readwrite')
    store.delete(session)
    await complete(tx)
  }
}

class MemoryShelf implements Shelf {
  #next = 1
  readonly #entries = new Map<number, Entry>()
  readonly #drafts = new Map<string, Draft>()
  add(entry: Omit<Entry, 'seq'>): Promise<Entry> {
    const full = { ...entry, seq: this.#next++ }
    this.#entries.set(full.seq, full)
    return Promise.resolve(full)
  }
  entries(person: string): Promise<Entry[]> {
    return Promise.resolve([...this.#entries.values()].filter((e) => e.person === person))
  }
  remove(seqs: readonly number[]): Promise<void> {
    for (const seq of seqs) this.#entries.delete(seq)
    return Promise.resolve()
  }
  refuse(seq: number, why: string): Promise<void> {
    const entry = this.#entries.get(seq)
    if (entry) this.#entries.set(seq, { ...entry, refused: why })
    return Promise.resolve()
  }
  keep(draft: Draft): Promise<void> {
    this.#drafts.set(draft.session, draft)
    return Promise.resolve()
  }
  drafts(person: string): Promise<Draft[]> {
    return Promise.resolve([...this.#drafts.values()].filter((d) => d.person === person))
  }
  drop(session: string): Promise<void> {
    this.#drafts.delete(session)
    return Promise.resolve()
  }
}
