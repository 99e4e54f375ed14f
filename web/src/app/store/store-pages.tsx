import { type ReactNode } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import type { Session } from '../../api/types'
import { lazy } from '../../ui/lazy'

const StatementsPage = lazy(() => import('../../features/lrs/browse/statements-page'))
const StatementPage = lazy(() => import('../../features/lrs/browse/statement-page'))
const CredentialsPage = lazy(() => import('../../features/lrs/store/credentials-page'))
const FlowsPage = lazy(() => import('../../features/lrs/store/flows-page'))
const FiguresPage = lazy(() => import('../../features/lrs/store/figures-page'))
const KeepingPage = lazy(() => import('../../features/lrs/store/keeping-page'))
const TransferPage = lazy(() => import('../../features/lrs/store/transfer-page'))

/** The record store's pages, for who runs it: operators that of any town, administrators that of their own. */
export default function StorePages({ session, lost }: { session: Session; lost: ReactNode }) {
  const operator = session.roles.includes('operator')
  const own = session.organisation?.id
  return (
    <Switch>
      <Route path="/">
        <Redirect to={operator ? '/statements' : '/credentials'} replace />
      </Route>
      {operator && (
        <Route path="/statements">
          <StatementsPage viewer="operator" own={own} />
        </Route>
      )}
      {operator && <Route path="/statements/:id">{({ id }) => <StatementPage id={id} viewer="operator" />}</Route>}
      <Route path="/credentials">
        <CredentialsPage operator={operator} own={own} />
      </Route>
      <Route path="/flows">
        <FlowsPage operator={operator} own={own} />
      </Route>
      <Route path="/figures">
        <FiguresPage operator={operator} own={own} recounts />
      </Route>
      <Route path="/transfer">
        <TransferPage operator={operator} own={own} />
      </Route>
      {session.roles.includes('administrator') && (
        <Route path="/keeping">
          <KeepingPage />
        </Route>
      )}
      <Route>{lost}</Route>
    </Switch>
  )
}
