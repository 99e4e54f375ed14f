import { type MouseEvent, useEffect, useRef } from 'react'
import { useI18n } from '../lib/i18n'
import type { Unsaved } from '../lib/unsaved'
import { Button } from './button'
import { Notice } from './notice'
import { useToast } from './toast'

type Waiting = Pick<Unsaved<unknown>, 'touched' | 'stale' | 'restored' | 'safe' | 'drop' | 'rebase' | 'waits'>

/** What is dropped takes its button along: one goes on at the first field of the form that it stood in, or at the head of the page. */
const goOn = (from: HTMLElement) => {
  const field = from.closest('form')?.querySelector<HTMLElement>('input, textarea')
  requestAnimationFrame(() => (field ?? document.querySelector<HTMLElement>('main h1'))?.focus())
}

/** Above a form: that its words waited here, or that somebody else has saved since. Busy: they are being saved. */
export function UnsavedNotice({ of, busy }: { of: Waiting; busy: boolean }) {
  const { t, dateTime } = useI18n()
  const then = (act: () => void) => (e: MouseEvent<HTMLElement>) => {
    goOn(e.currentTarget)
    act()
  }
  if (of.stale && !busy) {
    return (
      <Notice kind="caution" alert>
        <p>{t('unsaved.stale')}</p>
        <div className="row">
          <Button tight onClick={then(of.drop)}>
            {t('unsaved.theirs')}
          </Button>
          <Button tight onClick={then(of.rebase)}>
            {t('unsaved.mine')}
          </Button>
        </div>
      </Notice>
    )
  }
  if (of.restored === undefined) return null
  return (
    <Notice kind="caution">
      {t('unsaved.restored', { at: dateTime(new Date(of.restored).toISOString()) })}{' '}
      <Button tight onClick={then(of.drop)}>
        {t('unsaved.drop')}
      </Button>
    </Notice>
  )
}

/** Beside the button that saves. Who leaves the page before is told what becomes of the words. Quiet: with nothing written it says
 *  nothing; very: also not while one writes, unless the words would be lost. */
export function UnsavedState({ of, quiet }: { of: Waiting; quiet?: boolean | 'very' }) {
  const { t } = useI18n()
  const toast = useToast()
  const left = useRef<() => void>(undefined)
  useEffect(() => {
    left.current = () => {
      if (of.waits() && of.safe) toast(t('unsaved.kept'))
    }
  })
  useEffect(() => () => left.current?.(), [])
  return (
    <span className="small soft" role="status">
      {of.touched && quiet === 'very' && of.safe ? null : of.touched ? t(of.safe ? 'unsaved.kept' : 'unsaved.not') : quiet ? null : t('unsaved.none')}
    </span>
  )
}
