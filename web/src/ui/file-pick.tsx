import { type ReactNode, useId } from 'react'
import { Naming } from './field'

/** A field that takes a file as soon as it is chosen; what becomes of it is said below, also aloud. */
export function FilePick({ label, hint, accept, busy, onPick, children }: { label: string; hint: string; accept: string; busy: boolean; onPick: (file: File) => void; children: ReactNode }) {
  const id = useId()
  return (
    <div className="field">
      <Naming id={id} label={label} hint={hint} />
      <input
        id={id}
        type="file"
        aria-describedby={`${id}-hint`}
        disabled={busy}
        accept={accept}
        onChange={(e) => {
          const file = e.target.files?.[0]
          e.target.value = ''
          if (file) onPick(file)
        }}
      />
      <p className="soft small" role="status">
        {children}
      </p>
    </div>
  )
}
