import type { ComponentProps, MouseEvent, ReactNode } from 'react'
import { Link } from 'wouter'
import { Icon, type IconName } from './icon'

type Kind = 'main' | 'plain' | 'danger' | 'quiet'

interface ButtonProps extends ComponentProps<'button'> {
  kind?: Kind
  icon?: IconName
  tight?: boolean
  /** The work is under way: the button stays where it is, keeps the focus and does nothing. */
  busy?: boolean
}

/** Also Enter in a field presses the form's button: a busy one sends nothing. A form without one would be sent. */
const refuse = (e: MouseEvent) => e.preventDefault()

export function Button({ kind = 'plain', icon, tight, busy, children, onClick, type = 'button', ...rest }: ButtonProps) {
  return (
    <button
      {...rest}
      type={type}
      className={`button ${kind}${tight ? ' tight' : ''}`}
      aria-disabled={busy ? true : undefined}
      onClick={busy ? refuse : onClick}
    >
      {icon && <Icon name={icon} />}
      {children}
    </button>
  )
}

export function ButtonLink({ kind = 'plain', icon, tight, href, children }: { kind?: Kind; icon?: IconName; tight?: boolean; href: string; children: ReactNode }) {
  return (
    <Link href={href} className={`button ${kind}${tight ? ' tight' : ''}`}>
      {icon && <Icon name={icon} />}
      {children}
    </Link>
  )
}

/** A button that is only a drawing; `label` says what it does. */
export function IconButton({ label, icon, ...rest }: ComponentProps<'button'> & { label: string; icon: IconName }) {
  return (
    <button type="button" {...rest} className="icon square" aria-label={label} title={label}>
      <Icon name={icon} />
    </button>
  )
}
