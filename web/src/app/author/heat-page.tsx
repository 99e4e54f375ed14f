import type { Heat } from '../../api/types'
import { HeatView, type Part } from '../../features/course/author/heat-page'
import { useCourse, useHeat } from '../../features/course/author/queries'
import { useCues } from '../../features/video/caption/queries'
import { useVideo } from '../../features/video/upload/queries'
import { useI18n } from '../../lib/i18n'
import { Loaded } from '../../ui/states'

/** How a lesson's video was watched: the course room's figures over the video room's chapters. */
export default function HeatPage({ course, lesson }: { course: string; lesson: string }) {
  const c = useCourse(course)
  const heat = useHeat(course, lesson)
  const both = { data: c.data && heat.data ? { course: c.data, heat: heat.data } : undefined, error: c.error ?? heat.error, refetch: () => Promise.all([c.refetch(), heat.refetch()]) }
  return (
    <Loaded query={both} page>
      {(d) => <WithChapters course={d.course} lesson={lesson} heat={d.heat} />}
    </Loaded>
  )
}

function WithChapters({ course, lesson, heat }: { course: Parameters<typeof HeatView>[0]['course']; lesson: string; heat: Heat }) {
  const { locale } = useI18n()
  const video = useVideo(heat.video)
  const tracks = video.data?.captions.filter((c) => c.kind === 'chapters') ?? []
  const lang = (tracks.find((c) => c.lang === locale) ?? tracks[0])?.lang
  return lang ? <Chapters course={course} lesson={lesson} heat={heat} lang={lang} /> : <HeatView course={course} lesson={lesson} heat={heat} parts={[]} />
}

function Chapters({ course, lesson, heat, lang }: { course: Parameters<typeof HeatView>[0]['course']; lesson: string; heat: Heat; lang: string }) {
  const cues = useCues(heat.video, 'chapters', lang)
  const parts: Part[] = (cues.data?.cues ?? []).map((c) => ({ from: c.start, to: c.end, words: c.text.replace(/<[^>]*>/g, '') }))
  return <HeatView course={course} lesson={lesson} heat={heat} parts={parts} lang={lang} />
}
