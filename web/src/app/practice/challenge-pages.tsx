import { type ReactNode } from 'react'
import { Route, Switch } from 'wouter'
import { lazy } from '../../ui/lazy'

const ChallengesPage = lazy(() => import('../../features/practice/challenges-page'))
const ChallengePage = lazy(() => import('../../features/practice/challenge-page'))
const ChallengeEditPage = lazy(() => import('../../features/practice/challenge-edit-page'))

/** What towns have not solved: stated, joined, taken in hand, ended. */
export default function ChallengePages({ may, lost }: { may: boolean; lost: ReactNode }) {
  return (
    <Switch>
      <Route path="/challenges">
        <ChallengesPage may={may} />
      </Route>
      <Route path="/challenges/:c">{({ c }) => <ChallengePage id={c} leads={may} />}</Route>
      <Route path="/challenges/:c/edit">{({ c }) => <ChallengeEditPage id={c} />}</Route>
      <Route>{lost}</Route>
    </Switch>
  )
}
