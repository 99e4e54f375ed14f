import { useState } from 'react'
import type { Session } from '../../api/types'
import { useI18n, Words } from '../../lib/i18n'
import { Icon, type IconName } from '../../ui/icon'
import { Menu, MenuLink } from '../../ui/menu'
import { type Notice, useNotices } from './use-notices'

const icons: Record<Notice['kind'], IconName> = { due: 'clock', late: 'warn', certificate: 'award', failed: 'video', fault: 'flag' }
const shown = 12

/** The bell: what somebody should know, and how much of it she has not seen on this device. */
export default function Notices({ session }: { session: Session }) {
  const { t } = useI18n()
  const [seen, setSeen] = useSeen(session.person.id)
  const all = useNotices(session)
  const fresh = all.filter((n) => !seen.includes(n.id)).length
  return (
    <Menu
      label={fresh > 0 ? t('notices.new', { count: fresh }) : t('notices.title')}
      panel="notices"
      onOpen={() => setSeen(all.map((n) => n.id))}
      face={
        <>
          <Icon name="bell" />
          {fresh > 0 ? (
            <span className="badge num" aria-hidden="true">
              {fresh}
            </span>
          ) : null}
        </>
      }
    >
      <p className="label">{all.length === 0 ? t('notices.none') : t('notices.title')}</p>
      {all.slice(0, shown).map((n) => (
        <MenuLink key={n.id} href={n.href} icon={icons[n.kind]}>
          <span>
            {n.kind === 'failed' ? n.name : <Words text={n.title} />}
            <small>
              <Told notice={n} />
            </small>
          </span>
        </MenuLink>
      ))}
    </Menu>
  )
}

function Told({ notice: n }: { notice: Notice }) {
  const { t, date, day } = useI18n()
  if (n.kind === 'failed') return t('notices.failed')
  if (n.kind === 'fault') return t('notices.fault', { date: date(n.at), text: n.text.length > 90 ? `${n.text.slice(0, 90)}…` : n.text })
  return t(`notices.${n.kind}`, { date: 'day' in n ? day(n.day) : date(n.at) })
}

/** What has been seen, kept on this device by person. */
function useSeen(person: string): [readonly string[], (ids: string[]) => void] {
  const key = `palestra.seen.${person}`
  const [seen, setSeen] = useState<readonly string[]>(() => (localStorage.getItem(key) ?? '').split('\n'))
  return [
    seen,
    (ids) => {
      localStorage.setItem(key, ids.slice(0, 200).join('\n'))
      setSeen(ids)
    },
  ]
}
