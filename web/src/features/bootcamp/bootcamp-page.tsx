import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Bootcamp, Cohort, CohortPlace } from '../../api/types'
import { useI18n, Words } from '../../lib/i18n'
import { pick } from '../../lib/locale'
import { Button, ButtonLink } from '../../ui/button'
import { Confirm } from '../../ui/confirm'
import { Icon } from '../../ui/icon'
import { Menu, MenuButton } from '../../ui/menu'
import { Notice, Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Empty, Loaded } from '../../ui/states'
import { useSayFault, useToast } from '../../ui/toast'
import { BootcampForm } from './bootcamp-form'
import './bootcamp.css'
import { StateTag } from './bootcamps-page'
import { CohortForm } from './cohort-form'
import { useBootcamp, useChangeBootcamp, useChangeCohort } from './queries'

/** A bootcamp: what it is about, its cohorts, and one's own place in them. */
export default function BootcampPage({ id, reads }: { id: string; reads: boolean }) {
  return (
    <Loaded query={useBootcamp(id)} page>
      {(b) => <View bootcamp={b} reads={reads} />}
    </Loaded>
  )
}

function View({ bootcamp: b, reads }: { bootcamp: Bootcamp; reads: boolean }) {
  const { t, locale, words, days, languageName, countryName, list, number } = useI18n()
  const [editing, setEditing] = useState(false)
  const [adding, setAdding] = useState(false)
  const { targets } = b
  const promised = (['persons', 'towns', 'hours', 'practices'] as const).filter((k) => targets[k] > 0)
  const summary = Object.keys(b.html).length > 0 ? pick(b.html, locale, b.languages) : null
  return (
    <>
      <PageHead
        title={words(b.title)}
        heading={<Words text={b.title} order={b.languages} />}
        crumb={<Link href="/bootcamps">{t('camp.title')}</Link>}
        lead={`${days(b.first, b.last)} · ${b.host.name}`}
        action={b.hosting ? <Doing bootcamp={b} onEdit={() => setEditing(true)} /> : undefined}
      />
      <div className="stack-5">
        {b.state === 'open' ? null : <Notice kind={b.state === 'cancelled' ? 'caution' : 'info'}>{t(`camp.state.${b.state}.text`)}</Notice>}
        <div className="two">
          <div className="stack-5">
            {summary ? <div className="prose" lang={summary.lang} dangerouslySetInnerHTML={{ __html: summary.words }} /> : null}
            <section className="stack" aria-labelledby="cohorts">
              <div className="row between">
                <h2 id="cohorts">{t('cohort.title')}</h2>
                {b.hosting ? (
                  <Button icon="plus" onClick={() => setAdding(true)}>
                    {t('cohort.new')}
                  </Button>
                ) : null}
              </div>
              {b.cohorts.length === 0 ? (
                <Empty icon="person" title={t('cohort.none')}>
                  {t(b.hosting ? 'cohort.none.may' : 'cohort.none.text')}
                </Empty>
              ) : (
                <ul className="plain stack">
                  {b.cohorts.map((c) => (
                    <li key={c.id} className="card cohort stack-2">
                      <CohortCard bootcamp={b} cohort={c} place={b.mine.find((m) => m.cohort === c.id)} />
                    </li>
                  ))}
                </ul>
              )}
            </section>
          </div>
          <section className="card stack-2" aria-labelledby="about">
            <h2 id="about">{t('camp.about')}</h2>
            <dl className="facts">
              <dt>{t('camp.host')}</dt>
              <dd>{b.host.name}</dd>
              <dt>{t('camp.languages')}</dt>
              <dd>{list(b.languages.map(languageName))}</dd>
              <dt>{t('camp.towns')}</dt>
              <dd>{list(b.towns.map((o) => o.name))}</dd>
              {b.territories.length > 0 ? (
                <>
                  <dt>{t('camp.territories')}</dt>
                  <dd>{list(b.territories)}</dd>
                </>
              ) : null}
              {b.partners.map((p) => (
                <Fact key={p.role + p.name} term={t(`camp.partner.${p.role}`)} value={p.country ? `${p.name} (${countryName(p.country)})` : p.name} />
              ))}
              {b.funding.map((x) => (
                <Fact key={x.kind + x.code} term={t(`camp.funding.${x.kind}`)} value={x.code} />
              ))}
              {promised.map((k) => (
                <Fact key={k} term={t(`camp.targets.${k}`)} value={number(targets[k])} />
              ))}
            </dl>
            {reads ? (
              <p>
                <Link href={`/bootcamps/${b.id}/figures`}>{t('fig.title')}</Link>
              </p>
            ) : null}
          </section>
        </div>
      </div>
      {editing && <BootcampForm of={b} onClose={() => setEditing(false)} />}
      {adding && <CohortForm bootcamp={b} onClose={() => setAdding(false)} />}
    </>
  )
}

function Fact({ term, value }: { term: string; value: string }) {
  return (
    <>
      <dt>{term}</dt>
      <dd>{value}</dd>
    </>
  )
}

