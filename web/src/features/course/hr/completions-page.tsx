import { useState } from 'react'
import { Link, useSearch } from 'wouter'
import type { Completion } from '../../../api/types'
import { useI18n, Words } from '../../../lib/i18n'
import { Button, ButtonLink } from '../../../ui/button'
import { SelectField } from '../../../ui/field'
import { Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { type CompletionFilter, useCompletions, useCoursesToAssign, useMember, useProgrammesToShow } from './queries'
import { useTownDay } from '../parts/town-day'

export default function CompletionsPage() {
  const { t, day, hours, words } = useI18n()
  const date = useTownDay()
  const person = new URLSearchParams(useSearch()).get('person') ?? ''
  const [chosen, setFilter] = useState<Omit<CompletionFilter, 'person'>>({ course: '', state: 'complete' })
  const filter = { ...chosen, person }
  const member = useMember(person)
  const [trail, setTrail] = useState([''])
  const cursor = trail.at(-1) ?? ''
  const completions = useCompletions(filter, cursor)
  const courses = useCoursesToAssign()
  const programmes = useProgrammesToShow()
  const change = (part: Partial<typeof chosen>) => {
    setFilter((f) => ({ ...f, ...part }))
    setTrail([''])
  }
  const filtered = person !== '' || chosen.course !== '' || chosen.state === 'open'
  const name = member.data?.name
  return (
    <>
      <PageHead
        title={t('hr.completions')}
        lead={t('hr.completions.lead')}
        action={
          <ButtonLink kind="main" href="/exports">
            {t('hr.export')}
          </ButtonLink>
        }
      />
      <div className="stack-5">
        <div className="filters">
          {person ? (
            <p className="field">
              <span className="label">{name ?? t('hr.person')}</span>
              <Link href="/">{t('hr.everybody')}</Link>
            </p>
          ) : null}
          <SelectField label={t('records.course')} value={chosen.course} onChange={(e) => change({ course: e.target.value })}>
            <option value="">{t('hr.course.all')}</option>
            {courses.data?.items.map((c) => (
              <option key={c.id} value={c.id}>
                {words(c.title)}
              </option>
            ))}
            {programmes.data && programmes.data.length > 0 ? (
              <optgroup label={t('catalogue.programmes')}>
                {programmes.data.map((p) => (
                  <option key={p.id} value={p.id}>
                    {words(p.title)}
                  </option>
                ))}
              </optgroup>
            ) : null}
          </SelectField>
          <SelectField label={t('records.state')} value={chosen.state} onChange={(e) => change({ state: e.target.value === 'open' ? 'open' : 'complete' })}>
            <option value="complete">{t('state.complete')}</option>
            <option value="open">{t('state.open')}</option>
          </SelectField>
        </div>
        <Loaded query={completions} block>
          {({ items, next }) =>
            items.length === 0 ? (
              filtered ? (
                <Empty icon="search" title={t('hr.none')}>
                  {t('hr.none.text')}
                </Empty>
              ) : (
                <Empty icon="award" title={t('hr.empty')} action={<ButtonLink href="/assignments">{t('hr.assign')}</ButtonLink>}>
                  {t('hr.empty.text')}
                </Empty>
              )
            ) : (
              <>
                <table className="table">
                  <thead>
                    <tr>
                      <th scope="col">{t('hr.person')}</th>
                      <th scope="col">{t('records.course')}</th>
                      <th scope="col">{t('records.state')}</th>
                      <th scope="col">{t('records.completed')}</th>
                      <th scope="col">{t('hr.due')}</th>
                      <th scope="col" className="num">
                        {t('records.hours')}
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {items.map((c) => (
                      <tr key={c.id}>
                        <th scope="row">
                          <Link href={`/completions/${c.id}`}>{c.person.name}</Link>
                        </th>
                        <td data-label={t('records.course')}>
                          <Words text={c.course.title} /> {c.kind === 'programme' ? <Tag>{t('hr.programme')}</Tag> : null}
                        </td>
                        <td data-label={t('records.state')}>
                          <CompletionTag completion={c} />
                        </td>
                        <td className="day" data-label={t('records.completed')}>{c.completed ? date(c.completed) : '–'}</td>
                        <td className="day" data-label={t('hr.due')}>{c.dueDay ? day(c.dueDay) : '–'}</td>
                        <td className="num" data-label={t('records.hours')}>
                          {c.state === 'complete' && c.kind === 'course' ? hours(c.minutes) : '–'}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
                <nav className="row" aria-label={t('hr.pages')}>
                  {trail.length > 1 && <Button onClick={() => setTrail(trail.slice(0, -1))}>{t('hr.back')}</Button>}
                  {next !== '' && <Button onClick={() => setTrail([...trail, next])}>{t('hr.next')}</Button>}
                </nav>
              </>
            )
          }
        </Loaded>
      </div>
    </>
  )
}

export function CompletionTag({ completion: c }: { completion: Completion }) {
  const { t } = useI18n()
  if (c.state === 'complete') return <Tag kind="good">{t('state.complete')}</Tag>
  if (c.state === 'revoked') return <Tag kind="wrong">{t('hr.revoked')}</Tag>
  if (c.kind === 'programme') return c.due && new Date(c.due) < new Date() ? <Tag kind="wrong">{t('hr.programme.late', { done: c.done, count: c.of })}</Tag> : <Tag>{t('home.programme', { done: c.done, count: c.of })}</Tag>
  if (c.due && new Date(c.due) < new Date()) return <Tag kind="wrong">{t('hr.late', { done: c.done, count: c.of })}</Tag>
  return <Tag>{t('home.done', { done: c.done, count: c.of })}</Tag>
}
