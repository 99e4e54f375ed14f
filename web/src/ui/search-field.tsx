import { useId } from 'react'
import { useI18n } from '../lib/i18n'
import { IconButton } from './button'
import { Naming, value } from './field'

/** Search that tells its words when one stops typing. */
export function SearchField({ label, hint, onSearch, start = '' }: { label: string; hint?: string; onSearch: (words: string) => void; start?: string }) {
  const { t } = useI18n()
  const id = useId()
  return (
    <form
      role="search"
      className="field"
      onSubmit={(e) => {
        e.preventDefault()
        onSearch(value(new FormData(e.currentTarget), 'q'))
      }}
    >
      <Naming id={id} label={label} hint={hint} />
      <span className="secret">
        <input id={id} aria-describedby={hint ? `${id}-hint` : undefined} className="input" type="search" name="q" defaultValue={start} />
        <IconButton icon="search" type="submit" label={t('action.search')} />
      </span>
    </form>
  )
}
