import { Link } from 'wouter'
import { joinPages } from '../../../api/pages'
import { useI18n, Words } from '../../../lib/i18n'
import { ButtonLink } from '../../../ui/button'
import { More } from '../../../ui/more'
import { Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import MyProgrammes from '../programme/my-programmes'
import { useEnrolments } from './queries'
import { useTownDay } from '../parts/town-day'

/** Everything somebody has begun and completed. */
export default function RecordsPage() {
  const { t, hours } = useI18n()
  const date = useTownDay()
  const open = useEnrolments('open')
  const complete = useEnrolments('complete')
  const enrolments = joinPages(complete, open)
  return (
    <>
      <PageHead title={t('records.title')} lead={t('records.lead')} />
      <div className="stack-6">
        <Loaded query={enrolments}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="award" title={t('records.empty')} action={<ButtonLink kind="main" href="/catalogue">{t('home.find')}</ButtonLink>}>
                {t('records.empty.text')}
              </Empty>
            ) : (
              <>
                <table className="table">
                  <thead>
                    <tr>
                      <th scope="col">{t('records.course')}</th>
                      <th scope="col">{t('records.state')}</th>
                      <th scope="col">{t('records.begun')}</th>
                      <th scope="col">{t('records.completed')}</th>
                      <th scope="col" className="num">
                        {t('records.hours')}
                      </th>
                      <th>
                        <span className="hidden">{t('table.actions')}</span>
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((e) => (
                      <tr key={e.id}>
                        <th scope="row">
                          <Link href={`/learn/${e.id}`}>
                            <Words text={e.course.title} />
                          </Link>
                        </th>
                        <td data-label={t('records.state')}>
                          {e.state === 'complete' ? <Tag kind="good">{t('state.complete')}</Tag> : <Tag>{t('home.done', { done: e.done, count: e.of })}</Tag>}
                        </td>
                        <td className="day" data-label={t('records.begun')}>{date(e.begun)}</td>
                        <td className="day" data-label={t('records.completed')}>{e.completed ? date(e.completed) : '–'}</td>
                        <td className="num" data-label={t('records.hours')}>
                          {e.completed ? hours(e.minutes) : '–'}
                        </td>
                        <td className="acts">
                          {e.certificate ? (
                            <Link href={`/certificate/${e.certificate}`}>
                              {t('course.certificate')}
                              <span className="hidden">
                                {': '}
                                <Words text={e.course.title} />
                              </span>
                            </Link>
                          ) : null}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
                <More pages={enrolments} />
              </>
            )
          }
        </Loaded>
        <MyProgrammes whole />
      </div>
    </>
  )
}
