import type Hls from 'hls.js'

/** A choice of picture: the height, or null for sound only. */
export interface Quality {
  index: number
  height: number | null
}

export interface Stream {
  qualities: Quality[]
  /** -1: as the line allows. */
  choose: (index: number) => void
  close: () => void
}

interface Told {
  onQualities: (stream: Stream) => void
  onFailed: () => void
}

function canUseMediaSource(): boolean {
  return 'MediaSource' in window || 'ManagedMediaSource' in window
}

/** Connects a video element with an HLS playlist: by hls.js wherever MediaSource exists, else by the browser itself. */
export async function openStream(video: HTMLVideoElement, url: string, start: number, told: Told): Promise<Stream> {
  const none: Stream = { qualities: [], choose: () => undefined, close: () => video.removeAttribute('src') }
  if (!canUseMediaSource()) {
    video.crossOrigin = 'anonymous' // pieces may come from the object store, which allows this page to ask
    video.src = url
    return none
  }
  const { default: Player } = await import('hls.js')
  if (!Player.isSupported()) {
    video.src = url
    return none
  }
  // The worker is made from a blob, which our content policy refuses; fragmented MP4 needs no remuxing anyway.
  const hls: Hls = new Player({ enableWorker: false, startPosition: start, maxBufferLength: 30, backBufferLength: 60, capLevelToPlayerSize: true, renderTextTracksNatively: false })
  const stream: Stream = {
    qualities: [],
    choose: (index) => {
      hls.currentLevel = index
    },
    close: () => hls.destroy(),
  }
  let repairs = 0
  hls.on(Player.Events.MANIFEST_PARSED, () => {
    stream.qualities = hls.levels.map((l, index) => ({ index, height: l.height > 0 ? l.height : null })).reverse()
    told.onQualities(stream)
  })
  hls.on(Player.Events.ERROR, (_, data) => {
    if (!data.fatal) return
    if (data.type === Player.ErrorTypes.MEDIA_ERROR && repairs++ < 2) hls.recoverMediaError()
    else told.onFailed()
  })
  hls.loadSource(url)
  hls.attachMedia(video)
  return stream
}
