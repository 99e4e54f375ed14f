import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { beforeEach, expect, it } from 'vitest'
import { I18nProvider } from '../../../lib/i18n'
import { EarnedList } from './earned'

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
})

it.each([
  ['Pacific/Auckland', '11 november 2026'],
  ['Europe/Rome', '10 november 2026'],
  ['America/Los_Angeles', '10 november 2026'],
])('what was completed has its day by the clocks of the town: %s', (zone, day) => {
  const queries = new QueryClient({ defaultOptions: { queries: { enabled: false } } }) // nothing is asked
  queries.setQueryData(['session'], { person: { id: 'ada' }, organisation: { id: 'o', zone } })
  const box = document.body.appendChild(document.createElement('div'))
  const root = createRoot(box)
  const items = [{ id: 'e', record: 'r', course: 'c', version: 1, elective: false, title: { en: 'Signs' }, completed: '2026-11-10T18:00:00Z', minutes: 30 }]
  act(() =>
    root.render(
      <QueryClientProvider client={queries}>
        <I18nProvider first="sv" catalogue={{}}>
          <EarnedList items={items} href={() => '/'} />
        </I18nProvider>
      </QueryClientProvider>,
    ),
  )
  expect(box.textContent).toContain(day)
  act(() => root.unmount())
})
