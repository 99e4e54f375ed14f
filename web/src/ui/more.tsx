import { useLayoutEffect, useRef } from 'react'
import { useI18n } from '../lib/i18n'
import { Button } from './button'

interface MoreProps {
  pages: { data: { items: readonly unknown[] } | undefined; more: (() => void) | undefined; loading: boolean; turned: boolean }
}

/** The way to the next page of a list; how much is shown is said aloud when it has grown. */
export function More({ pages: { data, more, loading, turned } }: MoreProps) {
  const { t } = useI18n()
  const shown = useRef<HTMLSpanElement>(null)
  const pressed = useRef(false)
  // After the last page there is no button left to have the focus.
  useLayoutEffect(() => {
    if (!pressed.current || loading) return
    if (!more) shown.current?.focus()
    pressed.current = false
  }, [more, loading])
  if (!more && !turned) return null
  return (
    <div className="row more">
      {more ? (
        <Button
          busy={loading}
          onClick={() => {
            pressed.current = true
            more()
          }}
        >
          {t('list.more')}
        </Button>
      ) : null}
      <span ref={shown} tabIndex={-1} className="small soft" role="status">
        {t('list.shown', { count: data?.items.length ?? 0 })}
      </span>
    </div>
  )
}
