/** One caption: from and to in seconds, and its plain words. */
export interface Cue {
  from: number
  to: number
  words: string
  /** The words in the lines in which they were written. */
  lines: readonly string[]
  voice: string // who speaks; '' where it is not said
}

const timing = /^(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{3})\s+-->\s+(?:(\d+):)?(\d{1,2}):(\d{2})[.,](\d{3})/

function seconds(h: string | undefined, m: string | undefined, s: string | undefined, ms: string | undefined): number {
  return Number(h ?? 0) * 3600 + Number(m ?? 0) * 60 + Number(s ?? 0) + Number(ms ?? 0) / 1000
}

const entities: Readonly<Record<string, string>> = { amp: '&', lt: '<', gt: '>', nbsp: ' ', lrm: '\u200e', rlm: '\u200f' }

/** The cues of a WebVTT file, in order; marks within the words are left out. */
export function parseCues(vtt: string): Cue[] {
  const cues: Cue[] = []
  const blocks = vtt.replace(/^\uFEFF/, '').replace(/\r\n?/g, '\n').split(/\n{2,}/)
  for (const block of blocks) {
    const lines = block.split('\n')
    const at = lines.findIndex((l) => timing.test(l))
    const found = at < 0 ? null : timing.exec(lines[at] ?? '')
    if (!found) continue
    const plain = (text: string) =>
      text
        .replace(/<[^>]*>/g, '')
        .replace(/&(\w+);/g, (whole, name: string) => entities[name] ?? whole)
        .trim()
    const written = lines.slice(at + 1)
    const voice = plain(/<v(?:\.[^\s>]*)?\s+([^>]+)>/.exec(written.join(' '))?.[1] ?? '')
    const words = plain(written.join(' '))
    const from = seconds(found[1], found[2], found[3], found[4])
    const to = seconds(found[5], found[6], found[7], found[8])
    if (words && to > from) cues.push({ from, to, words, lines: written.map(plain).filter(Boolean), voice })
  }
  return cues.sort((a, b) => a.from - b.from)
}

/** The index of the cue that is spoken at a time, or of the last one before it; -1 before the first. */
export function currentCue(cues: readonly Cue[], time: number): number {
  let low = 0
  let high = cues.length
  while (low < high) {
    const mid = (low + high) >> 1
    if ((cues[mid]?.from ?? Infinity) <= time) low = mid + 1
    else high = mid
  }
  return low - 1
}
