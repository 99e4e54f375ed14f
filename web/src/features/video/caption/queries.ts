import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError, client, content } from '../../../api/client'
import type { Cues } from '../../../api/types'
import type { Sent } from './edit'

export type Kind = Cues['track']['kind']
export const kinds: readonly Kind[] = ['captions', 'descriptions', 'chapters']

export function isKind(x: string): x is Kind {
  return kinds.some((k) => k === x)
}

const path = (id: string, kind: Kind, lang: string) => ({ path: { id, lang }, query: { kind } })

/** A track to be edited; null: there is none yet. */
export function useCues(id: string, kind: Kind, lang: string) {
  return useQuery({
    queryKey: ['videos', id, 'cues', kind, lang],
    queryFn: async () => {
      try {
        return await content(client.GET('/videos/{id}/captions/{lang}/cues', { params: path(id, kind, lang) }))
      } catch (e) {
        if (e instanceof ApiError && e.code === 'video.no_captions') return null
        throw e
      }
    },
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
}

/** The cues as the server takes them: empty ones are none. */
export function toBody(lines: readonly Sent[]) {
  return lines.filter((l) => l.text.trim() !== '').map((l) => ({ start: l.start, end: l.end, text: l.text, ...(l.voice ? { voice: l.voice } : {}), ...(l.place ? { place: l.place } : {}) }))
}

export function useSaveCues(id: string, kind: Kind, lang: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ lines, tag, checked }: { lines: readonly Sent[]; tag: string; checked: boolean }) =>
      content(
        client.PUT('/videos/{id}/captions/{lang}/cues', {
          params: { ...path(id, kind, lang), header: tag ? { 'If-Match': tag === '*' ? tag : `"${tag}"` } : { 'If-None-Match': '*' } },
          body: { cues: toBody(lines), ...(checked ? { checked } : {}) },
        }),
      ),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['videos', id], exact: true }),
  })
}

/** What is wrong with cues as they are; asked anew when the server has listened to the sound. */
export function useReview(id: string, kind: Kind, lang: string, lines: readonly Sent[], heard: boolean) {
  const cues = toBody(lines)
  return useQuery({
    queryKey: ['videos', id, 'review', kind, lang, heard, cues],
    queryFn: () => content(client.POST('/videos/{id}/captions/{lang}/review', { params: path(id, kind, lang), body: { cues } })),
    enabled: cues.length > 0,
    placeholderData: (before) => before,
    gcTime: 0,
    retry: false,
  })
}

export function useAlign(id: string) {
  return useMutation({ mutationFn: (text: string) => content(client.POST('/videos/{id}/align', { params: { path: { id } }, body: { text } })) })
}

/** How loud the sound is; asked again until the server has listened. */
export function useLevels(id: string) {
  return useQuery({
    queryKey: ['videos', id, 'levels'],
    queryFn: () => content(client.GET('/videos/{id}/levels', { params: { path: { id } } })),
    refetchInterval: (q) => (q.state.data?.state === 'waiting' || q.state.data?.state === 'working' ? 1_500 : false),
    staleTime: Infinity,
    retry: false,
  })
}

export function useVideoPlayback(id: string) {
  return useQuery({
    queryKey: ['videos', id, 'playback'],
    queryFn: () => content(client.GET('/videos/{id}/playback', { params: { path: { id } } })),
    staleTime: Infinity,
    gcTime: 0,
  })
}
