import { Link } from 'wouter'
import { useI18n } from '../../lib/i18n'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { useSayFault } from '../../ui/toast'
import { Differences, StageList } from './adoption-page'
import { StageTag } from './parts'
import { Resources } from './practice-page'
import './practice.css'
import { usePractice, useShownAdoption, useUsePractice } from './queries'

/** What another town does with a practice. */
export default function AdopterPage({ practice, id }: { practice: string; id: string }) {
  const { t, words } = useI18n()
  const card = usePractice(practice)
  const { decide } = useUsePractice(practice)
  const sayFault = useSayFault()
  const writes = card.data?.writes ?? false
  return (
    <Loaded query={useShownAdoption(practice, id)} page>
      {(a) => (
        <>
          <PageHead
            title={t('practice.adopter', { town: a.townName })}
            crumb={
              <>
                <Link href="/practices">{t('practice.title')}</Link> · <Link href={`/practices/${practice}`}>{words(card.data?.content?.title) || t('practice.card')}</Link>
              </>
            }
            lead={a.summary}
            action={<StageTag state={a.state} />}
          />
          <div className="two">
            <article className="fiche" lang={a.language}>
              {a.changes.length > 0 ? (
                <section>
                  <h2>{t('practice.adoption.changes')}</h2>
                  <Differences changes={a.changes} {...(writes ? { decide: (index: number, take: boolean) => decide.mutate({ a: id, index, take }, { onError: sayFault }) } : {})} />
                </section>
              ) : null}
              {a.resources.length > 0 ? (
                <section>
                  <h2>{t('practice.section.resources')}</h2>
                  <Resources list={a.resources} order={[a.language]} />
                </section>
              ) : null}
              {a.evidence ? (
                <section>
                  <h2>{t('practice.section.evidence')}</h2>
                  <p className="words">{a.evidence}</p>
                </section>
              ) : null}
              {a.lessons ? (
                <section>
                  <h2>{t('practice.adoption.lessons')}</h2>
                  <p className="words">{a.lessons}</p>
                </section>
              ) : null}
              {a.changes.length === 0 && !a.evidence && !a.lessons ? <p className="soft">{t('practice.adopter.nothing')}</p> : null}
            </article>
            <aside className="column">
              <StageList adoption={a} />
            </aside>
          </div>
        </>
      )}
    </Loaded>
  )
}
