import { queryOptions } from '@tanstack/react-query'
import { ApiError, client, content } from './client'
import type { components } from './schema.gen'
import type { Session } from './types'

type Sent = components['schemas']['Session']

/** What the server says about a session, or null if nobody is signed in. Its description cannot say that the person
 *  and the organisation may be null. */
export function toSession(sent: Sent): Session | null {
  const nullable = sent as Omit<Sent, 'person' | 'organisation'> & { person: Sent['person'] | null; organisation: Sent['organisation'] | null }
  return nullable.person ? { ...nullable, person: nullable.person } : null
}

/** Who is signed in; null: nobody. Shared by all rooms, so that it lives beside the client. */
export const sessionQuery = queryOptions({
  queryKey: ['session'],
  queryFn: async (): Promise<Session | null> => {
    try {
      return toSession(await content(client.GET('/session')))
    } catch (e) {
      if (e instanceof ApiError && e.status === 401) return null
      throw e
    }
  },
  staleTime: 60_000,
})
