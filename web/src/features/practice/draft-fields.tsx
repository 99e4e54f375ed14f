import { useId } from 'react'
import { useI18n } from '../../lib/i18n'
import { type Locale, localeNames, type Text } from '../../lib/locale'
import { Button, IconButton } from '../../ui/button'
import { AreaField, TextField } from '../../ui/field'
import { moved, Sortable } from '../../ui/sortable'

interface Beside {
  language: Locale
  first: Locale
}

interface WordsProps extends Beside {
  label: string
  hint?: string
  text: Text | undefined
  onText: (text: Text) => void
  rows?: number
  maxLength: number
}

/** What is written in the first language, for who translates it. */
function Original({ text, language, first }: Beside & { text: Text | undefined }) {
  const words = text?.[first]
  if (language === first || !words) return null
  return (
    <blockquote className="original small" lang={first}>
      <b>{localeNames[first]}</b> {words}
    </blockquote>
  )
}

/** A text in the language that is being written, the original beside it. */
export function Words({ label, hint, text, onText, rows, maxLength, language, first }: WordsProps) {
  const props = {
    label, maxLength, lang: language, value: text?.[language] ?? '',
    onChange: (e: { target: { value: string } }) => onText({ ...text, [language]: e.target.value }),
    ...(hint ? { hint } : {}),
  }
  return (
    <div className="stack-2">
      {rows ? <AreaField rows={rows} {...props} /> : <TextField {...props} />}
      <Original text={text} language={language} first={first} />
    </div>
  )
}

/** A list of texts whose order says something. */
export function WordsList({ label, hint, list, onList, language, first }: Beside & { label: string; hint?: string; list: Text[]; onList: (list: Text[]) => void }) {
  const { t } = useI18n()
  const id = useId()
  const rows = list.map((text, i) => ({ text, i }))
  return (
    <fieldset className="field stack-2" aria-describedby={hint ? id : undefined}>
      <legend>{label}</legend>
      {hint ? (
        <span className="hint" id={id}>
          {hint}
        </span>
      ) : null}
      <Sortable items={rows} label={label} id={(r) => String(r.i)} name={(r) => r.text[language] ?? String(r.i + 1)} onMove={(from, to) => onList(moved(list, from, to))}>
        {(r) => (
          <div className="row">
            <div className="grow stack-2">
              <textarea
                className="input"
                rows={2}
                maxLength={1000}
                lang={language}
                aria-label={`${label} ${String(r.i + 1)}`}
                value={r.text[language] ?? ''}
                onChange={(e) => onList(list.map((x, j) => (j === r.i ? { ...x, [language]: e.target.value } : x)))}
              />
              <Original text={r.text} language={language} first={first} />
            </div>
            <IconButton icon="trash" label={t('practice.remove', { what: `${label} ${String(r.i + 1)}` })} onClick={() => onList(list.filter((_, j) => j !== r.i))} />
          </div>
        )}
      </Sortable>
      <div>
        <Button icon="plus" onClick={() => onList([...list, {}])}>
          {t('practice.add')}
        </Button>
      </div>
    </fieldset>
  )
}
