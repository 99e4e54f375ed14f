import { useLayoutEffect, useRef, useState } from 'react'
import type { Erasure } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { Form, PasswordField, secret, SelectField, TextField, value } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { Loaded } from '../../../ui/states'
import { useSayFault, useToast } from '../../../ui/toast'
import { useErase, useErasure } from './queries'

/** One's own data: a copy of it, and the way out. */
export function OwnData({ towns }: { towns: { id: string; name: string }[] }) {
  const { t } = useI18n()
  const [town, setTown] = useState('')
  const erasure = useErasure(undefined, town)
  const [asking, setAsking] = useState(false)
  return (
    <section className="card stack" aria-labelledby="data">
      <h2 id="data">{t('erasure.own')}</h2>
      <p>{t('erasure.copy.text')}</p>
      <CopyLink href="/api/v1/me/copy" />
      {towns.length > 1 ? (
        <SelectField label={t('erasure.where')} value={town} onChange={(e) => setTown(e.target.value)}>
          <option value="">{t('erasure.where.all')}</option>
          {towns.map((o) => (
            <option key={o.id} value={o.id}>
              {o.name}
            </option>
          ))}
        </SelectField>
      ) : null}
      <Loaded query={erasure}>
        {(e) =>
          e.state === 'none' ? (
            <>
              <p>{t('erasure.text', { count: e.days })}</p>
              <Button onClick={() => setAsking(true)}>{t('erasure.open')}</Button>
            </>
          ) : (
            <Asked erasure={e} member={undefined} town={town} />
          )
        }
      </Loaded>
      {asking && erasure.data ? <Ask erasure={erasure.data} member={undefined} town={town} onClose={() => setAsking(false)} /> : null}
    </section>
  )
}

/** A member's data, for administrators: a copy, and erasure. */
export function MemberData({ id, name, onClose }: { id: string; name: string; onClose: () => void }) {
  const { t } = useI18n()
  const erasure = useErasure(id)
  const [asking, setAsking] = useState(false)
  if (asking && erasure.data) return <Ask erasure={erasure.data} member={id} onClose={onClose} />
  return (
    <Dialog title={t('erasure.member', { name })} onClose={onClose}>
      <p>{t('erasure.copy.member')}</p>
      <CopyLink href={`/api/v1/members/${id}/copy`} />
      <Loaded query={erasure}>
        {(e) =>
          e.state === 'none' ? (
            <>
              <p>{t('erasure.text.member', { count: e.days })}</p>
              <Button onClick={() => setAsking(true)}>{t('erasure.open.member')}</Button>
            </>
          ) : (
            <Asked erasure={e} member={id} />
          )
        }
      </Loaded>
    </Dialog>
  )
}

function CopyLink({ href }: { href: string }) {
  const { t } = useI18n()
  return (
    <p>
      <a className="button plain" download href={href}>
        {t('erasure.copy')}
      </a>
    </p>
  )
}

/** It was asked for: until when it can be taken back, and by whom. */
function Asked({ erasure: e, member, town = '' }: { erasure: Erasure; member: string | undefined; town?: string }) {
  const { t, dateTime } = useI18n()
  const { undo } = useErase(member, town)
  const toast = useToast()
  const sayFault = useSayFault()
  const mine = e.own === (member === undefined)
  return (
    <div className="stack">
      <Notice kind="caution">{e.state === 'begun' ? t('erasure.begun') : t('erasure.asked', { when: e.final ? dateTime(e.final) : '' })}</Notice>
      {e.state === 'asked' && mine ? (
        <Button busy={undo.isPending} onClick={() => undo.mutate(undefined, { onSuccess: () => toast(t('erasure.undone')), onError: sayFault })}>
          {t('erasure.undo')}
        </Button>
      ) : null}
      {e.state === 'asked' && !mine ? <p className="soft">{t(member === undefined ? 'erasure.bytown' : 'erasure.byher')}</p> : null}
    </div>
  )
}

/** First what goes and what stays; then the last word. */
function Ask({ erasure: e, member, town = '', onClose }: { erasure: Erasure; member: string | undefined; town?: string; onClose: () => void }) {
  const { t } = useI18n()
  const [read, setRead] = useState(false)
  return (
    <Dialog title={t(member === undefined ? 'erasure.title' : 'erasure.title.member', { name: e.name })} onClose={onClose} wide>
      {read ? (
        <LastWord erasure={e} member={member} town={town} onClose={onClose} />
      ) : (
        <>
          <Plan erasure={e} />
          <div className="row">
            <Button kind="main" onClick={() => setRead(true)}>
              {t('erasure.next')}
            </Button>
            <Button onClick={onClose}>{t('action.cancel')}</Button>
          </div>
        </>
      )}
    </Dialog>
  )
}

function LastWord({ erasure: e, member, town, onClose }: { erasure: Erasure; member: string | undefined; town: string; onClose: () => void }) {
  const { t } = useI18n()
  const { ask } = useErase(member, town)
  const toast = useToast()
  const field = useRef<HTMLDivElement>(null)
  // The button that led here is gone: the field takes the focus.
  useLayoutEffect(() => field.current?.querySelector('input')?.focus(), [])
  return (
    <Form
      error={ask.error}
      onSubmit={(f) =>
        ask.mutate(member === undefined ? secret(f, 'password') : value(f, 'email'), {
          onSuccess: () => {
            toast(t('erasure.done'))
            onClose()
          },
        })
      }
    >
      <Notice kind="caution">{t('erasure.week', { count: e.days })}</Notice>
      <div ref={field}>
        {member === undefined ? (
          <PasswordField label={t('erasure.password')} name="password" required autoComplete="current-password" />
        ) : (
          <TextField label={t('erasure.email')} hint={t('erasure.email.hint')} name="email" type="email" required autoComplete="off" spellCheck={false} />
        )}
      </div>
      <Ends kind="danger" does={t(member === undefined ? 'erasure.do' : 'erasure.do.member')} busy={ask.isPending} onClose={onClose} />
    </Form>
  )
}

function Plan({ erasure: e }: { erasure: Erasure }) {
  const { t, maybe, number, date } = useI18n()
  return (
    <>
      {e.towns.map((town) => {
        const there = town.kept.filter((k) => k.count > 0)
        const line = (k: (typeof there)[number]) => (
          <li key={k.what}>
            {maybe(`privacy.${k.what}`) ?? k.what} <span className="soft num">({number(k.count)})</span>
            {k.until ? <span className="soft small"> {t('erasure.until', { when: date(k.until) })}</span> : null}
          </li>
        )
        const goes = there.filter((k) => !k.stays)
        const stays = there.filter((k) => k.stays)
        return (
          <div key={town.organisation.id} className="stack-2">
            <h3>{town.organisation.name}</h3>
            {goes.length > 0 ? (
              <>
                <p>{t('erasure.goes')}</p>
                <ul>{goes.map(line)}</ul>
              </>
            ) : null}
            {stays.length > 0 ? (
              <>
                <p>{t('erasure.stays')}</p>
                <ul>{stays.map(line)}</ul>
              </>
            ) : null}
            {town.until ? <p className="soft">{t('erasure.name.until', { when: date(town.until) })}</p> : null}
          </div>
        )
      })}
      {e.everywhere ? <p>{t('erasure.everywhere')}</p> : null}
    </>
  )
}
