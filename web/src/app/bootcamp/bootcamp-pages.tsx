import { type ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { lazy } from '../../ui/lazy'

const BootcampsPage = lazy(() => import('../../features/bootcamp/bootcamps-page'))
const BootcampPage = lazy(() => import('../../features/bootcamp/bootcamp-page'))
const CohortFiles = lazy(() => import('../../features/bootcamp/cohort-files'), null)
const CohortPage = lazy(() => import('../../features/bootcamp/cohort-page'))
const FiguresPage = lazy(() => import('../../features/bootcamp/figures/figures-page'))
const BootcampFiguresPage = lazy(() => import('../../features/bootcamp/figures/bootcamp-figures-page'))
const DeskPage = lazy(() => import('../../features/bootcamp/figures/desk-page'))
const GuidePage = lazy(() => import('../../features/bootcamp/guide-page'))
const SheetsPage = lazy(() => import('../../features/bootcamp/sheets-page'))
const SessionPage = lazy(() => import('../../features/bootcamp/session-page'))
const RoomPage = lazy(() => import('../../features/bootcamp/room/room-page'))
const AttendancePage = lazy(() => import('../../features/bootcamp/attendance/attendance-page'))
const CheckInPage = lazy(() => import('../../features/bootcamp/attendance/check-in-page'))
const TalkEntry = lazy(() => import('../../features/discussion/entry'), null)
const DiscussionPage = lazy(() => import('../../features/discussion/discussion-page'))
const ReportsPage = lazy(() => import('../../features/discussion/reports-page'))
const ThreadPage = lazy(() => import('../../features/discussion/thread-page'))
const WikiEntry = lazy(() => import('../../features/wiki/entry'), null)
const WikiPages = lazy(() => import('../wiki/wiki-pages'))

const talk = (b: string, c: string) => ({ place: `cohort.${b}.${c}`, base: `/bootcamps/${b}/cohorts/${c}/discussion` })

const wiki = (b: string, c: string) => ({ place: `cohort.${b}.${c}`, base: `/bootcamps/${b}/cohorts/${c}/wiki` })

/** The way into a cohort's discussion, from the cohort or from one of its sessions. */
function Talk({ bootcamp: b, cohort: c, session }: { bootcamp: string; cohort: string; session?: string }) {
  const { place, base } = talk(b, c)
  return (
    <>
      <TalkEntry place={place} href={session ? `${base}?about=session.${session}` : base} />
      {session ? null : <WikiEntry {...wiki(b, c)} />}
    </>
  )
}

/** Bootcamps, their cohorts and sessions. */
export default function BootcampPages({ may, reads, lost }: { may: boolean; reads: boolean; lost: ReactNode }) {
  return (
    <Switch>
      <Route path="/bootcamps">
        <BootcampsPage may={may} reads={reads} />
      </Route>
      {may && (
        <Route path="/bootcamps/run-sheets">
          <SheetsPage />
        </Route>
      )}
      {reads && (
        <Route path="/bootcamps/figures">
          <FiguresPage />
        </Route>
      )}
      {reads && <Route path="/bootcamps/:b/figures">{({ b }) => <BootcampFiguresPage id={b} />}</Route>}
      <Route path="/bootcamps/:b">{({ b }) => <BootcampPage id={b} reads={reads} />}</Route>
      <Route path="/bootcamps/:b/cohorts/:c">{({ b, c }) => <CohortPage bootcamp={b} id={c} talk={<Talk bootcamp={b} cohort={c} />} />}</Route>
      <Route path="/bootcamps/:b/cohorts/:c/desk">{({ b, c }) => <DeskPage bootcamp={b} id={c} />}</Route>
      <Route path="/bootcamps/:b/cohorts/:c/guide">{({ b, c }) => <GuidePage bootcamp={b} id={c} />}</Route>
      <Route path="/bootcamps/:b/sessions/:s">{({ b, s }) => <SessionPage bootcamp={b} id={s} talk={(c) => <Talk bootcamp={b} cohort={c} session={s} />} />}</Route>
      <Route path="/bootcamps/:b/sessions/:s/room">{({ b, s }) => <RoomPage bootcamp={b} id={s} />}</Route>
      <Route path="/bootcamps/:b/sessions/:s/attendance">{({ b, s }) => <AttendancePage bootcamp={b} id={s} />}</Route>
      <Route path="/bootcamps/:b/sessions/:s/check-in">{({ b, s }) => <CheckInPage bootcamp={b} id={s} />}</Route>
      <Route path="/bootcamps/:b/cohorts/:c/discussion">{({ b, c }) => <DiscussionPage {...talk(b, c)} beside={<CohortFiles bootcamp={b} cohort={c} />} />}</Route>
      <Route path="/bootcamps/:b/cohorts/:c/discussion/reports">{({ b, c }) => <ReportsPage {...talk(b, c)} />}</Route>
      <Route path="/bootcamps/:b/cohorts/:c/discussion/:t">{({ b, c, t }) => <ThreadPage key={t} {...talk(b, c)} id={t} />}</Route>
      <Route path="/bootcamps/:b/cohorts/:c/wiki/*?">{({ b, c }) => <WikiPages {...wiki(b, c)} lost={lost} />}</Route>
      <Route>{lost}</Route>
    </Switch>
  )
}