/** What its host's facilitators can do with a bootcamp. */
function Doing({ bootcamp: b, onEdit }: { bootcamp: Bootcamp; onEdit: () => void }) {
  const { t } = useI18n()
  const { turn, remove } = useChangeBootcamp()
  const [asking, setAsking] = useState<'cancelled' | 'delete'>()
  const [, navigate] = useLocation()
  const toast = useToast()
  const sayFault = useSayFault()
  const to = (state: 'open' | 'closed') => turn.mutate({ b: b.id, state }, { onSuccess: () => toast(t(`camp.turned.${state}`)), onError: sayFault })
  return (
    <div className="row">
      <StateTag state={b.state} />
      {b.state === 'draft' ? (
        <Button kind="main" busy={turn.isPending} onClick={() => to('open')}>
          {t('camp.open')}
        </Button>
      ) : null}
      <Menu label={t('camp.more')} face={<Icon name="more" />}>
        <MenuButton icon="edit" onClick={onEdit}>
          {t('camp.edit')}
        </MenuButton>
        {b.state === 'open' ? <MenuButton onClick={() => to('closed')}>{t('camp.close')}</MenuButton> : null}
        {b.state === 'closed' || b.state === 'cancelled' ? <MenuButton onClick={() => to('open')}>{t('camp.open')}</MenuButton> : null}
        {b.state === 'open' ? <MenuButton onClick={() => setAsking('cancelled')}>{t('camp.cancel')}</MenuButton> : null}
        {b.state === 'draft' ? <MenuButton onClick={() => setAsking('delete')}>{t('action.remove')}</MenuButton> : null}
      </Menu>
      {asking === 'cancelled' ? (
        <Confirm title={t('camp.cancel')} does={t('camp.cancel')} error={turn.error} busy={turn.isPending} onClose={() => setAsking(undefined)} onDo={() => turn.mutate({ b: b.id, state: 'cancelled' }, { onSuccess: () => setAsking(undefined) })}>
          {t('camp.cancel.text')}
        </Confirm>
      ) : null}
      {asking === 'delete' ? (
        <Confirm title={t('action.remove')} does={t('action.remove')} error={remove.error} busy={remove.isPending} onClose={() => setAsking(undefined)} onDo={() => remove.mutate(b.id, { onSuccess: () => navigate('/bootcamps') })}>
          {t('camp.delete.text')}
        </Confirm>
      ) : null}
    </div>
  )
}

/** A cohort, one's own place in it, and the next step. */
function CohortCard({ bootcamp: b, cohort: c, place }: { bootcamp: Bootcamp; cohort: Cohort; place: CohortPlace | undefined }) {
  const { t, languageName } = useI18n()
  const { join, leave } = useChangeCohort(b.id)
  const [leaving, setLeaving] = useState(false)
  const toast = useToast()
  const sayFault = useSayFault()
  const inside = c.leads || place?.state === 'joined'
  const free = c.seats - c.taken
  const may = b.state === 'open' && !(c.leads && !place) && (!place || ['left', 'declined', 'invited'].includes(place.state)) && (c.joining !== 'invitation' || place?.state === 'invited')
  const here = place && ['joined', 'waiting', 'asked', 'invited'].includes(place.state)
  return (
    <>
      <div className="row between">
        <h3>{inside ? <Link href={`/bootcamps/${b.id}/cohorts/${c.id}`}>{c.name}</Link> : c.name}</h3>
        {place && here ? <PlaceTag place={place} /> : null}
      </div>
      <p className="soft small">
        {[languageName(c.language), free > 0 && c.waiting === 0 ? t('cohort.free', { number: free }) : t('cohort.full'), c.waiting > 0 ? t('cohort.waiting', { number: c.waiting }) : ''].filter(Boolean).join(' · ')}
      </p>
      {place?.state === 'waiting' ? <p>{t('cohort.waiting.text')}</p> : null}
      {place?.state === 'asked' ? <p>{t('cohort.asked.text')}</p> : null}
      {place?.state === 'removed' ? <p>{t('cohort.removed.text')}</p> : null}
      <div className="row">
        {inside ? (
          <ButtonLink kind="main" href={`/bootcamps/${b.id}/cohorts/${c.id}`}>
            {t('cohort.enter')}
            <span className="hidden">: {c.name}</span>
          </ButtonLink>
        ) : null}
        {may ? (
          <Button
            kind="main"
            busy={join.isPending}
            onClick={() => join.mutate(c.id, { onSuccess: (p) => toast(t(p.state === 'joined' ? 'cohort.joined' : p.state === 'waiting' ? 'cohort.waits' : 'cohort.asked')), onError: sayFault })}
          >
            {t(c.joining === 'approval' && place?.state !== 'invited' ? 'cohort.ask' : free > 0 && c.waiting === 0 ? 'cohort.join' : 'cohort.wait')}
            <span className="hidden">: {c.name}</span>
          </Button>
        ) : null}
        {here ? (
          <Button onClick={() => setLeaving(true)}>
            {t(place.state === 'invited' ? 'cohort.decline' : 'cohort.leave')}
            <span className="hidden">: {c.name}</span>
          </Button>
        ) : null}
        {!place && c.joining === 'invitation' && !inside ? <p className="small soft">{t('cohort.closed')}</p> : null}
      </div>
      {leaving && place ? (
        <Confirm
          title={t(place.state === 'invited' ? 'cohort.decline' : 'cohort.leave')}
          does={t(place.state === 'invited' ? 'cohort.decline' : 'cohort.leave')}
          error={leave.error}
          busy={leave.isPending}
          onClose={() => setLeaving(false)}
          onDo={() => leave.mutate(c.id, { onSuccess: () => setLeaving(false) })}
        >
          {t('cohort.leave.text')}
        </Confirm>
      ) : null}
    </>
  )
}

/** What one is to the cohort. */
function PlaceTag({ place }: { place: CohortPlace }) {
  const { t } = useI18n()
  const states = { invited: 'cohort.state.invited', asked: 'cohort.state.asked', waiting: 'cohort.state.waiting' } as const
  switch (place.state) {
    case 'joined':
      return <Tag kind="good">{t(`cohort.role.${place.role}`)}</Tag>
    case 'invited':
    case 'asked':
    case 'waiting':
      return <Tag kind="caution">{t(states[place.state])}</Tag>
    default:
      return null
  }
}
