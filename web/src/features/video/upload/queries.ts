import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { ApiError, client, content } from '../../../api/client'
import { usePages } from '../../../api/pages'
import type { Video } from '../../../api/types'
import type { Kind } from '../caption/queries'
import { sendCaptions } from './uploader'

/** Milliseconds after which videos of which nothing goes on are asked for again: an operator may set a failed video going. */
export const seldom = 15_000
/** And where something goes on. */
export const often = 3_000

/** A video with its state; asked again while something is going on. */
export function useVideo(id: string) {
  return useQuery({
    queryKey: ['videos', id],
    queryFn: () => content(client.GET('/videos/{id}', { params: { path: { id } } })),
    enabled: id !== '',
    refetchInterval: (q) => {
      if (!q.state.data || q.state.data.next) return 2_000
      return q.state.data.state === 'ready' ? false : q.state.data.state === 'failed' ? seldom : 2_000
    },
  })
}

/** The town's videos; `every`: asked for again after so many milliseconds, which only their own page needs. */
export function useVideos(every?: number) {
  return usePages(['videos', 'list'], (cursor) => content(client.GET('/videos', { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })), every ? { refetchInterval: every } : {})
}

export function useRetry(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => content(client.POST('/videos/{id}/retry', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['videos'] }),
  })
}

/** Deletes a video. Where `out` takes it out of its lesson first, it is no failure if something else still shows it. */
export function useDeleteVideo(out: (() => Promise<unknown>) | undefined, told: (kept: boolean) => void) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: async (id: string) => {
      await out?.()
      try {
        await content(client.DELETE('/videos/{id}', { params: { path: { id } } }))
        return false
      } catch (e) {
        if (out && e instanceof ApiError && e.code === 'video.in_use') return true
        throw e
      }
    },
    onSuccess: (kept) => {
      told(kept)
      return queries.invalidateQueries({ queryKey: ['videos'] })
    },
  })
}

export function useSendCaptions(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ kind, lang, file }: { kind: Kind; lang: string; file: File }) => sendCaptions(id, kind, lang, file),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['videos', id] }),
  })
}

/** Whether a machine can write down what is said, and whether it does; asked again until it is done. */
export function useSpeech(id: string, lang: string, tracks: number) {
  return useQuery({
    queryKey: ['videos', id, 'speech', lang, tracks],
    queryFn: () => content(client.GET('/videos/{id}/speech', { params: { path: { id }, query: { lang } } })),
    refetchInterval: (q) => (q.state.data?.state === 'waiting' || q.state.data?.state === 'working' ? 2_000 : false),
    enabled: lang !== '',
  })
}

export function useTranscribe(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { lang: string; again: boolean }) => content(client.POST('/videos/{id}/speech', { params: { path: { id } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['videos', id, 'speech'] }),
  })
}

export function useRemoveCaptions(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ kind, lang }: { kind: Kind; lang: string }) => content(client.DELETE('/videos/{id}/captions/{lang}', { params: { path: { id, lang }, query: { kind } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['videos', id] }),
  })
}

export function useCancelUpload(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (upload: string) => content(client.DELETE('/uploads/{id}', { params: { path: { id: upload } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['videos', id] }),
  })
}

/** Own uploads that are not finished, from whatever machine; asked again while the server fetches one. */
export function useOpenUploads() {
  return useQuery({
    queryKey: ['uploads'],
    queryFn: () => content(client.GET('/uploads')),
    refetchInterval: (q) => (q.state.data?.items.some((u) => u.import && !u.import.reason) ? 3_000 : false),
  })
}

export function useDropUpload() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => content(client.DELETE('/uploads/{id}', { params: { path: { id } } })),
    onSuccess: () => Promise.all(['uploads', 'videos', 'video-room'].map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  })
}

export function useImport() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (address: string) => content(client.POST('/imports', { body: { address } })),
    onSuccess: () => Promise.all(['uploads', 'videos', 'video-room'].map((key) => queries.invalidateQueries({ queryKey: [key] }))),
  })
}

export function useRetryImport() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (id: string) => content(client.POST('/uploads/{id}/retry', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['uploads'] }),
  })
}

/** How much room the town's files take, and from where the server may fetch some. */
export function useRoom() {
  return useQuery({ queryKey: ['video-room'], queryFn: () => content(client.GET('/video-room')) })
}

export function useKeepOld(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => content(client.DELETE('/videos/{id}/replacement', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['videos'] }),
  })
}

export function useSetAccess(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: Pick<Video['access'], 'lang' | 'noSpeech' | 'undescribed'>) => content(client.PUT('/videos/{id}/access', { params: { path: { id } }, body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['videos', id] }),
  })
}
