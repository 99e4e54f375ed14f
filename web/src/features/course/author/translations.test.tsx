import { act } from 'react'
import { createRoot, type Root } from 'react-dom/client'
import { afterEach, beforeEach, expect, it } from 'vitest'
import type { Course } from '../../../api/types'
import { Writer } from '../../../lib/writer'
import { saveTranslations, type Translations, useTranslations } from './translations'

const course = (rev: number, part: Partial<Course> = {}): Course => ({
  id: 'c1', title: { en: 'Signs' }, summary: {}, languages: ['en', 'de', 'it'], minutes: 0, percent: 90, lessons: 0, visibility: 'town', towns: [], state: 'draft', version: 0, changed: true, problems: [], rev, edited: '',
  modules: [{ id: 'm1', title: { en: 'High' }, lessons: [] }], ...part,
})
let root: Root
let now: Translations

function Page({ of }: { of: Course }) {
  now = useTranslations(of)
  return null
}
const show = (of: Course) => act(() => root.render(<Writer value="ada"><Page of={of} /></Writer>))
const leave = () => act(() => root.render(null))

beforeEach(() => {
  localStorage.clear()
  Object.assign(globalThis, { IS_REACT_ACT_ENVIRONMENT: true })
  root = createRoot(document.body.appendChild(document.createElement('div')))
})
afterEach(() => act(() => root.unmount()))

it('waits, in all languages, until it is saved', () => {
  show(course(1))
  act(() => now.write('title', 'de', 'Schilder'))
  act(() => now.write('m1', 'it', 'Alti'))
  leave()
  show(course(1))
  expect([now.read('title', 'de'), now.read('m1', 'it'), now.touched, now.stale]).toEqual(['Schilder', 'Alti', true, false])
  expect(now.changed(course(1))).toEqual([['title', { de: 'Schilder' }], ['m1', { it: 'Alti' }]])
  act(() => now.saved(now.value, '3'))
  leave()
  expect(localStorage).toHaveLength(0)
})

it('is not in the way of who translates into another language, nor is she', () => {
  show(course(1))
  act(() => now.write('title', 'de', 'Schilder'))
  const theirs = course(2, { title: { en: 'Signs', it: 'Cartelli' } })
  show(theirs)
  expect([now.stale, now.of]).toEqual([false, '2'])
  expect(now.changed(theirs)).toEqual([['title', { de: 'Schilder' }]])
})

it('says so where the same text was stored in other words, and she chooses', () => {
  show(course(1))
  act(() => now.write('title', 'de', 'Schilder'))
  act(() => now.write('m1', 'de', 'Hoch'))
  show(course(2, { title: { en: 'Signs', de: 'Tafeln' } }))
  expect([now.stale, now.read('title', 'de')]).toEqual([true, 'Schilder'])
  act(() => now.rebase())
  expect([now.stale, now.read('title', 'de')]).toEqual([false, 'Schilder'])
  show(course(3, { title: { en: 'Signs', de: 'Zeichen' } }))
  expect(now.stale).toBe(true)
  act(() => now.drop())
  expect([now.stale, now.read('title', 'de'), now.read('m1', 'de')]).toEqual([false, 'Zeichen', 'Hoch'])
})

it('is forgotten when it says again what is stored', () => {
  show(course(1))
  act(() => now.write('title', 'en', 'Sign'))
  act(() => now.write('title', 'en', 'Signs'))
  expect([now.touched, localStorage.length]).toEqual([false, 0])
})

const quicker = Object.assign(new Error('somebody was quicker'), { status: 412, code: 'request.precondition', params: {}, fields: [] })

/** A server at which something else happens after the first text is stored. */
function serverWhere(happens: (c: Course) => Course) {
  const server = { course: course(1), written: 0 }
  const write = (what: string, rev: string, text: Record<string, string>) => {
    if (rev !== String(server.course.rev)) return Promise.reject(quicker)
    const { course: was } = server
    server.course = { ...was, rev: was.rev + 1, ...(what === 'title' ? { title: text } : { modules: was.modules.map((m) => ({ ...m, title: m.id === what ? text : m.title })) }) }
    const answer = server.course
    if (++server.written === 1) server.course = { ...happens(answer), rev: answer.rev + 1 }
    return Promise.resolve(answer)
  }
  return { server, store: { write, read: () => Promise.resolve(server.course) } }
}

it('is stored whole although a lesson is moved meanwhile', async () => {
  show(course(1))
  act(() => now.write('title', 'de', 'Schilder'))
  act(() => now.write('m1', 'de', 'Hoch'))
  const { server, store } = serverWhere((c) => c)
  const end = await saveTranslations(course(1), now, store)
  expect([end.title, end.modules[0]?.title, server.course]).toEqual([{ en: 'Signs', de: 'Schilder' }, { en: 'High', de: 'Hoch' }, end])
})

it('does not overwrite what a colleague stored meanwhile', async () => {
  show(course(1))
  act(() => now.write('title', 'de', 'Schilder'))
  act(() => now.write('m1', 'de', 'Hoch'))
  const theirs = { en: 'High', de: 'Oben' }
  const { server, store } = serverWhere((c) => ({ ...c, modules: c.modules.map((m) => ({ ...m, title: theirs })) }))
  await expect(saveTranslations(course(1), now, store)).rejects.toBe(quicker)
  expect(server.course.modules[0]?.title).toEqual(theirs)
  expect(now.touched).toBe(true)
})
