import { useCallback, useEffect, useRef, useState } from 'react'
import type { Player } from './use-player'

/** A second at which the video stops. */
export interface Mark {
  id: string
  at: number // seconds
  /** The video goes on only when it is done. */
  required: boolean
  done: boolean
}

/** Two places this near are one: the next frame may be a little behind the second that is meant. */
const near = 0.35

/** Which mark of those that are passed between two places stops the video: the first that is neither done nor let go. */
export function markBetween(marks: readonly Mark[], from: number, to: number, gone: ReadonlySet<string>): Mark | undefined {
  return marks.find((m) => m.at > from && m.at <= to && !m.done && (m.required || !gone.has(m.id)))
}

/** Where the video can go at most: at the first mark that must be done and is not. */
export function barrier(marks: readonly Mark[], at: number): Mark | undefined {
  return marks.find((m) => m.required && !m.done && m.at <= at)
}

export interface Stops {
  /** The mark that is open. */
  asked: string | undefined
  /** Whether the video has stopped for it by itself, and not somebody has opened it. */
  stopped: boolean
  open: (id: string) => void
  /** Closes what is open; the video goes on unless it must not. */
  close: (play: boolean) => void
}

/** Stops the video at its marks. It looks at each frame while the video plays, and at every jump, so it does not matter who plays
 *  it: hls.js, the browser itself, a window of its own or the whole screen. */
export function useStops(player: Player, marks: readonly Mark[]): Stops {
  const { video } = player
  const [asked, setAsked] = useState<{ id: string; stopped: boolean }>()
  const gone = useRef(new Set<string>())
  const last = useRef(0)
  const known = useRef(marks)
  known.current = marks

  const stop = useCallback(
    (m: Mark) => {
      const v = video.current
      if (!v) return
      v.pause()
      if (Math.abs(v.currentTime - m.at) > near) v.currentTime = m.at
      last.current = m.at
      leaveWindows(v)
      setAsked((now) => (now?.id === m.id ? now : { id: m.id, stopped: true }))
    },
    [video],
  )

  useEffect(() => {
    const v = video.current
    if (!v) return
    let frame = 0
    let timer: ReturnType<typeof setTimeout> | undefined
    const look = () => {
      if (v.seeking) return
      const at = v.currentTime
      const met = barrier(known.current, at) ?? (at > last.current && at - last.current < 5 ? markBetween(known.current, last.current, at, gone.current) : undefined)
      if (met && !v.paused) stop(met)
      else last.current = at
    }
    const run = () => {
      look()
      if (v.paused || v.ended) return
      if (document.hidden) timer = setTimeout(run, 200)
      else frame = requestAnimationFrame(run)
    }
    const start = () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
      run()
    }
    const jump = () => {
      const m = barrier(known.current, v.currentTime - near)
      if (m) stop(m)
      else {
        last.current = v.currentTime
        // Whoever goes back before a question has left it.
        setAsked((now) => (now?.stopped && (known.current.find((k) => k.id === now.id)?.at ?? 0) > v.currentTime + near ? undefined : now))
      }
    }
    // At the end the element stops by itself, perhaps before the last frame was looked at.
    const finish = () => {
      const m = barrier(known.current, v.duration) ?? markBetween(known.current, last.current, v.duration, gone.current)
      if (m) stop(m)
    }
    for (const e of ['play', 'playing'] as const) v.addEventListener(e, start)
    v.addEventListener('ended', finish)
    for (const e of ['seeking', 'loadedmetadata'] as const) v.addEventListener(e, jump)
    v.addEventListener('timeupdate', look)
    document.addEventListener('visibilitychange', start)
    return () => {
      cancelAnimationFrame(frame)
      clearTimeout(timer)
      for (const e of ['play', 'playing'] as const) v.removeEventListener(e, start)
      for (const e of ['seeking', 'loadedmetadata'] as const) v.removeEventListener(e, jump)
      v.removeEventListener('timeupdate', look)
      v.removeEventListener('ended', finish)
      document.removeEventListener('visibilitychange', start)
    }
  }, [video, stop])

  // Whoever plays on lets go of a question that need not be answered.
  useEffect(() => {
    if (!player.playing || video.current?.paused) return // it may have been stopped in the same moment
    setAsked((now) => {
      if (now) gone.current.add(now.id)
      return undefined
    })
  }, [player.playing, video])

  return {
    asked: asked?.id,
    stopped: asked?.stopped ?? false,
    open: (id) => {
      video.current?.pause()
      setAsked({ id, stopped: false })
    },
    close: (play) => {
      if (asked) gone.current.add(asked.id)
      setAsked(undefined)
      if (play) player.actions.play()
    },
  }
}

/** A question is on the page, so the picture comes back to it from a window of its own or from a phone's own full screen. */
function leaveWindows(v: HTMLVideoElement) {
  if (document.pictureInPictureElement === v) void document.exitPictureInPicture().catch(() => undefined)
  const leave: unknown = Reflect.get(v, 'webkitExitFullscreen')
  if (typeof leave === 'function') Reflect.apply(leave, v, [])
}
