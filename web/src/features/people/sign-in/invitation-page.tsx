import { useLocation } from 'wouter'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Form, PasswordField, secret, value } from '../../../ui/field'
import { PageHead } from '../../../ui/page-head'
import { Loaded } from '../../../ui/states'
import { EmailField, NameField, NewPassword } from '../account-fields'
import { useAccept, useInvitationLink } from './queries'

export default function InvitationPage({ token }: { token: string }) {
  const { t } = useI18n()
  const link = useInvitationLink(token)
  const accept = useAccept(token)
  const [, navigate] = useLocation()
  return (
    <div className="narrow">
      {!link.data && <PageHead title={t('invitation.title.plain')} />}
      <Loaded query={link}>
        {(l) => (
          <>
            <PageHead title={t('invitation.title', { town: l.organisation })} lead={l.known ? t('invitation.known') : t('invitation.new')} />
            <Form
              error={accept.error}
              onSubmit={(f) => accept.mutate({ ...(l.known ? {} : { name: value(f, 'name') }), password: secret(f, 'password') }, { onSuccess: () => navigate('/') })}
            >
              <EmailField start={l.email} readOnly />
              {l.known ? (
                <PasswordField label={t('account.password')} name="password" required autoComplete="current-password" />
              ) : (
                <>
                  <NameField start={l.name} />
                  <NewPassword label={t('account.password.choose')} />
                </>
              )}
              <Button kind="main" type="submit" busy={accept.isPending}>
                {l.known ? t('invitation.join') : t('invitation.do')}
              </Button>
            </Form>
          </>
        )}
      </Loaded>
    </div>
  )
}
