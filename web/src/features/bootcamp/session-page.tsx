import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import type { Bootcamp, CohortSession } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button, ButtonLink } from '../../ui/button'
import { Confirm } from '../../ui/confirm'
import { Dialog } from '../../ui/dialog'
import { Ends } from '../../ui/ends'
import { Form, SelectField, TextField, value } from '../../ui/field'
import { Icon } from '../../ui/icon'
import { Menu, MenuButton } from '../../ui/menu'
import { Notice, Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { useToast } from '../../ui/toast'
import { Agenda } from './agenda'
import './bootcamp.css'
import { useBootcamp, useChangeSessions, useSession } from './queries'
import { SessionForm } from './session-form'
import { KeepSheet } from './sheet-dialogs'

/** A session: when and where, its agenda and its materials. Printed by who leads it, it is the guide. */
export default function SessionPage({ bootcamp, id, talk }: { bootcamp: string; id: string; talk?: (cohort: string) => ReactNode }) {
  const b = useBootcamp(bootcamp)
  const session = useSession(bootcamp, id)
  const both = { data: b.data && session.data ? { b: b.data, session: session.data } : undefined, error: b.error ?? session.error, refetch: () => Promise.all([b.refetch(), session.refetch()]) }
  return (
    <Loaded query={both} page>
      {(x) => <View bootcamp={x.b} session={x.session} talk={talk?.(x.session.cohort)} />}
    </Loaded>
  )
}

function View({ bootcamp: b, session: s, talk }: { bootcamp: Bootcamp; session: CohortSession; talk: ReactNode }) {
  const { t, words } = useI18n()
  const cohort = b.cohorts.find((c) => c.id === s.cohort)
  return (
    <>
      <PageHead
        title={s.title}
        heading={<span lang={s.language}>{s.title}</span>}
        crumb={
          <>
            <Link href={`/bootcamps/${b.id}`}>{words(b.title)}</Link>
            {' · '}
            <Link href={`/bootcamps/${b.id}/cohorts/${s.cohort}`}>{cohort?.name ?? t('cohort.title')}</Link>
          </>
        }
        action={s.leads ? <Doing bootcamp={b} session={s} /> : undefined}
      />
      <div className="stack-5 guide">
        {s.state === 'cancelled' ? (
          <Notice kind="caution">{t('meet.cancelled')}</Notice>
        ) : (
          <p className="row no-print">
            <ButtonLink kind="main" icon="people" href={`/bootcamps/${b.id}/sessions/${s.id}/room`}>
              {t('room.enter')}
            </ButtonLink>
            {s.leads ? (
              <ButtonLink icon="list" href={`/bootcamps/${b.id}/sessions/${s.id}/attendance`}>
                {t('attend.open')}
              </ButtonLink>
            ) : s.mode === 'online' ? null : (
              <ButtonLink icon="check" href={`/bootcamps/${b.id}/sessions/${s.id}/check-in`}>
                {t('checkin.title')}
              </ButtonLink>
            )}
          </p>
        )}
        <div className="two">
          <div className="stack-5">
            <Times session={s} />
            {s.html ? <div className="prose" lang={s.language} dangerouslySetInnerHTML={{ __html: s.html }} /> : null}
            {s.agenda.length > 0 ? (
              <section className="stack-2" aria-labelledby="agenda">
                <h2 id="agenda">{t('meet.agenda')}</h2>
                <Agenda session={s} />
              </section>
            ) : null}
            {s.materials.length > 0 ? (
              <section className="stack-2" aria-labelledby="materials">
                <h2 id="materials">{t('meet.materials')}</h2>
                <ul>
                  {s.materials.map((m) => (
                    <li key={m.url + m.title}>
                      <a href={m.url} rel="noreferrer noopener" target="_blank">
                        {m.title}
                        <span className="hidden"> {t('meet.elsewhere')}</span>
                      </a>
                    </li>
                  ))}
                </ul>
              </section>
            ) : null}
          </div>
          <div className="stack-5">
            <Facts session={s} />
            {talk}
          </div>
        </div>
      </div>
    </>
  )
}

/** When it is on the reader's clock, and on that of the place if it shows another time. */
export function Times({ session: s }: { session: CohortSession }) {
  const { t, span } = useI18n()
  const own = Intl.DateTimeFormat().resolvedOptions().timeZone
  const there = span(s.starts, s.ends, s.zone)
  const here = span(s.starts, s.ends, own)
  return (
    <p className="iconed">
      <Icon name="clock" />
      <span>
        <b>{here}</b>
        {here === there ? null : <span className="soft small"> · {t('meet.there', { when: there, zone: s.zone })}</span>}
      </span>
    </p>
  )
}

export function Facts({ session: s }: { session: CohortSession }) {
  const { t, list } = useI18n()
  const p = s.place
  const access = [p.stepFree ? t('meet.stepfree') : '', p.loop ? t('meet.loop') : '', p.access ?? ''].filter(Boolean)
  return (
    <section className="card stack-2" aria-labelledby="where">
      <h2 id="where">{t('meet.where')}</h2>
      <div className="row">
        <Tag kind="civic">{t(`meet.kind.${s.kind}`)}</Tag>
        <Tag>{t(`meet.mode.${s.mode}`)}</Tag>
      </div>
      {s.link ? (
        <p className="no-print">
          <a className="button plain" href={s.link} rel="noreferrer noopener" target="_blank">
            {t('meet.go')}
            <span className="hidden"> {t('meet.elsewhere')}</span>
          </a>
        </p>
      ) : null}
      <dl className="facts">
        {p.name ? (
          <>
            <dt>{t('meet.place')}</dt>
            <dd>{[p.room, p.name, p.address].filter(Boolean).join(', ')}</dd>
          </>
        ) : null}
        {p.capacity ? (
          <>
            <dt>{t('meet.capacity')}</dt>
            <dd className="num">{p.capacity}</dd>
          </>
        ) : null}
        {access.length > 0 ? (
          <>
            <dt>{t('meet.access')}</dt>
            <dd>{access.join('. ')}</dd>
          </>
        ) : null}
        {s.telephone ? (
          <>
            <dt>{t('meet.telephone')}</dt>
            <dd>{s.telephone}</dd>
          </>
        ) : null}
        {s.facilitators.length > 0 ? (
          <>
            <dt>{t('meet.facilitators')}</dt>
            <dd>{list(s.facilitators)}</dd>
          </>
        ) : null}
      </dl>
    </section>
  )
}

function Doing({ bootcamp: b, session: s }: { bootcamp: Bootcamp; session: CohortSession }) {
  const { t } = useI18n()
  const { cancel } = useChangeSessions(b.id)
  const [doing, setDoing] = useState<'edit' | 'cancel' | 'copy' | 'keep'>()
  const shut = () => setDoing(undefined)
  return (
    <div className="row no-print">
      {s.state === 'planned' ? (
        <Button icon="edit" onClick={() => setDoing('edit')}>
          {t('meet.edit')}
        </Button>
      ) : null}
      <Menu label={t('camp.more')} face={<Icon name="more" />}>
        <MenuButton icon="print" onClick={() => print()}>
          {t('meet.print')}
        </MenuButton>
        <MenuButton icon="plus" onClick={() => setDoing('copy')}>
          {t('meet.copy')}
        </MenuButton>
        {b.hosting ? (
          <MenuButton icon="list" onClick={() => setDoing('keep')}>
            {t('sheet.keep')}
          </MenuButton>
        ) : null}
        {s.state === 'planned' ? <MenuButton onClick={() => setDoing('cancel')}>{t('meet.cancel')}</MenuButton> : null}
      </Menu>
      {doing === 'edit' ? <SessionForm bootcamp={b} cohort={s.cohort} of={s} onClose={shut} /> : null}
      {doing === 'keep' ? <KeepSheet name={s.title} from={{ bootcamp: b.id, session: s.id }} onClose={shut} /> : null}
      {doing === 'copy' ? <Copy bootcamp={b} session={s} onClose={shut} /> : null}
      {doing === 'cancel' ? (
        <Confirm title={t('meet.cancel')} does={t('meet.cancel')} error={cancel.error} busy={cancel.isPending} onClose={shut} onDo={() => cancel.mutate(s.id, { onSuccess: shut })}>
          {t('meet.cancel.text')}
        </Confirm>
      ) : null}
    </div>
  )
}

function Copy({ bootcamp: b, session: s, onClose }: { bootcamp: Bootcamp; session: CohortSession; onClose: () => void }) {
  const { t } = useI18n()
  const { copy } = useChangeSessions(b.id)
  const [day, time] = s.local.split('T')
  const toast = useToast()
  return (
    <Dialog title={t('meet.copy')} onClose={onClose}>
      {copy.data ? (
        <>
          <Notice kind="good" alert>
            {t('meet.copied')}
          </Notice>
          <div className="row">
            <ButtonLink kind="main" href={`/bootcamps/${b.id}/sessions/${copy.data.id}`}>
              {t('meet.copy.open')}
            </ButtonLink>
            <Button onClick={onClose}>{t('action.close')}</Button>
          </div>
        </>
      ) : (
        <Form
          error={copy.error}
          onSubmit={(f) => copy.mutate({ s: s.id, cohort: value(f, 'cohort'), local: `${value(f, 'day')}T${value(f, 'time')}` }, { onSuccess: () => toast(t('meet.copied')) })}
        >
          <SelectField label={t('cohort.one')} name="cohort" defaultValue={s.cohort}>
            {b.cohorts
              .filter((c) => c.leads)
              .map((c) => (
                <option key={c.id} value={c.id}>
                  {c.name}
                </option>
              ))}
          </SelectField>
          <div className="pair">
            <TextField label={t('meet.day')} name="day" type="date" required defaultValue={day} />
            <TextField label={t('meet.time')} name="time" type="time" required defaultValue={time} />
          </div>
          <Ends does={t('meet.copy')} busy={copy.isPending} onClose={onClose} />
        </Form>
      )}
    </Dialog>
  )
}
