import { useQuery } from '@tanstack/react-query'
import { client, content } from '../../../api/client'

export function useHome() {
  return useQuery({ queryKey: ['home'], queryFn: () => content(client.GET('/home')) })
}
