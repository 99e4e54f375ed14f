import type { Lesson, StopDraft } from '../../api/types'
import { LessonEditor } from '../../features/course/author/lesson-editor'
import { useCourse, useDraft } from '../../features/course/author/queries'
import { LessonVideo } from '../../features/video/upload/lesson-video'
import { useVideo } from '../../features/video/upload/queries'
import { lazy } from '../../ui/lazy'
import { Loaded } from '../../ui/states'

const PlayableStops = lazy<StopsProps & { length: number }>(() => import('./playable-stops'), null)

/** The editor of a lesson: here the course room and the video room meet. */
export default function LessonEditorPage({ course, id }: { course: string; id: string }) {
  const courseQuery = useCourse(course)
  const draft = useDraft(course, id)
  const both = {
    data: courseQuery.data && draft.data ? { course: courseQuery.data, lesson: draft.data } : undefined,
    error: courseQuery.error ?? draft.error,
    refetch: () => Promise.all([courseQuery.refetch(), draft.refetch()]),
  }
  return (
    <Loaded query={both} page>
      {({ course: c, lesson: l }) => (
        <LessonEditor
          key={l.id}
          course={c}
          lesson={l}
          video={(lesson, onVideo) => <LessonVideo lesson={lesson.id} video={lesson.video} languages={c.languages} onVideo={onVideo} />}
          stops={(lesson, languages, onStops) => <Stops key={lesson.video} lesson={lesson} {...languages} onStops={onStops} />}
        />
      )}
    </Loaded>
  )
}

export interface StopsProps {
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
