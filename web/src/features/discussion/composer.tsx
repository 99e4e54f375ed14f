import { type KeyboardEvent, useId, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import type { Mention, PersonHere, PostFile } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { locales } from '../../lib/locale'
import { Button, IconButton } from '../../ui/button'
import { Form, Naming, SelectField } from '../../ui/field'
import { useSayFault } from '../../ui/toast'
import { UnsavedNotice, UnsavedState } from '../../ui/unsaved'
import { usePeopleHere, usePreview, useTalk, type Written } from './queries'
import type { Writing } from './words'

interface ComposerProps {
  place: string
  label: string
  does: string
  error: unknown
  busy: boolean
  of: Writing
  onSend: (w: Written) => void
  onCancel?: () => void
  /** Without: a post that is changed keeps its files. */
  files?: boolean
  /** Fields above the text. */
  children?: React.ReactNode
}

const mentioning = /(?:^|\s)@(\p{L}[\p{L}'’-]*)$/u

/** Writes a post: Markdown with a preview, mentions chosen from a list, files, and its language. */
export function Composer({ place, label, does, error, busy, of, onSend, onCancel, files: withFiles = true, children }: ComposerProps) {
  const { t, languageName } = useI18n()
  const { words, language, mentions, files } = of.value
  const [shown, setShown] = useState(false)
  const preview = usePreview(words, shown && words !== '')
  return (
    <Form
      error={error}
      className="form composer"
      onSubmit={() => onSend({ key: of.key, words, language, mentions: mentions.filter((m) => words.includes(`@${m.name}`)), files: files.map((x) => x.id) })}
    >
      <UnsavedNotice of={of} busy={busy} />
      {children}
      <TextBox
        place={place}
        label={label}
        words={words}
        onWords={(next, m) => of.write({ words: next, ...(m ? { mentions: [...mentions.filter((x) => x.person !== m.person), m] } : {}) })}
      />
      {shown ? (
        <div className="card stack-2" aria-live="polite">
          <h3>{t('talk.preview')}</h3>
          {preview.data ? <div className="prose" dangerouslySetInnerHTML={{ __html: preview.data.html }} /> : <p className="soft">{t('talk.preview.none')}</p>}
        </div>
      ) : null}
      {withFiles ? <Files place={place} files={files} onFiles={(next) => of.write({ files: next })} /> : null}
      <div className="row">
        <SelectField label={t('talk.language')} name="language" value={language} onChange={(e) => of.write({ language: e.target.value })}>
          {[...new Set([language, ...locales])].map((l) => (
            <option key={l} value={l}>
              {languageName(l)}
            </option>
          ))}
        </SelectField>
      </div>
      <div className="row">
        <Button kind="main" type="submit" busy={busy}>
          {does}
        </Button>
        <Button aria-pressed={shown} icon="eye" onClick={() => setShown(!shown)}>
          {t('talk.preview')}
        </Button>
        {onCancel ? <Button onClick={onCancel}>{t('action.cancel')}</Button> : null}
        <UnsavedState of={of} quiet />
      </div>
    </Form>
  )
}

interface TextBoxProps {
  place: string
  label: string
  words: string
  onWords: (s: string, chosen?: Mention) => void
}

/** The text; behind an @ it offers who is here. Arrows choose, Enter takes, Escape leaves. */
function TextBox({ place, label, words, onWords }: TextBoxProps) {
  const { t } = useI18n()
  const id = useId()
  const area = useRef<HTMLTextAreaElement>(null)
  const [asked, setAsked] = useState<string>()
  const [at, setAt] = useState(0)
  const people = usePeopleHere(place, asked)
  const list = asked === undefined ? [] : (people.data?.items ?? [])
  const look = (el: HTMLTextAreaElement) => {
    setAsked(mentioning.exec(el.value.slice(0, el.selectionStart))?.[1])
    setAt(0)
  }
  const take = (p: PersonHere) => {
    const el = area.current
    if (!el || asked === undefined) return
    const begin = el.selectionStart - asked.length
    const next = `${words.slice(0, begin)}${p.name} ${words.slice(el.selectionStart)}`
    // At once: a letter typed right after it belongs behind the name.
    flushSync(() => {
      onWords(next, { person: p.person, name: p.name })
      setAsked(undefined)
    })
    el.focus()
    el.setSelectionRange(begin + p.name.length + 1, begin + p.name.length + 1)
  }
  const onKey = (e: KeyboardEvent) => {
    const chosen = list[at]
    if (!chosen) return
    if (e.key === 'ArrowDown' || e.key === 'ArrowUp') setAt((at + (e.key === 'ArrowDown' ? 1 : list.length - 1)) % list.length)
    else if (e.key === 'Enter' || e.key === 'Tab') take(chosen)
    else if (e.key === 'Escape') setAsked(undefined)
    else return
    e.preventDefault()
  }
  return (
    <div className="field">
      <Naming id={id} label={label} hint={t('talk.words.hint')} />
      <textarea
        ref={area}
        id={id}
        className="input"
        rows={5}
        maxLength={10_000}
        required
        value={words}
        aria-describedby={`${id}-hint`}
        aria-autocomplete="list"
        aria-controls={list.length > 0 ? `${id}-list` : undefined}
        aria-activedescendant={list.length > 0 ? `${id}-${at}` : undefined}
        onChange={(e) => {
          onWords(e.target.value)
          look(e.target)
        }}
        onKeyDown={onKey}
        onBlur={() => setAsked(undefined)}
      />
      <span className="hidden" role="status">
        {list.length > 0 ? t('talk.people', { count: list.length }) : ''}
      </span>
      {list.length > 0 ? (
        <div id={`${id}-list`} role="listbox" aria-label={t('talk.people.choose')} className="card here">
          {list.map((p, i) => (
            // The keyboard stays in the text: these are chosen with its arrows.
            <div key={p.person} id={`${id}-${i}`} role="option" tabIndex={-1} aria-selected={i === at} onPointerDown={(e) => { e.preventDefault(); take(p) }}>
              <b>{p.name}</b> <span className="soft small">{p.town}</span>
            </div>
          ))}
        </div>
      ) : null}
    </div>
  )
}

function Files({ place, files, onFiles }: { place: string; files: PostFile[]; onFiles: (f: PostFile[]) => void }) {
  const { t, bytes } = useI18n()
  const { send } = useTalk(place)
  const sayFault = useSayFault()
  const id = useId()
  return (
    <div className="field">
      <Naming id={id} label={t('talk.files')} hint={t('talk.files.hint')} />
      <input
        id={id}
        type="file"
        aria-describedby={`${id}-hint`}
        disabled={send.isPending || files.length >= 5}
        accept=".pdf,.png,.jpg,.jpeg,.gif,.webp,.txt,.csv,.docx,.xlsx,.pptx,.odt,.ods,.odp"
        onChange={(e) => {
          const file = e.target.files?.[0]
          e.target.value = ''
          if (file) send.mutate(file, { onSuccess: (made) => onFiles([...files, made]), onError: sayFault })
        }}
      />
      <div role="status">
        {send.isPending ? <p className="soft">{t('talk.file.sending')}</p> : null}
        {files.length > 0 ? (
          <ul className="plain">
            {files.map((f) => (
              <li key={f.id} className="row">
                {f.name} <span className="soft small">{bytes(f.size)}</span>
                <IconButton icon="close" label={t('talk.file.drop', { name: f.name })} onClick={() => onFiles(files.filter((x) => x.id !== f.id))} />
              </li>
            ))}
          </ul>
        ) : null}
      </div>
    </div>
  )
}
