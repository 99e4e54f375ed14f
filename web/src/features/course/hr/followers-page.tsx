import { useState } from 'react'
import { Link } from 'wouter'
import type { FollowerState } from '../../../api/types'
import { useI18n, Words } from '../../../lib/i18n'
import { Icon } from '../../../ui/icon'
import { SelectField } from '../../../ui/field'
import { More } from '../../../ui/more'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { CompletionTag } from './completions-page'
import { useFollowedProgrammes, useFollowers } from './queries'
import { useTownDay } from '../parts/town-day'

const states: readonly FollowerState[] = ['open', 'late', 'complete']
const formats = ['xlsx', 'csv-excel', 'csv'] as const

/** Who of the town follows one programme: on the way, late, done. */
export default function FollowersPage({ id }: { id: string }) {
  const { t, words, day } = useI18n()
  const date = useTownDay()
  const [state, setState] = useState<FollowerState>('open')
  const programme = useFollowedProgrammes().data?.items.find((p) => p.id === id)
  const followers = useFollowers(id, state)
  return (
    <>
      <PageHead
        title={programme ? words(programme.title) : t('hr.programme')}
        {...(programme ? { heading: <Words text={programme.title} order={programme.languages} /> } : {})}
        crumb={<Link href="/programmes">{t('hr.programmes')}</Link>}
        lead={t('hr.followers.lead')}
      />
      <div className="stack-5">
        <div className="filters">
          <SelectField label={t('records.state')} value={state} onChange={(e) => setState(states.find((s) => s === e.target.value) ?? 'open')}>
            {states.map((s) => (
              <option key={s} value={s}>
                {t(`hr.followers.${s}`)}
              </option>
            ))}
          </SelectField>
        </div>
        <Loaded query={followers} block>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="search" title={t('hr.followers.none')}>
                {t('hr.followers.none.text')}
              </Empty>
            ) : (
              <>
                <table className="table">
                  <thead>
                    <tr>
                      <th scope="col">{t('hr.person')}</th>
                      <th scope="col">{t('records.state')}</th>
                      <th scope="col" className="num">
                        {t('course.version')}
                      </th>
                      <th scope="col">{t('records.begun')}</th>
                      <th scope="col">{t('hr.due')}</th>
                      <th scope="col">{t('records.completed')}</th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((c) => (
                      <tr key={c.id}>
                        <th scope="row">
                          <Link href={`/completions/${c.id}`}>{c.person.name}</Link>
                        </th>
                        <td data-label={t('records.state')}>
                          <CompletionTag completion={c} />
                        </td>
                        <td className="num" data-label={t('course.version')}>
                          {c.version}
                        </td>
                        <td className="day" data-label={t('records.begun')}>{date(c.begun)}</td>
                        <td className="day" data-label={t('hr.due')}>{c.dueDay ? day(c.dueDay) : '–'}</td>
                        <td className="day" data-label={t('records.completed')}>{c.completed ? date(c.completed) : '–'}</td>
                      </tr>
                    ))}
                  </tbody>
                </table>
                <More pages={followers} />
              </>
            )
          }
        </Loaded>
        {programme ? (
          <section className="stack-2" aria-labelledby="files">
            <h2 id="files">{t('hr.followers.files')}</h2>
            <p className="small soft measure">{t('hr.followers.files.text')}</p>
            <p className="row">
              {formats.map((f) => (
                <a key={f} className="button plain" href={`/api/v1/hr/programmes/${id}/exports/${f}`} download>
                  <Icon name="down" />
                  {t(`hr.export.${f}`)}
                </a>
              ))}
            </p>
          </section>
        ) : null}
      </div>
    </>
  )
}
