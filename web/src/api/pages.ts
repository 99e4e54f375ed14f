import { type QueryKey, useInfiniteQuery } from '@tanstack/react-query'
import { useEffect } from 'react'

interface Page<T> {
  items: T[]
  /** Where the next page begins; '' after the last. */
  next: string
}

/** A list that grows page by page. */
export interface Pages<T> {
  data: { items: T[] } | undefined
  error: unknown
  refetch: () => unknown
  /** Loads the next page; undefined if there is none. */
  more: (() => void) | undefined
  loading: boolean
  /** Whether more than the first page has been asked for. */
  turned: boolean
}

/** Follows the server's cursors. It may answer with an empty page and a cursor when it had to search: then the next one
 *  is asked for at once. */
export function usePages<T>(queryKey: QueryKey, page: (cursor: string) => Promise<Page<T>>, options: { refetchInterval?: number; enabled?: boolean; staleTime?: number } = {}): Pages<T> {
  const { data, error, refetch, fetchNextPage, hasNextPage, isFetchingNextPage, isFetchNextPageError } = useInfiniteQuery({
    queryKey,
    queryFn: ({ pageParam }) => page(pageParam),
    initialPageParam: '',
    getNextPageParam: (last) => (last.next === '' ? undefined : last.next),
    ...options,
  })
  const items = data?.pages.flatMap((p) => p.items)
  const hungry = items?.length === 0 && hasNextPage && !isFetchingNextPage && !isFetchNextPageError
  useEffect(() => {
    if (hungry) void fetchNextPage()
  }, [hungry, fetchNextPage])
  return {
    data: items && !hungry ? { items } : undefined,
    error,
    refetch,
    more: hasNextPage ? () => void fetchNextPage() : undefined,
    loading: isFetchingNextPage,
    turned: (data?.pages.length ?? 0) > 1,
  }
}

/** Two lists as one: the second begins where the first has ended. */
export function joinPages<T>(a: Pages<T>, b: Pages<T>): Pages<T> {
  return {
    data: a.data && b.data ? { items: a.more ? a.data.items : [...a.data.items, ...b.data.items] } : undefined,
    error: a.error ?? b.error,
    refetch: () => Promise.all([a.refetch(), b.refetch()]),
    more: a.more ?? b.more,
    loading: a.loading || b.loading,
    turned: a.turned || b.turned,
  }
}

/** All of a list that a choice needs whole, up to 2,000. */
export async function wholeList<T>(page: (cursor: string) => Promise<Page<T>>): Promise<T[]> {
  const all: T[] = []
  let cursor = ''
  for (let i = 0; i < 10; i++) {
    const p = await page(cursor)
    all.push(...p.items)
    if (p.next === '') break
    cursor = p.next
  }
  return all
}
