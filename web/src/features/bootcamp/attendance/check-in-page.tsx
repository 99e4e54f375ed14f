import { Link, useSearch } from 'wouter'
import { Button, ButtonLink } from '../../../ui/button'
import { Form, TextField, value } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Loaded } from '../../../ui/states'
import { useI18n } from '../../../lib/i18n'
import { useSession } from '../queries'
import { useCheckIn } from './queries'

/** Who comes in at the door says so by the code that it shows; the link in the picture brings it along. */
export default function CheckInPage({ bootcamp, id }: { bootcamp: string; id: string }) {
  const { t, time } = useI18n()
  const session = useSession(bootcamp, id)
  const check = useCheckIn(bootcamp, id)
  const code = new URLSearchParams(useSearch()).get('code') ?? ''
  return (
    <Loaded query={session} page>
      {(s) => (
        <>
          <PageHead title={t('checkin.title')} crumb={<Link href={`/bootcamps/${bootcamp}/sessions/${id}`}>{s.title}</Link>} lead={t('checkin.lead')} />
          {check.data ? (
            <div className="stack">
              <Notice kind="good" alert>
                {t('checkin.done', { time: time(check.data.at) })}
              </Notice>
              <ButtonLink kind="main" href={`/bootcamps/${bootcamp}/sessions/${id}/room`}>
                {t('room.enter')}
              </ButtonLink>
            </div>
          ) : (
            <Form error={check.error} onSubmit={(f) => check.mutate(value(f, 'code'))}>
              <TextField label={t('checkin.code')} hint={t('checkin.code.hint')} name="code" inputMode="numeric" autoComplete="one-time-code" required maxLength={10} defaultValue={code} />
              <div className="row">
                <Button kind="main" type="submit" busy={check.isPending}>
                  {t('checkin.do')}
                </Button>
              </div>
            </Form>
          )}
        </>
      )}
    </Loaded>
  )
}
