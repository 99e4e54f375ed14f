import type { CohortSession } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { LinkedLesson } from './lesson-choice'

/** What comes when in a session: on the reader's clock, or on that of a zone. */
export function Agenda({ session: s, zone }: { session: CohortSession; zone?: string }) {
  const { t, time } = useI18n()
  const starts = s.agenda.map((_, i) => Date.parse(s.starts) + s.agenda.slice(0, i).reduce((sum, x) => sum + x.minutes, 0) * 60_000)
  return (
    <ol className="plain agenda">
      {s.agenda.map((a, i) => (
        <li key={i}>
          <span className="clock">
            {time(new Date(starts[i] ?? 0).toISOString(), zone)}
            <span className="small soft">{t('minutes', { count: a.minutes })}</span>
          </span>
          <div>
            <b lang={s.language}>{a.title}</b>
            {a.lead ? <p className="soft small">{a.lead}</p> : null}
            <LinkedLesson item={a} />
            {a.notes ? (
              <p className="notes small" lang={s.language}>
                {a.notes}
              </p>
            ) : null}
          </div>
        </li>
      ))}
    </ol>
  )
}
