import { useId } from 'react'
import type { Text } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'

interface SideBySideProps {
  label: string
  text: Text
  /** The language it is translated from. */
  from: string
  to: string
  value: string
  onChange: (value: string) => void
  long?: boolean
  maxLength?: number
}

/** A text in one language, and beside it the same in another that is being written. In the first language: one field. */
export function SideBySide({ label, text, from, to, value, onChange, long, maxLength = 200 }: SideBySideProps) {
  const { languageName } = useI18n()
  const id = useId()
  const writing = { id, lang: to, className: 'input', value, 'aria-describedby': from === to ? undefined : `${id}-from` }
  return (
    <div className={from === to ? 'field' : 'side field'}>
      <label htmlFor={id}>
        {label} <span className="soft small">{languageName(to)}</span>
      </label>
      <div className="columns">
        {from === to ? null : (
          <div className="source" id={`${id}-from`} lang={from}>
            {text[from] ?? '–'}
          </div>
        )}
        {long ? (
          <textarea {...writing} rows={4} maxLength={maxLength > 200 ? maxLength : 2000} onChange={(e) => onChange(e.target.value)} />
        ) : (
          <input {...writing} maxLength={maxLength} onChange={(e) => onChange(e.target.value)} />
        )}
      </div>
    </div>
  )
}
