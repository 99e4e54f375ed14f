import { useCallback, useSyncExternalStore } from 'react'
import type { Uploader } from './uploader'

function useEach(all: readonly Uploader[]) {
  return useCallback(
    (listener: () => void) => {
      const ends = all.map((u) => u.subscribe(listener))
      return () => ends.forEach((end) => end())
    },
    [all],
  )
}

/** The videos that are sent from this page. */
export function useSent(all: readonly Uploader[]): readonly string[] {
  const ids = useSyncExternalStore(useEach(all), () =>
    all
      .filter((u) => u.state().phase !== 'cancelled')
      .map((u) => u.state().video)
      .join(' '),
  )
  return ids.split(' ')
}

/** How far several files are together, and which of them the page itself does not show. */
export function useTotals(all: readonly Uploader[]): { open: number; share: number; apart: readonly Uploader[] } {
  const subscribe = useEach(all)
  // As text, so that it is the same as long as nothing has changed.
  const text = useSyncExternalStore(subscribe, () => {
    let open = 0
    let sent = 0
    let size = 0
    for (const u of all) {
      const s = u.state()
      if (s.phase === 'cancelled') continue
      if (s.phase !== 'done') open++
      if (s.phase !== 'comparing' && s.phase !== 'same') sent += s.sent
      size += s.size
    }
    return `${open} ${Math.floor((sent / Math.max(1, size)) * 100) / 100} ${all.map((u) => (u.state().shown ? 0 : 1)).join('')}`
  })
  const [open = 0, share = 0] = text.split(' ').slice(0, 2).map(Number)
  const shown = text.split(' ')[2] ?? ''
  return { open, share, apart: all.filter((_, i) => shown[i] === '1') }
}
