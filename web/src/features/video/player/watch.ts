import { merge, type Span } from '../../../lib/spans'

const slack = 1 // second by which the place may run ahead of the clock: events do not come when it is read

/**
 * Keeps which parts were really played in a session: a part grows by at most what the clock and the speed permit. A machine that is
 * busy tells late where it is, and has played all of it.
 */
export class Watch {
  #spans: Span[] = []
  #from: number | null = null
  #at = 0
  #read: number // when the place was, in milliseconds
  readonly #clock: () => number

  constructor(clock = () => performance.now()) {
    this.#clock = clock
    this.#read = clock()
  }

  /** Playing begins or goes on at a place. */
  begin(time: number) {
    this.end()
    this.#from = time
    this.#at = time
    this.#read = this.#clock()
  }

  /** Playing goes on, if it had stopped. */
  resume(time: number) {
    if (this.#from === null) this.begin(time)
  }

  /** Time has passed. A jump without a seek (a browser's repair of a gap) begins a new part. */
  tick(time: number, rate: number) {
    if (this.#from === null) return
    const step = time - this.#at
    if (step < 0 || step > (rate * (this.#clock() - this.#read)) / 1000 + slack) {
      this.begin(time)
      return
    }
    this.#at = time
    this.#read = this.#clock()
  }

  /** Playing stops, waits for more, or jumps away. */
  end() {
    if (this.#from !== null && this.#at > this.#from) this.#spans = merge([...this.#spans, [this.#from, this.#at]], 0.25)
    this.#from = null
  }

  /** Everything played so far, the part under way included. */
  spans(): Span[] {
    return this.#from === null ? this.#spans : merge([...this.#spans, [this.#from, this.#at]], 0.25)
  }
}
