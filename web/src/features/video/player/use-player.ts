import { useCallback, useEffect, useMemo, useRef, useState } from 'react'
import type { PlaybackEvent, Recorder } from '../../../lib/playback-event'
import { base } from '../../../lib/locale'
import { merge, type Span, total } from '../../../lib/spans'
import { type Cue, parseCues } from './cues'
import { type Preferences, readPreferences, writePreferences } from './preferences'
import { openStream, type Quality, type Stream } from './stream'
import { useDescription } from './use-description'
import { Watch } from './watch'

/** What is to be played. */
export interface Source {
  id: string
  master: string
  poster?: string
  duration: number // seconds
  position: number // where the person stopped, on whatever device
  seen: readonly Span[]
  tracks: readonly Track[]
}

/** A file of captions, descriptions or chapters. */
export interface Track {
  kind: 'captions' | 'descriptions' | 'chapters'
  lang: string
  url: string
  /** A machine has written it and nobody has read it yet. */
  unchecked?: boolean
}

/** What the record needs to know at any moment, also while the page is being left. */
interface Now {
  topSpeed: number
  began: number // milliseconds of the page's own clock; 0: not yet
  captions: string | null
  language: string
  volume: number
  quality: string
  full: boolean
  seekFrom: number
  beat: number // seconds played at the last heartbeat
  completed: boolean
  ended: boolean
}

export type Player = ReturnType<typeof usePlayer>

const heartbeat = 30 // seconds of playing after which another device may resume
const draftEvery = 5_000 // milliseconds

