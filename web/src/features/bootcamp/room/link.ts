import { ApiError, client, content } from '../../../api/client'
import { type Act, codeOf, emptyState, type Frame, type Me, merge, type Name, type RoomEvent, type RoomState, streamOf, toEvents, toFault, toFrame, toUnsent, type Unsent } from '../../../api/room'
import { uuid } from '../../../lib/uuid'

/** What is being sent: shown at once, and kept until it is stored. */
export interface Pending extends Unsent {
  fault?: ApiError
}

export interface RoomView {
  status: 'coming' | 'here' | 'lost' | 'out' | 'signed-out' | 'refused'
  fault: ApiError | undefined
  by: 'socket' | 'events'
  me: Me | undefined
  at: number
  /** The server's clock less this one, in milliseconds. */
  skew: number
  state: RoomState
  names: Readonly<Record<string, Name>>
  here: ReadonlySet<string>
  voted: ReadonlySet<string>
  talk: readonly RoomEvent[]
  earlier: boolean
  pending: readonly Pending[]
  /** There is a server for sound and picture. */
  meeting: boolean
  /** How often the room was begun anew. */
  begun: number
}

const talks = new Set(['said', 'announced', 'reacted', 'hidden'])
const pulseEvery = 10_000
const deafAfter = 25_000
const longest = 15_000

export interface Place {
  bootcamp: string
  session: string
  rehearsal: boolean
}

/**
 * A connection with a room that mends itself. Each event has a number; after a loss it goes on behind the last one, so
 * that nothing is missed and nothing comes twice. What is sent has an id and is sent again until it is stored.
 */
export class RoomLink {
  private view: RoomView = {
    status: 'coming', fault: undefined, by: 'socket', me: undefined, at: 0, skew: 0, state: emptyState, names: {}, here: new Set(), voted: new Set(), talk: [], earlier: false, pending: [], begun: 0, meeting: false,
  }
  private listeners = new Set<() => void>()
  private ears = new Set<(events: readonly RoomEvent[]) => void>()
  private socket: WebSocket | undefined
  private source: EventSource | undefined
  private stream = ''
  private tries = 0
  private failures = 0
  private welcomed = false
  private sending: string | undefined
  private heard = 0
  private samples: { took: number; skew: number }[] = []
  private timers: ReturnType<typeof setTimeout>[] = []
  private retry: ReturnType<typeof setTimeout> | undefined
  private closed = true
  private base: string
  private kept: string

  constructor(
    readonly place: Place,
    via?: string,
  ) {
    this.base = `/api/v1/bootcamps/${place.bootcamp}/sessions/${place.session}/room`
    this.kept = `palestra.room.${place.session}${place.rehearsal ? '.rehearsal' : ''}`
    this.view = { ...this.view, by: via === 'events' ? 'events' : 'socket', pending: toUnsent(sessionStorage.getItem(this.kept)) }
  }

  subscribe = (f: () => void) => {
    this.listeners.add(f)
    return () => this.listeners.delete(f)
  }
  get = () => this.view

  /** Calls f with all that happens from now on, each thing once. */
  hear(f: (events: readonly RoomEvent[]) => void): () => void {
    this.ears.add(f)
    return () => {
      this.ears.delete(f)
    }
  }

  open() {
    if (!this.closed) return
    this.closed = false
    addEventListener('online', this.again)
    this.timers = [setInterval(this.beat, pulseEvery)]
    this.connect()
  }

  close() {
    this.closed = true
    removeEventListener('online', this.again)
    for (const t of this.timers) clearInterval(t)
    clearTimeout(this.retry)
    this.drop()
  }

  /** Does something now, or as soon as there is a connection. */
  send(act: Act): string {
    const id = uuid()
    this.keep([...this.view.pending, { id, act }])
    this.pump()
    return id
  }

  /** Sends what was refused once more, or gives it up. */
  again = () => {
    if (this.closed || this.view.status !== 'lost') return
    clearTimeout(this.retry)
    this.connect()
  }
  resend(id: string) {
    this.keep(this.view.pending.map((p) => (p.id === id ? { id: p.id, act: p.act } : p)))
    this.pump()
  }
  discard(id: string) {
    this.keep(this.view.pending.filter((p) => p.id !== id))
  }

  /** Asks for what was said before. */
  async earlier(): Promise<void> {
    const before = this.view.talk[0]?.n ?? this.view.at + 1
    const page = await this.ask(before)
    const known = new Set(this.view.talk.map((e) => e.n))
    this.set({ talk: [...page.events.filter((e) => !known.has(e.n)), ...this.view.talk], earlier: page.more })
  }

