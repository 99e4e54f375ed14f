import { createContext, type ReactNode, type RefObject, use, useEffect, useRef } from 'react'

/** True from a navigation until the new page's heading has taken the focus. */
export const FocusDue = createContext<RefObject<boolean>>({ current: false })

interface PageHeadProps {
  title: string
  /** What is shown instead of the plain title, when it needs marking up. */
  heading?: ReactNode
  crumb?: ReactNode
  lead?: ReactNode
  action?: ReactNode
}

/** The head of a page: its one h1, which takes the focus on navigation, and its one primary action. */
export function PageHead({ title, heading, crumb, lead, action }: PageHeadProps) {
  const h1 = useRef<HTMLHeadingElement>(null)
  const due = use(FocusDue)
  useEffect(() => {
    document.title = `${title} · Palestra`
  }, [title])
  useEffect(() => {
    if (!due.current) return
    due.current = false
    h1.current?.focus({ preventScroll: true })
  }, [due])
  return (
    <header className="head">
      {crumb ? <p className="crumb small soft">{crumb}</p> : null}
      <div className="row between">
        <div className="stack-2">
          <h1 ref={h1} tabIndex={-1}>
            {heading ?? title}
          </h1>
          {lead ? <p className="soft measure">{lead}</p> : null}
        </div>
        {action}
      </div>
    </header>
  )
}
