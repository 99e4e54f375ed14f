import { type ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { lazy } from '../../ui/lazy'

const ListPage = lazy(() => import('../../features/wiki/list-page'))
const ArticlePage = lazy(() => import('../../features/wiki/article-page'))
const EditPage = lazy(() => import('../../features/wiki/edit-page'))
const HistoryPage = lazy(() => import('../../features/wiki/history-page'))
const VersionPage = lazy(() => import('../../features/wiki/version-page'))
const ComparePage = lazy(() => import('../../features/wiki/compare-page'))
const TitledPage = lazy(() => import('../../features/wiki/titled-page'))

/** The pages of a cohort or of a territory; more: what else is about it. */
export default function WikiPages({ place, base, lost, more }: { place: string; base: string; lost: ReactNode; more?: ReactNode }) {
  const at = { place, base }
  return (
    <Switch>
      <Route path={base}>
        <ListPage {...at} more={more} />
      </Route>
      <Route path={`${base}/new`}>
        <EditPage {...at} />
      </Route>
      <Route path={`${base}/titled`}>
        <TitledPage {...at} />
      </Route>
      <Route path={`${base}/:w`}>{({ w }) => <ArticlePage key={w} {...at} id={w} />}</Route>
      <Route path={`${base}/:w/edit`}>{({ w }) => <EditPage {...at} id={w} />}</Route>
      <Route path={`${base}/:w/history`}>{({ w }) => <HistoryPage {...at} id={w} />}</Route>
      <Route path={`${base}/:w/history/:n`}>{({ w, n }) => <VersionPage key={n} {...at} id={w} number={Number(n)} />}</Route>
      <Route path={`${base}/:w/compare`}>{({ w }) => <ComparePage {...at} id={w} />}</Route>
      <Route>{lost}</Route>
    </Switch>
  )
}
