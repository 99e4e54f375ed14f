import { Link, useLocation } from 'wouter'
import { useI18n, Words } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { useSayFault } from '../../ui/toast'
import { useJoinByLink, useLinked } from './queries'

/** What a link leads to, and the seat that it gives. */
export default function JoinPage({ secret }: { secret: string }) {
  const { t, words, days, languageName } = useI18n()
  const join = useJoinByLink(secret)
  const [, navigate] = useLocation()
  const sayFault = useSayFault()
  return (
    <Loaded query={useLinked(secret)} page>
      {({ bootcamp: b, cohort: c }) => (
        <>
          <PageHead
            title={words(b.title)}
            heading={<Words text={b.title} order={b.languages} />}
            crumb={<Link href="/bootcamps">{t('camp.title')}</Link>}
            lead={`${days(b.first, b.last)} · ${b.host.name}`}
          />
          <div className="card stack">
            <p>{t('join.text', { cohort: c.name, language: languageName(c.language), host: b.host.name })}</p>
            <div className="row">
              <Button kind="main" busy={join.isPending} onClick={() => join.mutate(undefined, { onSuccess: (m) => navigate(`/bootcamps/${m.bootcamp}`), onError: sayFault })}>
                {t(c.taken < c.seats && c.waiting === 0 ? 'cohort.join' : 'cohort.wait')}
              </Button>
            </div>
          </div>
        </>
      )}
    </Loaded>
  )
}
