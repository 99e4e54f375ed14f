import { useI18n } from '../lib/i18n'

/** How far a piece of work is, as a bar and in figures. `share` is 0 to 1. */
export function Progress({ label, share, detail }: { label: string; share: number; detail?: string }) {
  const { percent } = useI18n()
  const shown = Math.min(1, Math.max(0, share))
  return (
    <div className="meter">
      <div className="row between small">
        <span>{label}</span>
        <span className="num">{percent(shown)}</span>
      </div>
      <div className="bar" role="progressbar" aria-label={label} aria-valuemin={0} aria-valuemax={100} aria-valuenow={Math.round(shown * 100)}>
        <i style={{ inlineSize: `${shown * 100}%` }} />
      </div>
      {detail ? <span className="small soft num">{detail}</span> : null}
    </div>
  )
}

/** Which parts of a length have been seen. */
export function SeenBar({ label, parts, length, tall }: { label: string; parts: readonly (readonly [number, number])[]; length: number; tall?: boolean }) {
  return (
    <div className={`seen${tall ? ' tall' : ''}`} role="img" aria-label={label}>
      {length > 0 &&
        parts.map(([from, to]) => <i key={from} style={{ insetInlineStart: `${(from / length) * 100}%`, inlineSize: `${((to - from) / length) * 100}%` }} />)}
    </div>
  )
}
