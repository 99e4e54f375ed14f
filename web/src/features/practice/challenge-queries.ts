import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../api/client'
import { usePages } from '../../api/pages'
import type { Challenge, ChallengeContent, ChallengeState } from '../../api/types'

const all = ['challenges'] as const

export interface WantedChallenges {
  q: string
  topic: string
  state: '' | Exclude<ChallengeState, 'draft'>
}

const page = (cursor: string, limit: number) => ({ limit, ...(cursor ? { cursor } : {}) })

export function useChallenges(w: WantedChallenges) {
  const query = { ...(w.q ? { q: w.q } : {}), ...(w.topic ? { topic: w.topic } : {}), ...(w.state ? { state: w.state } : {}) }
  return usePages([...all, 'list', query], (cursor) => content(client.GET('/challenges', { params: { query: { ...query, ...page(cursor, 24) } } })))
}

export function useOwnChallenges() {
  return usePages([...all, 'own'], (cursor) => content(client.GET('/own-challenges', { params: { query: page(cursor, 50) } })))
}

export function useChallenge(c: string) {
  return useQuery({ queryKey: [...all, 'one', c], queryFn: () => content(client.GET('/challenges/{c}', { params: { path: { c } } })) })
}

export function useKindred(c: string) {
  return useQuery({ queryKey: [...all, 'kindred', c], queryFn: () => content(client.GET('/challenges/{c}/practices', { params: { path: { c } } })) })
}

/** The cohorts that the reader leads in bootcamps that she sees. */
export function useCamps() {
  return useQuery({ queryKey: ['bootcamps', 'short'], queryFn: () => content(client.GET('/bootcamps', { params: { query: { limit: 50 } } })) })
}

export function useCamp(b: string) {
  return useQuery({ queryKey: ['bootcamps', 'one', b], queryFn: () => content(client.GET('/bootcamps/{b}', { params: { path: { b } } })), enabled: b !== '' })
}

export function usePlaced(b: string, c: string) {
  return useQuery({
    queryKey: ['bootcamps', 'placed', b, c],
    queryFn: () => content(client.GET('/bootcamps/{b}/cohorts/{c}/members', { params: { path: { b, c }, query: { state: 'joined', limit: 200 } } })),
    enabled: b !== '' && c !== '',
  })
}

export interface Taking {
  bootcamp: string
  cohort: string
  name: string
  members: string[]
}

/** What is done with challenges. */
export function useChangeChallenge() {
  const queries = useQueryClient()
  const onSuccess = (c: Challenge | undefined) => {
    if (c) queries.setQueryData([...all, 'one', c.id], c)
    return queries.invalidateQueries({ queryKey: all, predicate: (q) => q.queryKey[1] !== 'one' })
  }
  const path = (c: string) => ({ params: { path: { c } } })
  return {
    make: useMutation({ mutationFn: (of: ChallengeContent) => content(client.POST('/challenges', { body: { content: of } })), onSuccess }),
    save: useMutation({
      mutationFn: ({ c, edition, body }: { c: string; edition: string; body: ChallengeContent }) => content(client.PUT('/challenges/{c}', { params: { path: { c }, header: { 'If-Match': `"${edition}"` } }, body })),
      onSuccess,
      onError: (_, { c }) => queries.invalidateQueries({ queryKey: [...all, 'one', c] }), // somebody else may have been quicker
    }),
    remove: useMutation({ mutationFn: (c: string) => content(client.DELETE('/challenges/{c}', path(c))), onSuccess: () => queries.invalidateQueries({ queryKey: all, predicate: (q) => q.queryKey[1] !== 'one' }) }),
    publish: useMutation({ mutationFn: (c: string) => content(client.POST('/challenges/{c}/publish', path(c))), onSuccess }),
    sponsor: useMutation({ mutationFn: ({ c, offer }: { c: string; offer: string }) => content(client.PUT('/challenges/{c}/sponsorship', { ...path(c), body: { offer } })), onSuccess }),
    leave: useMutation({ mutationFn: (c: string) => content(client.DELETE('/challenges/{c}/sponsorship', path(c))), onSuccess }),
    take: useMutation({ mutationFn: ({ c, ...body }: Taking & { c: string }) => content(client.PUT('/challenges/{c}/team', { ...path(c), body })), onSuccess }),
    giveBack: useMutation({ mutationFn: (c: string) => content(client.DELETE('/challenges/{c}/team', path(c))), onSuccess }),
    say: useMutation({ mutationFn: ({ c, words }: { c: string; words: string }) => content(client.POST('/challenges/{c}/notes', { ...path(c), body: { words } })), onSuccess }),
    end: useMutation({ mutationFn: ({ c, ...body }: { c: string; solved: boolean; reasons: string[]; words: string }) => content(client.POST('/challenges/{c}/endings', { ...path(c), body })), onSuccess }),
    reopen: useMutation({ mutationFn: (c: string) => content(client.POST('/challenges/{c}/reopen', path(c))), onSuccess }),
  }
}
