import { useState } from 'react'
import { Link, useSearch } from 'wouter'
import type { HrPerson } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { ButtonLink } from '../../../ui/button'
import { More } from '../../../ui/more'
import { Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { SearchField } from '../../../ui/search-field'
import { Empty, Loaded } from '../../../ui/states'
import { useHrPeople, useUnitNames } from './queries'

export default function PeoplePage() {
  const { t, hours } = useI18n()
  const [q, setQ] = useState(new URLSearchParams(useSearch()).get('q') ?? '')
  const people = useHrPeople(q)
  const units = useUnitNames()
  return (
    <>
      <PageHead
        title={t('hr.people')}
        lead={t('hr.people.lead')}
        action={
          <ButtonLink kind="main" href="/assignments">
            {t('hr.assign')}
          </ButtonLink>
        }
      />
      <div className="stack-5">
        <div className="filters">
          <SearchField label={t('hr.search')} onSearch={setQ} start={q} />
        </div>
        <Loaded query={people} block>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="people" title={q ? t('hr.none') : t('hr.people.empty')}>
                {q ? t('hr.none.text') : t('hr.people.empty.text')}
              </Empty>
            ) : (
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{t('hr.person')}</th>
                    <th scope="col">{t('members.unit')}</th>
                    <th scope="col" className="num">
                      {t('hr.courses')}
                    </th>
                    <th scope="col" className="num">
                      {t('state.complete')}
                    </th>
                    <th scope="col" className="num">
                      {t('records.hours')}
                    </th>
                    <th scope="col">{t('hr.due')}</th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((p) => (
                    <tr key={p.id}>
                      <th scope="row">
                        <Link href={`/?person=${p.id}`}>{p.name}</Link> <span className="soft small">{p.email}</span>
                      </th>
                      <td data-label={t('members.unit')}>{units.data?.get(p.unit ?? '') ?? '–'}</td>
                      <td className="num" data-label={t('hr.courses')}>
                        {p.courses}
                      </td>
                      <td className="num" data-label={t('state.complete')}>
                        {p.complete}
                      </td>
                      <td className="num" data-label={t('records.hours')}>
                        {hours(p.minutes)}
                      </td>
                      <td data-label={t('hr.due')}><InTime of={p} /></td>
                    </tr>
                  ))}
                </tbody>
              </table>
            )
          }
        </Loaded>
        <More pages={people} />
      </div>
    </>
  )
}

function InTime({ of: p }: { of: HrPerson }) {
  const { t } = useI18n()
  if (p.left) return <Tag>{t('hr.left')}</Tag>
  if (p.overdue > 0) return <Tag kind="wrong">{t('hr.overdue', { count: p.overdue })}</Tag>
  return p.dated > 0 ? <Tag kind="good">{t('hr.intime')}</Tag> : '–'
}
