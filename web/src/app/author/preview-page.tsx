import { useMemo, useState } from 'react'
import type { EnrolledLesson, Playback, Stop } from '../../api/types'
import { usePreview, usePreviewLesson, useTryQuiz, useTryStop } from '../../features/course/author/queries'
import { EnrolmentView } from '../../features/course/learn/enrolment-page'
import { LessonFrame } from '../../features/course/learn/lesson-frame'
import { TextLesson } from '../../features/course/learn/text-lesson'
import { QuizPreview } from '../../features/course/quiz/quiz-lesson'
import { StopList } from '../../features/course/quiz/stop-panel'
import { Screen } from '../../features/video/player/screen'
import { Transcript } from '../../features/video/player/transcript'
import { type Source, usePlayer } from '../../features/video/player/use-player'
import { useI18n } from '../../lib/i18n'
import { toSpans } from '../../lib/spans'
import { ButtonLink } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { Loaded } from '../../ui/states'
import { useAsked } from '../lesson/use-asked'

/** The draft as a learner would meet it. Nothing is recorded. */
export default function PreviewPage({ course, lesson }: { course: string; lesson: string | undefined }) {
  const { t } = useI18n()
  return (
    <div className="stack">
      <Notice>
        <div className="row between">
          <span>{t('author.preview.text')}</span>
          <ButtonLink tight href={lesson ? `/${course}/lessons/${lesson}` : `/${course}`}>
            {t('author.preview.leave')}
          </ButtonLink>
        </div>
      </Notice>
      {lesson ? <PreviewLesson course={course} id={lesson} /> : <PreviewCourse course={course} />}
    </div>
  )
}

function PreviewCourse({ course }: { course: string }) {
  const preview = usePreview(course)
  return (
    <Loaded query={preview} page>
      {(e) => <EnrolmentView enrolment={e} base={`/${course}/preview`} preview />}
    </Loaded>
  )
}

function PreviewLesson({ course, id }: { course: string; id: string }) {
  const { t } = useI18n()
  const preview = usePreviewLesson(course, id)
  const trial = useTryQuiz(course, id)
  const base = `/${course}/preview`
  return (
    <Loaded query={preview} page>
      {(l) =>
        l.playback ? (
          <Playing key={l.id} course={course} lesson={l} playback={l.playback} base={base} />
        ) : (
          <LessonFrame lesson={l} base={base}>
            {l.kind === 'text' ? <TextLesson lesson={l} /> : l.kind === 'quiz' && l.attempt ? <QuizPreview attempt={l.attempt} trial={trial} /> : <Notice>{t('lesson.notready')}</Notice>}
          </LessonFrame>
        )
      }
    </Loaded>
  )
}

function Playing({ course, lesson, playback, base }: { course: string; lesson: EnrolledLesson; playback: Playback; base: string }) {
  const { locale, words } = useI18n()
  const source = useMemo<Source>(() => ({ ...playback, tracks: playback.captions, seen: toSpans(playback.seen) }), [playback])
  const player = usePlayer(source, null, locale)
  const trial = useTryStop(course, lesson.id)
  const [tried, setTried] = useState<readonly Stop[]>([]) // answers that nobody keeps
  const stops = useMemo(() => (lesson.video?.stops ?? []).map((s) => tried.find((x) => x.id === s.id) ?? s), [lesson.video?.stops, tried])
  const asked = useAsked(player, stops, {
    ...trial,
    mutate: (what, { onSuccess }) =>
      trial.mutate(what, {
        onSuccess: (s) => {
          setTried((all) => [...all.filter((x) => x.id !== s.id), s])
          onSuccess()
        },
      }),
  })
  return (
    <LessonFrame lesson={lesson} base={base} beside={<Transcript player={player} />} onGap={(from) => player.actions.seek(from)}>
      <Screen player={player} title={words(lesson.title)} marks={asked.marks} panel={asked.panel} />
      <StopList stops={stops} onOpen={asked.open} />
    </LessonFrame>
  )
}
