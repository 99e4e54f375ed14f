import { type RefObject, useEffect, useState } from 'react'
import { type Cue, currentCue } from './cues'

/** The cues that are to be seen at this moment of the video. It looks at each frame that the browser draws, because the
 *  element itself tells its time only four times a second and captions belong within a tenth of a second of theirs. */
export function useCues(video: RefObject<HTMLVideoElement | null>, cues: readonly Cue[] | null): readonly Cue[] {
  const [shown, setShown] = useState<readonly Cue[]>([])
  useEffect(() => {
    const v = video.current
    if (!v || !cues || cues.length === 0) {
      setShown([])
      return
    }
    let frame = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      const at = v.currentTime
      const now = cuesAt(cues, at)
      setShown((before) => (before.length === now.length && before.every((c, i) => c === now[i]) ? before : now))
    }
    const run = () => {
      look()
      if (v.paused || v.ended) return
      if (document.hidden) timer = setTimeout(run, 250) // frames are not drawn then, and nobody looks
      else frame = requestAnimationFrame(run)
    }
    const start = () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
      run()
    }
    const events = ['play', 'playing', 'pause', 'seeked', 'timeupdate', 'loadedmetadata'] as const
    for (const e of events) v.addEventListener(e, e === 'timeupdate' ? look : start)
    document.addEventListener('visibilitychange', start)
    start()
    return () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
      for (const e of events) v.removeEventListener(e, e === 'timeupdate' ? look : start)
      document.removeEventListener('visibilitychange', start)
    }
  }, [video, cues])
  return shown
}

/** All cues of a moment: more than one where people speak at once. */
export function cuesAt(cues: readonly Cue[], at: number): Cue[] {
  const last = currentCue(cues, at)
  const found: Cue[] = []
  // What began long before is over: the longest cue is a day, but nobody writes more than some at once.
  for (let i = last; i >= 0 && i > last - 20; i--) {
    const cue = cues[i]
    if (cue && at < cue.to) found.unshift(cue)
  }
  return found
}
