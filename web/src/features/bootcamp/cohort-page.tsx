import { type ReactNode, useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Bootcamp, Cohort, CohortMember, CohortSession } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { AreaField, Form, SelectField, value } from '../../ui/field'
import { Icon } from '../../ui/icon'
import { Menu, MenuButton } from '../../ui/menu'
import { More } from '../../ui/more'
import { Notice, Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Empty, ErrorState, Loaded } from '../../ui/states'
import { useSayFault, useToast } from '../../ui/toast'
import './bootcamp.css'
import { Shown } from './calendar'
import { CohortForm } from './cohort-form'
import { ImportPeople } from './import-dialog'
import { useBootcamp, useChangeMembers, useCohortMembers, useSessions } from './queries'
import { SessionForm } from './session-form'
import { CopySheet, KeepSheet } from './sheet-dialogs'

/** A cohort from the inside: its run-sheet and its people. */
export default function CohortPage({ bootcamp, id, talk }: { bootcamp: string; id: string; talk?: ReactNode }) {
  const { t } = useI18n()
  return (
    <Loaded query={useBootcamp(bootcamp)} page>
      {(b) => {
        const c = b.cohorts.find((x) => x.id === id)
        return c ? <View bootcamp={b} cohort={c} talk={talk} /> : <ErrorState page error={new Error(t('lost.title'))} />
      }}
    </Loaded>
  )
}

type Doing = 'session' | 'edit' | 'invite' | 'import' | 'copy' | 'keep'

function View({ bootcamp: b, cohort: c, talk }: { bootcamp: Bootcamp; cohort: Cohort; talk: ReactNode }) {
  const { t, words, languageName } = useI18n()
  const sessions = useSessions(b.id, c.id)
  const [doing, setDoing] = useState<Doing>()
  const shut = () => setDoing(undefined)
  return (
    <>
      <PageHead
        title={c.name}
        crumb={<Link href={`/bootcamps/${b.id}`}>{words(b.title)}</Link>}
        lead={[languageName(c.language), t('cohort.taken', { taken: c.taken, number: c.seats })].join(' · ')}
        action={
          c.leads ? (
            <div className="row">
              <Button kind="main" icon="plus" onClick={() => setDoing('session')}>
                {t('meet.new')}
              </Button>
              <CohortMenu bootcamp={b} cohort={c} onDo={setDoing} />
            </div>
          ) : undefined
        }
      />
      <div className="two">
        <section className="stack" aria-labelledby="run">
          <h2 id="run">{t('cohort.run')}</h2>
          <Loaded query={sessions}>{(list) => <Run bootcamp={b} sessions={list} leads={c.leads} onNew={() => setDoing('session')} />}</Loaded>
        </section>
        <div className="stack-5">
          {talk}
          {c.leads ? (
            <>
              <People bootcamp={b} cohort={c} state="asked" />
              <People bootcamp={b} cohort={c} state="waiting" />
              <People bootcamp={b} cohort={c} state="invited" />
            </>
          ) : null}
          <People bootcamp={b} cohort={c} state="joined" />
        </div>
      </div>
      {doing === 'session' ? <SessionForm bootcamp={b} cohort={c.id} onClose={shut} /> : null}
      {doing === 'edit' ? <CohortForm bootcamp={b} of={c} onClose={shut} /> : null}
      {doing === 'import' ? <ImportPeople bootcamp={b} cohort={c} onClose={shut} /> : null}
      {doing === 'copy' ? <CopySheet bootcamp={b} cohort={c} onClose={shut} /> : null}
      {doing === 'keep' ? <KeepSheet name={c.name} from={{ bootcamp: b.id, cohort: c.id }} onClose={shut} /> : null}
      {doing === 'invite' ? <Invite bootcamp={b} cohort={c} onClose={shut} /> : null}
    </>
  )
}

