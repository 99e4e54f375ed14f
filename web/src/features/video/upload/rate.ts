const span = 8_000 // milliseconds that the rate looks back
const least = 1_000

/** Bytes a second over the last seconds. */
export class Rate {
  #points: { at: number; bytes: number }[] = []

  /** Notes how many bytes there are now and gives the rate; 0 as long as it is not known. */
  at(now: number, bytes: number): number {
    const last = this.#points.at(-1)
    if (last && bytes < last.bytes) this.#points = [] // parts were lost: begin anew
    this.#points.push({ at: now, bytes })
    while (this.#points.length > 2 && now - (this.#points[0]?.at ?? now) > span) this.#points.shift()
    const first = this.#points[0]
    if (!first || now - first.at < least) return 0
    return ((bytes - first.bytes) / (now - first.at)) * 1000
  }
}
