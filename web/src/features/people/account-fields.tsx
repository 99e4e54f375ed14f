import { useI18n } from '../../lib/i18n'
import { localeNames, locales } from '../../lib/locale'
import { PasswordField, SelectField, TextField } from '../../ui/field'

/** A new password, with the one rule said before it is broken. */
export function NewPassword({ label, name = 'password' }: { label: string; name?: string }) {
  const { t } = useI18n()
  return <PasswordField label={label} name={name} hint={t('account.password.rule')} required minLength={12} autoComplete="new-password" />
}

export function EmailField({ start, readOnly }: { start?: string; readOnly?: boolean }) {
  const { t } = useI18n()
  return <TextField label={t('account.email')} name="email" type="email" required autoComplete="username" spellCheck={false} autoCapitalize="off" defaultValue={start} readOnly={readOnly} />
}

export function NameField({ start }: { start?: string }) {
  const { t } = useI18n()
  return <TextField label={t('account.name')} name="name" required autoComplete="name" defaultValue={start} maxLength={120} />
}

export function LocaleField({ start, label, name = 'locale' }: { start: string; label?: string; name?: string }) {
  const { t } = useI18n()
  return (
    <SelectField label={label ?? t('account.locale')} name={name} defaultValue={start}>
      {locales.map((l) => (
        <option key={l} value={l} lang={l}>
          {localeNames[l]}
        </option>
      ))}
    </SelectField>
  )
}
