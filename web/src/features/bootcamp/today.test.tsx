import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act, type ReactNode } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { I18nProvider } from '../../lib/i18n'
import { ToastRegion } from '../../ui/toast'
import { BootcampForm } from './bootcamp-form'
import { OutputForm } from './figures/outputs'
import { VisitForm } from './figures/visits'

beforeEach(() => {
  localStorage.clear()
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  vi.useFakeTimers({ now: new Date('2026-11-29T22:30:00Z'), toFake: ['Date'] })
})
afterEach(() => vi.useRealTimers())

const nothing = () => undefined

it.each<[string, ReactNode, Record<string, string>]>([
  ['a bootcamp', <BootcampForm key="b" onClose={nothing} />, { first: '2026-11-30', last: '2026-11-30', zone: 'Pacific/Auckland' }],
  ['an output', <OutputForm key="o" bootcamp="b" fixed="" of={undefined} onClose={nothing} />, { on: '2026-11-30' }],
  ['a visit', <VisitForm key="v" bootcamp="b" fixed="" of={undefined} onClose={nothing} />, { on: '2026-11-30' }],
])('%s begins on the day that it is in the town', (_, form, days) => {
  const queries = new QueryClient({ defaultOptions: { queries: { enabled: false } } }) // nothing is asked
  queries.setQueryData(['session'], { person: { id: 'ada' }, organisation: { id: 'o', zone: 'Pacific/Auckland' } })
  const box = document.body.appendChild(document.createElement('div'))
  const root = createRoot(box)
  act(() =>
    root.render(
      <QueryClientProvider client={queries}>
        <I18nProvider first="en" catalogue={{}}>
          <ToastRegion>{form}</ToastRegion>
        </I18nProvider>
      </QueryClientProvider>,
    ),
  )
  const fields = new Map([...box.querySelectorAll<HTMLInputElement | HTMLSelectElement>('input, select')].map((x) => [x.name, x.value]))
  expect(Object.fromEntries(Object.keys(days).map((name) => [name, fields.get(name)]))).toEqual(days)
  act(() => root.unmount())
})
