import { useEffect, useRef } from 'react'
import type { Line } from './edit'

interface WaveformProps {
  levels: Uint8Array | null
  step: number // seconds that one level stands for
  time: number
  duration: number
  lines: readonly Line[]
  current: number
  onSeek: (to: number) => void
}

const window_ = 20 // seconds in sight

/** How loud it is around the playhead, and where the cues lie. A click goes there; everything it shows and does is also
 *  in the list and the fields, so that it says nothing to screen readers. */
export function Waveform({ levels, step, time, duration, lines, current, onSeek }: WaveformProps) {
  const canvas = useRef<HTMLCanvasElement>(null)
  const from = Math.max(0, Math.min(time - window_ / 4, duration - window_))
  useEffect(() => {
    const c = canvas.current
    const pen = c?.getContext('2d')
    if (!c || !pen) return
    const scale = devicePixelRatio || 1
    const wide = c.clientWidth
    const high = c.clientHeight
    c.width = wide * scale
    c.height = high * scale
    pen.scale(scale, scale)
    const style = getComputedStyle(c)
    const colour = (name: string) => style.getPropertyValue(name)
    const x = (t: number) => ((t - from) / window_) * wide
    pen.clearRect(0, 0, wide, high)
    for (const l of lines) {
      if (l.end < from || l.start > from + window_) continue
      pen.fillStyle = colour(l.key === current ? '--screen-mark' : '--screen-lift')
      pen.globalAlpha = l.key === current ? 0.55 : 0.9
      pen.fillRect(x(l.start), 0, Math.max(2, x(l.end) - x(l.start) - 1), high)
    }
    pen.globalAlpha = 1
    pen.fillStyle = colour('--screen-seen')
    if (levels) {
      for (let p = 0; p < wide; p++) {
        const a = Math.floor((from + (p / wide) * window_) / step)
        const b = Math.max(a + 1, Math.floor((from + ((p + 1) / wide) * window_) / step))
        let loud = 0
        for (let i = a; i < b && i < levels.length; i++) loud = Math.max(loud, levels[i] ?? 0)
        const h = Math.max(1, ((loud / 255) ** 2) * high)
        pen.fillRect(p, (high - h) / 2, 1, h)
      }
    }
    pen.fillStyle = colour('--screen-ink')
    pen.fillRect(x(time) - 1, 0, 2, high)
  })
  return (
    // A click is an addition to the list and the fields.
    <div
      className="wave"
      aria-hidden="true"
      onClick={(e) => {
        const box = e.currentTarget.getBoundingClientRect()
        onSeek(from + ((e.clientX - box.left) / box.width) * window_)
      }}
    >
      <canvas ref={canvas} />
    </div>
  )
}
