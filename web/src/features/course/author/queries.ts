import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { usePages, wholeList } from '../../../api/pages'
import type { Answer, Course, CourseInput, Lesson, LessonKind, Text } from '../../../api/types'

export function useCourses(enabled = true) {
  return usePages(['courses'], (cursor) => content(client.GET('/courses', { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })), { enabled })
}

const courseQuery = (id: string) => ({ queryKey: ['courses', id], queryFn: () => content(client.GET('/courses/{id}', { params: { path: { id } } })) })

/** Reads a course as it is at this moment. */
export function useReadCourse(id: string) {
  const queries = useQueryClient()
  return () => queries.query({ ...courseQuery(id), staleTime: 0 })
}

export function useCourse(id: string) {
  return useQuery({
    ...courseQuery(id),
    // A video becomes ready while one looks at the page.
    refetchInterval: (q) => (q.state.data?.problems.some((p) => p.code === 'video_not_ready') ? 3_000 : false),
  })
}

/** The towns that a course can be offered to. */
export function useTowns(wanted: boolean) {
  return useQuery({
    queryKey: ['towns'],
    queryFn: () => wholeList((cursor) => content(client.GET('/towns', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } } }))),
    enabled: wanted,
  })
}

export function useNewCourse() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (body: { title: Text; languages: string[] }) => content(client.POST('/courses', { body })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['courses'] }),
  })
}

/** Everything that changes a course answers with the course as it is then. */
function useKeep(id: string) {
  const queries = useQueryClient()
  return {
    keep: (c: Course) => {
      queries.setQueryData(['courses', id], c)
      return queries.invalidateQueries({ queryKey: ['courses'], exact: true })
    },
    again: () => queries.invalidateQueries({ queryKey: ['courses', id] }),
    queries,
  }
}

/** Changes a course at the revision on which it was written. */
export function useSaveCourse(id: string) {
  const { keep, again } = useKeep(id)
  return useMutation({
    mutationFn: ({ rev, ...body }: CourseInput & { rev: string }) => content(client.PATCH('/courses/{id}', { params: { path: { id }, header: { 'If-Match': `"${rev}"` } }, body })),
    onSuccess: keep,
    onError: again, // somebody else may have been quicker
  })
}

export function useArrange(id: string) {
  const { keep, again, queries } = useKeep(id)
  return useMutation({
    mutationFn: (modules: Course['modules']) =>
      content(client.PUT('/courses/{id}/outline', { params: { path: { id } }, body: { modules: modules.map((m) => ({ id: m.id, lessons: m.lessons.map((l) => l.id) })) } })),
    // The new order stands at once; if the server refuses, its own comes back.
    onMutate: (modules) => queries.setQueryData<Course>(['courses', id], (c) => (c ? { ...c, modules } : c)),
    onSuccess: keep,
    onError: again,
  })
}

export function useAddModule(id: string) {
  const { keep } = useKeep(id)
  return useMutation({ mutationFn: (title: Text) => content(client.POST('/courses/{id}/modules', { params: { path: { id } }, body: { title } })), onSuccess: keep })
}

export function useRenameModule(id: string) {
  const { keep, again } = useKeep(id)
  return useMutation({
    mutationFn: ({ m, rev, title }: { m: string; rev: string; title: Text }) => content(client.PATCH('/courses/{id}/modules/{m}', { params: { path: { id, m }, header: { 'If-Match': `"${rev}"` } }, body: { title } })),
    onSuccess: keep,
    onError: again,
  })
}

export function useRemoveModule(id: string) {
  const { keep } = useKeep(id)
  return useMutation({ mutationFn: (m: string) => content(client.DELETE('/courses/{id}/modules/{m}', { params: { path: { id, m } } })), onSuccess: keep })
}

export function useAddLesson(id: string) {
  const { again } = useKeep(id)
  return useMutation({
    mutationFn: ({ m, ...body }: { m: string; kind: LessonKind; title: Text }) => content(client.POST('/courses/{id}/modules/{m}/lessons', { params: { path: { id, m } }, body })),
    onSuccess: again,
  })
}

export function useDraft(id: string, l: string) {
  return useQuery({
    queryKey: ['courses', id, 'lessons', l],
    queryFn: () => content(client.GET('/courses/{id}/lessons/{l}', { params: { path: { id, l } } })),
  })
}

