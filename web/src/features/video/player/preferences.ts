/** How somebody likes to watch; kept on this machine. */
export interface Preferences {
  captions: boolean
  lang: string // wished language of the captions; '' = as the pages
  size: (typeof sizes)[number]
  colour: (typeof colours)[number]
  back: (typeof backs)[number]
  place: (typeof places)[number]
  describe: (typeof describings)[number]
  speed: number
  volume: number // 0 to 1
}

export const sizes = ['small', 'medium', 'large', 'huge'] as const
export const colours = ['white', 'yellow', 'cyan', 'black'] as const
export const backs = ['solid', 'half', 'none'] as const
export const places = ['below', 'above'] as const
export const describings = ['off', 'spoken', 'written'] as const
export const speeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const

const stored = 'palestra.player'
const standard: Preferences = { captions: false, lang: '', size: 'medium', colour: 'white', back: 'solid', place: 'below', describe: 'off', speed: 1, volume: 1 }

function among<T>(all: readonly T[], value: unknown, otherwise: T): T {
  return all.find((x) => x === value) ?? otherwise
}

export function readPreferences(): Preferences {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(stored) ?? '{}')
    if (typeof found !== 'object' || found === null) return standard
    const p: Partial<Record<keyof Preferences | 'look', unknown>> = found
    return {
      captions: p.captions === true,
      lang: typeof p.lang === 'string' ? p.lang : '',
      size: among(sizes, p.size, 'medium'),
      colour: among(colours, p.colour, p.look === 'light' ? 'black' : 'white'), // look: of early programs
      back: among(backs, p.back, 'solid'),
      place: among(places, p.place, 'below'),
      describe: among(describings, p.describe, 'off'),
      speed: among(speeds, p.speed, 1),
      volume: typeof p.volume === 'number' && p.volume >= 0 && p.volume <= 1 ? p.volume : 1,
    }
  } catch {
    return standard
  }
}

export function writePreferences(p: Preferences) {
  localStorage.setItem(stored, JSON.stringify(p))
}
