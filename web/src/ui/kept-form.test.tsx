import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { I18nProvider } from '../lib/i18n'
import { Writer } from '../lib/writer'
import { AreaField, Check, SelectField, TextField } from './field'
import { KeptForm, useBegun } from './kept-form'

const label = 'What it is called'
const kinds = ['town', 'school'] as const
let box: HTMLElement
let root: Root
let sent: Record<string, unknown>[]
let done: string[]
let server: (values: FormData) => Promise<string> | string

function Kind() {
  const [kind, setKind] = useBegun('kind', 'town', kinds)
  return (
    <>
      <SelectField label={label} name="kind" value={kind} onChange={(e) => setKind(kinds.find((k) => k === e.target.value) ?? 'town')}>
        {kinds.map((k) => (
          <option key={k}>{k}</option>
        ))}
      </SelectField>
      {kind === 'school' ? <TextField label={label} name="pupils" defaultValue="100" /> : null}
    </>
  )
}

function show(name = 'ask.1', of = 1) {
  act(() =>
    root.render(
      <I18nProvider first="en" catalogue={{}}>
        <Writer value="ada">
          <KeptForm name={name} of={of} onSubmit={(f) => server(f)} onSent={(x) => done.push(x)}>
            <Kind />
            <AreaField label={label} name="words" defaultValue="Stored" />
            <Check label={label} name="loud" value="1" defaultChecked />
            <Check label={label} type="radio" name="mark" value="a" />
            <Check label={label} type="radio" name="mark" value="b" />
            <SelectField label={label} name="country" defaultValue="it">
              {['de', 'it'].map((c) => (
                <option key={c}>{c}</option>
              ))}
            </SelectField>
            <input type="password" name="secret" />
            <button type="submit">{label}</button>
          </KeptForm>
        </Writer>
      </I18nProvider>,
    ),
  )
}

const form = () => box.querySelector('form') ?? document.createElement('form')
const says = () => {
  const all = new FormData(form())
  all.delete('secret')
  return Object.fromEntries(all)
}
const field = (name: string, value = '') => form().querySelector<HTMLInputElement>(`[name=${name}]${value ? `[value=${value}]` : ''}`) ?? document.createElement('input')
function type(name: string, words: string) {
  const f = field(name)
  act(() => {
    Object.getOwnPropertyDescriptor(Object.getPrototypeOf(f), 'value')?.set?.call(f, words)
    f.dispatchEvent(new Event('input', { bubbles: true }))
    f.dispatchEvent(new Event('change', { bubbles: true }))
  })
}
const send = () =>
  act(() => {
    form().requestSubmit()
    return Promise.resolve()
  })
const stored = { kind: 'town', words: 'Stored', loud: '1', country: 'it' }
const again = (name?: string, of?: number) => {
  act(() => root.unmount())
  root = createRoot(box)
  show(name, of)
}

beforeEach(() => {
  localStorage.clear()
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  box = document.body.appendChild(document.createElement('div'))
  root = createRoot(box)
  sent = []
  done = []
  server = (f) => {
    sent.push(Object.fromEntries(f))
    return 'stored'
  }
})

afterEach(() => {
  act(() => root.unmount())
  box.remove()
})

it('keeps what is written in fields that nobody binds, whatever becomes of the page', () => {
  show()
  expect(says()).toEqual(stored)
  type('kind', 'school')
  type('pupils', '80')
  type('words', 'Mine')
  act(() => field('loud').click())
  act(() => field('mark', 'b').click())
  type('country', 'de')
  type('secret', 'sesame')
  const mine = { kind: 'school', pupils: '80', words: 'Mine', mark: 'b', country: 'de' }
  expect(says()).toEqual(mine)
  expect(JSON.stringify(localStorage)).not.toContain('sesame')
  again()
  expect(says()).toEqual(mine)
  again('ask.2')
  expect(says()).toEqual(stored)
})

it('is as it was when what waited is dropped', () => {
  show()
  type('words', 'Mine')
  act(() => field('loud').click())
  again()
  act(() => box.querySelector<HTMLButtonElement>('.notice button')?.click())
  expect([says(), localStorage.length]).toEqual([stored, 0])
  expect(document.activeElement).toBe(field('words'))
})

it('forgets what says again what is stored', () => {
  show()
  type('words', 'Mine')
  type('words', 'Stored')
  expect(localStorage.length).toBe(0)
})

it('is empty again when it was sent, and tells what came of it', async () => {
  show()
  type('words', 'Mine')
  form().querySelector('button')?.focus()
  await send()
  expect(sent.map((x) => x.words)).toEqual(['Mine'])
  expect([done, says(), localStorage.length]).toEqual([['stored'], stored, 0])
  expect(document.activeElement?.getAttribute('type')).toBe('submit')
})

it('keeps what could not be sent', async () => {
  server = () => Promise.reject(new Error('no network'))
  show()
  type('words', 'Mine')
  await send()
  expect([done, says().words]).toEqual([[], 'Mine'])
  again()
  expect(says().words).toBe('Mine')
})

it('keeps what is written while the rest is being sent, and what is sent does not wait although the page is gone', async () => {
  const waiting: ((x: string) => void)[] = []
  server = () => new Promise<string>((resolve) => waiting.push(resolve))
  const answer = () =>
    act(() => {
      waiting.pop()?.('stored')
      return Promise.resolve()
    })
  show()
  type('words', 'First')
  await send()
  type('words', 'First and second')
  await answer()
  expect(says().words).toBe('First and second')
  await send()
  act(() => root.unmount())
  await answer()
  expect([done, localStorage.length]).toEqual([['stored', 'stored'], 0])
  root = createRoot(box)
})

it('says that somebody else has saved since', () => {
  show('ask.1', 1)
  type('words', 'Mine')
  show('ask.1', 2)
  expect(box.querySelector('[role=alert]')).not.toBeNull()
  expect(says().words).toBe('Mine')
})
