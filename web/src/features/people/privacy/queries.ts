import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { usePages } from '../../../api/pages'

/** What erasing oneself would mean, or a member: undefined is oneself; in one of the own towns, or '' everywhere. */
export function useErasure(member: string | undefined, organisation = '') {
  return useQuery({
    queryKey: ['erasure', member ?? 'me', organisation],
    queryFn: () => content(member === undefined ? client.GET('/me/erasure', { params: { query: organisation ? { organisation } : {} } }) : client.GET('/members/{id}/erasure', { params: { path: { id: member } } })),
  })
}

export function useErase(member: string | undefined, organisation = '') {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['erasure'] })
  return {
    /** `proof` is one's own password, or the member's e-mail address. */
    ask: useMutation({
      mutationFn: (proof: string) =>
        content(member === undefined ? client.POST('/me/erasure', { body: { password: proof, ...(organisation ? { organisation } : {}) } }) : client.POST('/members/{id}/erasure', { params: { path: { id: member } }, body: { email: proof } })),
      onSuccess,
    }),
    undo: useMutation({ mutationFn: () => content(member === undefined ? client.DELETE('/me/erasure', { params: { query: organisation ? { organisation } : {} } }) : client.DELETE('/members/{id}/erasure', { params: { path: { id: member } } })), onSuccess }),
  }
}

/** What is asked for in the town. */
export function useErasures() {
  return usePages(['erasure', 'asked'], (cursor) => content(client.GET('/erasures', { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })))
}

/** What was carried out. */
export function useErased() {
  return usePages(['erasure', 'done'], (cursor) => content(client.GET('/erased', { params: { query: { limit: 50, ...(cursor ? { cursor } : {}) } } })))
}
