import { type ReactNode, useId, useLayoutEffect, useRef } from 'react'
import { flushSync } from 'react-dom'
import { useI18n } from '../lib/i18n'
import { IconButton } from './button'

/** How long a dialog that was left stays, in ms. */
const leavingTime = 150

/** What shows that somebody has gone on. A screen reader's own command is a click without a key. */
const goingOn = ['keydown', 'pointerdown', 'click'] as const

function ancestors(e: Element | null): Element[] {
  return e?.parentElement ? [e.parentElement, ...ancestors(e.parentElement)] : []
}

/** The heading of the nearest part that is still on the page. */
function headingNear(around: readonly Element[]): HTMLElement | undefined {
  for (const part of around) {
    const heading = part.isConnected ? part.querySelector<HTMLElement>('h1, h2, h3') : null
    if (!heading) continue
    heading.tabIndex = -1
    return heading
  }
  return undefined
}

/** A native modal dialog: the browser keeps the focus inside and gives it back. */
export function Dialog({ title, onClose, children, actions, wide }: { title: ReactNode; onClose: () => void; children: ReactNode; actions?: ReactNode; wide?: boolean }) {
  const { t } = useI18n()
  const ref = useRef<HTMLDialogElement>(null)
  const id = useId()
  const back = useRef<Element>(null)
  const stay = useRef<() => void>(undefined)
  // The dialog stays for a moment, seen by nobody, while the focus goes back: where what has the focus vanishes in the same
  // moment, a screen reader may say nothing of where one is. Whoever goes on before finds it closed: what is opened then,
  // such as this dialog again, would be closed by the end of that moment.
  const leave = () => {
    const dialog = ref.current
    if (!dialog || dialog.classList.contains('leaving')) return
    dialog.classList.add('leaving')
    dialog.close()
    dialog.show()
    if (back.current instanceof HTMLElement && back.current.isConnected) back.current.focus()
    const close = () => {
      stay.current?.()
      flushSync(onClose)
    }
    const timer = setTimeout(close, leavingTime)
    for (const e of goingOn) window.addEventListener(e, close, true)
    stay.current = () => {
      clearTimeout(timer)
      for (const e of goingOn) window.removeEventListener(e, close, true)
    }
  }
  useLayoutEffect(() => {
    const dialog = ref.current
    const before = document.activeElement
    back.current = before
    const around = ancestors(before)
    dialog?.showModal()
    // Who opens a form wants to write: the first field rather than the cross has the focus.
    dialog?.querySelector<HTMLElement>('form :is(input, select, textarea):not([type=hidden])')?.focus()
    return () => {
      stay.current?.()
      const left = dialog?.classList.contains('leaving') // it has given the focus back, and that may have gone on
      dialog?.close()
      if (!left && before instanceof HTMLElement && before.isConnected) before.focus()
      // What has opened it may go with it, such as a line that is removed: then the heading of its place has the focus.
      setTimeout(() => {
        if (document.activeElement === null || document.activeElement === document.body) headingNear(around)?.focus()
      })
    }
  }, [])
  return (
    <dialog ref={ref} aria-labelledby={id} className={wide ? 'wide' : ''} onCancel={(e) => { e.preventDefault(); leave() }}>
      {/* A header and a footer here would be landmarks of the page. */}
      <div className="dialog">
        <div className="opening">
          <h2 id={id}>{title}</h2>
          <IconButton icon="close" label={t('action.close')} onClick={leave} />
        </div>
        {children}
        {actions ? <div className="closing">{actions}</div> : null}
      </div>
    </dialog>
  )
}