/** All state of one player: the element, its stream, captions, preferences, and what is told to the record. */
export function usePlayer(source: Source, recorder: Recorder | null, locale: string, onLost?: (at: number) => Promise<unknown>) {
  const video = useRef<HTMLVideoElement>(null)
  const stage = useRef<HTMLElement>(null)
  const [time, setTime] = useState(source.position)
  const [duration, setDuration] = useState(source.duration)
  const [playing, setPlaying] = useState(false)
  const [busy, setBusy] = useState(false)
  const [failed, setFailed] = useState(false)
  const [full, setFull] = useState(false)
  const [attempt, setAttempt] = useState(0)
  const [stream, setStream] = useState<Stream | null>(null)
  const [quality, setQuality] = useState(-1)
  const [session, setSession] = useState<readonly Span[]>([])
  const [told, setTold] = useState('')
  const [preferences, setPreferences] = useState(readPreferences)
  const captions = useMemo(() => source.tracks.filter((c) => c.kind === 'captions'), [source.tracks])
  const track = useMemo(() => best(captions, preferences.lang, locale), [captions, preferences.lang, locale])
  const described = useMemo(() => best(source.tracks.filter((c) => c.kind === 'descriptions'), preferences.lang, locale), [source.tracks, preferences.lang, locale])
  const parts = useMemo(() => best(source.tracks.filter((c) => c.kind === 'chapters'), locale, locale), [source.tracks, locale])
  const cues = useTrack(track)
  const chapters = useTrack(parts)
  const description = useDescription(video, useTrack(described), described?.lang ?? '', preferences.describe, preferences.volume)

  const watch = useRef<Watch | null>(null)
  watch.current ??= new Watch()
  const now = useRef<Now>({ topSpeed: preferences.speed, began: 0, captions: null, language: '', volume: 1, quality: '', full: false, seekFrom: 0, beat: 0, completed: false, ended: false })
  now.current.captions = preferences.captions && track ? track.lang : null
  now.current.language = track?.lang ?? ''
  now.current.volume = preferences.volume
  now.current.quality = qualityName(stream, quality)
  now.current.full = full
  const known = useRef(source.seen)
  const tell = useRef(recorder)
  tell.current = recorder

  const event = useCallback(
    (verb: PlaybackEvent['verb'], at?: number, to?: number): PlaybackEvent => {
      const v = video.current
      const segments = watch.current?.spans() ?? []
      const length = v && Number.isFinite(v.duration) && v.duration > 0 ? v.duration : source.duration
      return {
        verb,
        time: at ?? v?.currentTime ?? 0,
        ...(to === undefined ? {} : { to }),
        segments,
        progress: length > 0 ? Math.min(1, total([...known.current, ...segments]) / length) : 0,
        length,
        speed: now.current.topSpeed,
        captions: now.current.captions,
        language: now.current.language,
        volume: now.current.volume,
        quality: now.current.quality,
        screen: [screen.width, screen.height],
        picture: [Math.round(v?.clientWidth ?? 0), Math.round(v?.clientHeight ?? 0)],
        fullScreen: now.current.full,
        spent: now.current.began ? (performance.now() - now.current.began) / 1000 : 0,
      }
    },
    [source.duration],
  )
  const say = useCallback((e: PlaybackEvent) => tell.current?.record(e), [])

  useEffect(() => {
    const v = video.current
    if (!v) return
    let open: Stream | null = null
    let gone = false
    setFailed(false)
    const start = source.position > 0 && source.position < source.duration - 2 ? source.position : 0
    void openStream(v, source.master, start, { onQualities: (s) => !gone && setStream({ ...s }), onFailed: () => !gone && setFailed(true) }).then((s) => {
      if (gone) s.close()
      else open = s
    })
    const resume = () => {
      if (start > 0 && v.currentTime < 0.5) v.currentTime = start
    }
    v.addEventListener('loadedmetadata', resume, { once: true })
    return () => {
      gone = true
      v.removeEventListener('loadedmetadata', resume)
      open?.close()
    }
  }, [source.master, source.position, source.duration, attempt])

  useEffect(() => {
    const v = video.current
    if (!v) return
    v.volume = preferences.volume
    v.playbackRate = preferences.speed
    v.defaultPlaybackRate = preferences.speed
    writePreferences(preferences)
  }, [preferences])

  const begun = useRef(false)
  useEffect(() => {
    if (!recorder || begun.current) return
    begun.current = true
    now.current.began = performance.now()
    recorder.record(event('initialized'))
  }, [recorder, event])

  useEffect(() => {
    const state = now.current
    const close = () => {
      if (state.ended || !begun.current) return
      state.ended = true
      watch.current?.end()
      say(event('terminated'))
    }
    // A page that comes back from the browser's cache goes on in the same session.
    const back = () => {
      state.ended = false
    }
    const timer = setInterval(() => {
      if (begun.current && !state.ended) tell.current?.keep(event('terminated'))
    }, draftEvery)
    addEventListener('pagehide', close)
    addEventListener('pageshow', back)
    return () => {
      clearInterval(timer)
      removeEventListener('pagehide', close)
      removeEventListener('pageshow', back)
      close()
      state.ended = false
      begun.current = false
    }
  }, [event, say])

  useEffect(() => {
    const change = () => setFull(document.fullscreenElement !== null && document.fullscreenElement === stage.current)
    document.addEventListener('fullscreenchange', change)
    return () => document.removeEventListener('fullscreenchange', change)
  }, [])

  // What was said is over after a while: it would be read again when a dialog closes, or by whoever reads on.
  useEffect(() => {
    const timer = setTimeout(() => setTold(''), 4000)
    return () => clearTimeout(timer)
  }, [told])

  // What changes about how somebody watches is told, once it has rested: a volume is dragged.
  const way = `${preferences.captions && track ? track.lang : ''} ${preferences.volume} ${full}`
  const toldWay = useRef(way)
  useEffect(() => {
    if (toldWay.current === way || !begun.current) return
    const timer = setTimeout(() => {
      toldWay.current = way
      if (!now.current.ended) say(event('interacted'))
    }, 800)
    return () => clearTimeout(timer)
  }, [way, event, say])

  const handlers = {
    onPlay: () => {
      setPlaying(true)
      watch.current?.begin(video.current?.currentTime ?? 0)
      say(event('played'))
    },
    onPause: () => {
      const v = video.current
      setPlaying(false)
      watch.current?.tick(v?.currentTime ?? 0, v?.playbackRate ?? 1)
      watch.current?.end()
      setSession(watch.current?.spans() ?? [])
      if (!now.current.ended) say(event('paused'))
    },
    onSeeking: () => {
      watch.current?.end()
    },
    onSeeked: () => {
      const v = video.current
      if (!v) return
      setTime(v.currentTime)
      if (Math.abs(v.currentTime - now.current.seekFrom) > 0.5 && begun.current) say(event('seeked', now.current.seekFrom, v.currentTime))
      now.current.seekFrom = v.currentTime
      if (!v.paused) watch.current?.begin(v.currentTime)
    },
    onTimeUpdate: () => {
      const v = video.current
      if (!v || v.seeking) return
      const state = now.current
      setTime(v.currentTime)
      state.seekFrom = v.currentTime
      if (v.paused) return
      watch.current?.tick(v.currentTime, v.playbackRate)
      const spans = watch.current?.spans() ?? []
      setSession(spans)
      const played = total(spans)
      if (played - state.beat >= heartbeat) {
        state.beat = played
        say(event('interacted'))
      }
      if (!state.completed && total([...known.current, ...spans]) >= (v.duration || Infinity) - 1) {
        state.completed = true
        say(event('completed'))
      }
    },
    onDurationChange: () => {
      const v = video.current
      if (v && Number.isFinite(v.duration) && v.duration > 0) setDuration(v.duration)
    },
    onRateChange: () => {
      now.current.topSpeed = Math.max(now.current.topSpeed, video.current?.playbackRate ?? 1)
    },
    onWaiting: () => {
      const v = video.current
      setBusy(true)
      watch.current?.tick(v?.currentTime ?? 0, v?.playbackRate ?? 1)
      watch.current?.end()
    },
    onPlaying: () => {
      const v = video.current
      setBusy(false)
      if (v && !v.paused && !v.seeking) watch.current?.resume(v.currentTime)
    },
    onCanPlay: () => setBusy(false),
    onError: () => setFailed(true),
  }

  const change = useCallback((part: Partial<Preferences>) => setPreferences((p) => ({ ...p, ...part })), [])
  const seek = useCallback(
    (to: number) => {
      const v = video.current
      if (!v) return
      now.current.seekFrom = v.currentTime
      v.currentTime = Math.max(0, Math.min(to, (v.duration || source.duration) - 0.1))
      setTime(v.currentTime)
    },
    [source.duration],
  )
  const actions = {
    toggle: () => {
      const v = video.current
      if (!v) return
      if (v.paused) void v.play().catch(() => undefined)
      else v.pause()
    },
    play: () => void video.current?.play().catch(() => undefined),
    /** Says something to whoever cannot see it; the same words again are said again. */
    tell: (words: string) => setTold((before) => (words && before === words ? `${words}\u00a0` : words)),
    seek,
    skip: (by: number) => seek((video.current?.currentTime ?? 0) + by),
    change,
    choose: (index: number) => {
      stream?.choose(index)
      setQuality(index)
    },
    fullScreen: () => {
      if (document.fullscreenElement) void document.exitFullscreen()
      else void stage.current?.requestFullscreen().catch(() => undefined)
    },
    // The addresses may have run out over a long break: whoever gave them is asked for others.
    retry: () => {
      const again = () => setAttempt((n) => n + 1)
      if (onLost) void onLost(video.current?.currentTime || time).then(again, again)
      else again()
    },
    captions: () => {
      change({ captions: !preferences.captions })
    },
    describe: () => {
      change({ describe: preferences.describe === 'off' ? 'spoken' : 'off' })
    },
    pictureInPicture: () => {
      if (document.pictureInPictureElement) void document.exitPictureInPicture()
      else void video.current?.requestPictureInPicture().catch(() => undefined)
    },
  }

  const seen = useMemo(() => merge([...source.seen, ...session], 0.5), [source.seen, session])
  const qualities: readonly Quality[] = stream?.qualities ?? []
  return { video, stage, handlers, actions, source, captions, time, duration, playing, busy, failed, full, told, seen, cues, track, chapters, parts, described, description, preferences, qualities, quality }
}

