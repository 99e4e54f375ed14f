import { useState } from 'react'
import { clock } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { AreaField, Check, value } from '../../../ui/field'
import { KeptForm } from '../../../ui/kept-form'
import { Notice } from '../../../ui/notice'
import { useReportFault } from './queries'

/** "Something is wrong here": to the author of the lesson. */
export default function ReportFault({ enrolment, lesson, position }: { enrolment: string; lesson: string; position?: () => number }) {
  const { t } = useI18n()
  const [at, setAt] = useState<number>()
  const [open, setOpen] = useState(false)
  const report = useReportFault(enrolment, lesson)
  const close = () => {
    setOpen(false)
    report.reset()
  }
  return (
    <>
      <Button
        kind="quiet"
        icon="flag"
        onClick={() => {
          setAt(position?.())
          setOpen(true)
        }}
      >
        {t('fault.report')}
      </Button>
      {open && (
        <Dialog title={t('fault.report')} onClose={close}>
          {report.isSuccess ? (
            <>
              <Notice kind="good" alert>
                {t('fault.thanks')}
              </Notice>
              <Button onClick={close}>{t('action.close')}</Button>
            </>
          ) : (
            <KeptForm name={`fault.${enrolment}.${lesson}`} error={report.error} onSubmit={(f) => report.mutateAsync({ text: value(f, 'text'), ...(at !== undefined && f.get('at') ? { position: at } : {}) })}>
              <AreaField label={t('fault.text')} hint={t('fault.hint')} name="text" required maxLength={2000} />
              {at !== undefined ? <Check name="at" value="1" defaultChecked label={t('fault.at', { at: clock(at) })} /> : null}
              <Ends does={t('fault.send')} busy={report.isPending} onClose={close} />
            </KeptForm>
          )}
        </Dialog>
      )}
    </>
  )
}
