import { type ReactNode, useEffect, useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import type { Course, Lesson, StopDraft } from '../../../api/types'
import { isFault, say } from '../../../lib/fault'
import { useI18n, Words } from '../../../lib/i18n'
import { Button, ButtonLink } from '../../../ui/button'
import { Check, SelectField } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { useToast } from '../../../ui/toast'
import '../parts/course.css'
import { QuizEditor } from './quiz-editor'
import { useSaveDraft } from './queries'
import { SideBySide } from './side-by-side'
import { TextEditor } from './text-editor'

interface LessonEditorProps {
  course: Course
  lesson: Lesson
  onReload: () => void
  /** Shows the video of a lesson and tells when it has another one. */
  video: (lesson: Lesson, onVideo: (id: string) => Promise<unknown>) => ReactNode
  /** Shows the questions at which the video stops, beside it. */
  stops: (lesson: Lesson, languages: { from: string; to: string }, onStops: (stops: StopDraft[]) => void) => ReactNode
}

/** The draft of one lesson, in one language or beside another. */
export function LessonEditor({ course: c, lesson: stored, onReload, video, stops }: LessonEditorProps) {
  const i18n = useI18n()
  const { t, words, languageName } = i18n
  const [first = 'en', ...others] = c.languages
  const wished = new URLSearchParams(useSearch()).get('lang')
  const [lang, setLang] = useState(wished && others.includes(wished) ? wished : first)
  const [lesson, setLesson] = useState(stored)
  const [changed, setChanged] = useState(false)
  const save = useSaveDraft(c.id, stored.id)
  const toast = useToast()
  const [, navigate] = useLocation()

  const change = (part: Partial<Lesson>) => {
    setLesson((l) => ({ ...l, ...part }))
    setChanged(true)
  }
  const store = (next: Lesson, done?: () => void) =>
    save.mutate(next, {
      onSuccess: (saved) => {
        setLesson(saved)
        setChanged(false)
        done?.()
      },
    })
  useEffect(() => {
    if (!changed) return
    const ask = (e: BeforeUnloadEvent) => e.preventDefault()
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [changed])
  // A video belongs to the lesson as soon as its upload has begun, so that another machine finds it.
  const setVideo = (id: string) => {
    const next: Lesson = { ...lesson, video: id }
    setLesson(next)
    return save.mutateAsync(next).then((saved) => {
      setLesson(saved)
      setChanged(false)
    })
  }
  const stale = isFault(save.error) && (save.error.status === 412 || save.error.status === 409)
  return (
    <>
      <PageHead
        title={words(lesson.title)}
        heading={<Words text={lesson.title} order={c.languages} />}
        crumb={
          <>
            <Link href={`/${c.id}`}>
              <Words text={c.title} order={c.languages} />
            </Link>
            {' · '}
            {t(`kind.${lesson.kind}`)}
          </>
        }
        action={
          <span className="row">
            {lesson.kind === 'video' && c.version > 0 ? (
              <ButtonLink icon="chart" href={`/${c.id}/lessons/${lesson.id}/heat`}>
                {t('heat.title')}
              </ButtonLink>
            ) : null}
            <ButtonLink icon="eye" href={`/${c.id}/preview/${lesson.id}`}>
              {t('author.preview')}
            </ButtonLink>
          </span>
        }
      />
      <div className="editor">
        {others.length > 0 ? (
          <SelectField label={t('author.writing')} value={lang} onChange={(e) => setLang(e.target.value)} className="input short">
            {c.languages.map((l) => (
              <option key={l} value={l}>
                {languageName(l)}
              </option>
            ))}
          </SelectField>
        ) : null}
        <SideBySide label={t('author.lesson.name')} text={lesson.title} from={first} to={lang} value={lesson.title[lang] ?? ''} onChange={(v) => change({ title: { ...lesson.title, [lang]: v } })} />
        {lesson.kind === 'video' ? (
          <>
            <section className="card stack" aria-labelledby="video">
              <h2 id="video">{t('kind.video')}</h2>
              {video(lesson, setVideo)}
            </section>
            {lesson.video ? stops(lesson, { from: first, to: lang }, (next) => change({ stops: next })) : null}
            <VideoRule lesson={lesson} onChange={change} />
          </>
        ) : null}
        {lesson.kind === 'text' ? (
          <TextEditor from={first} to={lang} text={lesson.body} onChange={(body) => change({ body })} />
        ) : null}
        {lesson.kind === 'quiz' ? (
          <QuizEditor from={first} to={lang} quiz={lesson.quiz ?? { pass: 0, attempts: 0, shuffle: true, questions: [] }} onChange={(quiz) => change({ quiz })} />
        ) : null}
        <div className="saving">
          {save.error ? (
            <Notice kind="wrong" alert>
              {stale ? t('author.stale') : say(save.error, i18n)}{' '}
              {stale ? (
                <Button tight onClick={onReload}>
                  {t('author.reload')}
                </Button>
              ) : null}
            </Notice>
          ) : null}
          <div className="row">
            <Button kind="main" busy={save.isPending} onClick={() => store(lesson, () => toast(t('state.saved')))}>
              {t('action.save')}
            </Button>
            <Button busy={save.isPending} onClick={() => store(lesson, () => navigate(`/${c.id}`))}>
              {t('author.saveback')}
            </Button>
            <span className="small soft" role="status">
              {changed ? t('author.unsaved') : t('author.nochange')}
            </span>
          </div>
        </div>
      </div>
    </>
  )
}

function VideoRule({ lesson, onChange }: { lesson: Lesson; onChange: (part: Partial<Lesson>) => void }) {
  const { t } = useI18n()
  return (
    <section className="card stack" aria-labelledby="rule">
      <h2 id="rule">{t('author.rule')}</h2>
      <Check label={t('author.rule.transcript')} hint={t('author.rule.transcript.hint')} checked={lesson.transcriptCounts} onChange={(e) => onChange({ transcriptCounts: e.target.checked })} />
    </section>
  )
}
