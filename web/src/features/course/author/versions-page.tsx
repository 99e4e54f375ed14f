import { useState } from 'react'
import { Link } from 'wouter'
import { clock } from '../../../lib/format'
import { useI18n, Words } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { Form } from '../../../ui/field'
import { More } from '../../../ui/more'
import { Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import { useCourse, useFaults, useMoveLearners, useVersions } from './queries'

export default function VersionsPage({ id }: { id: string }) {
  const { t, dateTime } = useI18n()
  const course = useCourse(id)
  const versions = useVersions(id)
  const faults = useFaults(id)
  const move = useMoveLearners(id)
  const toast = useToast()
  const lessons = course.data?.modules.flatMap((m) => m.lessons) ?? []
  const [asking, setAsking] = useState<number>()
  return (
    <>
      <PageHead
        title={t('author.versions')}
        lead={t('author.versions.lead')}
        crumb={
          course.data ? (
            <Link href={`/${id}`}>
              <Words text={course.data.title} />
            </Link>
          ) : undefined
        }
      />
      <div className="two even">
        <section aria-labelledby="versions" className="stack-2">
          <h2 id="versions">{t('author.versions.list')}</h2>
          <Loaded query={versions}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty title={t('author.versions.empty')}>{t('author.versions.empty.text')}</Empty>
              ) : (
                <ul className="plain list">
                  {items.map((v) => (
                    <li key={v.number}>
                      <div className="grow">
                        <h3>{t('author.version', { number: v.number })}</h3>
                        <p className="small soft">
                          {dateTime(v.published)} · {t('lessons', { count: v.lessons })}
                        </p>
                        {v.note ? <p className="small">{v.note}</p> : null}
                      </div>
                      {v.current ? <Tag kind="good">{t('author.version.current')}</Tag> : null}
                      {v.current && items.length > 1 ? (
                        <Button tight onClick={() => setAsking(v.number)}>
                          {t('author.move')}
                        </Button>
                      ) : null}
                    </li>
                  ))}
                </ul>
              )
            }
          </Loaded>
        </section>
        <section aria-labelledby="faults" className="stack-2">
          <h2 id="faults">{t('author.faults')}</h2>
          <Loaded query={faults}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty icon="flag" title={t('author.faults.empty')}>
                  {t('author.faults.empty.text')}
                </Empty>
              ) : (
                <ul className="plain list">
                  {items.map((f) => (
                    <li key={f.id}>
                      <div className="grow">
                        <h3>
                          <Link href={`/${id}/lessons/${f.lesson}`}>
                            <Words text={lessons.find((l) => l.id === f.lesson)?.title} />
                          </Link>
                        </h3>
                        <p>{f.text}</p>
                        <p className="small soft">
                          {dateTime(f.at)} {f.position === undefined ? '' : `· ${clock(f.position)}`}
                        </p>
                      </div>
                    </li>
                  ))}
                </ul>
              )
            }
          </Loaded>
          <More pages={faults} />
        </section>
      </div>
      {asking !== undefined && (
        <Dialog title={t('author.move')} onClose={() => setAsking(undefined)}>
          <Form
            error={move.error}
            onSubmit={() =>
              move.mutate(asking, {
                onSuccess: (r) => {
                  toast(t('author.moved', { count: r.moved }))
                  setAsking(undefined)
                },
              })
            }
          >
            <p>{t('author.move.text', { number: asking })}</p>
            <Ends does={t('author.move.do')} busy={move.isPending} onClose={() => setAsking(undefined)} />
          </Form>
        </Dialog>
      )}
    </>
  )
}
