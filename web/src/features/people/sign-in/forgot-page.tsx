import { Link } from 'wouter'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Form, value } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { EmailField } from '../account-fields'
import { useForgot } from './queries'

export default function ForgotPage() {
  const { t } = useI18n()
  const forgot = useForgot()
  return (
    <div className="narrow">
      <PageHead title={t('forgot.title')} lead={t('forgot.lead')} />
      {forgot.isSuccess ? (
        <div className="stack">
          <Notice kind="good" alert>
            {t('forgot.done')}
          </Notice>
          <p>
            <Link href="/sign-in">{t('forgot.back')}</Link>
          </p>
        </div>
      ) : (
        <Form error={forgot.error} onSubmit={(f) => forgot.mutate(value(f, 'email'))}>
          <EmailField />
          <div className="row">
            <Button kind="main" type="submit" busy={forgot.isPending}>
              {t('forgot.do')}
            </Button>
            <Link href="/sign-in">{t('forgot.back')}</Link>
          </div>
        </Form>
      )}
    </div>
  )
}
