import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { usePages, wholeList } from '../../../api/pages'
import type { Programme, ProgrammeInput, Text } from '../../../api/types'

export function useProgrammes() {
  return usePages(['author-programmes'], (cursor) => content(client.GET('/programmes', { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })))
}

export function useProgrammeDraft(id: string) {
  return useQuery({ queryKey: ['author-programmes', id], queryFn: () => content(client.GET('/programmes/{id}', { params: { path: { id } } })) })
}

export function useNewProgramme() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { title: Text; languages: string[] }) => content(client.POST('/programmes', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['author-programmes'], exact: true }),
  })
}

/** Courses that a programme can hold: those of the author's catalogue. */
export function useCoursesToChoose() {
  return useQuery({
    queryKey: ['catalogue', 'choose'],
    queryFn: () => wholeList((cursor) => content(client.GET('/catalogue', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } } }))),
  })
}

/** Everything that changes a programme goes out one after the other, each with the revision that the one before has left, or on
 *  which it was written. */
export function useChangeProgramme(id: string) {
  const queries = useQueryClient()
  const key = ['author-programmes', id]
  const scope = { id: `programme ${id}` }
  const header = (on?: string) => {
    const rev = on ?? queries.getQueryData<Programme>(key)?.rev
    return rev === undefined ? {} : { 'If-Match': `"${rev}"` }
  }
  const onSuccess = (p: Programme) => {
    queries.setQueryData(key, p)
    void queries.invalidateQueries({ queryKey: ['programmes'] })
    return queries.invalidateQueries({ queryKey: ['author-programmes'], exact: true })
  }
  return {
    save: useMutation({
      scope,
      mutationFn: ({ rev, ...body }: ProgrammeInput & { rev?: string }) => content(client.PATCH('/programmes/{id}', { params: { path: { id }, header: header(rev) }, body })),
      // A new order stands at once; if the server refuses, its own comes back.
      onMutate: ({ list }) => {
        if (!list) return
        queries.setQueryData<Programme>(key, (p) => {
          if (!p) return p
          const known = new Map(p.list.map((c) => [c.course.id, c]))
          const next = list.flatMap((c) => {
            const old = known.get(c.course)
            return old ? [{ ...old, elective: c.elective ?? false }] : []
          })
          return { ...p, list: next }
        })
      },
      onSuccess,
      onError: () => queries.invalidateQueries({ queryKey: key }),
    }),
    publish: useMutation({ scope, mutationFn: () => content(client.POST('/programmes/{id}/publish', { params: { path: { id }, header: header() } })), onSuccess }),
    unpublish: useMutation({ scope, mutationFn: () => content(client.POST('/programmes/{id}/unpublish', { params: { path: { id } } })), onSuccess }),
    remove: useMutation({
      scope,
      mutationFn: () => content(client.DELETE('/programmes/{id}', { params: { path: { id } } })),
      onSuccess: () => queries.invalidateQueries({ queryKey: ['author-programmes'], exact: true }),
    }),
  }
}

/** What moving followers of earlier versions to the offered one would mean; asked anew while they are being moved. */
export function useProgrammeMove(id: string, enabled: boolean) {
  return useQuery({
    queryKey: ['author-programmes', id, 'move'],
    queryFn: () => content(client.GET('/programmes/{id}/followers', { params: { path: { id } } })),
    enabled,
    refetchInterval: (query) => (query.state.data?.moving ? 3000 : false),
  })
}

export function useMoveFollowers(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (to: number) => content(client.POST('/programmes/{id}/followers', { params: { path: { id } }, body: { to } })),
    onSuccess: (move) => queries.setQueryData(['author-programmes', id, 'move'], move),
  })
}
