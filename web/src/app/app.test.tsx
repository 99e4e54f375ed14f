import { QueryClient, QueryClientProvider, useMutation } from '@tanstack/react-query'
import { createRoot } from 'react-dom/client'
import { expect, it } from 'vitest'
import { Button } from '../ui/button'
import './app'

const later = () => new Promise((r) => setTimeout(r, 20))

it('shows that something has begun before the second click of two', async () => {
  let began = 0
  function Make() {
    const make = useMutation({ mutationFn: () => new Promise(() => (began += 1)) })
    return <Button busy={make.isPending} onClick={() => make.mutate()} />
  }
  createRoot(document.body.appendChild(document.createElement('div'))).render(
    <QueryClientProvider client={new QueryClient()}>
      <Make />
    </QueryClientProvider>,
  )
  await later()
  const button = document.querySelector('button')
  button?.click()
  for (let i = 0; i < 20; i++) await Promise.resolve() // no timer comes between the clicks of a double click
  button?.click()
  await later()
  expect(began).toBe(1)
})