/** The track in the wished language, else in that of the pages, else the first; one that nobody has checked only if it is wished or
 *  there is no other. */
function best(all: readonly Track[], wished: string, locale: string): Track | undefined {
  const checked = all.filter((c) => !c.unchecked)
  const tracks = checked.length > 0 ? checked : all
  return all.find((c) => c.lang === wished) ?? tracks.find((c) => c.lang === locale) ?? tracks.find((c) => base(c.lang) === base(locale)) ?? tracks[0]
}

/** The cues of a track; null while they are being fetched. */
function useTrack(track: Track | undefined): readonly Cue[] | null {
  const [cues, setCues] = useState<readonly Cue[] | null>(null)
  const url = track?.url ?? ''
  useEffect(() => {
    if (!url) {
      setCues([])
      return
    }
    const stop = new AbortController()
    fetch(url, { signal: stop.signal, credentials: 'same-origin' })
      .then((r) => (r.ok ? r.text() : ''))
      .then((text) => setCues(parseCues(text)))
      .catch(() => stop.signal.aborted || setCues([]))
    return () => stop.abort()
  }, [url])
  return cues
}

function qualityName(stream: Stream | null, quality: number): string {
  const height = stream?.qualities.find((q) => q.index === quality)?.height
  return height === undefined ? '' : height === null ? 'sound' : `${height}p`
}

