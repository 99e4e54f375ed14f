import { lazy, type ReactNode } from 'react'
import { Route, Switch } from 'wouter'

const BootcampsPage = lazy(() => import('../../features/bootcamp/bootcamps-page'))
const BootcampPage = lazy(() => import('../../features/bootcamp/bootcamp-page'))
const CohortPage = lazy(() => import('../../features/bootcamp/cohort-page'))
const FiguresPage = lazy(() => import('../../features/bootcamp/figures/figures-page'))
const BootcampFiguresPage = lazy(() => import('../../features/bootcamp/figures/bootcamp-figures-page'))
const SessionPage = lazy(() => import('../../features/bootcamp/session-page'))
const RoomPage = lazy(() => import('../../features/bootcamp/room/room-page'))
const AttendancePage = lazy(() => import('../../features/bootcamp/attendance/attendance-page'))
const CheckInPage = lazy(() => import('../../features/bootcamp/attendance/check-in-page'))

/** Bootcamps, their cohorts and sessions. */
export default function BootcampPages({ may, reads, lost }: { may: boolean; reads: boolean; lost: ReactNode }) {
  return (
    <Switch>
      <Route path="/bootcamps">
        <BootcampsPage may={may} reads={reads} />
      </Route>
      {reads && (
        <Route path="/bootcamps/figures">
          <FiguresPage />
        </Route>
      )}
      {reads && <Route path="/bootcamps/:b/figures">{({ b }) => <BootcampFiguresPage id={b} />}</Route>}
      <Route path="/bootcamps/:b">{({ b }) => <BootcampPage id={b} reads={reads} />}</Route>
      <Route path="/bootcamps/:b/cohorts/:c">{({ b, c }) => <CohortPage bootcamp={b} id={c} />}</Route>
      <Route path="/bootcamps/:b/sessions/:s">{({ b, s }) => <SessionPage bootcamp={b} id={s} />}</Route>
      <Route path="/bootcamps/:b/sessions/:s/room">{({ b, s }) => <RoomPage bootcamp={b} id={s} />}</Route>
      <Route path="/bootcamps/:b/sessions/:s/attendance">{({ b, s }) => <AttendancePage bootcamp={b} id={s} />}</Route>
      <Route path="/bootcamps/:b/sessions/:s/check-in">{({ b, s }) => <CheckInPage bootcamp={b} id={s} />}</Route>
      <Route>{lost}</Route>
    </Switch>
  )
}
