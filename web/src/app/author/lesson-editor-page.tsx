import { useMemo, useState } from 'react'
import type { Lesson, StopDraft } from '../../api/types'
import { LessonEditor } from '../../features/course/author/lesson-editor'
import { StopsEditor } from '../../features/course/author/stops-editor'
import { useCourse, useDraft } from '../../features/course/author/queries'
import { useVideoPlayback } from '../../features/video/caption/queries'
import { Screen } from '../../features/video/player/screen'
import { type Source, usePlayer } from '../../features/video/player/use-player'
import { LessonVideo } from '../../features/video/upload/lesson-video'
import { useVideo } from '../../features/video/upload/queries'
import { useI18n } from '../../lib/i18n'
import { Loaded } from '../../ui/states'

/** The editor of a lesson: here the course room and the video room meet. */
export default function LessonEditorPage({ course, id }: { course: string; id: string }) {
  const courseQuery = useCourse(course)
  const draft = useDraft(course, id)
  const [round, setRound] = useState(0)
  const both = {
    data: courseQuery.data && draft.data ? { course: courseQuery.data, lesson: draft.data } : undefined,
    error: courseQuery.error ?? draft.error,
    refetch: () => Promise.all([courseQuery.refetch(), draft.refetch()]),
  }
  return (
    <Loaded query={both} page>
      {({ course: c, lesson: l }) => (
        <LessonEditor
          key={`${l.id}-${round}`}
          course={c}
          lesson={l}
          onReload={() => void draft.refetch().then(() => setRound(round + 1))}
          video={(lesson, onVideo) => <LessonVideo lesson={lesson.id} video={lesson.video} languages={c.languages} onVideo={onVideo} />}
          stops={(lesson, languages, onStops) => <Stops key={lesson.video} lesson={lesson} {...languages} onStops={onStops} />}
        />
      )}
    </Loaded>
  )
}

interface StopsProps {
  lesson: Lesson
  from: string
  to: string
  onStops: (stops: StopDraft[]) => void
}

/** The questions of a video that can be played; before, there is no second to put them at. */
function Stops({ lesson, ...rest }: StopsProps) {
  const video = useVideo(lesson.video)
  return video.data?.playable ? <PlayableStops lesson={lesson} length={video.data.duration} {...rest} /> : null
}

function PlayableStops({ lesson, length, from, to, onStops }: StopsProps & { length: number }) {
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
