import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'

export interface CompletionFilter {
  person: string
  course: string
  state: 'open' | 'complete'
}

export function useCompletions(filter: CompletionFilter, cursor: string) {
  const { state, person, course } = filter
  const query = { limit: 50, state, ...(person ? { person } : {}), ...(course ? { course } : {}), ...(cursor ? { cursor } : {}) }
  return useQuery({ queryKey: ['hr', 'completions', filter, cursor], queryFn: () => content(client.GET('/hr/completions', { params: { query } })) })
}

/** Units by id, to say where somebody works. */
export function useUnitNames() {
  return useQuery({ queryKey: ['units'], queryFn: () => content(client.GET('/units')), select: (u) => new Map(u.items.map((x) => [x.id, x.name])) })
}

export function useCompletion(id: string) {
  return useQuery({ queryKey: ['hr', 'completions', id], queryFn: () => content(client.GET('/hr/completions/{id}', { params: { path: { id } } })) })
}

export function useCorrect(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { kind: 'correction' | 'withdrawal'; reason: string; minutes?: number; at?: string }) => content(client.POST('/hr/completions/{id}/corrections', { params: { path: { id } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['hr'] }),
  })
}

export function useHrPeople(q: string) {
  return useQuery({ queryKey: ['hr', 'people', q], queryFn: () => content(client.GET('/hr/people', { params: { query: { limit: 200, ...(q ? { q } : {}) } } })) })
}

export function useAssignments(state: 'open' | 'done') {
  return useQuery({ queryKey: ['hr', 'assignments', state], queryFn: () => content(client.GET('/hr/assignments', { params: { query: { limit: 200, state } } })) })
}

export function useAssign() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { people: string[]; course: string; due: string }) => content(client.POST('/hr/assignments', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['hr'] }),
  })
}

export function useTakeBack() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => content(client.DELETE('/hr/assignments/{id}', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['hr'] }),
  })
}

export function useReconciliation() {
  return useQuery({ queryKey: ['hr', 'reconciliation'], queryFn: () => content(client.GET('/hr/reconciliation')), staleTime: 0 })
}

export function useCoursesToAssign() {
  return useQuery({ queryKey: ['catalogue', ''], queryFn: () => content(client.GET('/catalogue', { params: { query: { limit: 100 } } })) })
}
