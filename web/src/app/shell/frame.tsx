import { useMutation, useQueryClient } from '@tanstack/react-query'
import { type ReactNode, useEffect, useRef } from 'react'
import { Link, useLocation } from 'wouter'
import { client, content } from '../../api/client'
import { sessionQuery, toSession } from '../../api/session'
import type { Session } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { isLocale, localeNames, locales } from '../../lib/locale'
import { Icon } from '../../ui/icon'
import { Menu, MenuButton, MenuLink } from '../../ui/menu'
import { sectionsOf } from './sections'
import { lazy } from '../../ui/lazy'

const Notices = lazy(() => import('../notices/notices'), <span className="icon" />)

/** What surrounds every page: skip link, top bar, the role's sections, footer. */
export function Frame({ session, children }: { session: Session | null; children: ReactNode }) {
  const { t, locale, setLocale, whole } = useI18n()
  const [location] = useLocation()
  const mine = session ? sectionsOf(session.roles, session.organisation !== null) : []
  const current = mine.find((s) => s.covers.some((c) => location === c || location.startsWith(`${c}/`))) ?? mine.find((s) => s.href === location)
  const part = current?.parts.find((p) => p.href !== current.href && (location === p.href || location.startsWith(`${p.href}/`))) ?? current?.parts[0]
  // On a narrow screen the sections and their parts scroll sideways: what is open comes into sight.
  const sections = useRef<HTMLElement>(null)
  const parts = useRef<HTMLUListElement>(null)
  useEffect(() => showOpen(sections.current), [current])
  useEffect(() => showOpen(parts.current), [part])
  return (
    <div className="page">
      <a className="skip" href="#main">
        {t('frame.skip')}
      </a>
      <header className="top">
        <div className="wrap">
          <Link className="mark" href="/">
            <svg viewBox="0 0 32 32" fill="none" stroke="currentColor" strokeWidth="2.6" strokeLinecap="round" aria-hidden="true">
              <path d="M3 27h26M6 27V15a10 10 0 0 1 20 0v12M11.5 27V16a4.5 4.5 0 0 1 9 0v11" />
            </svg>
            <span>
              {t('frame.name')}
              {session?.organisation ? <small>{session.organisation.name}</small> : null}
            </span>
          </Link>
          {mine.length > 0 && (
            <nav className="nav" aria-label={t('frame.main')} ref={sections}>
              {mine.map((s) => (
                <Link key={s.href} href={s.href} aria-current={s === current ? 'page' : undefined}>
                  {t(s.label)}
                </Link>
              ))}
            </nav>
          )}
          <div className="tools">
            {session ? (
              <>
                {session.organisation ? (
                  <>
                    <Link className="icon" href="/search" aria-label={t('frame.search')} title={t('frame.search')} aria-current={location === '/search' ? 'page' : undefined}>
                      <Icon name="search" />
                    </Link>
                    {whole ? (
                      <Notices key={session.organisation.id} session={session} />
                    ) : (
                      <span className="icon" />
                    )}
                  </>
                ) : null}
                <PersonMenu session={session} />
              </>
            ) : /^\/(catalogue|programmes)\b/.test(location) ? (
              <Link className="button plain tight" href={`/sign-in?next=${encodeURIComponent(location)}`}>
                {t('signin.do')}
              </Link>
            ) : null}
          </div>
        </div>
      </header>
      {current && current.parts.length > 0 && (
        <nav className="sections" aria-label={t(current.label)}>
          <ul className="wrap" ref={parts}>
            {current.parts.map((p) => (
              <li key={p.href}>
                <Link href={p.href} aria-current={p === part ? 'page' : undefined}>
                  {t(p.label)}
                </Link>
              </li>
            ))}
          </ul>
        </nav>
      )}
      <main id="main" className="wrap" tabIndex={-1}>
        {children}
      </main>
      <footer className="foot">
        <div className="wrap">
          <span>
            {t('frame.name')} {session?.version ?? ''}
          </span>
          {session?.organisation ? <Link href={`/accessibility/${session.organisation.id}`}>{t('frame.accessibility')}</Link> : null}
          <label className="row">
            {t('frame.language')}
            <select value={locale} onChange={(e) => isLocale(e.target.value) && setLocale(e.target.value)}>
              {locales.map((l) => (
                <option key={l} value={l} lang={l}>
                  {localeNames[l]}
                </option>
              ))}
            </select>
          </label>
        </div>
      </footer>
    </div>
  )
}

function showOpen(row: HTMLElement | null) {
  const open = row?.querySelector<HTMLElement>('[aria-current]')
  if (row && open) row.scrollLeft = open.offsetLeft - row.offsetLeft - 48 // with the end of the one before it
}

function PersonMenu({ session }: { session: Session }) {
  const { t } = useI18n()
  const queries = useQueryClient()
  const [, navigate] = useLocation()
  const speak = useMutation({
    mutationFn: (organisation: string) => content(client.PUT('/session/organisation', { body: { organisation } })),
    onSuccess: (next) => {
      queries.clear()
      queries.setQueryData(sessionQuery.queryKey, toSession(next))
      navigate('/')
    },
  })
  const leave = useMutation({
    mutationFn: () => content(client.DELETE('/session')),
    onSuccess: () => {
      queries.clear()
      queries.setQueryData(sessionQuery.queryKey, null)
      navigate('/sign-in')
    },
  })
  const { person, organisation, memberships } = session
  return (
    <Menu label={t('frame.person', { name: person.name })} face={<span className="face" aria-hidden="true">{initials(person.name)}</span>}>
      <p className="label">{person.email}</p>
      <MenuLink href="/profile" icon="person">
        {t('frame.profile')}
      </MenuLink>
      {memberships.length > 1 && (
        <>
          <hr />
          <p className="label">{t('frame.speak')}</p>
          {memberships.map((m) => (
            <MenuButton key={m.organisation.id} icon="town" pressed={m.organisation.id === organisation?.id} onClick={() => speak.mutate(m.organisation.id)}>
              {m.organisation.name}
            </MenuButton>
          ))}
        </>
      )}
      <hr />
      <MenuButton icon="out" onClick={() => leave.mutate()}>
        {t('frame.leave')}
      </MenuButton>
    </Menu>
  )
}

function initials(name: string): string {
  const parts = name.trim().split(/\s+/)
  return ((parts[0]?.[0] ?? '') + (parts.length > 1 ? (parts.at(-1)?.[0] ?? '') : '')).toUpperCase()
}
