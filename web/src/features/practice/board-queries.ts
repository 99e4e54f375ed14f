import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../api/client'
import { usePages } from '../../api/pages'
import type { PostingContent, PostingLine } from '../../api/types'

const all = ['board'] as const

export interface WantedPostings {
  q: string
  kind: '' | PostingLine['kind']
  country: string
}

export const postingKinds = ['job', 'room', 'event', 'other'] as const

const page = (cursor: string, limit: number) => ({ limit, ...(cursor ? { cursor } : {}) })

export function usePostings(w: WantedPostings) {
  const query = { ...(w.q ? { q: w.q } : {}), ...(w.kind ? { kind: w.kind } : {}), ...(w.country ? { country: w.country } : {}) }
  return usePages([...all, 'list', query], (cursor) => content(client.GET('/postings', { params: { query: { ...query, ...page(cursor, 24) } } })))
}

export function useOwnPostings() {
  return usePages([...all, 'own'], (cursor) => content(client.GET('/own-postings', { params: { query: page(cursor, 20) } })))
}

export function usePosting(n: string) {
  return useQuery({ queryKey: [...all, 'one', n], queryFn: () => content(client.GET('/postings/{n}', { params: { path: { n } } })) })
}

export function useReported() {
  return usePages([...all, 'reported'], (cursor) => content(client.GET('/operator-postings', { params: { query: page(cursor, 50) } })))
}

export function useChangeBoard() {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: all })
  return {
    create: useMutation({ mutationFn: (body: PostingContent) => content(client.POST('/postings', { body })), onSuccess }),
    save: useMutation({
      mutationFn: ({ n, edition, body }: { n: string; edition: string; body: PostingContent }) => content(client.PUT('/postings/{n}', { params: { path: { n }, header: { 'If-Match': `"${edition}"` } }, body })),
      onSuccess,
      onError: onSuccess, // somebody else may have been quicker
    }),
    withdraw: useMutation({ mutationFn: ({ n, reason }: { n: string; reason: string }) => content(client.POST('/postings/{n}/withdrawal', { params: { path: { n } }, body: { reason } })), onSuccess }),
    report: useMutation({ mutationFn: ({ n, words }: { n: string; words: string }) => content(client.POST('/postings/{n}/reports', { params: { path: { n } }, body: { words } })) }),
    keep: useMutation({ mutationFn: (n: string) => content(client.POST('/operator-postings/{n}/keep', { params: { path: { n } } })), onSuccess }),
  }
}
