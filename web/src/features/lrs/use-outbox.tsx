import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useEffect, useState, useSyncExternalStore } from 'react'
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

/** "All saved" or what still waits to be sent. */
export function OutboxTag() {
  const { t } = useI18n()
  const box = use(Context)
  const state = useSyncExternalStore(box?.subscribe ?? never, box?.state ?? (() => null))
  if (!state) return null
  return (
    <span role="status">
      {state.waiting > 0 ? (
        <Tag kind="caution">{state.failing ? t('outbox.offline', { count: state.waiting }) : t('outbox.waiting', { count: state.waiting })}</Tag>
      ) : (
        <Tag kind="good">{t('outbox.saved')}</Tag>
      )}
    </span>
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