  private async ask(before: number) {
    const { bootcamp: b, session: s, rehearsal } = this.place
    const page = await content(client.GET('/bootcamps/{b}/sessions/{s}/room/talk', { params: { path: { b, s }, query: { before, limit: 100, rehearsal } } }))
    return { events: toEvents(page.events), more: page.more }
  }

  private set(change: Partial<RoomView>) {
    this.view = { ...this.view, ...change }
    for (const f of this.listeners) f()
  }

  private keep(pending: readonly Pending[]) {
    this.set({ pending })
    sessionStorage.setItem(this.kept, JSON.stringify(pending.map(({ id, act }) => ({ id, act }))))
  }

  private address(what: string): string {
    const q = new URLSearchParams()
    if (this.view.at > 0) q.set('after', String(this.view.at))
    if (this.place.rehearsal) q.set('rehearsal', 'true')
    return `${this.base}/${what}?${q.toString()}`
  }

  private connect() {
    this.drop()
    this.welcomed = false
    this.heard = Date.now()
    if (this.view.by === 'events') this.listenByEvents()
    else this.listenBySocket()
  }

  private listenBySocket() {
    const url = new URL(this.address('socket'), location.href)
    url.protocol = url.protocol.replace('http', 'ws')
    const socket = new WebSocket(url)
    this.socket = socket
    socket.onmessage = (e) => {
      if (this.socket === socket) this.take(toFrame(String(e.data)))
    }
    socket.onclose = (e) => {
      if (this.socket !== socket) return
      // A proxy that does not let WebSockets through: the other way is tried.
      if (!this.welcomed && ++this.failures >= 2 && this.view.at === 0) this.set({ by: 'events' })
      this.over(e.code)
    }
  }

  private listenByEvents() {
    const source = new EventSource(this.address('events'))
    this.source = source
    source.onmessage = (e) => {
      if (this.source === source) this.take(toFrame(String(e.data)))
    }
    source.addEventListener('stream', (e) => {
      this.stream = streamOf(e)
    })
    source.addEventListener('over', (e) => {
      if (this.source === source) this.over(codeOf(e))
    })
    source.onerror = () => {
      if (this.source === source) this.over(0)
    }
  }

  private drop() {
    this.socket?.close()
    this.source?.close()
    this.socket = this.source = undefined
    this.sending = undefined
  }

  /** The connection has ended: for good, or to be made again. */
  private over(code: number) {
    this.drop()
    if (this.closed || this.view.status === 'refused') return
    if (code === 4003) {
      this.set({ status: 'out' })
      return
    }
    if (code === 4004) { this.set({ status: 'signed-out' }); return; }
    this.set({ status: 'lost' })
    const wait = Math.min(longest, 500 * 2 ** this.tries) * (0.5 + Math.random())
    this.tries++
    clearTimeout(this.retry)
    this.retry = setTimeout(() => this.connect(), wait)
    if (!this.welcomed && this.view.by === 'events') void this.whyNot()
  }

  /** A stream of events does not say why it was refused; a request does. */
  private async whyNot() {
    try {
      await this.ask(1)
    } catch (e) {
      if (e instanceof ApiError && e.status >= 400 && e.status < 500 && e.status !== 429) {
        clearTimeout(this.retry)
        this.set({ status: 'refused', fault: e })
      }
    }
  }

  private take(f: Frame) {
    this.heard = Date.now()
    switch (f.t) {
      case 'welcome':
        this.welcome(f)
        return
      case 'news':
        this.learn(f)
        return
      case 'here': {
        const here = new Set(this.view.here)
        for (const w of f.in ?? []) here.add(w)
        for (const w of f.out ?? []) here.delete(w)
        this.set({ here })
        return
      }
      case 'me':
        this.set({ me: f.me })
        return
      case 'pulse':
        if (f.sent) this.measure(Date.now() - f.sent, f.now - (f.sent + Date.now()) / 2)
        return
      case 'done':
        this.stored(f.id)
        return
      case 'refused':
        if (f.id) this.refused(f.id, toFault(f.problem))
        else this.set({ status: 'refused', fault: toFault(f.problem) })
        return
    }
  }

