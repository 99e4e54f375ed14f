import { notifyManager, QueryCache, QueryClient, QueryClientProvider, MutationCache } from '@tanstack/react-query'
import { useState } from 'react'
import { ApiError } from '../api/client'
import { sessionQuery } from '../api/session'
import { ToastRegion } from '../ui/toast'
import { Pages } from './pages'

export function App() {
  const [queries] = useState(newQueries)
  return (
    <QueryClientProvider client={queries}>
      <ToastRegion>
        <Pages />
      </ToastRegion>
    </QueryClientProvider>
  )
}

// What has begun is seen before the next click or key: a button that is pressed twice is busy the second time. By default
// it would be told by a timer, and a double click is quicker than that.
notifyManager.setScheduler(queueMicrotask)

function newQueries(): QueryClient {
  // A session that has ended shows on the next answer: ask who is signed in, and the frame leads to the sign-in page.
  const onError = (e: unknown) => {
    if (e instanceof ApiError && e.status === 401) void queries.invalidateQueries({ queryKey: sessionQuery.queryKey })
  }
  const queries: QueryClient = new QueryClient({
    queryCache: new QueryCache({ onError }),
    mutationCache: new MutationCache({ onError }),
    defaultOptions: {
      // Without a connection too a request is made, fails at once and says so; by default it would wait in silence.
      mutations: { networkMode: 'always' },
      queries: {
        networkMode: 'always',
        staleTime: 5_000,
        // Twice, soon: what goes wrong in passing is over within a second, and somebody waits.
        retryDelay: (count) => 250 * 3 ** count,
        retry: (count, e) => count < 2 && (!(e instanceof ApiError) || e.status === 0 || e.status >= 500),
      },
    },
  })
  return queries
}
