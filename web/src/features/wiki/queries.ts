import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../api/client'
import { usePages } from '../../api/pages'
import type { WikiWriting } from '../../api/types'

const all = ['wikis'] as const
const page = (cursor: string, limit: number) => ({ limit, ...(cursor ? { cursor } : {}) })

export type Order = 'title' | 'change'

export function useTerritories() {
  return usePages([...all, 'territories'], (cursor) => content(client.GET('/territories', { params: { query: page(cursor, 50) } })))
}

export function useWiki(place: string) {
  return useQuery({ queryKey: [...all, place, 'room'], queryFn: () => content(client.GET('/wikis/{place}', { params: { path: { place } } })) })
}

export function useWikiPages(place: string, q: string, order: Order) {
  const query = { order, ...(q ? { q } : {}) }
  return usePages([...all, place, 'pages', query], (cursor) => content(client.GET('/wikis/{place}/pages', { params: { path: { place }, query: { ...query, ...page(cursor, 50) } } })))
}

const one = (place: string, w: string) => content(client.GET('/wikis/{place}/pages/{w}', { params: { path: { place, w } } }))

export function useWikiPage(place: string, w: string) {
  return useQuery({ queryKey: [...all, place, 'page', w], queryFn: () => one(place, w) })
}

export function useTitled(place: string, title: string) {
  return useQuery({ queryKey: [...all, place, 'titled', title], queryFn: () => content(client.GET('/wikis/{place}/titled', { params: { path: { place }, query: { title } } })) })
}

export function useWikiVersions(place: string, w: string) {
  return usePages([...all, place, 'versions', w], (cursor) => content(client.GET('/wikis/{place}/pages/{w}/versions', { params: { path: { place, w }, query: page(cursor, 50) } })))
}

export function useWikiVersion(place: string, w: string, number: number) {
  return useQuery({ queryKey: [...all, place, 'version', w, number], queryFn: () => content(client.GET('/wikis/{place}/pages/{w}/versions/{number}', { params: { path: { place, w, number } } })) })
}

export function useWikiDifferences(place: string, w: string, from: number, to: number) {
  return useQuery({ queryKey: [...all, place, 'differences', w, from, to], queryFn: () => content(client.GET('/wikis/{place}/pages/{w}/differences', { params: { path: { place, w }, query: { from, to } } })) })
}

export function useWikiPreview(place: string, words: string, enabled: boolean) {
  return useQuery({ queryKey: [...all, place, 'preview', words], queryFn: () => content(client.POST('/wikis/{place}/previews', { params: { path: { place } }, body: { words } })), enabled, staleTime: Infinity })
}

export function useChangeWiki(place: string) {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: [...all, place] })
  const header = (number: number) => ({ 'If-Match': `"${number}"` })
  return {
    create: useMutation({ mutationFn: (body: WikiWriting) => content(client.POST('/wikis/{place}/pages', { params: { path: { place } }, body })), onSuccess }),
    save: useMutation({ mutationFn: ({ w, number, body }: { w: string; number: number; body: WikiWriting }) => content(client.PUT('/wikis/{place}/pages/{w}', { params: { path: { place, w }, header: header(number) }, body })), onSuccess }),
    restore: useMutation({ mutationFn: ({ w, now, number }: { w: string; now: number; number: number }) => content(client.POST('/wikis/{place}/pages/{w}/versions/{number}/restore', { params: { path: { place, w, number }, header: header(now) }, body: {} })), onSuccess }),
    decide: useMutation({ mutationFn: ({ w, ...body }: { w: string; do: 'lock' | 'unlock' | 'remove' | 'return'; reason?: string }) => content(client.POST('/wikis/{place}/pages/{w}/state', { params: { path: { place, w } }, body })), onSuccess }),
    merge: useMutation({ mutationFn: ({ w, ...body }: { w: string; from: number; words: string }) => content(client.POST('/wikis/{place}/pages/{w}/merges', { params: { path: { place, w } }, body })) }),
    look: useMutation({ mutationFn: (w: string) => one(place, w) }),
  }
}
