import type { Span } from './spans'

/** What the player tells whoever keeps the record. */
export interface PlaybackEvent {
  verb: 'initialized' | 'played' | 'paused' | 'seeked' | 'completed' | 'terminated' | 'interacted'
  /** Where in the video, in seconds; for a seek: where it began. */
  time: number
  /** For a seek: where it ended. */
  to?: number
  /** Everything played in this session so far. */
  segments: readonly Span[]
  /** Share of the video that has been seen, 0 to 1, this session and earlier ones. */
  progress: number
  length: number
  /** The highest speed of this session. */
  speed: number
  captions: string | null // the language shown, null: none
  language: string // of the captions that are shown or would be; '' where there are none
  volume: number // 0 to 1
  screen: readonly [number, number] // pixels of the whole screen
  picture: readonly [number, number] // pixels of the video on it
  quality: string // of the stream, as 360p; '' while it is not known
  fullScreen: boolean
  /** Seconds since the session began. */
  spent: number
}

/** Keeps what happens in the player, whatever the connection does. */
export interface Recorder {
  record: (event: PlaybackEvent) => void
  /** Replaces what shall be recorded if the page dies before it can say anything. */
  keep: (event: PlaybackEvent) => void
}
