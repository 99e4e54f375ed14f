import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../api/client'
import { usePages, wholeList } from '../../api/pages'
import type { Adoption, AdoptionChange, AdoptionState, PracticeContent, PracticeDraft } from '../../api/types'

const all = ['practices'] as const

export interface Wanted {
  q: string
  topic: string
  country: string
  band: number
  recommended: boolean
  sort: 'newest' | 'use'
}

const queryOf = (w: Wanted) => ({
  sort: w.sort, ...(w.q ? { q: w.q } : {}), ...(w.topic ? { topic: w.topic } : {}), ...(w.country ? { country: w.country } : {}), ...(w.band ? { band: w.band } : {}), ...(w.recommended ? { recommended: true } : {}),
})

const page = (cursor: string, limit: number) => ({ limit, ...(cursor ? { cursor } : {}) })

export function usePractices(w: Wanted) {
  const query = queryOf(w)
  return usePages([...all, 'list', query], (cursor) => content(client.GET('/practices', { params: { query: { ...query, ...page(cursor, 24) } } })))
}

export function usePracticesOfTown(town: string) {
  return usePages([...all, 'town', town], (cursor) => content(client.GET('/practices', { params: { query: { town, ...page(cursor, 12) } } })))
}

/** All that is found, up to 2,000: what a map shows at once. */
export function useAllPractices(w: Wanted) {
  const query = queryOf(w)
  return useQuery({ queryKey: [...all, 'all', query], queryFn: () => wholeList((cursor) => content(client.GET('/practices', { params: { query: { ...query, ...page(cursor, 200) } } }))) })
}

export function useOwnPractices(enabled = true) {
  return usePages([...all, 'own'], (cursor) => content(client.GET('/own-practices', { params: { query: page(cursor, 50) } })), { enabled })
}

export function useAdoptions() {
  return usePages([...all, 'adoptions'], (cursor) => content(client.GET('/adoptions', { params: { query: page(cursor, 50) } })))
}

export function usePractice(p: string, version = 0) {
  return useQuery({ queryKey: [...all, 'one', p, version], queryFn: () => content(client.GET('/practices/{p}', { params: { path: { p }, query: { version } } })) })
}

/** The bootcamps of which a practice came. */
export function usePracticeOrigins(p: string) {
  return useQuery({ queryKey: [...all, 'origins', p], queryFn: () => content(client.GET('/practices/{p}/origins', { params: { path: { p } } })) })
}

export function useDraft(p: string) {
  return useQuery({ queryKey: [...all, 'draft', p], queryFn: () => content(client.GET('/practices/{p}/draft', { params: { path: { p } } })) })
}

export function useVersions(p: string) {
  return usePages([...all, 'versions', p], (cursor) => content(client.GET('/practices/{p}/versions', { params: { path: { p }, query: page(cursor, 50) } })))
}

export function useDifferences(p: string, from: number, to: number, other: string, language: string) {
  return useQuery({
    queryKey: [...all, 'differences', p, from, to, other, language],
    queryFn: () => content(client.GET('/practices/{p}/differences', { params: { path: { p }, query: { from, to, language, ...(other ? { with: other } : {}) } } })),
  })
}

export function useReviews(p: string, version: number) {
  return usePages([...all, 'reviews', p, version], (cursor) => content(client.GET('/practices/{p}/reviews', { params: { path: { p }, query: { version, ...page(cursor, 20) } } })))
}

export function useQuestions(p: string) {
  return usePages([...all, 'questions', p], (cursor) => content(client.GET('/practices/{p}/questions', { params: { path: { p }, query: page(cursor, 20) } })))
}

export function useLineage(p: string, residents: number) {
  return useQuery({ queryKey: [...all, 'lineage', p, residents], queryFn: () => content(client.GET('/practices/{p}/adoptions', { params: { path: { p }, query: { residents } } })) })
}

export function useOwnAdoption(p: string) {
  return useQuery({ queryKey: [...all, 'adoption', p], queryFn: () => content(client.GET('/practices/{p}/adoption', { params: { path: { p } } })), retry: false })
}

