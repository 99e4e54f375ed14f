import { Link } from 'wouter'
import { useI18n } from '../../../lib/i18n'
import { Icon } from '../../../ui/icon'
import '../parts/course.css'
import { PageHead } from '../../../ui/page-head'

const formats = ['xlsx', 'csv-excel', 'csv'] as const

/** Files of all completions; the server writes them as they are read. */
export default function ExportsPage() {
  const { t } = useI18n()
  return (
    <>
      <PageHead title={t('hr.exports')} lead={t('hr.exports.lead')} />
      <div className="stack-5">
        <ul className="plain three">
          {formats.map((f) => (
            <li key={f} className="card tile">
              <h2>{t(`hr.export.${f}`)}</h2>
              <p className="small">{t(`hr.export.${f}.text`)}</p>
              <p className="end">
                <a className={f === 'xlsx' ? 'button main' : 'button'} href={`/api/v1/hr/exports/${f}`} download>
                  <Icon name="down" />
                  {t('hr.export.do', { format: f === 'xlsx' ? 'XLSX' : 'CSV' })}
                </a>
              </p>
            </li>
          ))}
        </ul>
        <p className="small soft measure">{t('hr.exports.text')}</p>
        <p className="small">
          <Link href="/reconciliation">{t('hr.exports.reconcile')}</Link>
        </p>
      </div>
    </>
  )
}
