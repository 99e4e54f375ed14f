import type { ReactNode } from 'react'
import { Icon } from './icon'

type Kind = 'info' | 'good' | 'caution' | 'wrong'
const icons = { info: 'info', good: 'check', caution: 'warn', wrong: 'warn' } as const

/** A message within the page. `alert` reads it out at once. */
export function Notice({ kind = 'info', alert, children }: { kind?: Kind; alert?: boolean; children: ReactNode }) {
  return (
    <div className={`notice ${kind}`} role={alert ? 'alert' : undefined}>
      <Icon name={icons[kind]} />
      <div>{children}</div>
    </div>
  )
}

export function Tag({ kind, children }: { kind?: 'good' | 'caution' | 'warm' | 'civic' | 'wrong'; children: ReactNode }) {
  return <span className={`tag ${kind ?? ''}`}>{children}</span>
}
