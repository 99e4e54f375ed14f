import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'

/** What erasing oneself would mean, or a member: undefined is oneself. */
export function useErasure(member: string | undefined, enabled = true) {
  return useQuery({
    queryKey: ['erasure', member ?? 'me'],
    enabled,
    queryFn: () => content(member === undefined ? client.GET('/me/erasure') : client.GET('/members/{id}/erasure', { params: { path: { id: member } } })),
  })
}

export function useErase(member: string | undefined) {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['erasure'] })
  return {
    /** `proof` is one's own password, or the member's e-mail address. */
    ask: useMutation({
      mutationFn: (proof: string) =>
        content(member === undefined ? client.POST('/me/erasure', { body: { password: proof } }) : client.POST('/members/{id}/erasure', { params: { path: { id: member } }, body: { email: proof } })),
      onSuccess,
    }),
    undo: useMutation({ mutationFn: () => content(member === undefined ? client.DELETE('/me/erasure') : client.DELETE('/members/{id}/erasure', { params: { path: { id: member } } })), onSuccess }),
  }
}
