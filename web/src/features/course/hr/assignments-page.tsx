import { useState } from 'react'
import { joinPages } from '../../../api/pages'
import { useI18n, Words } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Check, Choices, Form, SelectField, TextField, value, values } from '../../../ui/field'
import { More } from '../../../ui/more'
import { Notice, Tag } from '../../../ui/notice'
import '../parts/course.css'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useSayFault, useToast } from '../../../ui/toast'
import { lastMoment } from './completions-page'
import { useAssign, useAssignments, useCoursesToAssign, useTakeBack, useUnitNames, useWholeHrPeople } from './queries'

export default function AssignmentsPage() {
  const { t } = useI18n()
  return (
    <>
      <PageHead title={t('hr.assignments')} lead={t('hr.assignments.lead')} />
      <div className="two even">
        <Assign />
        <section aria-labelledby="given" className="stack-2">
          <h2 id="given">{t('hr.given')}</h2>
          <Given />
        </section>
      </div>
    </>
  )
}

/** How many people are listed at a time. */
const screenful = 50

function Assign() {
  const { t, words } = useI18n()
  const courses = useCoursesToAssign()
  const [q, setQ] = useState('')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const people = useWholeHrPeople()
  const [count, setCount] = useState(screenful)
  const units = useUnitNames()
  const assign = useAssign()
  const toast = useToast()
  const [round, setRound] = useState(0)
  const wanted = q.trim().toLowerCase()
  return (
    <section className="card stack" aria-labelledby="assign">
      <h2 id="assign">{t('hr.assign')}</h2>
      <Loaded query={courses}>
        {({ items }) =>
          items.length === 0 ? (
            <Notice>{t('catalogue.empty.text')}</Notice>
          ) : (
            <Form
              key={round}
              error={assign.error}
              onSubmit={(f) =>
                assign.mutate(
                  { course: value(f, 'course'), due: value(f, 'due'), people: [...new Set([...chosen, ...values(f, 'people')])] },
                  {
                    onSuccess: () => {
                      toast(t('hr.assigned', { count: chosen.size }))
                      setChosen(new Set())
                      setRound(round + 1)
                    },
                  },
                )
              }
            >
              <SelectField label={t('records.course')} name="course" required>
                {items.map((c) => (
                  <option key={c.id} value={c.id}>
                    {words(c.title)}
                  </option>
                ))}
              </SelectField>
              <TextField label={t('hr.due.by')} name="due" type="date" required min={new Date().toISOString().slice(0, 10)} max="9999-12-31" />
              <Choices legend={t('hr.who')} hint={t('hr.chosen', { count: chosen.size })}>
                <TextField label={t('hr.filter')} value={q} onChange={(e) => setQ(e.target.value)} type="search" />
                <Loaded query={people}>
                  {(all) => {
                    const fitting = all.filter((x) => !x.left && `${x.name} ${x.email} ${units.data?.get(x.unit ?? '') ?? ''}`.toLowerCase().includes(wanted))
                    const items = fitting.slice(0, count)
                    return (
                      <>
                        <div className="pick options">
                          {items.map((x) => (
                            <Check
                              key={x.id}
                              label={x.name}
                              hint={units.data?.get(x.unit ?? '') ?? x.email}
                              checked={chosen.has(x.id)}
                              onChange={(e) => setChosen((s) => new Set(e.target.checked ? [...s, x.id] : [...s].filter((id) => id !== x.id)))}
                            />
                          ))}
                        </div>
                        <More pages={{ data: { items }, more: fitting.length > count ? () => setCount(count + screenful) : undefined, loading: false, turned: count > screenful }} />
                      </>
                    )
                  }}
                </Loaded>
              </Choices>
              <Button kind="main" type="submit" busy={assign.isPending} disabled={chosen.size === 0}>
                {t('hr.assign.do', { count: chosen.size })}
              </Button>
            </Form>
          )
        }
      </Loaded>
    </section>
  )
}

function Given() {
  const { t, date } = useI18n()
  const assignments = joinPages(useAssignments('open'), useAssignments('done'))
  const takeBack = useTakeBack()
  const toast = useToast()
  const sayFault = useSayFault()
  return (
    <Loaded query={assignments}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty icon="list" title={t('hr.given.empty')}>
            {t('hr.given.empty.text')}
          </Empty>
        ) : (
          <>
            <ul className="plain list">
              {items.map((a) => (
                <li key={a.id}>
                  <div className="grow">
                    <h3>{a.person.name}</h3>
                    <p className="small">
                      <Words text={a.course.title} />
                    </p>
                    <p className="small soft">{t('hr.until', { date: date(lastMoment(a.due)) })}</p>
                  </div>
                  {a.state === 'done' ? (
                    <Tag kind="good">{t('state.complete')}</Tag>
                  ) : (
                      <Button tight busy={takeBack.isPending} onClick={() => takeBack.mutate(a.id, { onError: sayFault, onSuccess: () => toast(t('hr.taken')) })}>
                        {t('hr.take')}
                        <span className="hidden">: {a.person.name}</span>
                      </Button>
                  )}
                </li>
              ))}
            </ul>
            <More pages={assignments} />
          </>
        )
      }
    </Loaded>
  )
}
