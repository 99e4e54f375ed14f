import type { Role } from '../../api/types'
import type { Key } from '../../lib/locale'

export interface Section {
  label: Key
  href: string
  /** Who sees it: one of these roles; undefined: everybody who speaks for a town. */
  roles?: readonly Role[]
  /** Addresses below which this section is the current one. */
  covers: string[]
  parts: { label: Key; href: string; roles?: readonly Role[] }[]
}

/** The navigation by role: sections above, their parts beneath. */
export const sections: readonly Section[] = [
  { label: 'nav.learn', href: '/', covers: ['/learn', '/notes', '/certificate'], parts: [] },
  { label: 'nav.catalogue', href: '/catalogue', covers: ['/catalogue', '/programmes'], parts: [] },
  { label: 'nav.bootcamps', href: '/bootcamps', covers: ['/bootcamps', '/join'], parts: [] },
  {
    label: 'nav.practices', href: '/practices', covers: ['/practices', '/challenges', '/directory', '/board'],
    parts: [
      { label: 'nav.practices', href: '/practices' },
      { label: 'nav.challenges', href: '/challenges' },
      { label: 'nav.directory', href: '/directory' },
      { label: 'nav.board', href: '/board' },
    ],
  },
  { label: 'nav.records', href: '/records', covers: ['/records'], parts: [] },
  {
    label: 'nav.author', href: '/author', roles: ['author'], covers: ['/author'],
    parts: [
      { label: 'nav.author.courses', href: '/author' },
      { label: 'nav.author.programmes', href: '/author/programmes' },
      { label: 'nav.author.videos', href: '/author/videos' },
      { label: 'nav.store.statements', href: '/author/statements' },
    ],
  },
  {
    label: 'nav.hr', href: '/hr', roles: ['hr'], covers: ['/hr'],
    parts: [
      { label: 'nav.hr.completions', href: '/hr' },
      { label: 'nav.hr.people', href: '/hr/people' },
      { label: 'nav.hr.assignments', href: '/hr/assignments' },
      { label: 'nav.hr.programmes', href: '/hr/programmes' },
      { label: 'nav.hr.exports', href: '/hr/exports' },
      { label: 'nav.hr.reconciliation', href: '/hr/reconciliation' },
      { label: 'nav.store.statements', href: '/hr/statements' },
      { label: 'nav.store.figures', href: '/hr/figures' },
    ],
  },
  {
    label: 'nav.town', href: '/town', roles: ['administrator'], covers: ['/town'],
    parts: [
      { label: 'nav.town.members', href: '/town' },
      { label: 'nav.town.invitations', href: '/town/invitations' },
      { label: 'nav.town.units', href: '/town/units' },
      { label: 'nav.town.videos', href: '/town/videos' },
      { label: 'nav.town.room', href: '/town/room' },
      { label: 'nav.town.erasures', href: '/town/erasures' },
    ],
  },
  {
    label: 'nav.store', href: '/store', roles: ['administrator', 'operator'], covers: ['/store'],
    parts: [
      { label: 'nav.store.statements', href: '/store/statements', roles: ['operator'] },
      { label: 'nav.store.credentials', href: '/store/credentials' },
      { label: 'nav.store.flows', href: '/store/flows' },
      { label: 'nav.store.transfer', href: '/store/transfer' },
      { label: 'nav.store.figures', href: '/store/figures' },
      { label: 'nav.store.keeping', href: '/store/keeping', roles: ['administrator'] },
    ],
  },
  {
    label: 'nav.operator', href: '/operator', roles: ['operator'], covers: ['/operator'],
    parts: [
      { label: 'nav.operator.towns', href: '/operator' },
      { label: 'nav.author.videos', href: '/operator/videos' },
      { label: 'nav.directory', href: '/operator/directory' },
      { label: 'nav.board', href: '/operator/board' },
      { label: 'nav.operator.mails', href: '/operator/mails' },
      { label: 'nav.operator.health', href: '/operator/health' },
    ],
  },
]

/** The sections of somebody with these roles, each beginning with the first part that she may open. */
export function sectionsOf(roles: readonly Role[], forTown: boolean): Section[] {
  const open = (x: { roles?: readonly Role[] }) => (x.roles ? x.roles.some((r) => roles.includes(r)) : forTown)
  return sections.filter(open).map((s) => ({ ...s, parts: s.parts.filter((p) => !p.roles || open(p)) }))
}
