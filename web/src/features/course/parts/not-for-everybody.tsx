import { Link } from 'wouter'
import { useI18n } from '../../../lib/i18n'
import { ButtonLink } from '../../../ui/button'
import { PageHead } from '../../../ui/page-head'
import { Empty } from '../../../ui/states'

/** Sign-in, and back. */
export function signInFor(address: string): string {
  return `/sign-in?next=${encodeURIComponent(address)}`
}

/** Something that is not there for everybody: perhaps it is there for those who sign in. */
export function NotForEverybody({ address }: { address: string }) {
  const { t } = useI18n()
  return (
    <>
      <PageHead title={t('lost.title')} crumb={<Link href="/catalogue">{t('nav.catalogue')}</Link>} />
      <Empty title={t('errors.status.404')} action={<ButtonLink kind="main" href={signInFor(address)}>{t('signin.do')}</ButtonLink>}>
        {t('course.maybe')} {t('course.invite.text')}
      </Empty>
    </>
  )
}
