import { useI18n } from '../../../lib/i18n'
import { Button, ButtonLink } from '../../../ui/button'
import { Form, secret } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { NewPassword } from '../account-fields'
import { useReset } from './queries'

export default function ResetPage({ token }: { token: string }) {
  const { t } = useI18n()
  const reset = useReset(token)
  return (
    <div className="narrow">
      <PageHead title={t('reset.title')} />
      {reset.isSuccess ? (
        <div className="stack">
          <Notice kind="good" alert>
            {t('reset.done')}
          </Notice>
          <ButtonLink kind="main" href="/sign-in">
            {t('signin.do')}
          </ButtonLink>
        </div>
      ) : (
        <Form error={reset.error} onSubmit={(f) => reset.mutate(secret(f, 'password'))}>
          <NewPassword label={t('reset.password')} />
          <Button kind="main" type="submit" busy={reset.isPending}>
            {t('reset.do')}
          </Button>
        </Form>
      )}
    </div>
  )
}
