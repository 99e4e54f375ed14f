import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import { client, content } from '../../api/client'
import type { Playback } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import type { PlaybackEvent, Recorder } from '../../lib/playback-event'
import { uuid } from '../../lib/uuid'
import { Tag } from '../../ui/notice'
import { Outbox } from './outbox'
import { type Frame, videoStatement } from './statement'

const Context = createContext<Outbox | null>(null)

/** Keeps one outbox for the person who is signed in, on every page. */
export function OutboxKeeper({ person, children }: { person: string; children?: ReactNode }) {
  const queries = useQueryClient()
  const [box, setBox] = useState<Outbox | null>(null)
  useEffect(() => {
    const made = new Outbox({
      person,
      credential: (e) => content(client.POST('/enrolments/{e}/credential', { params: { path: { e } } })),
      onSent: (e) => void queries.invalidateQueries({ queryKey: ['enrolments', e] }),
    })
    made.start()
    setBox(made)
    return () => made.close()
  }, [person, queries])
  return <Context value={box}>{children}</Context>
}

/** "All saved" or what still waits to be sent. It is said aloud only where there is no connection, and when that is over:
 *  said at each key that is pressed in a video, it would drown what the key has done. */
export function OutboxTag() {
  const { t } = useI18n()
  const box = use(Context)
  const state = useSyncExternalStore(box?.subscribe ?? never, box?.state ?? (() => null))
  const waiting = state?.waiting ?? 0
  const failing = waiting > 0 && state?.failing === true
  const [trouble, setTrouble] = useState(false)
  const before = useRef(0)
  useEffect(() => {
    if (failing) setTrouble(true)
    else if (waiting > 0 && before.current === 0) setTrouble(false)
    before.current = waiting
  }, [failing, waiting])
  if (!state) return null
  const tag =
    waiting > 0 ? <Tag kind="caution">{failing ? t('outbox.offline', { count: waiting }) : t('outbox.waiting', { count: waiting })}</Tag> : <Tag kind="good">{t('outbox.saved')}</Tag>
  return (
    <>
      <span role="status">{trouble ? tag : null}</span>
      {trouble ? null : tag}
    </>
  )
}

const never = () => () => undefined

/** A recorder that writes xAPI statements about one playback into the outbox. */
export function useVideoRecorder(enrolment: string, playback: Playback | undefined): Recorder | null {
  const box = use(Context)
  const [recorder, setRecorder] = useState<Recorder | null>(null)
  useEffect(() => {
    if (!box || !playback) return
    const frame: Frame = { session: playback.id, actor: playback.xapi.actor, object: playback.xapi.object, registration: playback.xapi.registration }
    box.learn(enrolment, playback.credential)
    const last = uuid() // one id for the session's end, whoever gets to say it
    const make = (e: PlaybackEvent) => videoStatement(e.verb === 'terminated' ? last : uuid(), new Date(), frame, e)
    setRecorder({
      record: (e) => {
        const statement = make(e)
        if (e.verb === 'terminated') {
          box.flush([{ enrolment, statement }])
          void box.draft(enrolment, playback.id, null)
        }
        void box.put(enrolment, statement)
      },
      keep: (e) => void box.draft(enrolment, playback.id, make({ ...e, verb: 'terminated' })),
    })
    return () => setRecorder(null)
  }, [box, enrolment, playback])
  return recorder
}
