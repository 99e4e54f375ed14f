import { useMemo } from 'react'
import type { EnrolledLesson, Playback } from '../../api/types'
import { usePreview, usePreviewLesson, useTryQuiz } from '../../features/course/author/queries'
import { EnrolmentView } from '../../features/course/learn/enrolment-page'
import { LessonFrame } from '../../features/course/learn/lesson-frame'
import { TextLesson } from '../../features/course/learn/text-lesson'
import { QuizPreview } from '../../features/course/quiz/quiz-lesson'
import { Screen } from '../../features/video/player/screen'
import { Transcript } from '../../features/video/player/transcript'
import { type Source, usePlayer } from '../../features/video/player/use-player'
import { useI18n } from '../../lib/i18n'
import { toSpans } from '../../lib/spans'
import { ButtonLink } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { Loaded } from '../../ui/states'

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
          <Playing key={l.id} lesson={l} playback={l.playback} base={base} />
        ) : (
          <LessonFrame lesson={l} base={base}>
            {l.kind === 'text' ? <TextLesson lesson={l} /> : l.kind === 'quiz' && l.attempt ? <QuizPreview attempt={l.attempt} trial={trial} /> : <Notice>{t('lesson.notready')}</Notice>}
          </LessonFrame>
        )
      }
    </Loaded>
  )
}

function Playing({ lesson, playback, base }: { lesson: EnrolledLesson; playback: Playback; base: string }) {
  const { locale, words } = useI18n()
  const source = useMemo<Source>(() => ({ ...playback, tracks: playback.captions, seen: toSpans(playback.seen) }), [playback])
  const player = usePlayer(source, null, locale)
  return (
    <LessonFrame lesson={lesson} base={base} beside={<Transcript player={player} />} onGap={(from) => player.actions.seek(from)}>
      <Screen player={player} title={words(lesson.title)} />
    </LessonFrame>
  )
}
