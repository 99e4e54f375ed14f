import { useMutation, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { usePages } from '../../../api/pages'
import type { CredentialChange, CredentialInput } from '../../../api/types'

/** Credentials of a town's record store; '' is the own town. */
export function useCredentials(organisation: string, enabled: boolean) {
  return usePages(
    ['store', 'credentials', organisation],
    (cursor) => content(client.GET('/record-credentials', { params: { query: { limit: 50, ...(organisation ? { organisation } : {}), ...(cursor ? { cursor } : {}) } } })),
    { enabled },
  )
}

export function useChangeCredentials() {
  const queries = useQueryClient()
  const onSuccess = () => queries.invalidateQueries({ queryKey: ['store', 'credentials'] })
  return {
    make: useMutation({ mutationFn: (body: CredentialInput) => content(client.POST('/record-credentials', { body })), onSuccess }),
    change: useMutation({ mutationFn: ({ id, body }: { id: string; body: CredentialChange }) => content(client.PATCH('/record-credentials/{id}', { params: { path: { id } }, body })), onSuccess }),
    rotate: useMutation({ mutationFn: (id: string) => content(client.POST('/record-credentials/{id}/rotate', { params: { path: { id } } })), onSuccess }),
    revoke: useMutation({ mutationFn: (id: string) => content(client.DELETE('/record-credentials/{id}', { params: { path: { id } } })), onSuccess }),
  }
}
