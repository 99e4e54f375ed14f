/** A part of a length: from and to in seconds, from < to. */
export type Span = readonly [number, number]

/** Sorts and joins spans that touch or overlap; `slack` seconds between two are forgiven. */
export function merge(spans: readonly Span[], slack = 0): Span[] {
  const out: [number, number][] = []
  for (const [from, to] of [...spans].filter(([a, b]) => b > a).sort((a, b) => a[0] - b[0])) {
    const last = out.at(-1)
    if (last && from <= last[1] + slack) last[1] = Math.max(last[1], to)
    else out.push([from, to])
  }
  return out
}

export function total(spans: readonly Span[]): number {
  return merge(spans).reduce((sum, [from, to]) => sum + to - from, 0)
}

/** What of 0..length the spans leave out. */
export function gaps(spans: readonly Span[], length: number): Span[] {
  const out: [number, number][] = []
  let at = 0
  for (const [from, to] of merge(spans)) {
    if (from > at) out.push([at, Math.min(from, length)])
    at = Math.max(at, to)
  }
  if (at < length) out.push([at, length])
  return out
}

/** Pairs of numbers as JSON carries them; what is no pair is left out. */
export function toSpans(pairs: readonly (readonly number[])[] | null | undefined): Span[] {
  return (pairs ?? []).flatMap(([from, to]) => (from !== undefined && to !== undefined ? [[from, to] as const] : []))
}
