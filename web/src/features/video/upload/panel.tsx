import { useEffect, useId, useState, useSyncExternalStore } from 'react'
import { useI18n } from '../../../lib/i18n'
import { IconButton } from '../../../ui/button'
import type { Queue } from './queue'
import { Sending } from './sending'
import './upload.css'
import { useTotals } from './totals'

/** The files that are being sent, on every page. It stays at the lower edge and never lies over the end of a page. */
export default function UploadPanel({ queue }: { queue: Queue }) {
  const { t, percent } = useI18n()
  const all = useSyncExternalStore(queue.subscribe, queue.all)
  const totals = useTotals(all)
  const id = useId()
  const [open, setOpen] = useState(() => matchMedia('(min-width: 48rem)').matches)
  useEffect(() => {
    // Asks before the page is closed over what is on its way.
    const ask = (e: BeforeUnloadEvent) => {
      if (queue.all().some((u) => u.busy() || u.state().phase === 'queued')) e.preventDefault()
    }
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [queue])
  if (totals.apart.length === 0) return null
  return (
    <section className="uploads" aria-labelledby={`${id}-h`}>
      <header>
        <h2 id={`${id}-h`}>{t('uploads.title')}</h2>
        <span className="small soft num grow">
          {totals.open > 0 ? `${t('uploads.open', { n: totals.open })} · ${percent(totals.share)}` : t('uploads.all')}
        </span>
        <IconButton icon={open ? 'down' : 'up'} label={t(open ? 'uploads.fold' : 'uploads.unfold')} aria-expanded={open} aria-controls={`${id}-l`} onClick={() => setOpen(!open)} />
        {totals.open === 0 ? <IconButton icon="close" label={t('uploads.close')} onClick={() => all.forEach((u) => queue.drop(u))} /> : null}
      </header>
      <ul className="plain" id={`${id}-l`} hidden={!open}>
        {totals.apart.map((u) => (
          <li key={u.id}>
            <Sending uploader={u} tight />
          </li>
        ))}
      </ul>
    </section>
  )
}
