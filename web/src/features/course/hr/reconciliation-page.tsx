import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Loaded } from '../../../ui/states'
import { useReconciliation } from './queries'

/** Do the completions, the ledger and the statements agree? */
export default function ReconciliationPage() {
  const { t, maybe, dateTime, number } = useI18n()
  const reconciliation = useReconciliation()
  return (
    <>
      <PageHead
        title={t('hr.reconciliation')}
        lead={t('hr.reconciliation.lead')}
        action={
          <Button kind="main" busy={reconciliation.isFetching} onClick={() => void reconciliation.refetch()}>
            {t('hr.reconciliation.again')}
          </Button>
        }
      />
      <Loaded query={reconciliation}>
        {(r) => (
          <div className="stack-5">
            <Notice kind={r.differences.length === 0 ? 'good' : 'wrong'}>{r.differences.length === 0 ? t('hr.reconciliation.good') : t('hr.reconciliation.bad', { count: r.differences.length })}</Notice>
            <dl className="facts">
              <dt>{t('hr.completions')}</dt>
              <dd className="num">{number(r.completions)}</dd>
              <dt>{t('hr.reconciliation.ledger')}</dt>
              <dd className="num">{number(r.ledger)}</dd>
              <dt>{t('hr.statements')}</dt>
              <dd className="num">{number(r.statements)}</dd>
              <dt>{t('hr.reconciliation.at')}</dt>
              <dd>{dateTime(r.asOf)}</dd>
            </dl>
            {r.differences.length > 0 ? (
              <ul className="plain list">
                {r.differences.map((d, i) => (
                  <li key={i}>
                    <div className="grow">
                      <p>{maybe(`differences.${d.kind}`) ?? d.kind}</p>
                      <p className="small soft num">
                        {d.record} {d.detail}
                      </p>
                    </div>
                  </li>
                ))}
              </ul>
            ) : null}
          </div>
        )}
      </Loaded>
    </>
  )
}
