import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef } from 'react'
import { Redirect, Route, Switch, useLocation, useSearch } from 'wouter'
import { sessionQuery } from '../api/session'
import type { Session } from '../api/types'
import { useI18n } from '../lib/i18n'
import { isLocale } from '../lib/locale'
import { Writer } from '../lib/writer'
import { Arrival, FocusDue, PageHead } from '../ui/page-head'
import { Empty, ErrorState, Skeleton } from '../ui/states'
import { ButtonLink } from '../ui/button'
import { Frame } from './shell/frame'
import { UploadKeeper } from '../features/video/upload/keeper'
import { lazy } from '../ui/lazy'

const SetupPage = lazy(() => import('../features/people/setup/setup-page'))
const SignInPage = lazy(() => import('../features/people/sign-in/sign-in-page'))
const ForgotPage = lazy(() => import('../features/people/sign-in/forgot-page'))
const ResetPage = lazy(() => import('../features/people/sign-in/reset-page'))
const InvitationPage = lazy(() => import('../features/people/sign-in/invitation-page'))
const HomePage = lazy(() => import('../features/course/home/home-page'))
const CataloguePage = lazy(() => import('../features/course/learn/catalogue-page'))
const CoursePage = lazy(() => import('../features/course/learn/course-page'))
const ProgrammePage = lazy(() => import('../features/course/programme/programme-page'))
const EnrolmentPage = lazy(() => import('../features/course/learn/enrolment-page'))
const LessonPage = lazy(() => import('./lesson/lesson-page'))
const NotesPage = lazy(() => import('../features/course/learn/notes-page'))
const TakeawayPage = lazy(() => import('../features/course/town/takeaway-page'))
const RecordsPage = lazy(() => import('../features/course/learn/records-page'))
const CertificatePage = lazy(() => import('../features/course/learn/certificate-page'))
const AuthorPages = lazy(() => import('./author/author-pages'))
const AccessPage = lazy(() => import('../features/course/access/statement-page'))
const HrPages = lazy(() => import('./hr/hr-pages'))
const BootcampPages = lazy(() => import('./bootcamp/bootcamp-pages'))
const PracticePages = lazy(() => import('./practice/practice-pages'))
const ChallengePages = lazy(() => import('./practice/challenge-pages'))
const BoardPages = lazy(() => import('./practice/board-pages'))
const BoardReportsPage = lazy(() => import('../features/practice/board-reports-page'))
const DirectoryPages = lazy(() => import('./practice/directory-pages'))
const DirectoryJoinPage = lazy(() => import('../features/practice/directory-join-page'))
const DirectoryOpenPage = lazy(() => import('../features/practice/directory-open-page'))
const DirectoryWaitingPage = lazy(() => import('../features/practice/directory-waiting-page'))
const JoinPage = lazy(() => import('../features/bootcamp/join-page'))
const StorePages = lazy(() => import('./store/store-pages'))
const OutboxKeeper = lazy<{ person: string }>(() => import('../features/lrs/use-outbox').then((m) => ({ default: m.OutboxKeeper })), null)
const SearchPage = lazy(() => import('./search/search-page'))
const ProfilePage = lazy(() => import('../features/people/account/profile-page'))
const TownsPage = lazy(() => import('../features/people/operator/towns-page'))
const MailsPage = lazy(() => import('../features/people/operator/mails-page'))
const FilmsPage = lazy(() => import('../features/video/operator/films-page'))
const HealthPage = lazy(() => import('../features/people/operator/health-page'))
const MembersPage = lazy(() => import('../features/people/town/members-page'))
const InvitationsPage = lazy(() => import('../features/people/town/invitations-page'))
const ErasuresPage = lazy(() => import('../features/people/privacy/erasures-page'))
const RoomPage = lazy(() => import('../features/video/upload/room-page'))
const EndLettersPage = lazy(() => import('../features/discussion/end-letters-page'))
const UnitsPage = lazy(() => import('../features/people/town/units-page'))

/** Addresses whose pages need only the first part of the catalogue. */
const plain = /^\/($|sign-in)/

