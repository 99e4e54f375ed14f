import { useId, useState } from 'react'
import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { Confirm } from '../../ui/confirm'
import { CopyButton } from '../../ui/copy'
import { Dialog } from '../../ui/dialog'
import { Notice } from '../../ui/notice'
import { Loaded } from '../../ui/states'
import { useSayFault, useToast } from '../../ui/toast'
import { useCalendar, useChangeCalendar } from './queries'

/** The secret address at which a calendar program finds one's sessions. */
export function Calendar() {
  const { t, date } = useI18n()
  const id = useId()
  const calendar = useCalendar()
  const { make, end } = useChangeCalendar()
  const [ending, setEnding] = useState(false)
  const [url, setUrl] = useState<string>()
  const toast = useToast()
  const sayFault = useSayFault()
  return (
    <section className="card stack-2" aria-labelledby={id}>
      <h2 id={id}>{t('camp.calendar')}</h2>
      <p className="measure">{t('camp.calendar.text')}</p>
      <Loaded query={calendar}>
        {({ since }) => (
          <>
            {since ? <p className="soft small">{t('camp.calendar.since', { date: date(since) })}</p> : null}
            <div className="row">
              <Button busy={make.isPending} onClick={() => make.mutate(undefined, { onSuccess: (made) => setUrl(made.url), onError: sayFault })}>
                {t(since ? 'camp.calendar.again' : 'camp.calendar.make')}
              </Button>
              {since ? <Button onClick={() => setEnding(true)}>{t('camp.calendar.end')}</Button> : null}
            </div>
          </>
        )}
      </Loaded>
      {url ? <Shown title={t('camp.calendar')} text={t('camp.calendar.shown')} url={url} onClose={() => setUrl(undefined)} /> : null}
      {ending ? (
        <Confirm
          title={t('camp.calendar.end')}
          does={t('camp.calendar.end')}
          error={end.error}
          busy={end.isPending}
          onClose={() => setEnding(false)}
          onDo={() =>
            end.mutate(undefined, {
              onSuccess: () => {
                setEnding(false)
                toast(t('camp.calendar.ended'))
              },
            })
          }
        >
          {t('camp.calendar.end.text')}
        </Confirm>
      ) : null}
    </section>
  )
}

/** An address that is shown once. */
export function Shown({ title, text, url, onClose }: { title: string; text: string; url: string; onClose: () => void }) {
  const { t } = useI18n()
  return (
    <Dialog title={title} onClose={onClose}>
      <Notice kind="caution">{text}</Notice>
      <p>
        <code className="address">{url}</code>
      </p>
      <div className="row">
        <CopyButton words={url} label={title} tight={false} />
        <Button kind="main" onClick={onClose}>
          {t('action.close')}
        </Button>
      </div>
    </Dialog>
  )
}
