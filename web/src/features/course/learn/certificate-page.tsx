import { useI18n, Words } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Icon } from '../../../ui/icon'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import '../parts/course.css'
import { EarnedList } from '../parts/earned'
import { RequirementList } from '../parts/requirement'
import { useCertificate } from './queries'
import { useTownDay } from '../parts/town-day'

export default function CertificatePage({ id }: { id: string }) {
  const { t, hours } = useI18n()
  const date = useTownDay()
  const certificate = useCertificate(id)
  const toast = useToast()
  return (
    <>
      <PageHead title={t('certificate.title')} />
      <Loaded query={certificate} block>
        {(c) => (
          <div className="two">
            <article className="certificate">
              <Icon name="award" />
              <p>{c.organisation}</p>
              <p className="soft">{t('certificate.says')}</p>
              <p className="who">{c.person}</p>
              <p className="soft">{c.kind === 'programme' ? t('certificate.did.programme') : t('certificate.did')}</p>
              <p className="what">
                <Words text={c.course.title} />
              </p>
              <p>
                {t('certificate.when', { date: date(c.completed) })}
                {c.minutes > 0 ? ` · ${t('hours', { hours: hours(c.minutes) })}` : ''}
              </p>
              <p className="small soft num">{c.url}</p>
            </article>
            <div className="column no-print">
              {c.revoked && <Notice kind="wrong">{t('certificate.revoked')}</Notice>}
              <section className="card stack-2" aria-labelledby="check">
                <h2 id="check">{t('certificate.check')}</h2>
                <p className="small">{t('certificate.check.text')}</p>
                <p className="small">
                  <a href={c.url}>{c.url}</a>
                </p>
                <div className="row">
                  <Button onClick={() => void navigator.clipboard.writeText(c.url).then(() => toast(t('certificate.copied')))}>{t('certificate.copy')}</Button>
                  <Button icon="print" onClick={() => window.print()}>
                    {t('certificate.print')}
                  </Button>
                </div>
              </section>
              <section className="card" aria-labelledby="why">
                <h2 id="why">{c.earned ? t('certificate.earned') : t('certificate.why')}</h2>
                {c.earned ? <EarnedList items={c.earned} href={(e) => `/certificate/${e.id}`} /> : <RequirementList items={c.explanation} />}
                <p className="small soft num">{t('certificate.record', { record: c.record })}</p>
              </section>
            </div>
          </div>
        )}
      </Loaded>
    </>
  )
}
