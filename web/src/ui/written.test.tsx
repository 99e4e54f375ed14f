import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { beforeEach, expect, it } from 'vitest'
import { type Unsaved, useUnsaved } from '../lib/unsaved'
import { Writer } from '../lib/writer'
import { among, ticked, written } from './written'

interface Plan { name: string; later: boolean; towns: string[] }
let plan: Unsaved<Plan>

function Form() {
  plan = useUnsaved<Plan>('plan.1', 1, { name: 'Stored', later: false, towns: ['a'] })
  return (
    <form>
      <input {...written(plan, 'name')} />
      <input type="checkbox" {...ticked(plan, 'later')} />
      <input type="checkbox" {...among(plan, 'towns', 'a')} />
      <input type="checkbox" {...among(plan, 'towns', 'b')} />
    </form>
  )
}

beforeEach(() => {
  localStorage.clear()
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
})

it('keeps what is written in each field of a form, whatever becomes of the page', () => {
  const box = document.body.appendChild(document.createElement('div'))
  const show = () => {
    const root = createRoot(box)
    act(() => root.render(<Writer value="ada"><Form /></Writer>))
    return root
  }
  const root = show()
  const [name, ...boxes] = box.querySelectorAll('input')
  act(() => {
    if (name) Object.getOwnPropertyDescriptor(HTMLInputElement.prototype, 'value')?.set?.call(name, 'Mine')
    name?.dispatchEvent(new Event('input', { bubbles: true }))
  })
  for (const b of boxes) act(() => b.click())
  expect(plan.value).toEqual({ name: 'Mine', later: true, towns: ['b'] })
  act(() => root.unmount())
  const again = show()
  expect([...box.querySelectorAll('input')].map((x) => (x.type === 'checkbox' ? x.checked : x.value))).toEqual(['Mine', true, false, true])
  expect(new FormData(box.querySelector('form') ?? undefined).get('name')).toBe('Mine')
  act(() => plan.drop())
  expect([...box.querySelectorAll('input')].map((x) => (x.type === 'checkbox' ? x.checked : x.value))).toEqual(['Stored', false, true, false])
  act(() => again.unmount())
})
