import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { usePages } from '../../../api/pages'
import type { TownRole } from '../../../api/types'

export function useMembers(q: string, role: TownRole | undefined, enabled = true) {
  return usePages(['members', q, role], (cursor) =>
    content(client.GET('/members', { params: { query: { limit: 50, ...(q ? { q } : {}), ...(role ? { role } : {}), ...(cursor ? { cursor } : {}) } } })),
    { enabled },
  )
}

export function useChangeMember() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, ...body }: { id: string; roles: TownRole[]; unit: string }) => content(client.PATCH('/members/{id}', { params: { path: { id } }, body })),
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
  return usePages(['invitations'], (cursor) => content(client.GET('/invitations', { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })))
}

export function useInvite() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { name: string; email: string; roles: TownRole[]; unit?: string; locale: string }) => content(client.POST('/invitations', { body })),
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
