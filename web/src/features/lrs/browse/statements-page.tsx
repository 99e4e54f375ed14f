import { useState } from 'react'
import { Link, useSearchParams } from 'wouter'
import type { StatementLine } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Form, SelectField, TextField, value } from '../../../ui/field'
import { More } from '../../../ui/more'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import '../lrs.css'
import { TownChoice, useTown } from '../store/town-choice'
import { type Filter, useCourseChoice, useLive, useStatements } from './queries'
import { Measures, Sentence } from './sentence'
import { verbNames, verbs } from './verbs'

/** Who looks: an author at one of her courses, HR at the own town, an operator at any. */
export type Viewer = 'author' | 'hr' | 'operator'

const fields = ['course', 'person', 'verb', 'activity', 'since', 'until'] as const

/** The statements of a record store: searched, read as sentences, and followed as they arrive. */
export default function StatementsPage({ viewer, own }: { viewer: Viewer; own?: string | undefined }) {
  const { t, locale } = useI18n()
  const [search, setSearch] = useSearchParams()
  const town = useTown(viewer === 'operator', own)
  const courses = useCourseChoice(viewer === 'author' ? 'own' : 'offered', town.id, town.ready)
  const given = (name: string) => search.get(name) ?? ''
  const course = given('course') || (viewer === 'author' ? (courses.data?.[0]?.id ?? '') : '')
  const filter: Filter = { organisation: town.id, course, person: given('person'), verb: given('verb'), activity: given('activity'), since: given('since'), until: given('until') }
  const ready = town.ready && (viewer !== 'author' || course !== '')
  const found = useStatements(filter, locale, ready)
  const [following, setFollowing] = useState(false)
  const live = useLive(filter, locale, following && ready, () => found.first.current?.head ?? 0)
  const filtered = fields.some((f) => (f !== 'course' || viewer !== 'author') && given(f) !== '')
  const apply = (next: Partial<Record<(typeof fields)[number], string>>) => {
    const all = Object.fromEntries(search)
    const kept = Object.entries({ ...all, ...next }).filter(([, v]) => v !== '')
    setSearch(new URLSearchParams(kept))
  }
  const noCourse = viewer === 'author' && courses.data?.length === 0
  const query = {
    data: noCourse ? { items: [] } : found.data,
    error: town.error ?? courses.error ?? found.error,
    refetch: () => Promise.all([town.refetch(), ...(town.ready ? [courses.refetch()] : []), ...(ready ? [found.refetch()] : [])]),
  }
  const fresh = live.lines.filter((l) => !found.data?.items.some((x) => x.id === l.id))
  const link = (l: StatementLine) => `/statements/${l.id}${scopeOf(town.towns ? town.id : '', viewer === 'author' ? course : '')}`
  return (
    <>
      <PageHead title={t('stmt.title')} lead={t(`stmt.lead.${viewer}`)} />
      <div className="stack-5">
        <SearchForm key={search.toString()} viewer={viewer} filter={filter} courses={courses.data} onApply={apply} town={town.towns ? <TownChoice town={town} /> : null} />
        <div className="row">
          <Button icon={following ? 'pause' : 'play'} aria-pressed={following} onClick={() => setFollowing(!following)}>
            {t('stmt.live')}
          </Button>
          <span className="small soft" role="status">
            {live.state === 'off' ? '' : live.state === 'ended' ? t('stmt.live.ended') : live.state === 'connecting' ? t('stmt.live.connecting') : t('stmt.live.on', { count: fresh.length })}
          </span>
          {filtered ? (
            <Button kind="quiet" onClick={() => apply({ person: '', verb: '', activity: '', since: '', until: '', ...(viewer === 'author' ? {} : { course: '' }) })}>
              {t('stmt.all')}
            </Button>
          ) : null}
        </div>
        {live.missed > 0 ? <Notice kind="caution">{t('stmt.live.missed')}</Notice> : null}
        <Loaded query={query}>
          {({ items }) => {
            const people = found.first.current?.people ?? []
            if (people.length > 0) return <People people={people} onChoose={(person) => apply({ person })} />
            if (items.length + fresh.length > 0) return <Lines items={[...fresh, ...items]} link={link} onPerson={viewer === 'author' ? undefined : (person) => apply({ person })} />
            if (noCourse) return <Empty icon="book" title={t('stmt.nocourse')}>{t('stmt.nocourse.text')}</Empty>
            if (found.first.current?.nobody) return <Empty icon="person" title={t('stmt.nobody')}>{t('stmt.nobody.text')}</Empty>
            return filtered ? <Empty icon="search" title={t('stmt.none')}>{t('stmt.none.text')}</Empty> : <Empty icon="list" title={t('stmt.empty')}>{t('stmt.empty.text')}</Empty>
          }}
        </Loaded>
        {noCourse ? null : <More pages={found} />}
      </div>
    </>
  )
}

