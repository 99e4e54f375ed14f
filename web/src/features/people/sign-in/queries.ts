import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { sessionQuery, toSession } from '../../../api/session'
import type { components } from '../../../api/schema.gen'

/** After sign-in, set-up or an accepted invitation: everything that was cached belonged to somebody else. */
function useEnter() {
  const queries = useQueryClient()
  return (session: components['schemas']['Session']) => {
    queries.clear()
    queries.setQueryData(sessionQuery.queryKey, toSession(session))
  }
}

export function useSetup(token: string) {
  return useQuery({ queryKey: ['setup', token], queryFn: () => content(client.GET('/setup/{token}', { params: { path: { token } } })), retry: false })
}

export function useSetUp(token: string) {
  const enter = useEnter()
  return useMutation({
    mutationFn: (body: { name: string; email: string; password: string; locale: string }) => content(client.POST('/setup/{token}', { params: { path: { token } }, body })),
    onSuccess: enter,
  })
}

export function useSignIn() {
  const enter = useEnter()
  return useMutation({ mutationFn: (body: { email: string; password: string }) => content(client.POST('/session', { body })), onSuccess: enter })
}

export function useForgot() {
  return useMutation({ mutationFn: (email: string) => content(client.POST('/password-resets', { body: { email } })) })
}

export function useReset(token: string) {
  return useMutation({ mutationFn: (password: string) => content(client.POST('/password-resets/{token}', { params: { path: { token } }, body: { password } })) })
}

export function useInvitationLink(token: string) {
  return useQuery({ queryKey: ['invitation-link', token], queryFn: () => content(client.GET('/invitation-links/{token}', { params: { path: { token } } })), retry: false })
}

export function useAccept(token: string) {
  const enter = useEnter()
  return useMutation({
    mutationFn: (body: { name?: string; password: string }) => content(client.POST('/invitation-links/{token}', { params: { path: { token } }, body })),
    onSuccess: enter,
  })
}
