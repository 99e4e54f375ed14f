import { type ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { lazy } from '../../ui/lazy'

const CoursesPage = lazy(() => import('../../features/course/author/courses-page'))
const BuilderPage = lazy(() => import('../../features/course/author/builder-page'))
const TranslatePage = lazy(() => import('../../features/course/author/translate-page'))
const VersionsPage = lazy(() => import('../../features/course/author/versions-page'))
const ProgrammesPage = lazy(() => import('../../features/course/author/programmes-page'))
const ProgrammeEditorPage = lazy(() => import('../../features/course/author/programme-editor-page'))
const VideosPage = lazy(() => import('../../features/video/upload/videos-page'))
const CaptionEditorPage = lazy(() => import('../../features/video/caption/editor-page'))
const StatementsPage = lazy(() => import('../../features/lrs/browse/statements-page'))
const StatementPage = lazy(() => import('../../features/lrs/browse/statement-page'))
const LessonEditorPage = lazy(() => import('./lesson-editor-page'))
const HeatPage = lazy(() => import('./heat-page'))
const PreviewPage = lazy(() => import('./preview-page'))

/** The author's pages. */
export default function AuthorPages({ lost }: { lost: ReactNode }) {
  return (
    <Switch>
      <Route path="/">
        <CoursesPage />
      </Route>
      <Route path="/programmes">
        <ProgrammesPage />
      </Route>
      <Route path="/programmes/:id">{({ id }) => <ProgrammeEditorPage id={id} />}</Route>
      <Route path="/videos">
        <VideosPage />
      </Route>
      <Route path="/videos/:video/captions/:kind/:lang">{({ video, kind, lang }) => <CaptionEditorPage key={`${video}.${kind}.${lang}`} video={video} kind={kind} lang={lang} />}</Route>
      <Route path="/statements">
        <StatementsPage viewer="author" />
      </Route>
      <Route path="/statements/:id">{({ id }) => <StatementPage id={id} viewer="author" />}</Route>
      <Route path="/:course">{({ course }) => <BuilderPage id={course} />}</Route>
      <Route path="/:course/translate">{({ course }) => <TranslatePage id={course} />}</Route>
      <Route path="/:course/versions">{({ course }) => <VersionsPage id={course} />}</Route>
      <Route path="/:course/lessons/:lesson/heat">{({ course, lesson }) => <HeatPage course={course} lesson={lesson} />}</Route>
      <Route path="/:course/lessons/:lesson">{({ course, lesson }) => <LessonEditorPage key={lesson} course={course} id={lesson} />}</Route>
      <Route path="/:course/preview/:lesson?">{({ course, lesson }) => <PreviewPage course={course} lesson={lesson} />}</Route>
      <Route>{lost}</Route>
    </Switch>
  )
}
