import { queryOptions, useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { usePages } from '../../../api/pages'
import type { OrganisationInput } from '../../../api/types'

export function useTowns() {
  return usePages(['organisations'], (cursor) => content(client.GET('/organisations', { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })))
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

export function useClosing() {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['organisations'] })
  return {
    close: useMutation({ mutationFn: ({ id, ...body }: { id: string; slug: string; reason: string }) => content(client.POST('/organisations/{id}/closing', { params: { path: { id } }, body })), onSuccess }),
    reopen: useMutation({ mutationFn: (id: string) => content(client.DELETE('/organisations/{id}/closing', { params: { path: { id } } })), onSuccess }),
  }
}

export function useMails() {
  return usePages(['mails', 'list'], (cursor) => content(client.GET('/letters', { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })), { refetchInterval: 15_000 })
}

export function useMail(id: string | undefined) {
  return useQuery({ queryKey: ['mails', id], enabled: id !== undefined, queryFn: () => content(client.GET('/letters/{id}', { params: { path: { id: id ?? '' } } })) })
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
  return usePages(['audit'], (cursor) => content(client.GET('/audit', { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })))
}
