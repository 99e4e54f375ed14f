import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../api/client'
import { usePages, wholeList } from '../../api/pages'
import type { BootcampChange, CohortChange, CohortMember, CohortSessionChange } from '../../api/types'

const all = ['bootcamps'] as const

export function useBootcamps() {
  return usePages([...all, 'list'], (cursor) => content(client.GET('/bootcamps', { params: { query: { limit: 24, ...(cursor ? { cursor } : {}) } } })))
}

export function useBootcamp(b: string) {
  return useQuery({ queryKey: [...all, 'one', b], queryFn: () => content(client.GET('/bootcamps/{b}', { params: { path: { b } } })) })
}

/** What a facilitator does with a bootcamp; every list that shows it is asked again. */
export function useChangeBootcamp() {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: all })
  return {
    make: useMutation({ mutationFn: (body: BootcampChange) => content(client.POST('/bootcamps', { body })), onSuccess }),
    change: useMutation({
      mutationFn: ({ b, edition, ...body }: BootcampChange & { b: string; edition: string }) =>
        content(client.PATCH('/bootcamps/{b}', { params: { path: { b }, header: { 'If-Match': `"${edition}"` } }, body })),
      onSuccess,
      onError: onSuccess, // somebody else may have been quicker
    }),
    turn: useMutation({ mutationFn: ({ b, state }: { b: string; state: 'open' | 'closed' | 'cancelled' }) => content(client.PUT('/bootcamps/{b}/state', { params: { path: { b } }, body: { state } })), onSuccess }),
    remove: useMutation({ mutationFn: (b: string) => content(client.DELETE('/bootcamps/{b}', { params: { path: { b } } })), onSuccess }),
  }
}

export function useChangeCohort(b: string) {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: all })
  return {
    make: useMutation({ mutationFn: (body: CohortChange) => content(client.POST('/bootcamps/{b}/cohorts', { params: { path: { b } }, body })), onSuccess }),
    change: useMutation({
      mutationFn: ({ c, edition, ...body }: CohortChange & { c: string; edition: string }) =>
        content(client.PATCH('/bootcamps/{b}/cohorts/{c}', { params: { path: { b, c }, header: { 'If-Match': `"${edition}"` } }, body })),
      onSuccess,
      onError: onSuccess,
    }),
    remove: useMutation({ mutationFn: (c: string) => content(client.DELETE('/bootcamps/{b}/cohorts/{c}', { params: { path: { b, c } } })), onSuccess }),
    join: useMutation({ mutationFn: (c: string) => content(client.PUT('/bootcamps/{b}/cohorts/{c}/place', { params: { path: { b, c } } })), onSuccess }),
    leave: useMutation({ mutationFn: (c: string) => content(client.DELETE('/bootcamps/{b}/cohorts/{c}/place', { params: { path: { b, c } } })), onSuccess }),
  }
}

type State = CohortMember['state']

export function useCohortMembers(b: string, c: string, state: State) {
  return usePages([...all, 'members', b, c, state], (cursor) =>
    content(client.GET('/bootcamps/{b}/cohorts/{c}/members', { params: { path: { b, c }, query: { state, limit: 50, ...(cursor ? { cursor } : {}) } } })),
  )
}

export function useChangeMembers(b: string, c: string) {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: all })
  return {
    change: useMutation({
      mutationFn: ({ p, ...body }: { p: string; answer?: boolean; role?: CohortMember['role'] }) =>
        content(client.PATCH('/bootcamps/{b}/cohorts/{c}/members/{p}', { params: { path: { b, c, p } }, body })),
      onSuccess,
    }),
    remove: useMutation({ mutationFn: (p: string) => content(client.DELETE('/bootcamps/{b}/cohorts/{c}/members/{p}', { params: { path: { b, c, p } } })), onSuccess }),
    invite: useMutation({
      mutationFn: (body: { role: CohortMember['role']; guests: { email: string }[] }) => content(client.POST('/bootcamps/{b}/cohorts/{c}/invitations', { params: { path: { b, c } }, body })),
      onSuccess,
    }),
    link: useMutation({ mutationFn: () => content(client.POST('/bootcamps/{b}/cohorts/{c}/link', { params: { path: { b, c } } })), onSuccess }),
    unlink: useMutation({ mutationFn: () => content(client.DELETE('/bootcamps/{b}/cohorts/{c}/link', { params: { path: { b, c } } })), onSuccess }),
  }
}

export function useLinked(secret: string) {
  return useQuery({ queryKey: [...all, 'link', secret], queryFn: () => content(client.GET('/cohort-links/{secret}', { params: { path: { secret } } })), retry: false })
}

export function useJoinByLink(secret: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => content(client.POST('/cohort-links/{secret}', { params: { path: { secret } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: all }),
  })
}

export function useSessions(b: string, c: string) {
  return useQuery({
    queryKey: [...all, 'sessions', b, c],
    queryFn: () => wholeList((cursor) => content(client.GET('/bootcamps/{b}/cohorts/{c}/sessions', { params: { path: { b, c }, query: { limit: 200, ...(cursor ? { cursor } : {}) } } }))),
  })
}

