import { type ReactNode, useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import type { Course, Lesson, StopDraft } from '../../../api/types'
import { say } from '../../../lib/fault'
import { useI18n, Words } from '../../../lib/i18n'
import { useUnsaved } from '../../../lib/unsaved'
import { Button, ButtonLink } from '../../../ui/button'
import { Check, SelectField } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { useToast } from '../../../ui/toast'
import { UnsavedNotice, UnsavedState } from '../../../ui/unsaved'
import '../parts/course.css'
import { QuizEditor } from './quiz-editor'
import { useSaveDraft } from './queries'
import { SideBySide } from './side-by-side'
import { TextEditor } from './text-editor'

interface LessonEditorProps {
  course: Course
  lesson: Lesson
  /** Shows the video of a lesson and tells when it has another one. */
  video: (lesson: Lesson, onVideo: (id: string) => Promise<unknown>) => ReactNode
  /** Shows the questions at which the video stops, beside it. */
  stops: (lesson: Lesson, languages: { from: string; to: string }, onStops: (stops: StopDraft[]) => void) => ReactNode
}

/** The draft of one lesson, in one language or beside another. */
export function LessonEditor({ course: c, lesson: stored, video, stops }: LessonEditorProps) {
  const i18n = useI18n()
  const { t, words, languageName } = i18n
  const [first = 'en', ...others] = c.languages
  const wished = new URLSearchParams(useSearch()).get('lang')
  const [lang, setLang] = useState(wished && others.includes(wished) ? wished : first)
  const unsaved = useUnsaved(`lesson.${c.id}.${stored.id}`, stored.rev, stored)
  const { value: lesson, put: change } = unsaved
  const save = useSaveDraft(c.id, stored.id)
  const toast = useToast()
  const [, navigate] = useLocation()

  const keep = (next: Lesson) => save.mutateAsync({ ...next, rev: Number(unsaved.of) }).then((now) => unsaved.saved(next, String(now.rev)))
  const store = (done: () => void) => void keep(lesson).then(done, () => undefined) // the page says what went wrong
  // A video belongs to the lesson as soon as its upload has begun, so that another machine finds it.
  const setVideo = (id: string) => {
    change({ video: id })
    return keep({ ...lesson, video: id })
  }
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
          {save.error && !unsaved.stale ? (
            <Notice kind="wrong" alert>
              {say(save.error, i18n)}
            </Notice>
          ) : null}
          <UnsavedNotice of={unsaved} busy={save.isPending} />
          <div className="row">
            <Button kind="main" busy={save.isPending} onClick={() => store(() => toast(t('state.saved')))}>
              {t('action.save')}
            </Button>
            <Button busy={save.isPending} onClick={() => store(() => navigate(`/${c.id}`))}>
              {t('author.saveback')}
            </Button>
            <UnsavedState of={unsaved} />
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