export function useSaveDraft(id: string, l: string) {
  const { again, queries } = useKeep(id)
  return useMutation({
    mutationFn: ({ rev, title, optional, body, video, transcriptCounts, quiz, stops }: Lesson) =>
      content(
        client.PUT('/courses/{id}/lessons/{l}', {
          params: { path: { id, l }, header: { 'If-Match': `"${rev}"` } },
          body: { title, optional, body, video, transcriptCounts, ...(quiz ? { quiz } : {}), ...(stops ? { stops } : {}) },
        }),
      ),
    onSuccess: (lesson) => {
      queries.setQueryData(['courses', id, 'lessons', l], lesson)
      return again()
    },
    onError: () => queries.invalidateQueries({ queryKey: ['courses', id, 'lessons', l] }), // somebody else may have been quicker
  })
}

export function useRemoveLesson(id: string) {
  const { again } = useKeep(id)
  return useMutation({ mutationFn: (l: string) => content(client.DELETE('/courses/{id}/lessons/{l}', { params: { path: { id, l } } })), onSuccess: again })
}

export function usePublish(id: string) {
  const { again } = useKeep(id)
  return useMutation({ mutationFn: (body: { note?: string }) => content(client.POST('/courses/{id}/publish', { params: { path: { id } }, body })), onSuccess: again })
}

export function useUnpublish(id: string) {
  const { again } = useKeep(id)
  return useMutation({ mutationFn: () => content(client.POST('/courses/{id}/unpublish', { params: { path: { id } } })), onSuccess: again })
}

export function useDuplicate(id: string) {
  const { queries } = useKeep(id)
  return useMutation({
    mutationFn: () => content(client.POST('/courses/{id}/duplicate', { params: { path: { id } }, body: {} })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['courses'], exact: true }),
  })
}

export function useRemoveCourse(id: string) {
  const { queries } = useKeep(id)
  return useMutation({
    mutationFn: () => content(client.DELETE('/courses/{id}', { params: { path: { id } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['courses'], exact: true }),
  })
}

export function useVersions(id: string) {
  return useQuery({ queryKey: ['courses', id, 'versions'], queryFn: () => content(client.GET('/courses/{id}/versions', { params: { path: { id } } })) })
}

export function useMoveLearners(id: string) {
  const { queries } = useKeep(id)
  return useMutation({
    mutationFn: (n: number) => content(client.POST('/courses/{id}/versions/{n}/move-learners', { params: { path: { id, n } } })),
    onSuccess: () => queries.invalidateQueries({ queryKey: ['courses', id, 'versions'] }),
  })
}

export function useFaults(id: string) {
  return usePages(['courses', id, 'faults'], (cursor) => content(client.GET('/courses/{id}/faults', { params: { path: { id }, query: { limit: 50, ...(cursor ? { cursor } : {}) } } })))
}

export function usePreview(id: string) {
  return useQuery({ queryKey: ['courses', id, 'preview'], queryFn: () => content(client.GET('/courses/{id}/preview', { params: { path: { id } } })) })
}

export function usePreviewLesson(id: string, l: string) {
  return useQuery({
    queryKey: ['courses', id, 'preview', l],
    queryFn: () => content(client.GET('/courses/{id}/preview/lessons/{l}', { params: { path: { id, l } } })),
    staleTime: Infinity,
    gcTime: 0,
  })
}

/** Grades answers to the questions of a draft, without a trace. */
export function useTryQuiz(id: string, l: string) {
  return useMutation({ mutationFn: (answers: Answer[]) => content(client.POST('/courses/{id}/preview/lessons/{l}/attempt', { params: { path: { id, l } }, body: { answers } })) })
}

/** Grades an answer to a question in the video of a draft, without a trace. */
export function useTryStop(id: string, l: string) {
  return useMutation({ mutationFn: ({ id: s, answer }: { id: string; answer: Answer }) => content(client.POST('/courses/{id}/preview/lessons/{l}/stops/{s}', { params: { path: { id, l, s } }, body: answer })) })
}

/** How a lesson's video was watched; asked again while the server still counts. */
export function useHeat(id: string, l: string) {
  return useQuery({
    queryKey: ['courses', id, 'heat', l],
    queryFn: () => content(client.GET('/courses/{id}/lessons/{l}/heat', { params: { path: { id, l } } })),
    refetchInterval: (q) => (q.state.data?.counting ? 2_000 : false),
  })
}

export function useMarkdown() {
  return useMutation({ mutationFn: (body: { text: string; lang: string }) => content(client.POST('/markdown', { body })) })
}
