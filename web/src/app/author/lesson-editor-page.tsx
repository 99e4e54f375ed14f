import { useState } from 'react'
import { LessonEditor } from '../../features/course/author/lesson-editor'
import { useCourse, useDraft } from '../../features/course/author/queries'
import { LessonVideo } from '../../features/video/upload/lesson-video'
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
        />
      )}
    </Loaded>
  )
}
