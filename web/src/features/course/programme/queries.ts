import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { usePages } from '../../../api/pages'

/** The programmes one may begin, or look at. */
export function useProgrammeOffers(q: string) {
  return usePages(['programmes', 'offers', q], (cursor) => content(client.GET('/programme-catalogue', { params: { query: { limit: 24, ...(q ? { q } : {}), ...(cursor ? { cursor } : {}) } } })))
}

export function useProgramme(id: string) {
  return useQuery({ queryKey: ['programmes', 'offer', id], queryFn: () => content(client.GET('/programme-catalogue/{id}', { params: { path: { id } } })) })
}

export function useBeginProgramme() {
  const queries = useQueryClient()
  return useMutation({
    mutationFn: (programme: string) => content(client.POST('/programme-enrolments', { body: { programme } })),
    onSuccess: (study) => {
      queries.setQueryData(['programmes', 'offer', study.id], study)
      return Promise.all(['home', 'catalogue', 'catalogue-course', 'enrolments', 'programmes'].map((k) => queries.invalidateQueries({ queryKey: [k] })))
    },
  })
}

export function useMyProgrammes(state: 'open' | 'complete') {
  return usePages(['programmes', 'mine', state], (cursor) => content(client.GET('/programme-enrolments', { params: { query: { limit: 24, state, ...(cursor ? { cursor } : {}) } } })))
}
