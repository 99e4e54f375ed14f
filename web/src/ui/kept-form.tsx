import { type ComponentProps, Fragment, use, useLayoutEffect, useRef, useState } from 'react'
import { useUnsaved } from '../lib/unsaved'
import { type Fields, Form, Waited } from './field'
import { UnsavedNotice, UnsavedState } from './unsaved'

/** The state behind a field that a part of the form binds: it begins with what waited for its writer. Of: what it may be. */
export function useBegun(name: string, given: string): State<string>
export function useBegun<T extends string>(name: string, given: NoInfer<T>, of: readonly T[]): State<T>
export function useBegun(name: string, given: string, of?: readonly string[]): State<string> {
  const waited = use(Waited)[name]?.[0]
  return useState(waited !== undefined && (of?.includes(waited) ?? true) ? waited : given)
}

type State<T> = [T, (next: T) => void]

interface KeptFormProps<T> extends Omit<ComponentProps<typeof Form>, 'onSubmit' | 'onInput'> {
  /** Where its words wait in this browser: what is done with what. */
  name: string
  /** The edition of what is changed; nothing for what is new. */
  of?: string | number
  /** Sends what is written. What it promises is kept when it is stored. */
  onSubmit: (values: FormData) => Promise<T> | T
  /** It is stored, and waits no longer. */
  onSent?: (answer: T) => void
}

/** What the fields say, by name. Boxes tell what is ticked; secrets and files are not told. */
function fieldsOf(form: HTMLFormElement): Fields {
  const found: Record<string, string[]> = {}
  for (const e of form.elements) {
    if (!(e instanceof HTMLInputElement || e instanceof HTMLTextAreaElement || e instanceof HTMLSelectElement) || !e.name || e.type === 'password' || e.type === 'file') continue
    const now = (found[e.name] ??= [])
    if (!(e instanceof HTMLInputElement) || (e.type !== 'checkbox' && e.type !== 'radio') || e.checked) now.push(e.value)
  }
  return found
}

/**
 * A form whose fields nobody else binds: what is written into them waits in this browser until it is stored, whatever becomes of the
 * page or the dialog. It is empty again when it was sent.
 */
export function KeptForm<T>(props: KeptFormProps<T>) {
  return <Kept key={props.name} {...props} />
}

function Kept<T>({ name, of = '', onSubmit, onSent, children, ...rest }: KeptFormProps<T>) {
  // The edition is in it because what is stored stands in the fields, which nobody compares: every other one may say something else.
  const unsaved = useUnsaved<{ fields: Fields; edition: string }>(name, of, { fields: {}, edition: String(of) })
  const [begun, setBegun] = useState({ round: 0, fields: unsaved.value.fields, focus: '' })
  const [busy, setBusy] = useState(false)
  const edition = useRef(of)
  const form = useRef<HTMLFormElement>(null)
  const untouched = useRef('')
  useLayoutEffect(() => {
    edition.current = of
  })
  useLayoutEffect(() => {
    if (!form.current) return
    untouched.current = Object.keys(begun.fields).length > 0 ? '' : JSON.stringify(fieldsOf(form.current))
    // The fields are new ones: who was in them goes on at the same place.
    if (begun.focus && document.activeElement === document.body) form.current.querySelector<HTMLElement>(begun.focus)?.focus()
  }, [begun])
  const again = (focus: string) => setBegun(({ round }) => ({ round: round + 1, fields: {}, focus }))
  const write = (at: HTMLFormElement) => {
    const fields = fieldsOf(at)
    if (JSON.stringify(fields) === untouched.current) unsaved.drop()
    else unsaved.set('fields', fields)
    return { ...unsaved.value, fields }
  }
  const send = async (values: FormData) => {
    if (!form.current) return
    const sent = write(form.current)
    setBusy(true)
    let answer: T
    try {
      answer = await onSubmit(values)
    } catch {
      return // the form says it
    } finally {
      setBusy(false)
    }
    unsaved.saved(sent, String(edition.current))
    if (!unsaved.waits()) again('[type=submit]')
    onSent?.(answer)
  }
  const drop = () => {
    unsaved.drop()
    again('input, textarea')
  }
  const waiting = { ...unsaved, drop }
  return (
    <Form ref={form} onInput={(e) => write(e.currentTarget)} onSubmit={(values) => void send(values)} {...rest}>
      <UnsavedNotice of={waiting} busy={busy} />
      <Waited value={begun.fields}>
        <Fragment key={begun.round}>{children}</Fragment>
      </Waited>
      <UnsavedState of={waiting} quiet="very" />
    </Form>
  )
}