export function useShownAdoption(p: string, a: string) {
  return useQuery({ queryKey: [...all, 'shown', p, a], queryFn: () => content(client.GET('/practices/{p}/adoptions/{a}', { params: { path: { p, a } } })) })
}

const at = (edition: number | string) => ({ 'If-Match': `"${edition}"` })

/** What the authors of a card do with it. */
export function useChangePractice() {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: all })
  const onDraft = (draft: PracticeDraft) => {
    queries.setQueryData([...all, 'draft', draft.id], draft)
    return queries.invalidateQueries({ queryKey: all, predicate: (q) => q.queryKey[1] !== 'draft' })
  }
  return {
    make: useMutation({ mutationFn: (c: PracticeContent) => content(client.POST('/practices', { body: { content: c } })), onSuccess }),
    save: useMutation({
      mutationFn: ({ p, edition, body }: { p: string; edition: string; body: PracticeContent }) => content(client.PUT('/practices/{p}/draft', { params: { path: { p }, header: at(edition) }, body })),
      onSuccess: onDraft,
      onError: (_, { p }) => queries.invalidateQueries({ queryKey: [...all, 'draft', p] }), // somebody else may have been quicker
    }),
    publish: useMutation({
      mutationFn: ({ of, summary }: { of: PracticeDraft; summary: string }) => content(client.POST('/practices/{p}/versions', { params: { path: { p: of.id }, header: at(of.edition) }, body: { summary } })),
      onSuccess: onDraft,
    }),
    withdraw: useMutation({ mutationFn: (of: PracticeDraft) => content(client.POST('/practices/{p}/withdraw', { params: { path: { p: of.id }, header: at(of.edition) } })), onSuccess: onDraft }),
    remove: useMutation({ mutationFn: (p: string) => content(client.DELETE('/practices/{p}', { params: { path: { p } } })), onSuccess }),
    addAuthor: useMutation({ mutationFn: ({ p, email }: { p: string; email: string }) => content(client.POST('/practices/{p}/authors', { params: { path: { p } }, body: { email } })), onSuccess: onDraft }),
    removeAuthor: useMutation({ mutationFn: ({ p, person }: { p: string; person: string }) => content(client.DELETE('/practices/{p}/authors/{person}', { params: { path: { p, person } } })), onSuccess: onDraft }),
  }
}

/** What readers do with a card. */
export function useUsePractice(p: string) {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: all })
  const path = { p }
  return {
    review: useMutation({ mutationFn: (body: { marks: Record<string, number>; recommends: boolean; words: string }) => content(client.PUT('/practices/{p}/reviews/own', { params: { path }, body })), onSuccess }),
    ask: useMutation({ mutationFn: (words: string) => content(client.POST('/practices/{p}/questions', { params: { path }, body: { words } })), onSuccess }),
    answer: useMutation({ mutationFn: ({ question, words }: { question: string; words: string }) => content(client.POST('/practices/{p}/questions/{question}/messages', { params: { path: { p, question } }, body: { words } })), onSuccess }),
    adopt: useMutation({ mutationFn: (from: string) => content(client.POST('/practices/{p}/adoption', { params: { path }, body: from ? { from } : {} })), onSuccess }),
    describe: useMutation({ mutationFn: ({ edition, body }: { edition: string; body: AdoptionChange }) => content(client.PATCH('/practices/{p}/adoption', { params: { path, header: at(edition) }, body })), onSuccess, onError: onSuccess }),
    move: useMutation({
      mutationFn: ({ of, ...body }: { of: Adoption; state: AdoptionState; on: string; note: string }) => content(client.POST('/practices/{p}/adoption/stages', { params: { path, header: at(of.edition) }, body })),
      onSuccess,
    }),
    decide: useMutation({ mutationFn: ({ a, index, take }: { a: string; index: number; take: boolean }) => content(client.PUT('/practices/{p}/adoptions/{a}/offers/{index}', { params: { path: { p, a, index } }, body: { take } })), onSuccess }),
  }
}
