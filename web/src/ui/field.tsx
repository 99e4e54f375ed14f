import { type ComponentProps, createContext, type FormEvent, type FormEventHandler, type ReactNode, type Ref, use, useId, useState } from 'react'
import { isFault, say, sayField } from '../lib/fault'
import { useI18n } from '../lib/i18n'
import { Button } from './button'
import { Notice } from './notice'

const Faults = createContext<unknown>(null)

/** What fields say, by their names. */
export type Fields = Readonly<Partial<Record<string, readonly string[]>>>

/** What fields that nobody binds begin with, before what they are given (kept-form.tsx). */
export const Waited = createContext<Fields>({})

interface FormProps {
  error?: unknown
  onSubmit: (values: FormData) => void
  onInput?: FormEventHandler<HTMLFormElement>
  children: ReactNode
  className?: string
  label?: string
  ref?: Ref<HTMLFormElement>
}

/** A form that shows what the server refused: above all fields, and at the field if the server names it. */
export function Form({ error, onSubmit, onInput, children, className = 'form', label, ref }: FormProps) {
  const i18n = useI18n()
  const submit = (event: FormEvent<HTMLFormElement>) => {
    event.preventDefault()
    onSubmit(new FormData(event.currentTarget))
  }
  return (
    <form ref={ref} className={className} onSubmit={submit} onInput={onInput} aria-label={label} noValidate={false}>
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

function useWaited({ name = '', value }: { name?: string | undefined; value?: unknown }) {
  const waited = use(Waited)[name]
  return waited && value === undefined ? { defaultValue: waited[0] } : {}
}

function useField({ name, hint }: FieldProps) {
  const id = useId()
  const error = use(Faults)
  const i18n = useI18n()
  const fault = name ? sayField(error, name, i18n) : undefined
  const described = [hint ? `${id}-hint` : '', fault ? `${id}-fault` : ''].filter(Boolean).join(' ')
  return { id, fault, aria: { id, ...(described ? { 'aria-describedby': described } : {}), ...(fault ? { 'aria-invalid': true } : {}) } }
}

/** What a field is called, and the hint that describes it: `${id}-hint`. */
export function Naming({ id, label, hint }: { id: string; label: ReactNode; hint?: ReactNode }) {
  return (
    <>
      <label htmlFor={id}>{label}</label>
      {hint ? (
        <span className="hint" id={`${id}-hint`}>
          {hint}
        </span>
      ) : null}
    </>
  )
}

function Frame({ id, label, hint, fault, children }: { id: string; label: ReactNode; hint: ReactNode; fault: string | undefined; children: ReactNode }) {
  return (
    <div className="field">
      <Naming id={id} label={label} hint={hint} />
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
      <input type="text" className="input" {...rest} {...useWaited(rest)} {...aria} />
    </Frame>
  )
}

export function AreaField({ label, hint, ...rest }: FieldProps & Omit<ComponentProps<'textarea'>, 'name'>) {
  const { id, fault, aria } = useField({ label, hint, ...(rest.name ? { name: rest.name } : {}) })
  return (
    <Frame id={id} label={label} hint={hint} fault={fault}>
      <textarea className="input" {...rest} {...useWaited(rest)} {...aria} />
    </Frame>
  )
}

export function SelectField({ label, hint, children, ...rest }: FieldProps & Omit<ComponentProps<'select'>, 'name'>) {
  const { id, fault, aria } = useField({ label, hint, ...(rest.name ? { name: rest.name } : {}) })
  return (
    <Frame id={id} label={label} hint={hint} fault={fault}>
      <select className="input" {...rest} {...useWaited(rest)} {...aria}>
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
  const waited = use(Waited)[rest.name ?? '']
  const begins = waited && rest.checked === undefined ? { defaultChecked: waited.includes(String(rest.value ?? 'on')) } : {}
  return (
    <label className="check">
      <input type={type} {...rest} {...begins} />
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