/** The sessions by day. */
function Run({ bootcamp: b, sessions, leads, onNew }: { bootcamp: Bootcamp; sessions: CohortSession[]; leads: boolean; onNew: () => void }) {
  const { t, date } = useI18n()
  if (sessions.length === 0) {
    return (
      <Empty icon="clock" title={t('cohort.run.none')} action={leads ? <Button onClick={onNew}>{t('meet.new')}</Button> : undefined}>
        {t(leads ? 'cohort.run.none.may' : 'cohort.run.none.text')}
      </Empty>
    )
  }
  const byDay = new Map<string, CohortSession[]>()
  for (const s of sessions) {
    const day = date(s.starts)
    byDay.set(day, [...(byDay.get(day) ?? []), s])
  }
  return (
    <ol className="plain run">
      {[...byDay].map(([day, list]) => (
        <li key={day}>
          <h3>{day}</h3>
          <ul className="plain">
            {list.map((s) => (
              <li key={s.id} className={`session${s.state === 'cancelled' ? ' off' : ''}`}>
                <When session={s} />
                <div className="stack-2">
                  <h4>
                    <Link href={`/bootcamps/${b.id}/sessions/${s.id}`} lang={s.language}>
                      {s.title}
                    </Link>
                  </h4>
                  <p className="soft small">{[t(`meet.kind.${s.kind}`), t(`meet.mode.${s.mode}`), s.place.name].filter(Boolean).join(' · ')}</p>
                  {s.state === 'cancelled' ? <Tag kind="wrong">{t('meet.cancelled')}</Tag> : null}
                </div>
              </li>
            ))}
          </ul>
        </li>
      ))}
    </ol>
  )
}

/** The clock of the reader, and that of the place if it shows another time. */
function When({ session: s }: { session: CohortSession }) {
  const { t, time } = useI18n()
  const here = time(s.starts)
  const there = time(s.starts, s.zone)
  return (
    <div className="when">
      <b>
        {here}–{time(s.ends)}
      </b>
      {here === there ? null : <p className="soft small">{t('meet.there', { when: there, zone: s.zone })}</p>}
    </div>
  )
}

function CohortMenu({ bootcamp: b, cohort: c, onDo }: { bootcamp: Bootcamp; cohort: Cohort; onDo: (d: Doing) => void }) {
  const { t } = useI18n()
  const { link, unlink } = useChangeMembers(b.id, c.id)
  const [url, setUrl] = useState<string>()
  const toast = useToast()
  const sayFault = useSayFault()
  const [, navigate] = useLocation()
  return (
    <>
      <Menu label={t('camp.more')} face={<Icon name="more" />}>
        <MenuButton icon="mail" onClick={() => onDo('invite')}>
          {t('cohort.invite')}
        </MenuButton>
        <MenuButton icon="upload" onClick={() => onDo('import')}>
          {t('import.people')}
        </MenuButton>
        <MenuButton icon="globe" onClick={() => link.mutate(undefined, { onSuccess: (made) => setUrl(made.url), onError: sayFault })}>
          {t(c.linked ? 'cohort.link.again' : 'cohort.link')}
        </MenuButton>
        {c.linked ? <MenuButton onClick={() => unlink.mutate(undefined, { onSuccess: () => toast(t('cohort.link.ended')), onError: sayFault })}>{t('cohort.link.end')}</MenuButton> : null}
        <MenuButton icon="plus" onClick={() => onDo('copy')}>
          {t('sheet.copy')}
        </MenuButton>
        {b.hosting ? (
          <MenuButton icon="list" onClick={() => onDo('keep')}>
            {t('sheet.keep')}
          </MenuButton>
        ) : null}
        <MenuButton icon="print" onClick={() => navigate(`/bootcamps/${b.id}/cohorts/${c.id}/guide`)}>
          {t('guide.open')}
        </MenuButton>
        <MenuButton icon="check" onClick={() => navigate(`/bootcamps/${b.id}/cohorts/${c.id}/desk`)}>
          {t('desk.title')}
        </MenuButton>
        <MenuButton icon="edit" onClick={() => onDo('edit')}>
          {t('cohort.edit')}
        </MenuButton>
      </Menu>
      {url ? <Shown title={t('cohort.link')} text={t('cohort.link.shown')} url={url} onClose={() => setUrl(undefined)} /> : null}
    </>
  )
}

const roles = ['participant', 'facilitator', 'observer'] as const