  private welcome(f: Extract<Frame, { t: 'welcome' }>) {
    this.welcomed = true
    this.tries = this.failures = 0
    if (this.samples.length === 0) this.measure(1000, f.now - Date.now())
    const fresh = f.resumed && this.view.at > 0 ? {} : { talk: [], at: f.at, begun: this.view.begun + 1 }
    this.set({ status: 'here', fault: undefined, me: f.me, state: merge(emptyState, f.state), names: f.names, here: new Set(f.here), voted: new Set(f.voted), meeting: f.meeting === true, ...fresh })
    if (!f.resumed || 'talk' in fresh) {
      void this.ask(f.at + 1).then(
        (page) => {
          const known = new Set(this.view.talk.map((e) => e.n))
          this.set({ talk: [...page.events.filter((e) => !known.has(e.n)), ...this.view.talk], earlier: page.more })
        },
        () => this.set({ earlier: true }),
      )
    }
    if (this.view.by === 'socket') this.beat()
    this.pump()
  }

  private learn(f: Extract<Frame, { t: 'news' }>) {
    const events = f.events.filter((e) => e.n > this.view.at)
    const talk = events.filter((e) => talks.has(e.kind))
    const mine = new Set(talk.filter((e) => e.by === this.view.me?.who).map((e) => e.id?.slice((e.by?.length ?? 0) + 1)))
    const pending = this.view.pending.filter((p) => !mine.has(p.id))
    if (pending.length !== this.view.pending.length) this.keep(pending)
    this.set({
      at: Math.max(this.view.at, f.at),
      state: merge(this.view.state, f.set),
      names: f.names ? { ...this.view.names, ...f.names } : this.view.names,
      talk: talk.length > 0 ? [...this.view.talk, ...talk] : this.view.talk,
    })
    if (events.length > 0) for (const f of this.ears) f(events)
  }

  /** The clock of the server is known best from the answer that came fastest. */
  private measure(took: number, skew: number) {
    this.samples = [...this.samples.slice(-7), { took, skew }]
    const best = this.samples.reduce((a, b) => (b.took < a.took ? b : a))
    if (Math.abs(best.skew - this.view.skew) > 50) this.set({ skew: best.skew })
  }

  private beat = () => {
    if (this.view.status !== 'here') return
    if (this.view.by === 'socket') {
      if (Date.now() - this.heard > deafAfter) {
        this.over(0)
        return
      }
      if (this.socket?.readyState === WebSocket.OPEN) this.socket.send(JSON.stringify({ t: 'pulse', sent: Date.now() }))
      return
    }
    const { bootcamp: b, session: s, rehearsal } = this.place
    content(client.POST('/bootcamps/{b}/sessions/{s}/room/presence', { params: { path: { b, s }, query: { rehearsal } }, body: { stream: this.stream } })).catch((e: unknown) => {
      if (e instanceof ApiError && e.status === 404) this.over(0) // another process, or it has ended: listen again
    })
  }

  /** Sends what waits, one after the other: what somebody says stays in order. */
  private pump() {
    const next = this.view.pending.find((p) => !p.fault)
    if (!next || this.sending || this.view.status !== 'here') return
    this.sending = next.id
    if (this.view.by === 'socket') {
      this.socket?.send(JSON.stringify({ id: next.id, ...next.act }))
      return
    }
    const { bootcamp: b, session: s, rehearsal } = this.place
    content(client.POST('/bootcamps/{b}/sessions/{s}/room/messages', { params: { path: { b, s }, query: { rehearsal } }, body: { id: next.id, ...next.act } })).then(
      () => this.stored(next.id),
      (e: unknown) => {
        if (e instanceof ApiError && e.status >= 400 && e.status < 500) this.refused(next.id, e)
        else {
          this.sending = undefined
          setTimeout(() => this.pump(), 2000)
        }
      },
    )
  }

  private stored(id: string) {
    if (this.sending === id) this.sending = undefined
    const done = this.view.pending.find((p) => p.id === id)
    const poll = done?.act.kind === 'vote' ? done.act.poll?.id : undefined
    if (poll) this.set({ voted: new Set([...this.view.voted, poll]) })
    // What was said stays as pending until it comes back with its number; everything else shows by what it changes.
    if (done && done.act.kind !== 'said') this.keep(this.view.pending.filter((p) => p.id !== id))
    else if (done) setTimeout(() => this.discard(id), 5000)
    this.pump()
  }

  private refused(id: string, fault: ApiError) {
    if (this.sending === id) this.sending = undefined
    if (fault.code === 'live.voted') {
      this.stored(id)
      return
    }
    if (fault.status === 429) {
      // Too fast: it is sent again by itself.
      setTimeout(() => this.pump(), 1000 * Number(fault.params.after ?? 1))
      return
    }
    this.keep(this.view.pending.map((p) => (p.id === id ? { ...p, fault } : p)))
    this.pump()
  }
}
