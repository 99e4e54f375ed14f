import { useMemo } from 'react'
import type { StopDraft } from '../../api/types'
import { StopsEditor } from '../../features/course/author/stops-editor'
import { useVideoPlayback } from '../../features/video/caption/queries'
import { Screen } from '../../features/video/player/screen'
import { type Source, usePlayer } from '../../features/video/player/use-player'
import { useI18n } from '../../lib/i18n'
import { Loaded } from '../../ui/states'
import type { StopsProps } from './lesson-editor-page'

/** The questions of a video beside its player, which comes only where there is a video that plays. */
export default function PlayableStops({ lesson, length, from, to, onStops }: StopsProps & { length: number }) {
  const playback = useVideoPlayback(lesson.video)
  const { locale, words } = useI18n()
  const source = useMemo<Source>(() => ({ id: lesson.video, master: playback.data?.master ?? '', ...(playback.data?.poster ? { poster: playback.data.poster } : {}), duration: length, position: 0, seen: [], tracks: playback.data?.captions ?? [] }), [lesson.video, playback.data, length])
  const stops = lesson.stops ?? []
  return (
    <Loaded query={playback}>
      {() => <Editing source={source} title={words(lesson.title)} locale={locale} stops={stops} length={length} from={from} to={to} onStops={onStops} />}
    </Loaded>
  )
}

function Editing({ source, title, locale, stops, length, from, to, onStops }: Omit<StopsProps, 'lesson'> & { source: Source; title: string; locale: string; stops: readonly StopDraft[]; length: number }) {
  const player = usePlayer(source, null, locale)
  const marks = useMemo(() => stops.map((s) => ({ id: s.question.id ?? '', at: s.at, required: s.required ?? false, done: false })), [stops])
  return (
    <StopsEditor from={from} to={to} stops={stops} length={length} onChange={onStops} at={() => player.video.current?.currentTime ?? 0} onSeek={player.actions.seek}>
      <Screen player={player} title={title} marks={marks} />
    </StopsEditor>
  )
}
