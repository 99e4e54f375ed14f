import { type ReactNode, useLayoutEffect, useRef } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { joinPages, type Pages } from '../../api/pages'
import type { Role } from '../../api/types'
import { useCourses } from '../../features/course/author/queries'
import { useHrPeople } from '../../features/course/hr/queries'
import { useCatalogue, useEnrolments } from '../../features/course/learn/queries'
import { useProgrammeOffers } from '../../features/course/programme/queries'
import { useMembers } from '../../features/people/town/queries'
import { useI18n, Words } from '../../lib/i18n'
import type { Text } from '../../lib/locale'
import { PageHead } from '../../ui/page-head'
import { SearchField } from '../../ui/search-field'
import { Empty, ErrorState, Skeleton } from '../../ui/states'

interface Hit {
  id: string
  href: string
  title: ReactNode
  under?: ReactNode
}

interface Place {
  title: string
  /** Where all of its results are. */
  all: string
  query: Pages<unknown>
  hits: Hit[]
}

/** Looks for words in everything that the reader's roles may see. */
export default function SearchPage({ roles }: { roles: readonly Role[] }) {
  const { t } = useI18n()
  const q = (new URLSearchParams(useSearch()).get('q') ?? '').trim()
  const [, navigate] = useLocation()
  const form = useRef<HTMLDivElement>(null)
  // Whoever comes here without words wants to write some.
  useLayoutEffect(() => {
    if (!q) form.current?.querySelector('input')?.focus()
  }, [q])
  return (
    <>
      <PageHead title={t('search.title')} />
      <div className="stack-5">
        <div className="narrow" ref={form}>
          <SearchField label={t('search.label')} hint={t('search.hint')} start={q} onSearch={(words) => navigate(words ? `/search?q=${encodeURIComponent(words)}` : '/search')} />
        </div>
        {q ? <Results key={q} q={q} roles={roles} /> : null}
      </div>
    </>
  )
}

function Results({ q, roles }: { q: string; roles: readonly Role[] }) {
  const { t } = useI18n()
  const places = [...useLearning(q), ...useTeaching(q, roles.includes('author')), ...usePeople(q, roles)]
  const found = places.filter((p) => p.hits.length > 0)
  const busy = places.some((p) => p.query.data === undefined && !p.query.error)
  const failed = places.find((p) => p.query.error)
  const count = found.reduce((sum, p) => sum + p.hits.length, 0)
  return (
    <>
      <p className="small soft" role="status">
        {busy ? t('state.loading') : t('search.found', { count })}
      </p>
      {failed ? <ErrorState error={failed.query.error} onRetry={() => void failed.query.refetch()} /> : null}
      {busy && found.length === 0 ? <Skeleton /> : null}
      {!busy && !failed && found.length === 0 ? (
        <Empty icon="search" title={t('search.none')}>
          {t('search.none.text')}
        </Empty>
      ) : null}
      {found.map((p) => (
        <section key={p.title} aria-label={p.title}>
          <h2>{p.title}</h2>
          <ul className="plain list">
            {p.hits.slice(0, 5).map((h) => (
              <li key={h.id}>
                <div className="grow">
                  <h3>
                    <Link href={h.href}>{h.title}</Link>
                  </h3>
                  {h.under ? <p className="small soft">{h.under}</p> : null}
                </div>
              </li>
            ))}
          </ul>
          {p.hits.length > 5 || p.query.more ? (
            <p className="small">
              <Link href={p.all}>{t('search.all', { place: p.title })}</Link>
            </p>
          ) : null}
        </section>
      ))}
    </>
  )
}

/** Whether any language of a text has the words; accents and capitals do not matter. */
function has(text: Text, q: string): boolean {
  const plain = (s: string) => s.normalize('NFD').replace(/\p{M}/gu, '').toLowerCase()
  return Object.values(text).some((words) => plain(words).includes(plain(q)))
}

function useLearning(q: string): Place[] {
  const { t } = useI18n()
  const courses = useCatalogue(q)
  const programmes = useProgrammeOffers(q)
  const mine = joinPages(useEnrolments('open'), useEnrolments('complete'))
  const words = encodeURIComponent(q)
  return [
    {
      title: t('search.mine'), all: '/records', query: mine,
      hits: (mine.data?.items ?? []).filter((e) => has(e.course.title, q)).map((e) => ({ id: e.id, href: `/learn/${e.id}`, title: <Words text={e.course.title} />, under: e.state === 'complete' ? t('state.complete') : t('home.done', { done: e.done, count: e.of }) })),
    },
    {
      title: t('catalogue.courses'), all: `/catalogue?q=${words}`, query: courses,
      hits: (courses.data?.items ?? []).map((c) => ({ id: c.id, href: `/catalogue/${c.id}`, title: <Words text={c.title} order={c.languages} />, under: c.owner.name })),
    },
    {
      title: t('catalogue.programmes'), all: `/catalogue?q=${words}`, query: programmes,
      hits: (programmes.data?.items ?? []).map((p) => ({ id: p.id, href: `/programmes/${p.id}`, title: <Words text={p.title} order={p.languages} />, under: p.owner.name })),
    },
  ]
}

function useTeaching(q: string, author: boolean): Place[] {
  const { t } = useI18n()
  const courses = useCourses(author)
  if (!author) return []
  return [
    {
      title: t('author.title'), all: '/author', query: courses,
      hits: (courses.data?.items ?? []).filter((c) => has(c.title, q)).map((c) => ({ id: c.id, href: `/author/${c.id}`, title: <Words text={c.title} order={c.languages} />, under: t('lessons', { count: c.lessons }) })),
    },
  ]
}

function usePeople(q: string, roles: readonly Role[]): Place[] {
  const { t, list } = useI18n()
  const administrator = roles.includes('administrator')
  const hr = roles.includes('hr')
  const members = useMembers(q, undefined, administrator)
  const people = useHrPeople(q, hr && !administrator)
  const words = encodeURIComponent(q)
  if (administrator) {
    return [
      {
        title: t('search.people'), all: `/town?q=${words}`, query: members,
        hits: (members.data?.items ?? []).map((m) => ({ id: m.id, href: hr ? `/hr?person=${m.id}` : `/town?q=${encodeURIComponent(m.name)}`, title: m.name, under: `${m.email} · ${list(m.roles.map((r) => t(`role.${r}`)))}` })),
      },
    ]
  }
  if (hr) {
    return [
      {
        title: t('search.people'), all: `/hr/people?q=${words}`, query: people,
        hits: (people.data?.items ?? []).map((p) => ({ id: p.id, href: `/hr?person=${p.id}`, title: p.name, under: p.email })),
      },
    ]
  }
  return []
}
