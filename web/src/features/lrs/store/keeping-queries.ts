import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { usePages } from '../../../api/pages'
import type { RetentionRun } from '../../../api/types'

const of = (organisation: string) => (organisation ? { organisation } : {})

export function useRules() {
  return usePages(['store', 'rules'], (cursor) => content(client.GET('/retention/rules', { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })))
}

/** Lists that were made; one that is being made or carried out is asked for again. */
export function useRuns() {
  return usePages(['store', 'runs'], (cursor) => content(client.GET('/retention/runs', { params: { query: { limit: 20, ...(cursor ? { cursor } : {}) } } })), { refetchInterval: 4000 })
}

export function useListed(run: string, held: boolean) {
  return usePages(['store', 'runs', run, held], (cursor) => content(client.GET('/retention/runs/{id}/statements', { params: { path: { id: run }, query: { held, ...(cursor ? { cursor } : {}) } } })))
}

export function useTerm() {
  return useQuery({ queryKey: ['store', 'term'], queryFn: () => content(client.GET('/retention/term')) })
}

export function useChangeKeeping() {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['store'] })
  return {
    make: useMutation({ mutationFn: (body: { name: string; days: number; verb?: string; activity?: string }) => content(client.POST('/retention/rules', { body })), onSuccess }),
    forget: useMutation({ mutationFn: (id: string) => content(client.DELETE('/retention/rules/{id}', { params: { path: { id } } })), onSuccess }),
    term: useMutation({ mutationFn: (years: number) => content(client.PUT('/retention/term', { body: { years } })), onSuccess }),
    list: useMutation({ mutationFn: (rule: string) => content(client.POST('/retention/runs', { body: { rule } })), onSuccess }),
    remove: useMutation({ mutationFn: (run: RetentionRun) => content(client.POST('/retention/runs/{id}/removal', { params: { path: { id: run.id } }, body: { digest: run.digest } })), onSuccess }),
    discard: useMutation({ mutationFn: (id: string) => content(client.DELETE('/retention/runs/{id}', { params: { path: { id } } })), onSuccess }),
  }
}

export function useImports(organisation: string, enabled: boolean) {
  return usePages(['store', 'imports', organisation], (cursor) => content(client.GET('/record-imports', { params: { query: { ...of(organisation), limit: 20, ...(cursor ? { cursor } : {}) } } })), { enabled, refetchInterval: 3000 })
}

export function useChangeImports(organisation: string) {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['store', 'imports'] })
  return {
    forget: useMutation({ mutationFn: (id: string) => content(client.DELETE('/record-imports/{id}', { params: { path: { id }, query: of(organisation) } })), onSuccess }),
  }
}
