import { Link, Redirect, useSearch } from 'wouter'
import { useQuery } from '@tanstack/react-query'
import { sessionQuery } from '../../../api/session'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Form, PasswordField, secret, value } from '../../../ui/field'
import { PageHead } from '../../../ui/page-head'
import { EmailField } from '../account-fields'
import { useSignIn } from './queries'

export default function SignInPage() {
  const { t } = useI18n()
  const signIn = useSignIn()
  const session = useQuery(sessionQuery)
  const next = new URLSearchParams(useSearch()).get('next')
  if (session.data) return <Redirect to={next?.startsWith('/') && !next.startsWith('//') ? next : '/'} replace />
  return (
    <div className="narrow">
      <PageHead title={t('signin.title')} lead={t('signin.lead')} />
      <Form error={signIn.error} onSubmit={(f) => signIn.mutate({ email: value(f, 'email'), password: secret(f, 'password') })}>
        <EmailField />
        <PasswordField label={t('account.password')} name="password" required autoComplete="current-password" />
        <div className="row">
          <Button kind="main" type="submit" busy={signIn.isPending}>
            {t('signin.do')}
          </Button>
          <Link href="/forgot">{t('signin.forgot')}</Link>
        </div>
      </Form>
      <p className="below">
        <Link href="/catalogue">{t('signin.look')}</Link>
      </p>
    </div>
  )
}
