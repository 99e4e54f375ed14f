import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { useI18n } from '../lib/i18n'
import { IconButton } from './button'

/** A native modal dialog: the browser keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, children, actions, wide }: { title: ReactNode; onClose: () => void; children: ReactNode; actions?: ReactNode; wide?: boolean }) {
  const { t } = useI18n()
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  useLayoutEffect(() => {
    const dialog = ref.current
    const before = document.activeElement
    dialog?.showModal()
    // Who opens a form wants to write: the first field rather than the cross has the focus.
    dialog?.querySelector<HTMLElement>('form :is(input, select, textarea):not([type=hidden])')?.focus()
    return () => {
      dialog?.close()
      if (before instanceof HTMLElement && before.isConnected) before.focus()
    }
  }, [])
  return (
    <dialog ref={ref} aria-labelledby={id} className={wide ? 'wide' : ''} onCancel={(e) => { e.preventDefault(); onClose() }}>
      <div className="dialog">
        <header>
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label={t('action.close')} onClick={onClose} />
        </header>
        {children}
        {actions ? <footer>{actions}</footer> : null}
      </div>
    </dialog>
  )
}
