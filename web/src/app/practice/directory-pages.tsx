import { type ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { lazy } from '../../ui/lazy'

const DirectoryPage = lazy(() => import('../../features/practice/directory-page'))
const DirectoryEntryPage = lazy(() => import('../../features/practice/directory-entry-page'))
const DirectoryOwnPage = lazy(() => import('../../features/practice/directory-own-page'))

/** Who can be asked. */
export default function DirectoryPages({ administrates, lost }: { administrates: boolean; lost: ReactNode }) {
  return (
    <Switch>
      <Route path="/directory">
        <DirectoryPage administrates={administrates} />
      </Route>
      <Route path="/directory/own/expert">
        <DirectoryOwnPage kind="expert" />
      </Route>
      {administrates ? (
        <Route path="/directory/own/organisation">
          <DirectoryOwnPage kind="organisation" />
        </Route>
      ) : null}
      <Route path="/directory/:e">{({ e }) => <DirectoryEntryPage id={e} />}</Route>
      <Route>{lost}</Route>
    </Switch>
  )
}
