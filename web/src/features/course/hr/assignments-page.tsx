import { useState } from 'react'
import { joinPages } from '../../../api/pages'
import { today } from '../../../lib/format'
import { useI18n, Words } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Check, Choices, Form, SelectField, TextField, value } from '../../../ui/field'
import { More } from '../../../ui/more'
import { Notice, Tag } from '../../../ui/notice'
import '../parts/course.css'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useSayFault, useToast } from '../../../ui/toast'
import { useAssign, useAssignments, useCoursesToAssign, useProgrammesToShow, useTakeBack, useUnitNames, useWholeHrPeople } from './queries'

export default function AssignmentsPage({ zone }: { zone: string | undefined }) {
  const { t } = useI18n()
  return (
    <>
      <PageHead title={t('hr.assignments')} lead={t('hr.assignments.lead')} />
      <div className="two even">
        <Assign zone={zone} />
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

type Whom = 'people' | 'units' | 'everyone'

/** What a field's value names: course:<id> or programme:<id>. */
function target(field: string): { course: string } | { programme: string } {
  const [kind = '', id = ''] = field.split(':')
  return kind === 'programme' ? { programme: id } : { course: id }
}

function Assign({ zone }: { zone: string | undefined }) {
  const { t, words } = useI18n()
  const courses = useCoursesToAssign()
  const programmes = useProgrammesToShow()
  const [whom, setWhom] = useState<Whom>('people')
  const [chosen, setChosen] = useState<ReadonlySet<string>>(new Set())
  const [units, setUnits] = useState<ReadonlySet<string>>(new Set())
  const assign = useAssign()
  const toast = useToast()
  const [round, setRound] = useState(0)
  const nobody = whom === 'people' ? chosen.size === 0 : whom === 'units' && units.size === 0
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
                  {
                    ...target(value(f, 'what')),
                    due: value(f, 'due'),
                    ...(whom === 'people' ? { people: [...chosen] } : whom === 'units' ? { units: [...units] } : { everyone: true }),
                  },
                  {
                    onSuccess: ({ created, more }) => {
                      toast(more ? t('hr.assigned.more', { count: created }) : t('hr.assigned', { count: created }))
                      setChosen(new Set())
                      setUnits(new Set())
                      setRound(round + 1)
                    },
                  },
                )
              }
            >
              <SelectField label={t('hr.what')} name="what" required>
                <optgroup label={t('hr.courses')}>
                  {items.map((c) => (
                    <option key={c.id} value={`course:${c.id}`}>
                      {words(c.title)}
                    </option>
                  ))}
                </optgroup>
                {programmes.data && programmes.data.length > 0 ? (
                  <optgroup label={t('catalogue.programmes')}>
                    {programmes.data.map((p) => (
                      <option key={p.id} value={`programme:${p.id}`}>
                        {words(p.title)}
                      </option>
                    ))}
                  </optgroup>
                ) : null}
              </SelectField>
              <TextField label={t('hr.due.by')} name="due" type="date" required min={today(zone)} max="9999-12-31" />
              <SelectField label={t('hr.whom')} value={whom} onChange={(e) => setWhom(whomOf(e.target.value))}>
                <option value="people">{t('hr.whom.people')}</option>
                <option value="units">{t('hr.whom.units')}</option>
                <option value="everyone">{t('hr.whom.everyone')}</option>
              </SelectField>
              {whom === 'people' ? <Persons chosen={chosen} onChange={setChosen} /> : whom === 'units' ? <Units chosen={units} onChange={setUnits} /> : <p className="small soft">{t('hr.whom.everyone.text')}</p>}
              <Button kind="main" type="submit" busy={assign.isPending} disabled={nobody}>
                {whom === 'people' ? t('hr.assign.do', { count: chosen.size }) : whom === 'units' ? t('hr.assign.units', { count: units.size }) : t('hr.assign.everyone')}
              </Button>
            </Form>
          )
        }
      </Loaded>
    </section>
  )
}

function whomOf(value: string): Whom {
  return value === 'units' || value === 'everyone' ? value : 'people'
}

interface ChosenProps {
  chosen: ReadonlySet<string>
  onChange: (chosen: ReadonlySet<string>) => void
}

function toggled(chosen: ReadonlySet<string>, id: string, on: boolean): ReadonlySet<string> {
  return new Set(on ? [...chosen, id] : [...chosen].filter((x) => x !== id))
}

function Persons({ chosen, onChange }: ChosenProps) {
  const { t } = useI18n()
  const [q, setQ] = useState('')
  const [count, setCount] = useState(screenful)
  const people = useWholeHrPeople()
  const units = useUnitNames()
  const wanted = q.trim().toLowerCase()
  return (
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
                  <Check key={x.id} label={x.name} hint={units.data?.get(x.unit ?? '') ?? x.email} checked={chosen.has(x.id)} onChange={(e) => onChange(toggled(chosen, x.id, e.target.checked))} />
                ))}
              </div>
              <More pages={{ data: { items }, more: fitting.length > count ? () => setCount(count + screenful) : undefined, loading: false, turned: count > screenful }} />
            </>
          )
        }}
      </Loaded>
    </Choices>
  )
}

function Units({ chosen, onChange }: ChosenProps) {
  const { t } = useI18n()
  const units = useUnitNames()
  return (
    <Choices legend={t('hr.whom.which')} hint={t('hr.whom.units.text')}>
      <Loaded query={units}>
        {(all) =>
          all.size === 0 ? (
            <p className="small soft">{t('hr.whom.none')}</p>
          ) : (
            <div className="pick options">
              {[...all].map(([id, name]) => (
                <Check key={id} label={name} checked={chosen.has(id)} onChange={(e) => onChange(toggled(chosen, id, e.target.checked))} />
              ))}
            </div>
          )
        }
      </Loaded>
    </Choices>
  )
}

function Given() {
  const { t, day } = useI18n()
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
                      <Words text={a.course.title} /> {a.kind === 'programme' ? <Tag>{t('hr.programme')}</Tag> : null}
                    </p>
                    <p className="small soft">{t('hr.until', { date: day(a.dueDay) })}</p>
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
