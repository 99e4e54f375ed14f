import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../api/client'
import { usePages } from '../../api/pages'
import type { DirectoryContent, DirectoryEntry } from '../../api/types'

const all = ['directory'] as const

export type Kind = DirectoryEntry['kind']
export type OwnKind = Exclude<Kind, 'actor'>

export interface WantedEntries {
  q: string
  kind: '' | Kind
  topic: string
}

const page = (cursor: string, limit: number) => ({ limit, ...(cursor ? { cursor } : {}) })

export function useEntries(w: WantedEntries) {
  const query = { ...(w.q ? { q: w.q } : {}), ...(w.kind ? { kind: w.kind } : {}), ...(w.topic ? { topic: w.topic } : {}) }
  return usePages([...all, 'list', query], (cursor) => content(client.GET('/directory', { params: { query: { ...query, ...page(cursor, 24) } } })))
}

export function useEntry(e: string) {
  return useQuery({ queryKey: [...all, 'one', e], queryFn: () => content(client.GET('/directory/{e}', { params: { path: { e } } })) })
}

export function useOwnEntry(kind: OwnKind) {
  return useQuery({ queryKey: [...all, 'own', kind], queryFn: () => content(client.GET('/own-directory/{kind}', { params: { path: { kind } } })), retry: false })
}

export function useExpertQuestions(e: string) {
  return usePages([...all, 'questions', e], (cursor) => content(client.GET('/directory/{e}/questions', { params: { path: { e }, query: page(cursor, 20) } })))
}

export function useKindredExperts(c: string) {
  return useQuery({ queryKey: [...all, 'kindred', c], queryFn: () => content(client.GET('/challenges/{c}/experts', { params: { path: { c } } })) })
}

export function useWaiting(state: 'waiting' | 'listed' | 'refused') {
  return usePages([...all, 'waiting', state], (cursor) => content(client.GET('/operator-directory', { params: { query: { state, ...page(cursor, 50) } } })))
}

/** When the form was shown: a form that is sent at once, or on another day, is not taken. */
export function useStamp() {
  return useQuery({ queryKey: [...all, 'form'], queryFn: () => content(client.GET('/directory-form')), gcTime: 0, staleTime: Infinity })
}

export function useChangeDirectory() {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: all, predicate: (q) => q.queryKey[1] !== 'form' })
  return {
    put: useMutation({ mutationFn: ({ kind, body }: { kind: OwnKind; body: DirectoryContent }) => content(client.PUT('/own-directory/{kind}', { params: { path: { kind } }, body })), onSuccess }),
    remove: useMutation({
      mutationFn: (kind: OwnKind) => content(client.DELETE('/own-directory/{kind}', { params: { path: { kind } } })),
      onSuccess: () => {
        queries.removeQueries({ queryKey: [...all, 'own'] })
        return onSuccess()
      },
    }),
    ask: useMutation({ mutationFn: ({ e, words }: { e: string; words: string }) => content(client.POST('/directory/{e}/questions', { params: { path: { e } }, body: { words } })), onSuccess }),
    answer: useMutation({ mutationFn: ({ e, q, words }: { e: string; q: string; words: string }) => content(client.POST('/directory/{e}/questions/{q}/messages', { params: { path: { e, q } }, body: { words } })), onSuccess }),
    decide: useMutation({ mutationFn: ({ e, ...body }: { e: string; edition: number; list: boolean; reason: string }) => content(client.PUT('/operator-directory/{e}', { params: { path: { e } }, body })), onSuccess }),
    wish: useMutation({ mutationFn: (body: { stamp: string; company: string; email: string; locale: string; content: DirectoryContent }) => content(client.POST('/directory-wishes', { body })) }),
    link: useMutation({ mutationFn: (body: { stamp: string; company: string; email: string }) => content(client.POST('/directory-links', { body })) }),
    open: useMutation({ mutationFn: (secret: string) => content(client.POST('/directory-links/{secret}', { params: { path: { secret } } })) }),
    keep: useMutation({ mutationFn: ({ secret, body }: { secret: string; body: DirectoryContent }) => content(client.PUT('/directory-keys/{secret}', { params: { path: { secret } }, body })) }),
    leave: useMutation({ mutationFn: (secret: string) => content(client.DELETE('/directory-keys/{secret}', { params: { path: { secret } } })) }),
  }
}
