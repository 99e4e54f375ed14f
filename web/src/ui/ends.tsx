import type { ReactNode } from 'react'
import { useI18n } from '../lib/i18n'
import { Button } from './button'

/** How the form of a dialog ends: with what it does, or closed without. */
export function Ends({ kind = 'main', does, busy = false, onClose }: { kind?: 'main' | 'danger'; does: ReactNode; busy?: boolean; onClose: () => void }) {
  const { t } = useI18n()
  return (
    <div className="row">
      <Button kind={kind} type="submit" busy={busy}>
        {does}
      </Button>
      <Button onClick={onClose}>{t('action.cancel')}</Button>
    </div>
  )
}
