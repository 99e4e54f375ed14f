import { lazy, type ReactNode } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import type { Session } from '../../api/types'

const StatementsPage = lazy(() => import('../../features/lrs/browse/statements-page'))
const StatementPage = lazy(() => import('../../features/lrs/browse/statement-page'))
const CredentialsPage = lazy(() => import('../../features/lrs/store/credentials-page'))

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
      <Route>{lost}</Route>
    </Switch>
  )
}
