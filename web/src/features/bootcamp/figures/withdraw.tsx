import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
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
        <div className="row">
          <Button kind="main" type="submit" busy={busy}>
            {t('fig.withdraw')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </KeptForm>
    </Dialog>
  )
}