const lessonAddress = /^\/learn\/[^/]+\/[^/]+/

/** All pages by their address. Pages load when they are visited; features meet only here. */
export function Pages() {
  const session = useQuery(sessionQuery)
  const [location] = useLocation()
  const due = useRef(false)
  const { locale, setLocale, whole } = useI18n()
  const ready = whole || plain.test(location)

  const wish = session.data?.person.locale
  const asked = useRef<string>(undefined)
  useEffect(() => {
    if (wish && isLocale(wish) && asked.current !== wish) {
      asked.current = wish
      if (wish !== locale) setLocale(wish)
    }
  }, [wish, locale, setLocale])

  return (
    <FocusDue value={due}>
      <Arrival location={location} />
      <Frame session={session.data ?? null}>
        <UploadKeeper owner={`${session.data?.person.id ?? ''} ${session.data?.organisation?.id ?? ''}`}>
          {session.data === undefined || !ready ? (
            session.error ? <ErrorState error={session.error} onRetry={() => void session.refetch()} page /> : <Skeleton block />
          ) : (
            <Switch>
              <Route path="/setup/:token">{({ token }) => <SetupPage token={token} />}</Route>
              <Route path="/sign-in">
                <SignInPage />
              </Route>
              <Route path="/forgot">
                <ForgotPage />
              </Route>
              <Route path="/reset/:token">{({ token }) => <ResetPage token={token} />}</Route>
              <Route path="/letters/end/:secret">{({ secret }) => <EndLettersPage secret={secret} />}</Route>
              <Route path="/invitation/:token">{({ token }) => <InvitationPage token={token} />}</Route>
              <Route path="/directory/join">
                <DirectoryJoinPage />
              </Route>
              <Route path="/directory/open/:secret">{({ secret }) => <DirectoryOpenPage secret={secret} />}</Route>
              <Route path="/accessibility/:organisation">{({ organisation }) => <AccessPage organisation={organisation} />}</Route>
              {session.data ? null : (
                <Route path="/catalogue">
                  <CataloguePage nobody />
                </Route>
              )}
              {session.data ? null : <Route path="/catalogue/:id">{({ id }) => <CoursePage id={id} nobody />}</Route>}
              {session.data ? null : <Route path="/programmes/:id">{({ id }) => <ProgrammePage id={id} nobody />}</Route>}
              <Route>{session.data ? <Writer value={session.data.person.id}><SignedIn session={session.data} /></Writer> : <ToSignIn />}</Route>
            </Switch>
          )}
          {session.data && !lessonAddress.test(location) ? (
            // What a lesson left behind is sent from any page; a lesson has an outbox of its own.
            <OutboxKeeper person={session.data.person.id} />
          ) : null}
        </UploadKeeper>
      </Frame>
    </FocusDue>
  )
}

function ToSignIn() {
  const [location] = useLocation()
  const search = useSearch()
  const next = location === '/' ? '' : `?next=${encodeURIComponent(location + (search ? `?${search}` : ''))}`
  return <Redirect to={`/sign-in${next}`} replace />
}

