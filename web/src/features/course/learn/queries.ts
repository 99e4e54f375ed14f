import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { usePages } from '../../../api/pages'
import type { Answer, EnrolledLesson, LessonFile, OwnNote } from '../../../api/types'

export function useCatalogue(q: string) {
  return usePages(['catalogue', 'list', q], (cursor) => content(client.GET('/catalogue', { params: { query: { limit: 48, ...(q ? { q } : {}), ...(cursor ? { cursor } : {}) } } })))
}

export function useCatalogueCourse(id: string) {
  return useQuery({ queryKey: ['catalogue-course', id], queryFn: () => content(client.GET('/catalogue/{id}', { params: { path: { id } } })) })
}

export function useEnrol() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (course: string) => content(client.POST('/enrolments', { body: { course } })),
    onSuccess: () => Promise.all(['home', 'catalogue', 'catalogue-course', 'enrolments'].map((k) => queries.invalidateQueries({ queryKey: [k] }))),
  })
}

export function useEnrolments(state: 'open' | 'complete') {
  return usePages(['enrolments', 'list', state], (cursor) => content(client.GET('/enrolments', { params: { query: { limit: 50, state, ...(cursor ? { cursor } : {}) } } })))
}

export function useEnrolment(e: string) {
  return useQuery({ queryKey: ['enrolments', e], queryFn: () => content(client.GET('/enrolments/{e}', { params: { path: { e } } })) })
}

/** Where something is said in the videos of a course. */
export function useSaid(e: string, q: string, lang: string) {
  return useQuery({
    queryKey: ['enrolments', e, 'said', q, lang],
    queryFn: () => content(client.GET('/enrolments/{e}/said', { params: { path: { e }, query: { q, lang } } })),
    enabled: q !== '',
    retry: false,
  })
}

export function useLesson(e: string, l: string) {
  return useQuery({ queryKey: ['enrolments', e, 'lessons', l], queryFn: () => content(client.GET('/enrolments/{e}/lessons/{l}', { params: { path: { e, l } } })) })
}

/** A playback is granted once per visit: the server counts the time from its grant. */
export function usePlayback(e: string, l: string, ready: boolean) {
  return useQuery({
    queryKey: ['playback', e, l],
    queryFn: () => content(client.POST('/enrolments/{e}/lessons/{l}/playback', { params: { path: { e, l } } })),
    enabled: ready,
    staleTime: Infinity,
    gcTime: 0,
    refetchOnWindowFocus: false,
    refetchOnReconnect: false,
  })
}

export function useReadText(e: string, l: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => content(client.POST('/enrolments/{e}/lessons/{l}/read', { params: { path: { e, l } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['enrolments', e] }),
  })
}

export function useReadTranscript(e: string, l: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => content(client.POST('/enrolments/{e}/lessons/{l}/transcript-read', { params: { path: { e, l } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['enrolments', e] }),
  })
}

/** Answers a question at which a video stops; the lesson is then as the server says. */
export function useAnswerStop(e: string, l: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, answer }: { id: string; answer: Answer }) => content(client.POST('/enrolments/{e}/lessons/{l}/stops/{s}', { params: { path: { e, l, s: id } }, body: answer })),
    onSuccess: (stop) => {
      queries.setQueryData<EnrolledLesson>(['enrolments', e, 'lessons', l], (lesson) =>
        lesson?.video ? { ...lesson, video: { ...lesson.video, stops: lesson.video.stops.map((s) => (s.id === stop.id ? stop : s)) } } : lesson,
      )
      void queries.invalidateQueries({ queryKey: ['enrolments', e] })
    },
  })
}

/** The files of a lesson's video that can be taken along. */
export function useLessonFiles(e: string, l: string, wanted: boolean) {
  return useQuery({ queryKey: ['enrolments', e, 'lessons', l, 'files'], queryFn: () => content(client.GET('/enrolments/{e}/lessons/{l}/files', { params: { path: { e, l } } })), enabled: wanted })
}

export function useTakeAlong(e: string, l: string) {
  return useMutation({
    mutationFn: ({ what, lang, format }: Pick<LessonFile, 'what' | 'lang' | 'format'>) =>
      content(client.POST('/enrolments/{e}/lessons/{l}/files', { params: { path: { e, l } }, body: { what, format, ...(lang ? { lang } : {}) } })),
  })
}

/** Own notes in a course, or in one lesson of it. */
export function useNotes(e: string, lesson: string, q = '') {
  return usePages(['notes', e, lesson, q], (cursor) =>
    content(client.GET('/enrolments/{e}/notes', { params: { path: { e }, query: { limit: 100, ...(lesson ? { lesson } : {}), ...(q ? { q } : {}), ...(cursor ? { cursor } : {}) } } })),
  )
}

export function useChangeNotes(e: string) {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['notes', e] })
  return {
    add: useMutation({ mutationFn: ({ lesson, ...body }: { lesson: string; at: number; text: string }) => content(client.POST('/enrolments/{e}/lessons/{l}/notes', { params: { path: { e, l: lesson } }, body })), onSuccess }),
    change: useMutation({
      mutationFn: ({ note, text }: { note: OwnNote; text: string }) =>
        content(client.PATCH('/enrolments/{e}/notes/{n}', { params: { path: { e, n: note.id }, header: { 'If-Match': `"${note.rev}"` } }, body: { text } })),
      onSuccess,
    }),
    remove: useMutation({ mutationFn: (n: string) => content(client.DELETE('/enrolments/{e}/notes/{n}', { params: { path: { e, n } } })), onSuccess }),
  }
}

export function useReportFault(e: string, l: string) {
  return useMutation({
    mutationFn: (body: { text: string; position?: number }) => content(client.POST('/enrolments/{e}/lessons/{l}/faults', { params: { path: { e, l } }, body })),
  })
}

export function useBeginAttempt(e: string, l: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: () => content(client.POST('/enrolments/{e}/lessons/{l}/attempts', { params: { path: { e, l } } })),
    onSuccess: (a) => queries.setQueryData(['attempts', a.id], a),
  })
}

export function useAttempt(id: string | undefined) {
  return useQuery({
    queryKey: ['attempts', id],
    queryFn: () => content(client.GET('/attempts/{a}', { params: { path: { a: id ?? '' } } })),
    enabled: id !== undefined,
    staleTime: Infinity,
  })
}

export function useHandIn(e: string) {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: ({ id, answers }: { id: string; answers: Answer[] }) => content(client.POST('/attempts/{a}', { params: { path: { a: id } }, body: { answers } })),
    onSuccess: async (a) => {
      queries.setQueryData(['attempts', a.id], a)
      await queries.invalidateQueries({ queryKey: ['enrolments', e] })
    },
  })
}

export function useCertificate(id: string) {
  return useQuery({ queryKey: ['certificates', id], queryFn: () => content(client.GET('/certificates/{id}', { params: { path: { id } } })) })
}