/** People of the cohort in one state; who leads can answer, change roles and remove. */
function People({ bootcamp: b, cohort: c, state }: { bootcamp: Bootcamp; cohort: Cohort; state: 'joined' | 'asked' | 'waiting' | 'invited' }) {
  const { t } = useI18n()
  const members = useCohortMembers(b.id, c.id, state)
  if (state !== 'joined' && members.data?.items.length === 0) return null
  return (
    <section className="card stack-2" aria-labelledby={`people-${state}`}>
      <h2 id={`people-${state}`}>{t(`cohort.people.${state}`)}</h2>
      <Loaded query={members}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">{t('cohort.people.none')}</p>
          ) : (
            <ul className="plain list people">
              {items.map((m) => (
                <li key={m.person}>
                  <div className="grow">
                    <b>{m.name}</b>
                    <p className="soft small">{m.role === 'participant' ? m.town.name : `${m.town.name} · ${t(`cohort.role.${m.role}`)}`}</p>
                  </div>
                  {c.leads ? <MemberActs bootcamp={b} cohort={c} member={m} /> : null}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More pages={members} />
      {state === 'invited' && c.expected ? <p className="soft small">{t('cohort.expected', { number: c.expected })}</p> : null}
    </section>
  )
}

function MemberActs({ bootcamp: b, cohort: c, member: m }: { bootcamp: Bootcamp; cohort: Cohort; member: CohortMember }) {
  const { t } = useI18n()
  const { change, remove } = useChangeMembers(b.id, c.id)
  const sayFault = useSayFault()
  if (m.state === 'asked') {
    return (
      <div className="row">
        <Button tight kind="main" busy={change.isPending} onClick={() => change.mutate({ p: m.person, answer: true }, { onError: sayFault })}>
          {t('cohort.admit')}
          <span className="hidden">: {m.name}</span>
        </Button>
        <Button tight busy={change.isPending} onClick={() => change.mutate({ p: m.person, answer: false }, { onError: sayFault })}>
          {t('cohort.refuse')}
          <span className="hidden">: {m.name}</span>
        </Button>
      </div>
    )
  }
  return (
    <Menu label={t('cohort.member.more', { name: m.name })} face={<Icon name="more" />}>
      {m.state === 'joined'
        ? roles
            .filter((r) => r !== m.role)
            .map((role) => (
              <MenuButton key={role} onClick={() => change.mutate({ p: m.person, role }, { onError: sayFault })}>
                {t(`cohort.make.${role}`)}
              </MenuButton>
            ))
        : null}
      <MenuButton icon="trash" onClick={() => remove.mutate(m.person, { onError: sayFault })}>
        {t('cohort.remove')}
      </MenuButton>
    </Menu>
  )
}

/** Invites people by their addresses, one a line or with commas between. */
function Invite({ bootcamp: b, cohort: c, onClose }: { bootcamp: Bootcamp; cohort: Cohort; onClose: () => void }) {
  const { t } = useI18n()
  const { invite } = useChangeMembers(b.id, c.id)
  const done = invite.data?.items
  return (
    <Dialog title={t('cohort.invite')} onClose={onClose}>
      {done ? (
        <>
          <ul className="plain list" role="status">
            {done.map((i) => (
              <li key={i.email}>
                <span className="grow">{i.email}</span>
                <Tag kind={i.state === 'address' ? 'wrong' : i.state === 'already' ? 'civic' : 'good'}>{t(`cohort.invited.${i.state}`)}</Tag>
              </li>
            ))}
          </ul>
          <div className="row">
            <Button kind="main" onClick={onClose}>
              {t('action.close')}
            </Button>
          </div>
        </>
      ) : (
        <Form
          error={invite.error}
          onSubmit={(f) =>
            invite.mutate({
              role: roles.find((r) => r === value(f, 'role')) ?? 'participant',
              guests: value(f, 'addresses')
                .split(/[\s,;]+/)
                .filter(Boolean)
                .map((email) => ({ email })),
            })
          }
        >
          <Notice>{t('cohort.invite.text')}</Notice>
          <AreaField label={t('cohort.addresses')} hint={t('cohort.addresses.hint')} name="addresses" rows={5} required />
          <SelectField label={t('cohort.as')} name="role" defaultValue="participant">
            {roles.map((r) => (
              <option key={r} value={r}>
                {t(`cohort.role.${r}`)}
              </option>
            ))}
          </SelectField>
          <div className="row">
            <Button kind="main" type="submit" icon="mail" busy={invite.isPending}>
              {t('cohort.invite')}
            </Button>
            <Button onClick={onClose}>{t('action.cancel')}</Button>
          </div>
        </Form>
      )}
    </Dialog>
  )
}
