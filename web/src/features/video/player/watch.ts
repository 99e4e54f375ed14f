import { merge, type Span } from '../../../lib/spans'

/** Keeps which parts were really played in a session: a part grows only while time runs as the speed says. */
export class Watch {
  #spans: Span[] = []
  #from: number | null = null
  #at = 0

  /** Playing begins or goes on at a place. */
  begin(time: number) {
    this.end()
    this.#from = time
    this.#at = time
  }

  /** Time has passed. A jump without a seek (a browser's repair of a gap) begins a new part. */
  tick(time: number, rate: number) {
    if (this.#from === null) return
    const step = time - this.#at
    if (step < 0 || step > 2 * Math.max(1, rate)) {
      this.begin(time)
      return
    }
    this.#at = time
  }

  /** Playing stops or jumps away. */
  end() {
    if (this.#from !== null && this.#at > this.#from) this.#spans = merge([...this.#spans, [this.#from, this.#at]], 0.25)
    this.#from = null
  }

  /** Everything played so far, the part under way included. */
  spans(): Span[] {
    return this.#from === null ? this.#spans : merge([...this.#spans, [this.#from, this.#at]], 0.25)
  }
}