export function useSession(b: string, s: string) {
  return useQuery({ queryKey: [...all, 'session', b, s], queryFn: () => content(client.GET('/bootcamps/{b}/sessions/{s}', { params: { path: { b, s } } })) })
}

export function useChangeSessions(b: string) {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: all })
  return {
    add: useMutation({ mutationFn: ({ c, ...body }: CohortSessionChange & { c: string }) => content(client.POST('/bootcamps/{b}/cohorts/{c}/sessions', { params: { path: { b, c } }, body })), onSuccess }),
    change: useMutation({
      mutationFn: ({ s, edition, ...body }: CohortSessionChange & { s: string; edition: string }) =>
        content(client.PATCH('/bootcamps/{b}/sessions/{s}', { params: { path: { b, s }, header: { 'If-Match': `"${edition}"` } }, body })),
      onSuccess,
      onError: onSuccess,
    }),
    cancel: useMutation({ mutationFn: (s: string) => content(client.POST('/bootcamps/{b}/sessions/{s}/cancel', { params: { path: { b, s } } })), onSuccess }),
    copy: useMutation({
      mutationFn: ({ s, cohort, local }: { s: string; cohort: string; local: string }) => content(client.POST('/bootcamps/{b}/sessions/{s}/copies', { params: { path: { b, s } }, body: { cohort, local } })),
      onSuccess,
    }),
  }
}

/** Reads a table of people, or invites them. */
export function useImport(b: string, c: string) {
  const queries = useQueryClient()
  const send = (body: { file: string; role: CohortMember['role']; do?: boolean }) => content(client.POST('/bootcamps/{b}/cohorts/{c}/import', { params: { path: { b, c } }, body }))
  return {
    read: useMutation({ mutationFn: (body: { file: string; role: CohortMember['role'] }) => send(body) }),
    take: useMutation({ mutationFn: (body: { file: string; role: CohortMember['role'] }) => send({ ...body, do: true }), onSuccess: () => queries.invalidateQueries({ queryKey: all }) }),
  }
}

/** What a run-sheet is taken from: a template, a cohort, or one session. */
export type SheetFrom = { template: string } | { bootcamp: string; cohort: string } | { bootcamp: string; session: string }

export function useSheets() {
  return usePages([...all, 'sheets'], (cursor) => content(client.GET('/run-sheets', { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })))
}

export function useSheet(t: string) {
  return useQuery({ queryKey: [...all, 'sheet', t], queryFn: () => content(client.GET('/run-sheets/{t}', { params: { path: { t } } })) })
}

export function useChangeSheets() {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: all })
  return {
    keep: useMutation({ mutationFn: (body: { name: string; from: SheetFrom }) => content(client.POST('/run-sheets', { body })), onSuccess }),
    rename: useMutation({
      mutationFn: ({ of, name }: { of: { id: string; edition: number }; name: string }) =>
        content(client.PATCH('/run-sheets/{t}', { params: { path: { t: of.id }, header: { 'If-Match': `"${of.edition}"` } }, body: { name } })),
      onSuccess,
    }),
    drop: useMutation({ mutationFn: (t: string) => content(client.DELETE('/run-sheets/{t}', { params: { path: { t } } })), onSuccess }),
  }
}

/** Tries a copy of a run-sheet, or plans it: with a key, once. */
export function useCopySheet(b: string, c: string) {
  const queries = useQueryClient()
  const copy = (body: { from: SheetFrom; first: string; key?: string }) => content(client.POST('/bootcamps/{b}/cohorts/{c}/run-sheet', { params: { path: { b, c } }, body }))
  return {
    trial: useMutation({ mutationFn: (body: { from: SheetFrom; first: string }) => copy(body) }),
    plan: useMutation({ mutationFn: (body: { from: SheetFrom; first: string; key: string }) => copy(body), onSuccess: () => queries.invalidateQueries({ queryKey: all }) }),
  }
}

/** The courses and lessons to which an agenda item can lead. */
export function useCourseChoices() {
  return useQuery({ queryKey: [...all, 'courses'], queryFn: () => wholeList((cursor) => content(client.GET('/catalogue', { params: { query: { limit: 100, ...(cursor ? { cursor } : {}) } } }))) })
}

export function useLessonChoices(course: string) {
  return useQuery({ queryKey: [...all, 'course', course], queryFn: () => content(client.GET('/catalogue/{id}', { params: { path: { id: course } } })), enabled: course !== '' })
}

export function useCalendar() {
  return useQuery({ queryKey: [...all, 'calendar'], queryFn: () => content(client.GET('/me/calendar')) })
}

export function useChangeCalendar() {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: [...all, 'calendar'] })
  return {
    make: useMutation({ mutationFn: () => content(client.POST('/me/calendar')), onSuccess }),
    end: useMutation({ mutationFn: () => content(client.DELETE('/me/calendar')), onSuccess }),
  }
}

export function useTownChoices() {
  return useQuery({ queryKey: ['towns', 'choices'], queryFn: () => wholeList((cursor) => content(client.GET('/towns', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } } }))) })
}
