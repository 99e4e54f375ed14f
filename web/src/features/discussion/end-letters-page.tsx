import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { Notice } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { say } from '../../lib/fault'
import { useEndLetters } from './queries'

/** Ends letters about a discussion by the address in one of them; nobody has to sign in. */
export default function EndLettersPage({ secret }: { secret: string }) {
  const i18n = useI18n()
  const { t } = i18n
  const end = useEndLetters()
  return (
    <>
      <PageHead title={t('talk.letters.title')} />
      <div className="stack measure">
        {end.isSuccess ? (
          <Notice kind="good" alert>
            {t('talk.letters.ended')}
          </Notice>
        ) : (
          <>
            {end.error ? (
              <Notice kind="wrong" alert>
                {say(end.error, i18n)}
              </Notice>
            ) : null}
            <p>{t('talk.letters.text')}</p>
            <div>
              <Button kind="main" busy={end.isPending} onClick={() => end.mutate(secret)}>
                {t('talk.letters.end')}
              </Button>
            </div>
          </>
        )}
      </div>
    </>
  )
}