function SignedIn({ session }: { session: Session }) {
  const has = (role: Session['roles'][number]) => session.roles.includes(role)
  return (
    <Switch>
      <Route path="/">{session.organisation ? <HomePage name={session.person.name} zone={session.organisation.zone} /> : <Redirect to={has('operator') ? '/operator' : '/profile'} replace />}</Route>
      <Route path="/profile">
        <ProfilePage session={session} />
      </Route>
      {session.organisation !== null && (
        <Route path="/catalogue">
          <CataloguePage />
        </Route>
      )}
      {session.organisation !== null && <Route path="/catalogue/:id">{({ id }) => <CoursePage id={id} />}</Route>}
      {session.organisation !== null && (
        <Route path="/search">
          <SearchPage roles={session.roles} />
        </Route>
      )}
      {session.organisation !== null && <Route path="/programmes/:id">{({ id }) => <ProgrammePage id={id} />}</Route>}
      {session.organisation !== null && <Route path="/learn/:enrolment">{({ enrolment }) => <EnrolmentPage id={enrolment} />}</Route>}
      {session.organisation !== null && (
        <Route path="/learn/:enrolment/:lesson">{({ enrolment, lesson }) => <LessonPage person={session.person.id} enrolment={enrolment} id={lesson} />}</Route>
      )}
      {session.organisation !== null && <Route path="/notes/:enrolment">{({ enrolment }) => <NotesPage enrolment={enrolment} />}</Route>}
      {session.organisation !== null && (
        <Route path="/records">
          <RecordsPage />
        </Route>
      )}
      {session.organisation !== null && <Route path="/join/:secret">{({ secret }) => <JoinPage secret={secret} />}</Route>}
      {session.organisation !== null && (
        <Route path="/bootcamps/*?">
          <BootcampPages may={has('facilitator') || has('administrator')} reads={has('author') || has('facilitator') || has('hr') || has('administrator')} lost={<LostPage />} />
        </Route>
      )}
      {session.organisation !== null && (
        <Route path="/practices/*?">
          <PracticePages may={has('author') || has('facilitator') || has('administrator')} lost={<LostPage />} />
        </Route>
      )}
      {session.organisation !== null && (
        <Route path="/challenges/*?">
          <ChallengePages may={has('author') || has('facilitator') || has('administrator')} lost={<LostPage />} />
        </Route>
      )}
      {session.organisation !== null && (
        <Route path="/directory/*?">
          <DirectoryPages administrates={has('administrator')} lost={<LostPage />} />
        </Route>
      )}
      {session.organisation !== null && (
        <Route path="/board/*?">
          <BoardPages may={has('author') || has('facilitator') || has('administrator')} lost={<LostPage />} />
        </Route>
      )}
      <Route path="/certificate/:id">{({ id }) => <CertificatePage id={id} />}</Route>
      {has('operator') && (
        <Route path="/operator" nest>
          <Switch>
            <Route path="/">
              <TownsPage />
            </Route>
            <Route path="/mails/:id?">{({ id }) => <MailsPage id={id} />}</Route>
            <Route path="/videos">
              <FilmsPage />
            </Route>
            <Route path="/directory">
              <DirectoryWaitingPage />
            </Route>
            <Route path="/board">
              <BoardReportsPage />
            </Route>
            <Route path="/health">
              <HealthPage />
            </Route>
            <Route>
              <LostPage />
            </Route>
          </Switch>
        </Route>
      )}
      {has('author') && (
        <Route path="/author" nest>
          <AuthorPages lost={<LostPage />} />
        </Route>
      )}
      {has('hr') && (
        <Route path="/hr" nest>
          <HrPages zone={session.organisation?.zone} lost={<LostPage />} />
        </Route>
      )}
      {(has('administrator') || has('operator')) && (
        <Route path="/store" nest>
          <StorePages session={session} lost={<LostPage />} />
        </Route>
      )}
      {has('administrator') && (
        <Route path="/town" nest>
          <Switch>
            <Route path="/">
              <MembersPage self={session.person.id} />
            </Route>
            <Route path="/invitations">
              <InvitationsPage locale={session.organisation?.locale ?? 'en'} />
            </Route>
            <Route path="/erasures">
              <ErasuresPage />
            </Route>
            <Route path="/units">
              <UnitsPage />
            </Route>
            <Route path="/videos">
              <TakeawayPage />
            </Route>
            <Route path="/room">
              <RoomPage />
            </Route>
            <Route>
              <LostPage />
            </Route>
          </Switch>
        </Route>
      )}
      <Route>
        <LostPage />
      </Route>
    </Switch>
  )
}

function LostPage() {
  const { t } = useI18n()
  return (
    <>
      <PageHead title={t('lost.title')} />
      <Empty title={t('lost.empty')} action={<ButtonLink href="~/" kind="main">{t('lost.home')}</ButtonLink>}>
        {t('lost.text')}
      </Empty>
    </>
  )
}
