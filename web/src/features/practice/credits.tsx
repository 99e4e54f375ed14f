import type { PracticeCredit } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Tag } from '../../ui/notice'

/** Whose words a draft was made from, and what they say to it. */
export function Credits({ credits }: { credits: PracticeCredit[] }) {
  const { t } = useI18n()
  if (credits.length === 0) return null
  return (
    <section className="card stack-2" aria-labelledby="credits">
      <h2 id="credits">{t('credit.of')}</h2>
      <ul className="plain list people">
        {credits.map((c, i) => (
          <li key={i}>
            <span className="grow">
              {c.name || t('credit.somebody')}
              {c.townName ? <span className="soft small">, {c.townName}</span> : null}
            </span>
            <Tag kind={c.state === 'asked' ? 'caution' : c.state === 'declined' ? 'wrong' : 'good'}>{t(`credit.state.${c.state}`)}</Tag>
          </li>
        ))}
      </ul>
    </section>
  )
}
