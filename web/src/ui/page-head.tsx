import { createContext, type ReactNode, type RefObject, use, useEffect, useLayoutEffect, useRef } from 'react'

/** True from a navigation until the new page's heading has taken the focus, or somebody has gone on meanwhile. */
export const FocusDue = createContext<RefObject<boolean>>({ current: false })

/** Notes that somebody has come to another page. It stands before what is shown there, whose effects then find it noted. */
export function Arrival({ location }: { location: string }) {
  const due = use(FocusDue)
  const first = useRef(true)
  useLayoutEffect(() => {
    if (first.current) {
      first.current = false
      return
    }
    due.current = true
    window.scrollTo(0, 0)
  }, [due, location])
  // Who presses a key or a button before the page has come is elsewhere already, and stays there.
  useEffect(() => {
    const stay = () => {
      due.current = false
    }
    window.addEventListener('keydown', stay, true)
    window.addEventListener('pointerdown', stay, true)
    return () => {
      window.removeEventListener('keydown', stay, true)
      window.removeEventListener('pointerdown', stay, true)
    }
  }, [due])
  return null
}

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
  useLayoutEffect(() => {
    const head = h1.current
    if (due.current) {
      due.current = false
      head?.focus({ preventScroll: true })
    }
    // A page that is built anew when more of it has come has another heading: the focus goes on to that.
    return () => {
      if (head && document.activeElement === head) due.current = true
    }
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
