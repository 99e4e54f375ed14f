import { useCallback, useEffect, useRef, useState } from 'react'
import { SelectField } from '../../../ui/field'
import { useI18n } from '../../../lib/i18n'
import type { RoomEvent } from '../../../api/room'
import { useNews, useRoom } from './use-room'

export type Wish = 'all' | 'counts' | 'mine'
const stored = 'palestra.room.aloud'
const pause = 3000

export function storedWish(): Wish {
  const w = localStorage.getItem(stored)
  return w === 'all' || w === 'mine' ? w : 'counts'
}

/**
 * Says what happens, politely and gathered: never more than one sentence in three seconds. What concerns the reader
 * herself comes first.
 */
export function Aloud({ wish }: { wish: Wish }) {
  const { t } = useI18n()
  const room = useRoom()
  const [words, setWords] = useState('')
  const waiting = useRef<{ important: string[]; said: { by: string; text: string }[] }>({ important: [], said: [] })
  const { me, name, status, leads, link } = room

  const hear = useCallback(
    (events: readonly RoomEvent[]) => {
      for (const e of events) {
        const own = e.by === me?.who
        const w = waiting.current
        if (e.kind === 'said' && !own) w.said.push({ by: name(e.by), text: e.text ?? '' })
        else if (e.kind === 'announced') w.important.push(t('room.aloud.announced', { name: name(e.by), text: e.text ?? '' }))
        else if (e.kind === 'called' && e.whom === me?.who) w.important.push(t('room.aloud.yourturn'))
        else if (e.kind === 'called' && e.whom) w.important.push(t('room.aloud.floor', { name: name(e.whom) }))
        else if (e.kind === 'timed') w.important.push(t('room.aloud.item', { title: e.text ?? '' }))
        else if (e.kind === 'asked') w.important.push(t('room.aloud.poll', { text: e.poll && 'text' in e.poll ? e.poll.text : '' }))
        else if (e.kind === 'closed') w.important.push(t('room.aloud.closed'))
        else if (e.kind === 'split') w.important.push(t('room.aloud.split'))
        else if (e.kind === 'gathered') w.important.push(t('room.aloud.gathered'))
        else if (e.kind === 'opened') w.important.push(t('room.aloud.opened'))
        else if (e.kind === 'ended') w.important.push(t('room.aloud.ended'))
        else if (e.kind === 'lit' && e.text) w.important.push(t('room.aloud.lit', { title: e.text }))
        else if (e.kind === 'filed' && !own) w.important.push(t('room.aloud.file', { name: name(e.by), file: e.file?.name ?? '' }))
        else if (e.kind === 'decided' && e.on) w.important.push(t('room.aloud.decided', { text: e.text ?? '' }))
        else if (e.kind === 'raised' && e.on && leads && !own) w.important.push(t('room.aloud.hand', { name: name(e.by) }))
      }
    },
    [me, name, t, leads],
  )
  useNews(link, hear)

  const before = useRef(status)
  useEffect(() => {
    if (before.current === 'here' && status === 'lost') waiting.current.important.push(t('room.lost'))
    if (before.current === 'lost' && status === 'here') waiting.current.important.push(t('room.back'))
    before.current = status
  }, [status, t])

  useEffect(() => {
    const timer = setInterval(() => {
      const { important, said } = waiting.current
      if (important.length === 0 && said.length === 0) return
      waiting.current = { important: [], said: [] }
      const last = said.at(-1)
      const chat = !last || wish === 'mine' ? '' : wish === 'all' && said.length < 4 ? said.map((x) => `${x.by}: ${x.text}`).join(' ') : t('room.aloud.said', { count: said.length, name: last.by })
      const next = [...important.slice(-4), chat].filter(Boolean).join(' ')
      if (next) setWords((shown) => (shown === next ? `${next}\u00a0` : next)) // the same again is news as well
    }, pause)
    return () => clearInterval(timer)
  }, [wish, t])

  return (
    <p className="hidden" role="status" aria-live="polite" data-testid="aloud">
      {words}
    </p>
  )
}

/** How much of it is said. */
export function AloudWish({ wish, onWish }: { wish: Wish; onWish: (w: Wish) => void }) {
  const { t } = useI18n()
  return (
    <SelectField
      label={t('room.aloud')}
      hint={t('room.aloud.hint')}
      value={wish}
      onChange={(e) => {
        const next = e.currentTarget.value
        const w: Wish = next === 'all' || next === 'mine' ? next : 'counts'
        localStorage.setItem(stored, w)
        onWish(w)
      }}
    >
      <option value="all">{t('room.aloud.all')}</option>
      <option value="counts">{t('room.aloud.counts')}</option>
      <option value="mine">{t('room.aloud.mine')}</option>
    </SelectField>
  )
}
