import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { sendCaptions } from './uploader'

/** A video with its state; asked again while something is going on. */
export function useVideo(id: string) {
  return useQuery({
    queryKey: ['videos', id],
    queryFn: () => content(client.GET('/videos/{id}', { params: { path: { id } } })),
    enabled: id !== '',
    refetchInterval: (q) => (q.state.data && (q.state.data.state === 'ready' || q.state.data.state === 'failed') ? false : 2_000),
  })
}

export function useVideos() {
  return useQuery({ queryKey: ['videos'], queryFn: () => content(client.GET('/videos', { params: { query: { limit: 100 } } })) })
}

export function useRetry(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => content(client.POST('/videos/{id}/retry', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['videos', id] }),
  })
}

export function useSendCaptions(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ lang, file }: { lang: string; file: File }) => sendCaptions(id, lang, file),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['videos', id] }),
  })
}

export function useRemoveCaptions(id: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (lang: string) => content(client.DELETE('/videos/{id}/captions/{lang}', { params: { path: { id, lang } } })),
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
