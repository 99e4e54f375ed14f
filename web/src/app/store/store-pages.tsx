import { lazy, type ReactNode } from 'react'
import { Redirect, Route, Switch } from 'wouter'
import type { Session } from '../../api/types'

const CredentialsPage = lazy(() => import('../../features/lrs/store/credentials-page'))

/** The record store's pages, for who runs it: operators that of any town, administrators that of their own. */
export default function StorePages({ session, lost }: { session: Session; lost: ReactNode }) {
  const operator = session.roles.includes('operator')
  const own = session.organisation?.id
  return (
    <Switch>
      <Route path="/">
        <Redirect to="/credentials" replace />
      </Route>
      <Route path="/credentials">
        <CredentialsPage operator={operator} own={own} />
      </Route>
      <Route>{lost}</Route>
    </Switch>
  )
}
