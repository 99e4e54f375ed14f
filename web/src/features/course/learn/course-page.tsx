import { Link, useLocation } from 'wouter'
import { isFault, say } from '../../../lib/fault'
import { useI18n, Words } from '../../../lib/i18n'
import { Button, ButtonLink } from '../../../ui/button'
import { Icon } from '../../../ui/icon'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Loaded } from '../../../ui/states'
import { NotForEverybody, signInFor } from '../parts/not-for-everybody'
import '../parts/course.css'
import { kindIcons } from '../parts/requirement'
import { useCatalogueCourse, useEnrol } from './queries'

/** A course before one takes it. Nobody: the reader is not signed in. */
export default function CoursePage({ id, nobody = false }: { id: string; nobody?: boolean }) {
  const i18n = useI18n()
  const { t, list, languageName, words } = i18n
  const course = useCatalogueCourse(id)
  const enrol = useEnrol()
  const [, navigate] = useLocation()
  if (nobody && isFault(course.error) && course.error.status === 404) return <NotForEverybody address={`/catalogue/${id}`} />
  return (
    <Loaded query={course} page>
      {(c) => (
        <>
          <PageHead
            title={words(c.title)}
            heading={<Words text={c.title} order={c.languages} />}
            crumb={<Link href="/catalogue">{t('nav.catalogue')}</Link>}
            lead={<Words text={c.summary} order={c.languages} />}
            action={
              nobody ? (
                <ButtonLink kind="main" href={signInFor(`/catalogue/${id}`)}>
                  {t('course.signin')}
                </ButtonLink>
              ) : c.enrolment ? (
                <ButtonLink kind="main" icon="play" href={`/learn/${c.enrolment}`}>
                  {c.state === 'complete' ? t('course.again') : t('home.continue')}
                </ButtonLink>
              ) : (
                <Button kind="main" busy={enrol.isPending} onClick={() => enrol.mutate(c.id, { onSuccess: (e) => navigate(`/learn/${e.id}`) })}>
                  {t('course.enrol')}
                </Button>
              )
            }
          />
          {enrol.error ? (
            <Notice kind="wrong" alert>
              {say(enrol.error, i18n)}
            </Notice>
          ) : null}
          <div className="two">
            <section aria-labelledby="content" className="stack">
              <h2 id="content">{t('course.content')}</h2>
              <div className="outline">
                {c.modules.map((m) => (
                  <div key={m.id}>
                    <h3>
                      <Words text={m.title} order={c.languages} />
                    </h3>
                    <ol className="plain">
                      {m.lessons.map((l) => (
                        <li key={l.id}>
                          <Icon name={kindIcons[l.kind]} />
                          <span className="grow">
                            <Words text={l.title} order={c.languages} />
                          </span>
                          <span className="small soft num">{t('minutes', { count: l.minutes })}</span>
                        </li>
                      ))}
                    </ol>
                  </div>
                ))}
              </div>
            </section>
            <section className="card stack-2" aria-labelledby="facts">
              <h2 id="facts">{t('course.facts')}</h2>
              <dl className="facts">
                <dt>{t('course.time')}</dt>
                <dd>{t('minutes', { count: c.minutes })}</dd>
                <dt>{t('course.languages')}</dt>
                <dd>{list(c.languages.map(languageName))}</dd>
                <dt>{t('course.by')}</dt>
                <dd>{c.owner.name}</dd>
                <dt>{t('course.version')}</dt>
                <dd className="num">{c.version}</dd>
              </dl>
              <p className="small soft">{t('course.promise')}</p>
              {nobody ? (
                <>
                  <h3>{t('course.invite')}</h3>
                  <p className="small">{t('course.invite.text')}</p>
                </>
              ) : null}
            </section>
          </div>
        </>
      )}
    </Loaded>
  )
}
