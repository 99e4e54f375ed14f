import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content, sendPostFile } from '../../api/client'
import { usePages } from '../../api/pages'
import type { Mention } from '../../api/types'

const all = ['discussions'] as const
const page = (cursor: string, limit: number) => ({ limit, ...(cursor ? { cursor } : {}) })

export function useDiscussion(place: string) {
  return useQuery({ queryKey: [...all, place, 'room'], queryFn: () => content(client.GET('/discussions/{place}', { params: { path: { place } } })) })
}

export function useThreads(place: string, about: string, open: boolean) {
  const query = { ...(about ? { about } : {}), ...(open ? { open } : {}) }
  return usePages([...all, place, 'threads', query], (cursor) => content(client.GET('/discussions/{place}/threads', { params: { path: { place }, query: { ...query, ...page(cursor, 30) } } })))
}

export function useThread(place: string, t: string) {
  return useQuery({ queryKey: [...all, place, 'thread', t], queryFn: () => content(client.GET('/discussions/{place}/threads/{t}', { params: { path: { place, t } } })) })
}

export function usePosts(place: string, t: string) {
  return usePages([...all, place, 'posts', t], (cursor) => content(client.GET('/discussions/{place}/threads/{t}/posts', { params: { path: { place, t }, query: page(cursor, 50) } })), { refetchInterval: 60_000 })
}

export function useVersions(place: string, p: string) {
  return useQuery({ queryKey: [...all, place, 'versions', p], queryFn: () => content(client.GET('/discussions/{place}/posts/{p}/versions', { params: { path: { place, p } } })) })
}

export function useReports(place: string, state: 'open' | 'hidden' | 'kept') {
  return usePages([...all, place, 'reports', state], (cursor) => content(client.GET('/discussions/{place}/reports', { params: { path: { place }, query: { state, ...page(cursor, 30) } } })))
}

export function useFound(place: string, q: string) {
  return usePages([...all, place, 'search', q], (cursor) => content(client.GET('/discussions/{place}/search', { params: { path: { place }, query: { q, ...page(cursor, 30) } } })), { enabled: q !== '' })
}

export function usePeopleHere(place: string, q: string | undefined) {
  return useQuery({ queryKey: [...all, place, 'people', q], queryFn: () => content(client.GET('/discussions/{place}/people', { params: { path: { place }, query: { q: q ?? '' } } })), enabled: q !== undefined, staleTime: 60_000 })
}

export function usePreview(words: string, enabled: boolean) {
  return useQuery({ queryKey: [...all, 'preview', words], queryFn: () => content(client.POST('/discussion-previews', { body: { words } })), enabled, staleTime: Infinity })
}

/** What somebody writes. */
export interface Written {
  key: string
  words: string
  language: string
  mentions: Mention[]
  files: string[]
}

export function useTalk(place: string) {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: [...all, place] })
  const quietly = () => queries.invalidateQueries({ queryKey: [...all, place], predicate: (q) => q.queryKey[2] === 'room' || q.queryKey[2] === 'threads' })
  return {
    begin: useMutation({ mutationFn: (body: Written & { title: string; asks: boolean; about?: string; course?: string }) => content(client.POST('/discussions/{place}/threads', { params: { path: { place } }, body })), onSuccess }),
    say: useMutation({ mutationFn: ({ t, ...body }: Written & { t: string; re: number }) => content(client.POST('/discussions/{place}/threads/{t}/posts', { params: { path: { place, t } }, body })), onSuccess }),
    edit: useMutation({
      mutationFn: ({ p, version, ...body }: Written & { p: string; version: number; title?: string }) => content(client.PUT('/discussions/{place}/posts/{p}', { params: { path: { place, p }, header: { 'If-Match': `"${version}"` } }, body })),
      onSuccess,
    }),
    withdraw: useMutation({ mutationFn: (p: string) => content(client.DELETE('/discussions/{place}/posts/{p}', { params: { path: { place, p } } })), onSuccess }),
    turn: useMutation({ mutationFn: ({ t, ...body }: { t: string; answer?: number; closed?: boolean }) => content(client.PATCH('/discussions/{place}/threads/{t}', { params: { path: { place, t } }, body })), onSuccess }),
    mark: useMutation({ mutationFn: ({ t, ...body }: { t: string; read: number; follows?: boolean }) => content(client.PUT('/discussions/{place}/threads/{t}/mark', { params: { path: { place, t } }, body })), onSuccess: quietly }),
    follow: useMutation({ mutationFn: ({ t, follows }: { t: string; follows: boolean }) => content(client.PUT('/discussions/{place}/threads/{t}/mark', { params: { path: { place, t } }, body: { read: 0, follows } })), onSuccess }),
    report: useMutation({ mutationFn: ({ p, ...body }: { p: string; kind: 'personal' | 'offensive' | 'advertising' | 'unlawful' | 'other'; words: string }) => content(client.PUT('/discussions/{place}/posts/{p}/report', { params: { path: { place, p } }, body })), onSuccess }),
    moderate: useMutation({ mutationFn: ({ p, ...body }: { p: string; state: 'hidden' | 'shown' | 'kept'; reason?: string }) => content(client.PUT('/discussions/{place}/posts/{p}/state', { params: { path: { place, p } }, body })), onSuccess }),
    promote: useMutation({ mutationFn: ({ p, into }: { p: string; into: 'practice' | 'challenge' }) => content(client.POST('/discussions/{place}/posts/{p}/drafts', { params: { path: { place, p } }, body: { into } })) }),
    set: useMutation({ mutationFn: (body: { mail?: 'immediately' | 'daily' | 'never'; all?: boolean; read?: boolean; until?: string }) => content(client.PATCH('/discussions/{place}', { params: { path: { place } }, body })), onSuccess }),
    send: useMutation({ mutationFn: (file: File) => sendPostFile(place, file) }),
  }
}

export function useEndLetters() {
  return useMutation({ mutationFn: (secret: string) => content(client.POST('/letters/end/{secret}', { params: { path: { secret } } })) })
}
