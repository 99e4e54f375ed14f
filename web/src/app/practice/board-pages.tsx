import type { ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { lazy } from '../../ui/lazy'

const BoardPage = lazy(() => import('../../features/practice/board-page'))
const PostingPage = lazy(() => import('../../features/practice/posting-page'))
const PostingEditPage = lazy(() => import('../../features/practice/posting-edit-page'))

/** Jobs, rooms and events that towns put up until a day. */
export default function BoardPages({ may, lost }: { may: boolean; lost: ReactNode }) {
  return (
    <Switch>
      <Route path="/board">
        <BoardPage may={may} />
      </Route>
      {may ? (
        <Route path="/board/new">
          <PostingEditPage />
        </Route>
      ) : null}
      <Route path="/board/:n">{({ n }) => <PostingPage id={n} />}</Route>
      <Route path="/board/:n/edit">{({ n }) => <PostingEditPage id={n} />}</Route>
      <Route>{lost}</Route>
    </Switch>
  )
}
