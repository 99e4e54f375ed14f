import { useMemo, useRef, useState } from 'react'
import type { EnrolledLesson, Playback } from '../../api/types'
import { LessonFrame } from '../../features/course/learn/lesson-frame'
import { useAnswerStop, useLesson, usePlayback, useReadTranscript } from '../../features/course/learn/queries'
import { TakeAlong } from '../../features/course/learn/take-along'
import { TextLesson } from '../../features/course/learn/text-lesson'
import { QuizLesson } from '../../features/course/quiz/quiz-lesson'
import { StopList } from '../../features/course/quiz/stop-panel'
import { OutboxKeeper, OutboxTag, useVideoRecorder } from '../../features/lrs/use-outbox'
import { Screen } from '../../features/video/player/screen'
import { Transcript } from '../../features/video/player/transcript'
import { type Source, usePlayer } from '../../features/video/player/use-player'
import { clock } from '../../lib/format'
import { useI18n } from '../../lib/i18n'
import { toSpans } from '../../lib/spans'
import { Button } from '../../ui/button'
import { copy } from '../../ui/copy'
import { Notice } from '../../ui/notice'
import { ErrorState, Loaded, Skeleton } from '../../ui/states'
import { useToast } from '../../ui/toast'
import { useAsked } from './use-asked'
import { lazy } from '../../ui/lazy'

const Notes = lazy(() => import('../../features/course/learn/notes'), null)
const ReportFault = lazy(() => import('../../features/course/learn/report-fault'), null)
const LessonTalk = lazy(() => import('../../features/discussion/lesson-entry'), null)

/** A lesson of any kind: here the rooms meet - the course around it, the player in it, the record beneath it. */
export default function LessonPage({ person, enrolment, id }: { person: string; enrolment: string; id: string }) {
  const lesson = useLesson(enrolment, id)
  return (
    <OutboxKeeper person={person}>
      <Loaded query={lesson} page>
        {(l) => (
          <>
            <Lesson key={l.id} lesson={l} enrolment={enrolment} />
            <LessonTalk course={l.course.id} lesson={l.id} />
          </>
        )}
      </Loaded>
    </OutboxKeeper>
  )
}

function Lesson({ lesson: l, enrolment }: { lesson: EnrolledLesson; enrolment: string }) {
  const base = `/learn/${enrolment}`
  if (l.kind === 'video') return <VideoLesson lesson={l} enrolment={enrolment} base={base} />
  return (
    <LessonFrame lesson={l} base={base} report={<ReportFault enrolment={enrolment} lesson={l.id} />}>
      {l.kind === 'text' ? <TextLesson lesson={l} enrolment={enrolment} /> : <QuizLesson lesson={l} enrolment={enrolment} />}
    </LessonFrame>
  )
}

function VideoLesson({ lesson: l, enrolment, base }: { lesson: EnrolledLesson; enrolment: string; base: string }) {
  const { t } = useI18n()
  const playback = usePlayback(enrolment, l.id, l.video?.ready ?? false)
  const stopped = useRef<number | null>(null)
  const lost = (at: number) => {
    stopped.current = at
    return playback.refetch()
  }
  // New addresses are a new playback, which goes on where the old one stopped.
  if (playback.data) return <Playing key={playback.data.id} lesson={l} enrolment={enrolment} base={base} playback={playback.data} from={stopped.current} onLost={lost} />
  return (
    <LessonFrame lesson={l} base={base} saved={<OutboxTag />}>
      {!l.video?.ready ? <Notice>{t('lesson.notready')}</Notice> : playback.error ? <ErrorState error={playback.error} onRetry={() => void playback.refetch()} /> : <Skeleton block />}
    </LessonFrame>
  )
}

function Playing({ lesson: l, enrolment, base, playback, from, onLost }: { lesson: EnrolledLesson; enrolment: string; base: string; playback: Playback; from: number | null; onLost: (at: number) => Promise<unknown> }) {
  const { t, locale, words } = useI18n()
  const recorder = useVideoRecorder(enrolment, playback)
  const [linked] = useState(() => from ?? secondOf(location.search))
  const source = useMemo<Source>(() => ({ ...playback, tracks: playback.captions, seen: toSpans(playback.seen), ...(linked === null ? {} : { position: linked }) }), [playback, linked])
  const player = usePlayer(source, recorder, locale, onLost)
  const readTranscript = useReadTranscript(enrolment, l.id)
  const answer = useAnswerStop(enrolment, l.id)
  const asked = useAsked(player, l.video?.stops ?? [], answer)
  const writer = useRef<(() => void) | null>(null)
  const paused = useRef(false) // for writing a note
  const jump = (from: number) => {
    player.actions.seek(from)
    player.actions.play()
    player.stage.current?.scrollIntoView({ block: 'nearest' })
  }
  return (
    <LessonFrame
      lesson={l}
      base={base}
      saved={<OutboxTag />}
      onGap={jump}
      report={<ReportFault enrolment={enrolment} lesson={l.id} position={() => player.video.current?.currentTime ?? 0} />}
      beside={
        <div className="stack">
          <Transcript player={player} read={l.requirement.byTranscript ?? false} {...(l.video?.transcriptCounts && l.requirement.state !== 'done' ? { onRead: () => readTranscript.mutate() } : {})} />
          <Notes
            enrolment={enrolment}
            lesson={l.id}
            at={() => player.video.current?.currentTime ?? 0}
            onJump={jump}
            writer={writer}
            onDone={() => {
              if (paused.current) player.actions.play()
              paused.current = false
              player.stage.current?.querySelector<HTMLElement>('input[type=range]')?.focus()
            }}
          />
        </div>
      }
    >
      <Screen
        player={player}
        title={words(l.title)}
        marks={asked.marks}
        panel={asked.panel}
        onNote={() => {
          paused.current = player.playing
          if (player.playing) player.actions.toggle()
          if (player.full) player.actions.fullScreen()
          writer.current?.()
        }}
      />
      <div className="row between">
        <p className="small soft">{t('lesson.seen')}</p>
        <div className="row">
          <CopyLink at={() => player.video.current?.currentTime ?? 0} />
          {l.video?.takeaway ? <TakeAlong enrolment={enrolment} lesson={l.id} title={words(l.title)} /> : null}
        </div>
      </div>
      <StopList stops={l.video?.stops ?? []} onOpen={asked.open} />
    </LessonFrame>
  )
}

/** The second that an address names: ?t=83. */
function secondOf(search: string): number | null {
  const t = new URLSearchParams(search).get('t')
  return t !== null && /^\d{1,6}$/.test(t) ? Number(t) : null
}

function CopyLink({ at }: { at: () => number }) {
  const { t } = useI18n()
  const toast = useToast()
  return (
    <Button
      kind="quiet"
      onClick={() => {
        const second = Math.floor(at())
        void copy(`${location.origin}${location.pathname}?t=${second}`).then((done) => toast(done ? t('lesson.link.copied', { at: clock(second) }) : t('copy.failed')))
      }}
    >
      {t('lesson.link')}
    </Button>
  )
}
