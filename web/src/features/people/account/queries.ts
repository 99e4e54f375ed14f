import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { sessionQuery } from '../../../api/session'

export function useSaveMe() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { name?: string; locale?: string }) => content(client.PATCH('/me', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: sessionQuery.queryKey }),
  })
}

export function useChangePassword() {
  return useMutation({ mutationFn: (body: { current: string; next: string }) => content(client.POST('/me/password', { body })) })
}

export function useSessions() {
  return useQuery({ queryKey: ['sessions'], queryFn: () => content(client.GET('/sessions')) })
}

export function useEndSession() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => content(client.DELETE('/sessions/{id}', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['sessions'] }),
  })
}
