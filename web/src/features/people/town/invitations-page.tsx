import { useState } from 'react'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Form, SelectField, value } from '../../../ui/field'
import { More } from '../../../ui/more'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useSayFault, useToast } from '../../../ui/toast'
import { EmailField, LocaleField, NameField } from '../account-fields'
import { useInvitations, useInvite, useUnits, useWithdraw } from './queries'
import { RoleChoice, rolesOf } from './roles'

export default function InvitationsPage({ locale }: { locale: string }) {
  const { t } = useI18n()
  return (
    <>
      <PageHead title={t('invitations.title')} lead={t('invitations.lead')} />
      <div className="two even">
        <Invite locale={locale} />
        <section aria-labelledby="waiting" className="stack-2">
          <h2 id="waiting">{t('invitations.waiting')}</h2>
          <Waiting />
        </section>
      </div>
    </>
  )
}

function Invite({ locale }: { locale: string }) {
  const { t } = useI18n()
  const invite = useInvite()
  const units = useUnits()
  const toast = useToast()
  const [round, setRound] = useState(0)
  return (
    <section className="card stack" aria-labelledby="invite">
      <h2 id="invite">{t('invitations.new')}</h2>
      <Form
        key={round}
        error={invite.error}
        onSubmit={(f) => {
          const unit = value(f, 'unit')
          invite.mutate(
            { name: value(f, 'name'), email: value(f, 'email'), roles: rolesOf(f), locale: value(f, 'locale'), ...(unit ? { unit } : {}) },
            {
              onSuccess: (i) => {
                toast(t('invitations.sent', { email: i.email }))
                setRound(round + 1)
              },
            },
          )
        }}
      >
        <NameField />
        <EmailField />
        <RoleChoice chosen={['learner']} />
        {units.data && units.data.items.length > 0 ? (
          <SelectField label={t('members.unit')} name="unit">
            <option value="">{t('members.unit.none')}</option>
            {units.data.items.map((u) => (
              <option key={u.id} value={u.id}>
                {u.name}
              </option>
            ))}
          </SelectField>
        ) : null}
        <LocaleField start={locale} label={t('invitations.locale')} />
        <Button kind="main" type="submit" icon="mail" busy={invite.isPending}>
          {t('invitations.send')}
        </Button>
      </Form>
    </section>
  )
}

function Waiting() {
  const { t, list, date } = useI18n()
  const invitations = useInvitations()
  const withdraw = useWithdraw()
  const toast = useToast()
  const sayFault = useSayFault()
  return (
    <Loaded query={invitations}>
      {({ items }) =>
        items.length === 0 ? (
          <Empty icon="mail" title={t('invitations.empty')}>
            {t('invitations.empty.text')}
          </Empty>
        ) : (
          <>
            <ul className="plain list">
              {items.map((i) => (
                <li key={i.id}>
                  <div className="grow">
                    <h3>{i.name}</h3>
                    <p className="soft small">
                      {i.email} · {list(i.roles.map((r) => t(`role.${r}`)))}
                    </p>
                    <p className="soft small">{t('invitations.until', { date: date(i.expires) })}</p>
                  </div>
                  <Button tight busy={withdraw.isPending} onClick={() => withdraw.mutate(i.id, { onError: sayFault, onSuccess: () => toast(t('invitations.withdrawn')) })}>
                    {t('invitations.withdraw')}
                    <span className="hidden">: {i.name}</span>
                  </Button>
                </li>
              ))}
            </ul>
            <More pages={invitations} />
          </>
        )
      }
    </Loaded>
  )
}
