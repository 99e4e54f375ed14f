import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { usePages, wholeList } from '../../../api/pages'
import type { AssignInput, FollowerState } from '../../../api/types'

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

export function useHrPeople(q: string, enabled = true) {
  return usePages(['hr', 'people', 'list', q], (cursor) => content(client.GET('/hr/people', { params: { query: { limit: 50, ...(q ? { q } : {}), ...(cursor ? { cursor } : {}) } } })), { enabled })
}

/** Everybody, for a choice that is filtered as one types. */
export function useWholeHrPeople() {
  return useQuery({ queryKey: ['hr', 'people', 'whole'], queryFn: () => wholeList((cursor) => content(client.GET('/hr/people', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } } }))) })
}

/** One member of the town, to say whose records are shown. */
export function useMember(id: string) {
  return useQuery({ queryKey: ['members', 'one', id], queryFn: () => content(client.GET('/members/{id}', { params: { path: { id } } })), enabled: id !== '' })
}

export function useAssignments(state: 'open' | 'done') {
  return usePages(['hr', 'assignments', state], (cursor) => content(client.GET('/hr/assignments', { params: { query: { limit: 50, state, ...(cursor ? { cursor } : {}) } } })))
}

export function useAssign() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: AssignInput) => content(client.POST('/hr/assignments', { body })),
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
  return useQuery({
    queryKey: ['catalogue', 'whole'],
    queryFn: async () => ({ items: await wholeList((cursor) => content(client.GET('/catalogue', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } } }))) }),
  })
}

export function useProgrammesToShow() {
  return useQuery({
    queryKey: ['programmes', 'whole'],
    queryFn: () => wholeList((cursor) => content(client.GET('/programme-catalogue', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } } }))),
  })
}

/** Programmes that people of the town follow, and how many they are. */
export function useFollowedProgrammes() {
  return usePages(['hr', 'programmes'], (cursor) => content(client.GET('/hr/programmes', { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })))
}

export function useFollowers(id: string, state: FollowerState) {
  return usePages(['hr', 'programmes', id, state], (cursor) => content(client.GET('/hr/programmes/{id}/followers', { params: { path: { id }, query: { limit: 50, state, ...(cursor ? { cursor } : {}) } } })))
}
