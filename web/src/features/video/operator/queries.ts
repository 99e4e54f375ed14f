import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { usePages, wholeList } from '../../../api/pages'

const often = 5_000

export function useLine() {
  return useQuery({ queryKey: ['video-line'], queryFn: () => content(client.GET('/video-line')), refetchInterval: often })
}

export function useJobs(failed: boolean) {
  return usePages(['video-jobs', failed], (cursor) => content(client.GET('/video-jobs', { params: { query: { limit: 50, failed, ...(cursor ? { cursor } : {}) } } })), { refetchInterval: often })
}

export function useRooms() {
  return usePages(['video-rooms'], (cursor) => content(client.GET('/video-rooms', { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })))
}

/** The towns, and what they are called. */
export function useTowns() {
  const towns = useQuery({
    queryKey: ['organisations', 'names'],
    queryFn: () => wholeList((cursor) => content(client.GET('/organisations', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } } }))),
    staleTime: 60_000,
  })
  const names = new Map(towns.data?.map((o) => [o.id, o.name]))
  return { all: towns.data ?? [], name: (id: string) => names.get(id) ?? id }
}

type Act = 'pause' | 'resume' | 'cancel' | 'retry'

/** What can be done with a video in the line. */
export function useAct() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ organisation, video: id, act }: { organisation: string; video: string; act: Act }) => {
      const params = { params: { path: { organisation, id } } }
      if (act === 'pause') return content(client.POST('/video-jobs/{organisation}/{id}/pause', params))
      if (act === 'resume') return content(client.POST('/video-jobs/{organisation}/{id}/resume', params))
      if (act === 'cancel') return content(client.POST('/video-jobs/{organisation}/{id}/cancel', params))
      return content(client.POST('/video-jobs/{organisation}/{id}/retry', params))
    },
    onSuccess: () => Promise.all([queries.invalidateQueries({ queryKey: ['video-jobs'] }), queries.invalidateQueries({ queryKey: ['video-line'] })]),
  })
}

export function usePauseLine() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (pause: boolean) => content(pause ? client.POST('/video-line/pause') : client.POST('/video-line/resume')),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['video-line'] }),
  })
}

export function useDrain() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, drain }: { id: string; drain: boolean }) => {
      const params = { params: { path: { id } } }
      return content(drain ? client.POST('/video-workers/{id}/drain', params) : client.POST('/video-workers/{id}/resume', params))
    },
    onSuccess: () => queries.invalidateQueries({ queryKey: ['video-line'] }),
  })
}

export function useSetRoom(organisation: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (limit: number) => content(client.PUT('/video-rooms/{organisation}', { params: { path: { organisation } }, body: { limit } })),
    onSuccess: () => Promise.all([queries.invalidateQueries({ queryKey: ['video-rooms'] }), queries.invalidateQueries({ queryKey: ['video-room'] })]),
  })
}

export function useRoomOf(organisation: string) {
  return useQuery({ queryKey: ['video-room', organisation], queryFn: () => content(client.GET('/video-room', { params: { query: { organisation } } })) })
}
