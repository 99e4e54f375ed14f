import { useQuery } from '@tanstack/react-query'
import { useI18n } from '../../../lib/i18n'
import { More } from '../../../ui/more'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { healthQuery, useAudit } from './queries'

export default function HealthPage() {
  const { t, maybe, dateTime } = useI18n()
  const health = useQuery(healthQuery)
  const audit = useAudit()
  return (
    <>
      <PageHead title={t('health.title')} />
      <div className="column">
        <Loaded query={health}>
          {(h) => (
            <>
              <Notice kind={h.ok ? 'good' : 'wrong'}>{h.ok ? t('health.ok') : t('health.not')}</Notice>
              {h.text.trim() ? <Parts text={h.text} /> : null}
            </>
          )}
        </Loaded>
        <section aria-labelledby="audit" className="stack-2">
          <h2 id="audit">{t('audit.title')}</h2>
          <Loaded query={audit}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty icon="list" title={t('audit.empty')} />
              ) : (
                <ul className="plain list">
                  {items.map((e) => (
                    <li key={e.number}>
                      <div className="grow">
                        <p>{maybe(`audit.${e.action}`) ?? e.action}</p>
                        <p className="soft small">
                          {dateTime(e.at)} {e.detail ? `· ${e.detail}` : ''}
                        </p>
                      </div>
                    </li>
                  ))}
                </ul>
              )
            }
          </Loaded>
          <More pages={audit} />
        </section>
      </div>
    </>
  )
}

/** The server's own report: its parts and their states if it is JSON, else as it is. */
function Parts({ text }: { text: string }) {
  const { t, maybe } = useI18n()
  let parsed: unknown
  try {
    parsed = JSON.parse(text)
  } catch {
    return <pre className="small">{text}</pre>
  }
  if (typeof parsed !== 'object' || parsed === null) return null
  const checks = 'checks' in parsed && typeof parsed.checks === 'object' && parsed.checks !== null ? parsed.checks : parsed
  return (
    <dl className="facts">
      {Object.entries(checks).map(([name, state]) => (
        <div key={name} style={{ display: 'contents' }}>
          <dt>{maybe(`health.part.${name}`) ?? name}</dt>
          <dd>{state === true || state === 'ok' || state === '' ? t('health.part.ok') : typeof state === 'string' ? state : JSON.stringify(state)}</dd>
        </div>
      ))}
    </dl>
  )
}
