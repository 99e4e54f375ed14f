import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { usePages } from '../../../api/pages'
import type { CountKind, FlowChange, FlowInput } from '../../../api/types'

const of = (organisation: string) => (organisation ? { organisation } : {})

interface Some {
  id: string
  statements?: string[]
}

export function useFlows(organisation: string, enabled: boolean) {
  return usePages(['store', 'flows', organisation], async () => content(client.GET('/record-flows', { params: { query: of(organisation) } })), { enabled, refetchInterval: 15_000 })
}

export function useChangeFlows(organisation: string) {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['store', 'flows'] })
  const at = (id: string) => ({ params: { path: { id }, query: of(organisation) } })
  return {
    make: useMutation({ mutationFn: (body: FlowInput) => content(client.POST('/record-flows', { params: { query: of(organisation) }, body })), onSuccess }),
    change: useMutation({ mutationFn: ({ id, body }: { id: string; body: FlowChange }) => content(client.PATCH('/record-flows/{id}', { ...at(id), body })), onSuccess }),
    remove: useMutation({ mutationFn: (id: string) => content(client.DELETE('/record-flows/{id}', at(id))), onSuccess }),
    run: useMutation({ mutationFn: (id: string) => content(client.POST('/record-flows/{id}/run', at(id))), onSuccess }),
    /** Asks the other store, and changes nothing. */
    attempt: useMutation({ mutationFn: (id: string) => content(client.POST('/record-flows/{id}/try', at(id))) }),
    /** Of these statements, or of all that were refused. */
    retry: useMutation({ mutationFn: ({ id, statements }: Some) => content(client.POST('/record-flows/{id}/refusals/retry', { ...at(id), body: statements ? { statements } : {} })), onSuccess }),
    drop: useMutation({ mutationFn: ({ id, statements }: Some) => content(client.POST('/record-flows/{id}/refusals/drop', { ...at(id), body: statements ? { statements } : {} })), onSuccess }),
  }
}

export function useRefusals(organisation: string, id: string) {
  return usePages(['store', 'flows', organisation, id, 'refusals'], (cursor) =>
    content(client.GET('/record-flows/{id}/refusals', { params: { path: { id }, query: { ...of(organisation), limit: 50, ...(cursor ? { cursor } : {}) } } })),
  )
}

export function useCounts(organisation: string, enabled: boolean) {
  return useQuery({ queryKey: ['store', 'counts', organisation], enabled, queryFn: () => content(client.GET('/record-counts', { params: { query: of(organisation) } })) })
}

export function useTop(organisation: string, kind: CountKind, enabled: boolean) {
  return usePages(['store', 'counts', organisation, 'top', kind], (cursor) => content(client.GET('/record-counts/top', { params: { query: { ...of(organisation), kind, limit: 10, ...(cursor ? { cursor } : {}) } } })), { enabled })
}

export function useDays(organisation: string, from: string, to: string, enabled: boolean) {
  return useQuery({ queryKey: ['store', 'counts', organisation, 'days', from, to], enabled, queryFn: () => content(client.GET('/record-counts/days', { params: { query: { ...of(organisation), from, to } } })) })
}

export function useRecount(organisation: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => content(client.POST('/record-counts/recount', { params: { query: of(organisation) } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['store', 'counts'] }),
  })
}
