import { act, useState } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { I18nProvider } from '../lib/i18n'
import { Dialog } from './dialog'

let box: HTMLElement
let root: Root
let closed: number

function Page() {
  const [open, setOpen] = useState<string>()
  const opener = (name: string) => (
    <button id={name} onClick={() => setOpen(name)}>
      {name}
    </button>
  )
  return (
    <>
      {opener('first')}
      {opener('second')}
      {open ? (
        <Dialog
          title={open}
          onClose={() => {
            closed++
            setOpen(undefined)
          }}
        >
          {open}
        </Dialog>
      ) : null}
    </>
  )
}

const shown = () => box.querySelector('dialog:not(.leaving) h2')?.textContent
function press(id: string) {
  act(() => {
    box.querySelector<HTMLElement>(`#${id}`)?.click()
  })
}
function leave() {
  act(() => {
    box.querySelector('dialog')?.dispatchEvent(new Event('cancel', { cancelable: true }))
  })
}
function later() {
  act(() => {
    vi.runAllTimers()
  })
}

beforeEach(() => {
  vi.useFakeTimers()
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true)
  box = document.body.appendChild(document.createElement('main'))
  root = createRoot(box)
  closed = 0
  act(() => {
    root.render(
      <I18nProvider first="en" catalogue={{}}>
        <Page />
      </I18nProvider>,
    )
  })
})
afterEach(() => {
  act(() => {
    root.unmount()
  })
  box.remove()
  vi.useRealTimers()
  vi.unstubAllGlobals()
})

it('is seen by nobody once it is left, and gone a moment later', () => {
  press('first')
  expect(shown()).toBe('first')
  leave()
  expect(shown()).toBeUndefined()
  expect(box.querySelector('dialog')).not.toBeNull()
  later()
  expect(box.querySelector('dialog')).toBeNull()
  expect(closed).toBe(1)
})

it.each(['first', 'second'])('that was left a moment ago does not close what is opened then: the %s', (id) => {
  press('first')
  leave()
  press(id)
  expect(shown()).toBe(id)
  later()
  expect(shown()).toBe(id)
  expect(closed).toBe(1)
})

it('that is taken away while it is left closes nothing', () => {
  press('first')
  leave()
  act(() => {
    root.render(null)
  })
  later()
  expect(closed).toBe(0)
})
