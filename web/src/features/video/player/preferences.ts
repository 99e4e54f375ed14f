/** How somebody likes to watch; kept on this machine. */
export interface Preferences {
  captions: boolean
  lang: string // wished language of the captions; '' = as the pages
  size: 'small' | 'medium' | 'large'
  look: 'dark' | 'light'
  speed: number
  volume: number // 0 to 1
}

const stored = 'palestra.player'
const standard: Preferences = { captions: false, lang: '', size: 'medium', look: 'dark', speed: 1, volume: 1 }
export const speeds = [0.5, 0.75, 1, 1.25, 1.5, 1.75, 2] as const

export function readPreferences(): Preferences {
  try {
    const found: unknown = JSON.parse(localStorage.getItem(stored) ?? '{}')
    if (typeof found !== 'object' || found === null) return standard
    const p: Partial<Record<keyof Preferences, unknown>> = found
    return {
      captions: p.captions === true,
      lang: typeof p.lang === 'string' ? p.lang : '',
      size: p.size === 'small' || p.size === 'large' ? p.size : 'medium',
      look: p.look === 'light' ? 'light' : 'dark',
      speed: speeds.find((s) => s === p.speed) ?? 1,
      volume: typeof p.volume === 'number' && p.volume >= 0 && p.volume <= 1 ? p.volume : 1,
    }
  } catch {
    return standard
  }
}

export function writePreferences(p: Preferences) {
  localStorage.setItem(stored, JSON.stringify(p))
}
