import { type ComponentProps, createContext, type ReactNode, type FormEvent, use, useId, useState } from 'react'
import { isFault, say, sayField } from '../lib/fault'
import { useI18n } from '../lib/i18n'
import { Button, IconButton } from './button'
import { Notice } from './notice'

const Faults = createContext<unknown>(null)

/** A form that shows what the server refused: above all fields, and at the field if the server names it. */
export function Form({ error, onSubmit, children, className = 'form', label }: { error?: unknown; onSubmit: (values: FormData) => void; children: ReactNode; className?: string; label?: string }) {
  const i18n = useI18n()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    onSubmit(new FormData(event.currentTarget))
  }
  return (
    <form className={className} onSubmit={submit} aria-label={label} noValidate={false}>
      {isFault(error) || error ? (
        <Notice kind="wrong" alert>
          {say(error, i18n)}
        </Notice>
      ) : null}
      <Faults value={error}>{children}</Faults>
    </form>
  )
}

/** A text value of a submitted form. */
export function value(form: FormData, name: string): string {
  const v = form.get(name)
  return typeof v === 'string' ? v.trim() : ''
}

/** A secret of a submitted form: blanks at its ends belong to it. */
export function secret(form: FormData, name: string): string {
  const v = form.get(name)
  return typeof v === 'string' ? v : ''
}

export function values(form: FormData, name: string): string[] {
  return form.getAll(name).filter((v) => typeof v === 'string')
}

interface FieldProps {
  label: ReactNode
  hint?: ReactNode
  name?: string
}

function useField({ name, hint }: FieldProps) {
  const id = useId()
  const error = use(Faults)
  const i18n = useI18n()
  const fault = name ? sayField(error, name, i18n) : undefined
  const described = [hint ? `${id}-hint` : '', fault ? `${id}-fault` : ''].filter(Boolean).join(' ')
  return { id, fault, aria: { id, ...(described ? { 'aria-describedby': described } : {}), ...(fault ? { 'aria-invalid': true } : {}) } }
}

function Frame({ id, label, hint, fault, children }: { id: string; label: ReactNode; hint: ReactNode; fault: string | undefined; children: ReactNode }) {
  return (
    <div className="field">
      <label htmlFor={id}>{label}</label>
      {hint ? (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      ) : null}
      {children}
      {fault ? (
        <span className="fault" id={`${id}-fault`}>
          {fault}
        </span>
      ) : null}
    </div>
  )
}

export function TextField({ label, hint, ...rest }: FieldProps & Omit<ComponentProps<'input'>, 'name'>) {
  const { id, fault, aria } = useField({ label, hint, ...(rest.name ? { name: rest.name } : {}) })
  return (
    <Frame id={id} label={label} hint={hint} fault={fault}>
      <input type="text" className="input" {...rest} {...aria} />
    </Frame>
  )
}

export function AreaField({ label, hint, ...rest }: FieldProps & Omit<ComponentProps<'textarea'>, 'name'>) {
  const { id, fault, aria } = useField({ label, hint, ...(rest.name ? { name: rest.name } : {}) })
  return (
    <Frame id={id} label={label} hint={hint} fault={fault}>
      <textarea className="input" {...rest} {...aria} />
    </Frame>
  )
}

export function SelectField({ label, hint, children, ...rest }: FieldProps & Omit<ComponentProps<'select'>, 'name'>) {
  const { id, fault, aria } = useField({ label, hint, ...(rest.name ? { name: rest.name } : {}) })
  return (
    <Frame id={id} label={label} hint={hint} fault={fault}>
      <select className="input" {...rest} {...aria}>
        {children}
      </select>
    </Frame>
  )
}

export function PasswordField({ label, hint, ...rest }: FieldProps & Omit<ComponentProps<'input'>, 'name'>) {
  const { t } = useI18n()
  const [shown, setShown] = useState(false)
  const { id, fault, aria } = useField({ label, hint, ...(rest.name ? { name: rest.name } : {}) })
  return (
    <Frame id={id} label={label} hint={hint} fault={fault}>
      <span className="secret">
        <input className="input" {...rest} {...aria} type={shown ? 'text' : 'password'} spellCheck={false} autoCapitalize="off" />
        <Button aria-pressed={shown} onClick={() => setShown(!shown)}>
          {t('action.show')}
        </Button>
      </span>
    </Frame>
  )
}

export function Check({ label, hint, type = 'checkbox', ...rest }: FieldProps & Omit<ComponentProps<'input'>, 'name'>) {
  return (
    <label className="check">
      <input type={type} {...rest} />
      <span>
        {label}
        {hint ? <span className="hint">{hint}</span> : null}
      </span>
    </label>
  )
}

/** Several choices under one question. */
export function Choices({ legend, hint, children }: { legend: ReactNode; hint?: ReactNode; children: ReactNode }) {
  const id = useId()
  return (
    <fieldset className="field" aria-describedby={hint ? id : undefined}>
      <legend>{legend}</legend>
      {hint ? (
        <span className="hint" id={id}>
          {hint}
        </span>
      ) : null}
      <div className="options">{children}</div>
    </fieldset>
  )
}

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
      <label htmlFor={id}>{label}</label>
      {hint ? (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      ) : null}
      <span className="secret">
        <input id={id} aria-describedby={hint ? `${id}-hint` : undefined} className="input" type="search" name="q" defaultValue={start} />
        <IconButton icon="search" type="submit" label={t('action.search')} />
      </span>
    </form>
  )
}
