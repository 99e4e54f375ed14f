import { createContext, use, useEffect, useRef, useState, useSyncExternalStore } from 'react'
import type { CohortSession } from '../../../api/types'
import type { Act, RoomEvent } from '../../../api/room'
import { useI18n } from '../../../lib/i18n'
import type { RoomLink, RoomView } from './link'

export interface Room extends RoomView {
  link: RoomLink
  session: CohortSession
  leads: boolean
  send: (act: Act) => void
  /** What somebody is called. */
  name: (who: string | undefined) => string
}

export const RoomContext = createContext<Room | null>(null)

export function useRoom(): Room {
  const room = use(RoomContext)
  if (!room) throw new Error('useRoom outside a room')
  return room
}

/** Opens a connection for as long as the page stands. */
export function useLink(link: RoomLink, session: CohortSession): Room {
  const { t } = useI18n()
  useEffect(() => {
    link.open()
    return () => link.close()
  }, [link])
  const view = useSyncExternalStore(link.subscribe, link.get)
  return {
    ...view,
    link,
    session,
    leads: view.me?.leads === true || (view.me !== undefined && view.state.deputies.includes(view.me.who)),
    send: (act) => void link.send(act),
    name: (who) => (who === undefined || who === '' ? '' : who === view.me?.who ? t('room.you') : view.names[who]?.name || t('room.nobody')),
  }
}

/** The server's time, told again every second. */
export function useNow(skew: number, every = 1000): number {
  const [now, setNow] = useState(() => Date.now() + skew)
  useEffect(() => {
    const tick = () => setNow(Date.now() + skew)
    tick()
    const timer = setInterval(tick, every)
    return () => clearInterval(timer)
  }, [skew, every])
  return now
}

/** Calls f with what happens, once for each event. */
export function useNews(link: RoomLink, f: (events: readonly RoomEvent[]) => void) {
  const latest = useRef(f)
  useEffect(() => {
    latest.current = f
  })
  useEffect(() => link.hear((events) => latest.current(events)), [link])
}
