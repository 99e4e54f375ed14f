import { useQuery } from '@tanstack/react-query'
import { type ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { sessionQuery } from '../../api/session'
import { lazy } from '../../ui/lazy'

const PracticesPage = lazy(() => import('../../features/practice/practices-page'))
const MapPage = lazy(() => import('../../features/practice/map/map-page'))
const PracticePage = lazy(() => import('../../features/practice/practice-page'))
const CreditPage = lazy(() => import('../../features/practice/credit-page'))
const DraftPage = lazy(() => import('../../features/practice/draft-page'))
const AdoptionPage = lazy(() => import('../../features/practice/adoption-page'))
const AdopterPage = lazy(() => import('../../features/practice/adopter-page'))
const ComparePage = lazy(() => import('../../features/practice/compare-page'))
const TalkEntry = lazy(() => import('../../features/discussion/entry'), null)
const DiscussionPage = lazy(() => import('../../features/discussion/discussion-page'))
const ReportsPage = lazy(() => import('../../features/discussion/reports-page'))
const ThreadPage = lazy(() => import('../../features/discussion/thread-page'))

const TownPractices = lazy(() => import('../../features/practice/town-practices'), null)
const TerritoriesPage = lazy(() => import('../../features/wiki/territories-page'))
const WikiPages = lazy(() => import('../wiki/wiki-pages'))

const talk = (p: string) => ({ place: `practice.${p}`, base: `/practices/${p}/discussion` })

/** Practices of all towns: found, read, written, adopted. */
export default function PracticePages({ may, lost }: { may: boolean; lost: ReactNode }) {
  const own = useQuery(sessionQuery).data?.organisation?.id ?? ''
  return (
    <Switch>
      <Route path="/practices">
        <PracticesPage may={may} />
      </Route>
      <Route path="/practices/map">
        <MapPage />
      </Route>
      <Route path="/practices/credits/:c">{({ c }) => <CreditPage id={c} />}</Route>
      <Route path="/practices/territories">
        <TerritoriesPage own={own} />
      </Route>
      <Route path="/practices/territories/:town/*?">{({ town }) => <WikiPages place={`territory.${town}`} base={`/practices/territories/${town}`} lost={lost} more={<TownPractices town={town} />} />}</Route>
      <Route path="/practices/:p">{({ p }) => (
        <PracticePage
          id={p}
          talk={<TalkEntry place={talk(p).place} href={talk(p).base} />}
        />
      )}</Route>
      <Route path="/practices/:p/draft">{({ p }) => <DraftPage id={p} />}</Route>
      <Route path="/practices/:p/adoption">{({ p }) => <AdoptionPage practice={p} />}</Route>
      <Route path="/practices/:p/adoptions/:a">{({ p, a }) => <AdopterPage practice={p} id={a} />}</Route>
      <Route path="/practices/:p/compare">{({ p }) => <ComparePage practice={p} />}</Route>
      <Route path="/practices/:p/discussion">{({ p }) => <DiscussionPage {...talk(p)} />}</Route>
      <Route path="/practices/:p/discussion/reports">{({ p }) => <ReportsPage {...talk(p)} />}</Route>
      <Route path="/practices/:p/discussion/:t">{({ p, t }) => <ThreadPage key={t} {...talk(p)} id={t} />}</Route>
      <Route>{lost}</Route>
    </Switch>
  )
}
