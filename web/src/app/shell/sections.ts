import type { Role } from '../../api/types'
import type { Key } from '../../lib/locale'

export interface Section {
  label: Key
  href: string
  /** Who sees it; undefined: everybody who speaks for a town. */
  role?: Role
  /** Addresses below which this section is the current one. */
  covers: string[]
  parts: { label: Key; href: string }[]
}

/** The navigation by role: sections above, their parts beneath. */
export const sections: readonly Section[] = [
  { label: 'nav.learn', href: '/', covers: ['/learn', '/certificate'], parts: [] },
  { label: 'nav.catalogue', href: '/catalogue', covers: ['/catalogue', '/programmes'], parts: [] },
  { label: 'nav.records', href: '/records', covers: ['/records'], parts: [] },
  {
    label: 'nav.author', href: '/author', role: 'author', covers: ['/author'],
    parts: [
      { label: 'nav.author.courses', href: '/author' },
      { label: 'nav.author.programmes', href: '/author/programmes' },
      { label: 'nav.author.videos', href: '/author/videos' },
    ],
  },
  {
    label: 'nav.hr', href: '/hr', role: 'hr', covers: ['/hr'],
    parts: [
      { label: 'nav.hr.completions', href: '/hr' },
      { label: 'nav.hr.people', href: '/hr/people' },
      { label: 'nav.hr.assignments', href: '/hr/assignments' },
      { label: 'nav.hr.exports', href: '/hr/exports' },
      { label: 'nav.hr.reconciliation', href: '/hr/reconciliation' },
    ],
  },
  {
    label: 'nav.town', href: '/town', role: 'administrator', covers: ['/town'],
    parts: [
      { label: 'nav.town.members', href: '/town' },
      { label: 'nav.town.invitations', href: '/town/invitations' },
      { label: 'nav.town.units', href: '/town/units' },
    ],
  },
  {
    label: 'nav.operator', href: '/operator', role: 'operator', covers: ['/operator'],
    parts: [
      { label: 'nav.operator.towns', href: '/operator' },
      { label: 'nav.operator.mails', href: '/operator/mails' },
      { label: 'nav.operator.health', href: '/operator/health' },
    ],
  },
]
