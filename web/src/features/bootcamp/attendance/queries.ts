import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import type { AttendanceRow } from '../../../api/types'

const key = (b: string, s: string) => ['bootcamps', 'attendance', b, s] as const

export function useAttendance(b: string, s: string) {
  return useQuery({ queryKey: key(b, s), queryFn: () => content(client.GET('/bootcamps/{b}/sessions/{s}/attendance', { params: { path: { b, s } } })), refetchInterval: 30_000 })
}

/** What the door shows, asked again when it shows something else. */
export function useDoorCode(b: string, s: string) {
  return useQuery({
    queryKey: [...key(b, s), 'code'],
    queryFn: () => content(client.GET('/bootcamps/{b}/sessions/{s}/attendance/code', { params: { path: { b, s } } })),
    staleTime: 0,
    refetchInterval: (query) => (query.state.data ? Math.max(1000, Date.parse(query.state.data.until) - Date.now() + 500) : 5000),
  })
}

export function useChangeAttendance(b: string, s: string) {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: key(b, s) })
  return {
    set: useMutation({ mutationFn: (body: { open: boolean; share: number }) => content(client.PUT('/bootcamps/{b}/sessions/{s}/attendance', { params: { path: { b, s } }, body })), onSuccess }),
    mark: useMutation({
      mutationFn: ({ p, ...body }: { p: string; state: AttendanceRow['state']; minutes: number; reason: string }) =>
        content(client.POST('/bootcamps/{b}/sessions/{s}/attendance/{p}/marks', { params: { path: { b, s, p } }, body })),
      onSuccess,
    }),
  }
}

export function useCheckIn(b: string, s: string) {
  return useMutation({ mutationFn: (code: string) => content(client.POST('/bootcamps/{b}/sessions/{s}/check-in', { params: { path: { b, s } }, body: { code } })) })
}
