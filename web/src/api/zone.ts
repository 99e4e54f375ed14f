import { useQuery } from '@tanstack/react-query'
import { sessionQuery } from './session'

/** The zone of the reader's town: by its clocks it is today. */
export function useZone(): string | undefined {
  return useQuery(sessionQuery).data?.organisation?.zone
}
