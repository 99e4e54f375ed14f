import { Link } from 'wouter'
import type { Earned } from '../../../api/types'
import { useI18n, Words } from '../../../lib/i18n'
import { Icon } from '../../../ui/icon'
import './course.css'
import { useTownDay } from './town-day'

/** The completed courses on which a programme's record rests, each with its own record. */
export function EarnedList({ items, href }: { items: readonly Earned[]; href: (e: Earned) => string }) {
  const { t, hours } = useI18n()
  const date = useTownDay()
  return (
    <ul className="plain need">
      {items.map((e) => (
        <li key={e.record} className="done">
          <Icon name="check" />
          <div>
            <b>
              <Link href={href(e)}>
                <Words text={e.title} />
              </Link>
            </b>
            {e.elective ? <span className="soft small"> · {t('programme.elective')}</span> : null}
            <p className="small">
              {date(e.completed)} · {t('hours', { hours: hours(e.minutes) })}
            </p>
          </div>
        </li>
      ))}
    </ul>
  )
}
