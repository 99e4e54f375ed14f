import { useI18n } from '../../../lib/i18n'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { AreaField, value } from '../../../ui/field'
import { KeptForm } from '../../../ui/kept-form'

/** Says why something does not count any more. */
export function Withdraw({ id, error, busy, onClose, onDo }: { id: string; error: unknown; busy: boolean; onClose: () => void; onDo: (reason: string) => Promise<unknown> }) {
  const { t } = useI18n()
  return (
    <Dialog title={t('fig.withdraw')} onClose={onClose}>
      <KeptForm name={`withdraw.${id}`} error={error} onSubmit={(f) => onDo(value(f, 'reason'))} onSent={onClose}>
        <p className="small soft">{t('fig.withdraw.text')}</p>
        <AreaField label={t('fig.withdraw.why')} name="reason" rows={2} required maxLength={1000} />
        <Ends does={t('fig.withdraw')} busy={busy} onClose={onClose} />
      </KeptForm>
    </Dialog>
  )
}
