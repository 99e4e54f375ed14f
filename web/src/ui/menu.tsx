import { type ReactNode, useId, useRef } from 'react'
import { Icon, type IconName } from './icon'
import { Link } from 'wouter'

/** A button that opens a list of links and buttons (native popover: Escape and a click outside close it). */
export function Menu({ label, face, children, className = 'icon', panel: kind = '', onOpen }: { label: string; face: ReactNode; children: ReactNode; className?: string; panel?: string; onOpen?: () => void }) {
  const id = useId()
  const button = useRef<HTMLButtonElement>(null)
  const panel = useRef<HTMLDivElement>(null)
  const place = () => {
    const from = button.current?.getBoundingClientRect()
    const box = panel.current
    if (!from || !box) return
    // Below the button, or above it where there is more room; what does not fit is scrolled to.
    const below = document.documentElement.clientHeight - from.bottom - 14
    const above = from.top - 14
    const up = box.scrollHeight > below && above > below
    box.style.maxHeight = `${Math.max(up ? above : below, 96)}px`
    box.style.top = up ? `${Math.max(8, from.top - 6 - box.offsetHeight)}px` : `${from.bottom + 6}px`
    box.style.left = `${Math.max(8, Math.min(from.left, document.documentElement.clientWidth - box.offsetWidth - 8))}px`
  }
  return (
    <>
      <button ref={button} type="button" className={className} popoverTarget={id}>
        {face}
        <span className="hidden">{label}</span>
      </button>
      <div
        ref={panel}
        id={id}
        popover="auto"
        tabIndex={-1}
        className={`menu ${kind}`}
        role="group"
        aria-label={label}
        onBeforeToggle={(e) => {
          if (e.newState !== 'open') return
          // The popover itself gives the focus, in the same step in which it opens: a key pressed right after goes to it.
          const box = e.currentTarget
          for (const old of box.querySelectorAll('[autofocus]')) old.removeAttribute('autofocus')
          ;(box.querySelector('a, button') ?? box).setAttribute('autofocus', '')
        }}
        onToggle={(e) => {
          if (e.newState !== 'open') return
          place()
          onOpen?.()
        }}
      >
        {children}
      </div>
    </>
  )
}

function closeAround(target: EventTarget & HTMLElement) {
  target.closest<HTMLElement>('[popover]')?.hidePopover()
}

export function MenuLink({ href, icon, children, current }: { href: string; icon?: IconName; children: ReactNode; current?: boolean }) {
  return (
    <Link href={href} className="item" aria-current={current ? 'page' : undefined} onClick={(e) => closeAround(e.currentTarget)}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  )
}

export function MenuButton({ icon, children, onClick, pressed }: { icon?: IconName; children: ReactNode; onClick: () => void; pressed?: boolean }) {
  return (
    <button
      type="button"
      className="item"
      aria-pressed={pressed}
      aria-current={pressed ? true : undefined}
      onClick={(e) => {
        closeAround(e.currentTarget)
        onClick()
      }}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}
