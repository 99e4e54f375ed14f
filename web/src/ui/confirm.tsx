import type { ReactNode } from 'react'
import { Dialog } from './dialog'
import { Ends } from './ends'
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
  return (
    <Dialog title={title} onClose={onClose}>
      <Form error={error} onSubmit={onDo}>
        <p>{children}</p>
        <Ends kind={kind} does={does} busy={busy} onClose={onClose} />
      </Form>
    </Dialog>
  )
}
