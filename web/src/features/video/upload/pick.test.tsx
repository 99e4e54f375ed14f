import { QueryClient, QueryClientProvider } from '@tanstack/react-query'
import { act } from 'react'
import { createRoot } from 'react-dom/client'
import { afterEach, beforeEach, expect, it, vi } from 'vitest'
import { client } from '../../../api/client'
import { I18nProvider } from '../../../lib/i18n'
import { Pick } from './pick'
import { seldom, useVideos } from './queries'

function Page() {
  useVideos(seldom)
  return null
}

beforeEach(() => {
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  vi.useFakeTimers()
})
afterEach(() => vi.useRealTimers())

it.each([
  ['their own page', <Page key="page" />, 5],
  ['the choice of one', <Pick key="pick" onVideo={() => undefined} />, 1],
])('videos are asked for in a minute by %s', async (_, part, times) => {
  const asked = vi.spyOn(client, 'GET').mockResolvedValue({ data: { items: [], next: '' }, response: new Response() })
  const root = createRoot(document.body.appendChild(document.createElement('div')))
  act(() =>
    root.render(
      <QueryClientProvider client={new QueryClient()}>
        <I18nProvider first="en" catalogue={{}}>
          {part}
        </I18nProvider>
      </QueryClientProvider>,
    ),
  )
  await act(() => vi.advanceTimersByTimeAsync(60_500))
  expect(asked).toHaveBeenCalledTimes(times)
  act(() => root.unmount())
})
