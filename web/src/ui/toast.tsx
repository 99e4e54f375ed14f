import { say } from '../lib/fault'
import { useI18n } from '../lib/i18n'
import { createContext, type ReactNode, use, useCallback, useRef, useState } from 'react'

const Context = createContext<(words: string) => void>(() => undefined)

/** Says a result aloud and shows it for a while; the page's own content must say it too. */
export function useToast() {
  return use(Context)
}

/** Says what a button without a form could not do. */
export function useSayFault(): (error: unknown) => void {
  const toast = useToast()
  const i18n = useI18n()
  return (error) => toast(say(error, i18n))
}

export function ToastRegion({ children }: { children: ReactNode }) {
  const [shown, setShown] = useState<{ id: number; words: string }[]>([])
  const next = useRef(0)
  const say = useCallback((words: string) => {
    const id = next.current++
    setShown((s) => [...s.slice(-2), { id, words }])
    setTimeout(() => setShown((s) => s.filter((x) => x.id !== id)), 6000)
  }, [])
  return (
    <Context value={say}>
      {children}
      <div className="toasts" role="status" aria-live="polite" aria-atomic="false">
        {shown.map((x) => (
          <div className="toast" key={x.id}>
            {x.words}
          </div>
        ))}
      </div>
    </Context>
  )
}
