import { useQuery } from '@tanstack/react-query'
import { client, content } from '../../api/client'
import type { Session, Text } from '../../api/types'
import { useHome } from '../../features/course/home/use-home'

/** Something that somebody should know. Its id is the same as long as it says the same. */
export type Notice =
  | { id: string; kind: 'due' | 'late'; href: string; title: Text; day: string }
  | { id: string; kind: 'certificate'; href: string; title: Text; at: string }
  | { id: string; kind: 'failed'; href: string; name: string; at: string }
  | { id: string; kind: 'fault'; href: string; title: Text; at: string; text: string }

const seldom = { staleTime: 60_000 }
const faults = 12 // the latest that are told

/** What is worth telling, from what the rooms know: dates and certificates of learners; reports and failed videos of authors. */
export function useNotices(session: Session): Notice[] {
  const author = session.roles.includes('author')
  const home = useHome()
  const videos = useQuery({ queryKey: ['videos', 'latest'], queryFn: () => content(client.GET('/videos', { params: { query: { limit: 50 } } })), enabled: author, ...seldom })
  const reports = useQuery({ queryKey: ['faults', 'latest'], queryFn: () => content(client.GET('/faults', { params: { query: { limit: faults } } })), enabled: author, ...seldom })
  const all: Notice[] = []
  const now = Date.now()
  for (const d of home.data?.due ?? []) {
    const late = Date.parse(d.due) < now
    all.push({ id: `due ${d.enrolment} ${d.due} ${late ? 'late' : ''}`, kind: late ? 'late' : 'due', href: d.kind === 'programme' ? `/programmes/${d.course.id}` : `/learn/${d.enrolment}`, title: d.course.title, day: d.dueDay })
  }
  for (const v of videos.data?.items ?? []) if (v.state === 'failed') all.push({ id: `video ${v.id} ${v.changed}`, kind: 'failed', href: '/author/videos', name: v.name, at: v.changed })
  for (const f of reports.data?.items ?? []) all.push({ id: `fault ${f.id}`, kind: 'fault', href: `/author/${f.course.id}/versions`, title: f.course.title, at: f.at, text: f.text })
  const c = home.data?.latest
  if (c) all.push({ id: `certificate ${c.id}`, kind: 'certificate', href: `/certificate/${c.id}`, title: c.title, at: c.completed })
  return all
}
