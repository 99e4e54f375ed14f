import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../api/client'
import { sessionQuery } from '../../api/session'
import type { OrganisationInput, Role, Session } from '../../api/types'

/** After sign-in, set-up or an accepted invitation: everything that was cached belonged to somebody else. */
function useEnter() {
  const queries = useQueryClient()
  return (session: Session) => {
    queries.clear()
    queries.setQueryData(sessionQuery.queryKey, session)
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
    mutationFn: (body: { name: string; password: string }) => content(client.POST('/invitation-links/{token}', { params: { path: { token } }, body })),
    onSuccess: enter,
  })
}

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

export function useTowns() {
  return useQuery({ queryKey: ['organisations'], queryFn: () => content(client.GET('/organisations', { params: { query: { limit: 200 } } })) })
}

export function useNewTown() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: OrganisationInput) => content(client.POST('/organisations', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['organisations'] }),
  })
}

export function useAppoint(id: string) {
  return useMutation({
    mutationFn: (body: { name: string; email: string; locale: string }) => content(client.POST('/organisations/{id}/administrators', { params: { path: { id } }, body })),
  })
}

export function useMails() {
  return useQuery({ queryKey: ['mails'], queryFn: () => content(client.GET('/outbox-mails', { params: { query: { limit: 100 } } })), refetchInterval: 15_000 })
}

export function useMail(id: string | undefined) {
  return useQuery({ queryKey: ['mails', id], enabled: id !== undefined, queryFn: () => content(client.GET('/outbox-mails/{id}', { params: { path: { id: id ?? '' } } })) })
}

export interface Health {
  ok: boolean
  /** What the server says about its parts, as it says it. */
  text: string
}

export const healthQuery = queryOptions({
  queryKey: ['health'],
  queryFn: async (): Promise<Health> => {
    const answer = await fetch('/readyz', { headers: { Accept: 'application/json' } })
    return { ok: answer.ok, text: await answer.text() }
  },
  refetchInterval: 10_000,
})

export function useAudit() {
  return useQuery({ queryKey: ['audit'], queryFn: () => content(client.GET('/audit', { params: { query: { limit: 50 } } })) })
}

export function useMembers(q: string, role: string) {
  return useQuery({
    queryKey: ['members', q, role],
    queryFn: () => content(client.GET('/members', { params: { query: { limit: 200, ...(q ? { q } : {}), ...(role ? { role } : {}) } } })),
  })
}

export function useChangeMember() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string; roles: Role[]; unit: string }) => content(client.PATCH('/members/{id}', { params: { path: { id } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['members'] }),
  })
}

export function useRemoveMember() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => content(client.DELETE('/members/{id}', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['members'] }),
  })
}

export function useInvitations() {
  return useQuery({ queryKey: ['invitations'], queryFn: () => content(client.GET('/invitations', { params: { query: { limit: 200 } } })) })
}

export function useInvite() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { name: string; email: string; roles: Role[]; unit?: string; locale: string }) => content(client.POST('/invitations', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['invitations'] }),
  })
}

export function useWithdraw() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => content(client.DELETE('/invitations/{id}', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['invitations'] }),
  })
}

export function useUnits() {
  return useQuery({ queryKey: ['units'], queryFn: () => content(client.GET('/units')) })
}

export function useChangeUnits() {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['units'] })
  return {
    add: useMutation({ mutationFn: (name: string) => content(client.POST('/units', { body: { name } })), onSuccess }),
    rename: useMutation({ mutationFn: ({ id, name }: { id: string; name: string }) => content(client.PATCH('/units/{id}', { params: { path: { id } }, body: { name } })), onSuccess }),
    remove: useMutation({ mutationFn: (id: string) => content(client.DELETE('/units/{id}', { params: { path: { id } } })), onSuccess }),
  }
}
