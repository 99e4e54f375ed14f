import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import { Writer } from '../../lib/writer'
import { useWords, type Writing } from './words'

let root: Root
let post: Writing

function Box({ of }: { of?: number | undefined }) {
  post = useWords('thread.1', { language: 'de', words: of ? 'As it was' : '' }, of)
  return null
}
const show = (of?: number) => act(() => root.render(<Writer value="ada"><Box of={of} /></Writer>))
const leave = () => act(() => root.render(null))
const waiting = () => Object.keys(localStorage)

beforeEach(() => {
  localStorage.clear()
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  root = createRoot(document.body.appendChild(document.createElement('div')))
})
afterEach(() => act(() => root.unmount()))

it('waits with its key, so that it is said once even if the answer to it was lost', async () => {
  show()
  act(() => post.write({ words: 'I ask' }))
  act(() => post.write({ words: 'I ask you', re: 3 }))
  const { key } = post
  await act(() => post.send(Promise.reject(new Error('no answer'))).catch(() => undefined))
  leave()
  show()
  expect(post).toMatchObject({ key, touched: true, stale: false, value: { words: 'I ask you', re: 3, language: 'de' } })
  act(() => post.write({ words: 'I ask you all' }))
  expect(post.key).toBe(key)
})

it('is forgotten when it has arrived; what was written meanwhile is another post', async () => {
  show()
  act(() => post.write({ words: 'One' }))
  const one = post.key
  const { send } = post
  act(() => post.write({ words: 'One and two' }))
  await act(() => send(Promise.resolve()))
  expect(post.value.words).toBe('One and two')
  expect(post.key).not.toBe(one)
  const two = post.key
  leave()
  show()
  expect(post.key).toBe(two)
  const { send: later } = post
  leave()
  await later(Promise.resolve()) // its page was left
  expect(waiting()).toEqual([])
  show()
  expect(post).toMatchObject({ touched: false, value: { words: '' } })
  expect(post.key).not.toBe(two)
})

it('is nothing when everything is deleted again', () => {
  show()
  act(() => post.write({ words: 'No' }))
  expect(waiting()).toHaveLength(1)
  act(() => post.write({ words: '' }))
  expect(post.touched).toBe(false)
  expect(waiting()).toEqual([])
})

it('says that the post was changed elsewhere since', () => {
  show(1)
  act(() => post.write({ words: 'As it is now' }))
  leave()
  show(2)
  expect(post).toMatchObject({ stale: true, of: '1', value: { words: 'As it is now' } })
  act(() => post.drop())
  expect(post).toMatchObject({ stale: false, value: { words: 'As it was' } })
})
