import type { ReactNode } from 'react'
import { useI18n } from '../lib/i18n'
import { Button } from './button'
import { Dialog } from './dialog'
import { Form } from './field'

interface ConfirmProps {
  title: string
  /** What happens, and what stays. */
  children: ReactNode
  /** What the button does. */
  does: string
  kind?: 'danger' | 'main'
  error: unknown
  busy: boolean
  onDo: () => void
  onClose: () => void
}

/** Asks before something that cannot simply be taken back. */
export function Confirm({ title, children, does, kind = 'danger', error, busy, onDo, onClose }: ConfirmProps) {
  const { t } = useI18n()
  return (
    <Dialog title={title} onClose={onClose}>
      <Form error={error} onSubmit={onDo}>
        <p>{children}</p>
        <div className="row">
          <Button kind={kind} type="submit" busy={busy}>
            {does}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </Form>
    </Dialog>
  )
}
