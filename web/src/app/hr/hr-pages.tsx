import { type ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { lazy } from '../../ui/lazy'

const CompletionsPage = lazy(() => import('../../features/course/hr/completions-page'))
const CompletionPage = lazy(() => import('../../features/course/hr/completion-page'))
const PeoplePage = lazy(() => import('../../features/course/hr/people-page'))
const AssignmentsPage = lazy(() => import('../../features/course/hr/assignments-page'))
const ProgrammesPage = lazy(() => import('../../features/course/hr/programmes-page'))
const FollowersPage = lazy(() => import('../../features/course/hr/followers-page'))
const ExportsPage = lazy(() => import('../../features/course/hr/exports-page'))
const ReconciliationPage = lazy(() => import('../../features/course/hr/reconciliation-page'))
const StatementsPage = lazy(() => import('../../features/lrs/browse/statements-page'))
const FiguresPage = lazy(() => import('../../features/lrs/store/figures-page'))
const StatementPage = lazy(() => import('../../features/lrs/browse/statement-page'))

export default function HrPages({ zone, lost }: { zone: string | undefined; lost: ReactNode }) {
  return (
    <Switch>
      <Route path="/">
        <CompletionsPage />
      </Route>
      <Route path="/completions/:id">{({ id }) => <CompletionPage id={id} />}</Route>
      <Route path="/people">
        <PeoplePage />
      </Route>
      <Route path="/assignments">
        <AssignmentsPage zone={zone} />
      </Route>
      <Route path="/programmes">
        <ProgrammesPage />
      </Route>
      <Route path="/programmes/:id">{({ id }) => <FollowersPage id={id} />}</Route>
      <Route path="/exports">
        <ExportsPage />
      </Route>
      <Route path="/reconciliation">
        <ReconciliationPage />
      </Route>
      <Route path="/statements">
        <StatementsPage viewer="hr" />
      </Route>
      <Route path="/statements/:id">{({ id }) => <StatementPage id={id} viewer="hr" />}</Route>
      <Route path="/figures">
        <FiguresPage operator={false} own={undefined} recounts={false} />
      </Route>
      <Route>{lost}</Route>
    </Switch>
  )
}