/** The part of an address that says in whose store, and within which course. */
export function scopeOf(town: string, course: string): string {
  const params = new URLSearchParams({ ...(town ? { town } : {}), ...(course ? { course } : {}) }).toString()
  return params ? `?${params}` : ''
}

interface SearchFormProps {
  viewer: Viewer
  filter: Filter
  courses: { id: string; title: Record<string, string> }[] | undefined
  onApply: (next: Partial<Record<(typeof fields)[number], string>>) => void
  town: React.ReactNode
}

function SearchForm({ viewer, filter, courses, onApply, town }: SearchFormProps) {
  const { t, words } = useI18n()
  const known = filter.verb === '' || verbNames.some((v) => verbs[v] === filter.verb)
  const [verb, setVerb] = useState(known ? filter.verb : 'other')
  return (
    <Form
      className="filters"
      label={t('stmt.search')}
      onSubmit={(f) =>
        onApply({
          course: value(f, 'course'),
          person: value(f, 'person'),
          verb: verb === 'other' ? value(f, 'address') : verb,
          activity: value(f, 'activity'),
          since: value(f, 'since'),
          until: value(f, 'until'),
        })
      }
    >
      {town}
      <SelectField label={t('stmt.course')} name="course" defaultValue={filter.course} key={courses ? 'there' : 'not'}>
        {viewer === 'author' ? null : <option value="">{t('stmt.course.all')}</option>}
        {courses?.map((c) => (
          <option key={c.id} value={c.id}>
            {words(c.title)}
          </option>
        ))}
      </SelectField>
      {viewer === 'author' ? null : <TextField label={t('stmt.person')} name="person" defaultValue={filter.person} maxLength={200} />}
      <SelectField label={t('stmt.verb')} value={verb} onChange={(e) => setVerb(e.target.value)}>
        <option value="">{t('stmt.verb.all')}</option>
        {verbNames.map((v) => (
          <option key={v} value={verbs[v]}>
            {t(`stmt.verb.${v}`)}
          </option>
        ))}
        <option value="other">{t('stmt.verb.other')}</option>
      </SelectField>
      {verb === 'other' ? <TextField label={t('stmt.verb.address')} name="address" type="url" required maxLength={2000} defaultValue={known ? '' : filter.verb} /> : null}
      <TextField label={t('stmt.since')} name="since" type="date" defaultValue={filter.since} />
      <TextField label={t('stmt.until')} name="until" type="date" defaultValue={filter.until} />
      <TextField label={t('stmt.activity')} name="activity" type="url" defaultValue={filter.activity} maxLength={2000} />
      <Button kind="main" icon="search" type="submit">
        {t('action.search')}
      </Button>
    </Form>
  )
}

function People({ people, onChoose }: { people: { id: string; name: string; email: string; left?: boolean }[]; onChoose: (id: string) => void }) {
  const { t } = useI18n()
  return (
    <section className="stack-2" aria-labelledby="several">
      <h2 id="several">{t('stmt.several')}</h2>
      <ul className="plain list">
        {people.map((p) => (
          <li key={p.id}>
            <div className="grow">
              <b>
                <bdi>{p.name}</bdi>
              </b>
              <p className="small soft">
                {p.email} {p.left ? t('stmt.several.left') : ''}
              </p>
            </div>
            <Button tight onClick={() => onChoose(p.id)}>
              {t('stmt.several.choose')}
              <span className="hidden">: {p.name}</span>
            </Button>
          </li>
        ))}
      </ul>
    </section>
  )
}

function Lines({ items, link, onPerson }: { items: StatementLine[]; link: (l: StatementLine) => string; onPerson: ((id: string) => void) | undefined }) {
  const { t, dateTime, locale } = useI18n()
  return (
    <ul className="plain list statements">
      {items.map((l) => (
        <li key={l.id} className={l.voided ? 'voided' : ''}>
          <div className="grow stack-2">
            <p>
              <Link href={link(l)} className="breaks">
                <Sentence line={l} />
              </Link>
            </p>
            <div className="row small soft">
              <time dateTime={l.timestamp}>{dateTime(l.timestamp)}</time>
              {l.what.within ? <bdi lang={l.what.within.lang === locale ? undefined : l.what.within.lang}>{l.what.within.text}</bdi> : null}
              <Measures line={l} />
            </div>
          </div>
          {onPerson && l.who.person ? (
            <Button tight kind="quiet" onClick={() => onPerson(l.who.person ?? '')}>
              {t('stmt.only')}
              <span className="hidden">: {l.who.name}</span>
            </Button>
          ) : null}
        </li>
      ))}
    </ul>
  )
}
