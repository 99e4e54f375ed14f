import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { usePages, wholeList } from '../../../api/pages'
import type { BootcampOutput, BootcampOutputChange, FigureLine, HelpdeskVisit, HelpdeskVisitChange } from '../../../api/types'

const all = ['figures'] as const

/** Figures of a bootcamp, or with '' of the whole town, as of a day; '' is today. */
export function useFigures(bootcamp: string, asOf: string) {
  const query = asOf ? { asOf } : {}
  return useQuery({
    queryKey: [...all, bootcamp, asOf],
    queryFn: () => (bootcamp ? content(client.GET('/bootcamps/{b}/figures', { params: { path: { b: bootcamp }, query } })) : content(client.GET('/figures', { params: { query } }))),
  })
}

export type Chosen = Pick<FigureLine, 'what' | 'by' | 'part'>

export function useFigureRecords(bootcamp: string, asOf: string, of: Chosen) {
  return usePages([...all, 'records', bootcamp, asOf, of], (cursor) => {
    const what = of.what === 'anybody' ? 'presence' : of.what
    const query = { what, ...(of.by ? { by: of.by, part: of.part } : {}), ...(asOf ? { asOf } : {}), limit: 50, ...(cursor ? { cursor } : {}) }
    return bootcamp ? content(client.GET('/bootcamps/{b}/figures/records', { params: { path: { b: bootcamp }, query } })) : content(client.GET('/figures/records', { params: { query } }))
  })
}

/** Visits to the help-desk of a bootcamp, or with a cohort of that one. */
export function useVisits(b: string, cohort: string) {
  return usePages([...all, 'visits', b, cohort], (cursor) =>
    content(client.GET('/bootcamps/{b}/visits', { params: { path: { b }, query: { limit: 20, ...(cohort ? { cohort } : {}), ...(cursor ? { cursor } : {}) } } })),
  )
}

export function useOutputs(b: string, cohort: string) {
  return usePages([...all, 'outputs', b, cohort], (cursor) =>
    content(client.GET('/bootcamps/{b}/outputs', { params: { path: { b }, query: { limit: 20, ...(cohort ? { cohort } : {}), ...(cursor ? { cursor } : {}) } } })),
  )
}

/** A few published practices with these words, for choosing one. */
export function usePracticesFound(q: string) {
  return useQuery({ queryKey: ['practices', 'found', q], enabled: q.length > 1, queryFn: () => content(client.GET('/practices', { params: { query: { q, sort: 'use', limit: 5 } } })) })
}

/** What is entered by hand; the figures are asked for again. */
export function useEnter(b: string) {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: all })
  return {
    addVisit: useMutation({ mutationFn: (body: HelpdeskVisitChange) => content(client.POST('/bootcamps/{b}/visits', { params: { path: { b } }, body })), onSuccess }),
    changeVisit: useMutation({
      mutationFn: ({ of, ...body }: HelpdeskVisitChange & { of: HelpdeskVisit }) =>
        content(client.PUT('/bootcamps/{b}/visits/{v}', { params: { path: { b, v: of.id }, header: { 'If-Match': `"${of.edition}"` } }, body })),
      onSuccess,
    }),
    endVisit: useMutation({ mutationFn: ({ v, reason }: { v: string; reason: string }) => content(client.POST('/bootcamps/{b}/visits/{v}/withdraw', { params: { path: { b, v } }, body: { reason } })), onSuccess }),
    addOutput: useMutation({ mutationFn: (body: BootcampOutputChange) => content(client.POST('/bootcamps/{b}/outputs', { params: { path: { b } }, body })), onSuccess }),
    changeOutput: useMutation({
      mutationFn: ({ of, ...body }: BootcampOutputChange & { of: BootcampOutput }) =>
        content(client.PUT('/bootcamps/{b}/outputs/{o}', { params: { path: { b, o: of.id }, header: { 'If-Match': `"${of.edition}"` } }, body })),
      onSuccess,
    }),
    endOutput: useMutation({ mutationFn: ({ o, reason }: { o: string; reason: string }) => content(client.POST('/bootcamps/{b}/outputs/{o}/withdraw', { params: { path: { b, o } }, body: { reason } })), onSuccess }),
  }
}

export function useLessonChoices(course: string) {
  const courses = useQuery({
    queryKey: [...all, 'courses'],
    queryFn: () => wholeList((cursor) => content(client.GET('/catalogue', { params: { query: { limit: 100, ...(cursor ? { cursor } : {}) } } }))),
  })
  const chosen = useQuery({ queryKey: [...all, 'course', course], queryFn: () => content(client.GET('/catalogue/{id}', { params: { path: { id: course } } })), enabled: course !== '' })
  return { courses: courses.data ?? [], lessons: chosen.data?.modules.flatMap((m) => m.lessons) ?? [] }
}
