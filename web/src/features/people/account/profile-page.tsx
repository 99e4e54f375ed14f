import { useState } from 'react'
import type { Session } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { isLocale } from '../../../lib/locale'
import { applyTheme, theme, type Theme } from '../../../lib/theme'
import { Button } from '../../../ui/button'
import { Check, Choices, Form, PasswordField, secret, value } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { useToast } from '../../../ui/toast'
import { LocaleField, NameField, NewPassword } from '../account-fields'
import { OwnData } from '../privacy/erasure'
import { useChangePassword, useSaveMe } from './queries'
import { Sessions } from './sessions'

export default function ProfilePage({ session }: { session: Session }) {
  const { t, list } = useI18n()
  return (
    <>
      <PageHead title={t('profile.title')} lead={session.person.email} />
      <div className="column">
        {session.closed?.map((o) => (
          <Notice key={o.id} kind="caution">
            <p>
              <b>{t('profile.closed', { town: o.name })}</b>
            </p>
            <p>{t('profile.closed.text')}</p>
          </Notice>
        ))}
        <div className="two even">
          <div className="column">
            <Me session={session} />
            <ThemeChoice />
            <Password />
          </div>
          <div className="column">
            <Sessions />
            {session.memberships.length > 0 && (
              <section className="card stack-2" aria-labelledby="towns">
                <h2 id="towns">{t('profile.towns')}</h2>
                <ul className="plain list">
                  {session.memberships.map((m) => (
                    <li key={m.organisation.id}>
                      <div>
                        <b>{m.organisation.name}</b>
                        <p className="soft small">{list(m.roles.map((r) => t(`role.${r}`)))}</p>
                      </div>
                    </li>
                  ))}
                </ul>
              </section>
            )}
            <OwnData towns={[...session.memberships.map((m) => m.organisation), ...(session.closed ?? [])]} />
          </div>
        </div>
      </div>
    </>
  )
}

function Me({ session }: { session: Session }) {
  const { t, setLocale } = useI18n()
  const save = useSaveMe()
  const toast = useToast()
  return (
    <section className="card stack" aria-labelledby="me">
      <h2 id="me">{t('profile.me')}</h2>
      <Form
        error={save.error}
        onSubmit={(f) => {
          const locale = value(f, 'locale')
          save.mutate(
            { name: value(f, 'name'), locale },
            {
              onSuccess: () => {
                if (isLocale(locale)) setLocale(locale)
                toast(t('state.saved'))
              },
            },
          )
        }}
      >
        <NameField start={session.person.name} />
        <LocaleField start={session.person.locale || (session.organisation?.locale ?? 'en')} />
        <Button kind="main" type="submit" busy={save.isPending}>
          {t('action.save')}
        </Button>
      </Form>
    </section>
  )
}

const themes: readonly Theme[] = ['system', 'light', 'dark']

function ThemeChoice() {
  const { t } = useI18n()
  const [chosen, setChosen] = useState(theme)
  return (
    <section className="card">
      <Choices legend={t('profile.theme')}>
        {themes.map((x) => (
          <Check
            key={x}
            type="radio"
            name="theme"
            label={t(`profile.theme.${x}`)}
            checked={chosen === x}
            onChange={() => {
              applyTheme(x)
              setChosen(x)
            }}
          />
        ))}
      </Choices>
    </section>
  )
}

function Password() {
  const { t } = useI18n()
  const change = useChangePassword()
  return (
    <section className="card stack" aria-labelledby="password">
      <h2 id="password">{t('profile.password')}</h2>
      {change.isSuccess ? (
        <Notice kind="good" alert>
          {t('profile.password.done')}
        </Notice>
      ) : (
        <Form error={change.error} onSubmit={(f) => change.mutate({ current: secret(f, 'current'), next: secret(f, 'next') })}>
          <PasswordField label={t('profile.password.current')} name="current" required autoComplete="current-password" />
          <NewPassword label={t('reset.password')} name="next" />
          <Button type="submit" busy={change.isPending}>
            {t('profile.password.do')}
          </Button>
        </Form>
      )}
    </section>
  )
}
