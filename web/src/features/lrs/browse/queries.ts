import { useQuery } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { client, content, toLine } from '../../../api/client'
import { usePages, wholeList } from '../../../api/pages'
import type { StatementLine } from '../../../api/types'

/** What is looked for; '' is no condition. */
export interface Filter {
  organisation: string
  course: string
  person: string
  verb: string
  activity: string
  since: string
  until: string
}

/** What of a filter is asked for: days become moments where the reader is. */
function conditions({ since, until, ...rest }: Filter): Record<string, string> {
  const given = Object.entries(rest).filter(([, v]) => v !== '')
  const day = /^\d{4}-\d\d-\d\d$/
  return {
    ...Object.fromEntries(given),
    ...(day.test(since) ? { since: new Date(Date.parse(`${since}T00:00:00`) - 1).toISOString() } : {}),
    ...(day.test(until) ? { until: new Date(`${until}T23:59:59.999`).toISOString() } : {}),
  }
}

export function useStatements(filter: Filter, lang: string, enabled: boolean) {
  const first = useRef<{ head: number; people: { id: string; name: string; email: string; left?: boolean }[]; nobody: boolean }>(undefined)
  const pages = usePages(
    ['store', 'statements', filter, lang],
    async (cursor) => {
      const page = await content(client.GET('/statements', { params: { query: { ...conditions(filter), lang, limit: 50, ...(cursor ? { cursor: Number(cursor) } : {}) } } }))
      if (!cursor) first.current = { head: page.head, people: page.people ?? [], nobody: page.nobody === true }
      return page
    },
    { enabled, staleTime: 0 },
  )
  return { ...pages, first }
}

export function useStatement(id: string, scope: Pick<Filter, 'organisation' | 'course'>, lang: string) {
  const query = { lang, ...(scope.organisation ? { organisation: scope.organisation } : {}), ...(scope.course ? { course: scope.course } : {}) }
  return useQuery({ queryKey: ['store', 'statement', id, query], queryFn: () => content(client.GET('/statements/{id}', { params: { path: { id }, query } })) })
}

export type Live = 'off' | 'connecting' | 'on' | 'ended'

/** At most so many lines are kept of what arrives. */
const keeps = 300

/** What arrives from a number on, the newest first, while it is followed. */
export function useLive(filter: Filter, lang: string, following: boolean, head: () => number) {
  const [state, setState] = useState<Live>('off')
  const [lines, setLines] = useState<StatementLine[]>([])
  const [missed, setMissed] = useState(0)
  const from = useRef(head)
  from.current = head
  const address = `/api/v1/statements/live?${new URLSearchParams({ ...conditions({ ...filter, since: '', until: '' }), lang }).toString()}`
  useEffect(() => {
    setLines([])
    setMissed(0)
    if (!following) {
      setState('off')
      return
    }
    setState('connecting')
    const source = new EventSource(`${address}&after=${from.current()}`)
    source.onopen = () => setState('on')
    // A browser comes back by itself after a break; what was refused it does not ask for again.
    source.onerror = () => setState(source.readyState === EventSource.CLOSED ? 'ended' : 'connecting')
    source.addEventListener('statement', (e) => {
      const line = toLine(e)
      setLines((all) => (all.some((l) => l.id === line.id) ? all : [line, ...all].slice(0, keeps)))
    })
    source.addEventListener('missed', () => setMissed((n) => n + 1))
    return () => source.close()
  }, [following, address])
  return { state, lines, missed }
}

/** The courses that one may choose from: an author's own, or what the town may learn, which operators name. */
export function useCourseChoice(of: 'own' | 'offered', organisation: string, enabled: boolean) {
  return useQuery({
    queryKey: ['store', 'courses', of, organisation],
    enabled,
    queryFn: async () => {
      const all =
        of === 'own'
          ? await wholeList((cursor) => content(client.GET('/courses', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } } })))
          : await wholeList((cursor) => content(client.GET('/statement-courses', { params: { query: { limit: 200, ...(organisation ? { organisation } : {}), ...(cursor ? { cursor } : {}) } } })))
      return all.map((c) => ({ id: c.id, title: c.title }))
    },
  })
}
