import { useLocation } from 'wouter'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Form, secret, value } from '../../../ui/field'
import { PageHead } from '../../../ui/page-head'
import { Loaded } from '../../../ui/states'
import { EmailField, LocaleField, NameField, NewPassword } from '../account-fields'
import { useSetup, useSetUp } from '../sign-in/queries'

/** The first person of an installation: its operator. */
export default function SetupPage({ token }: { token: string }) {
  const { t, locale } = useI18n()
  const setup = useSetup(token)
  const setUp = useSetUp(token)
  const [, navigate] = useLocation()
  return (
    <div className="narrow">
      <PageHead title={t('setup.title')} lead={setup.error ? undefined : t('setup.lead')} />
      <Loaded query={setup}>
        {() => (
          <Form
            error={setUp.error}
            onSubmit={(f) =>
              setUp.mutate(
                { name: value(f, 'name'), email: value(f, 'email'), password: secret(f, 'password'), locale: value(f, 'locale') },
                { onSuccess: () => navigate('/operator') },
              )
            }
          >
            <NameField />
            <EmailField />
            <NewPassword label={t('account.password.choose')} />
            <LocaleField start={locale} />
            <Button kind="main" type="submit" busy={setUp.isPending}>
              {t('setup.do')}
            </Button>
          </Form>
        )}
      </Loaded>
    </div>
  )
}
