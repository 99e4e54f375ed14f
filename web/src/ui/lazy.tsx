import { type ComponentType, type ReactNode, useEffect, useState } from 'react'
import { unreached } from '../lib/fault'
import { ErrorState, Skeleton } from './states'

/**
 * A component whose code is loaded when it is first shown. A page shows the shape of what will come until then, and says so
 * if its code does not come; a part of a page, which names what is shown in its place, stays away.
 *
 * React.lazy would keep each of them back: what a Suspense boundary waits for is revealed 300 ms after the last placeholder at
 * the earliest, however soon it has come.
 */
export function lazy<P extends object>(load: () => Promise<{ default: ComponentType<P> }>, place?: ReactNode): ComponentType<P> {
  let loaded: ComponentType<P> | undefined
  return function Lazy(props: P) {
    const [Component, setComponent] = useState(() => loaded)
    const [error, setError] = useState<Error>()
    useEffect(() => {
      let gone = false
      void load().then(
        (m) => {
          loaded = m.default
          if (!gone) setComponent(() => m.default)
        },
        () => {
          if (!gone) setError(unreached())
        },
      )
      return () => {
        gone = true
      }
    }, [])
    if (Component) return <Component {...props} />
    if (place !== undefined) return place
    // A browser keeps in mind that a module did not come; so the whole page is asked for again, which finds a newer one too.
    return error ? <ErrorState error={error} onRetry={() => { location.reload() }} page /> : <Skeleton block />
  }
}
