import { queryOptions } from '@tanstack/react-query'
import { ApiError, client, content } from './client'
import type { Session } from './types'

/** Who is signed in; null: nobody. Shared by all rooms, so that it lives beside the client. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      return await content(client.GET('/session'))
    } catch (e) {
      if (e instanceof ApiError && e.status === 401) return null
      throw e
    }
  },
  staleTime: 60_000,
})
