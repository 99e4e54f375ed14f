import { Link } from 'wouter'
import { useI18n } from '../../../lib/i18n'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { ErrorState, Loaded } from '../../../ui/states'
import { useBootcamp } from '../queries'
import './figures.css'
import { Outputs } from './outputs'
import { Visits } from './visits'

/** Where who leads a cohort, from whatever town and with whatever office, notes what counts of it. */
export default function DeskPage({ bootcamp, id }: { bootcamp: string; id: string }) {
  const { t, words } = useI18n()
  return (
    <Loaded query={useBootcamp(bootcamp)} page>
      {(b) => {
        const c = b.cohorts.find((x) => x.id === id)
        if (!c) return <ErrorState page error={new Error(t('lost.title'))} />
        return (
          <>
            <PageHead
              title={t('desk.title')}
              crumb={
                <>
                  <Link href={`/bootcamps/${b.id}`}>{words(b.title)}</Link>
                  {' · '}
                  <Link href={`/bootcamps/${b.id}/cohorts/${c.id}`}>{c.name}</Link>
                </>
              }
              lead={t('desk.lead')}
            />
            {c.leads ? (
              <div className="stack-5">
                <section className="stack" aria-labelledby="desk">
                  <h2 id="desk">{t('fig.desk')}</h2>
                  <Visits bootcamp={b.id} cohort={c.id} />
                </section>
                <section className="stack" aria-labelledby="outputs">
                  <h2 id="outputs">{t('fig.outputs')}</h2>
                  <Outputs bootcamp={b.id} cohort={c.id} hosting />
                </section>
              </div>
            ) : (
              <Notice>{t('desk.only')}</Notice>
            )}
          </>
        )
      }}
    </Loaded>
  )
}
