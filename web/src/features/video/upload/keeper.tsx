import { createContext, type ReactNode, useEffect, useMemo, useSyncExternalStore } from 'react'
import type { Queue } from './queue'
import { lazy } from '../../../ui/lazy'

const Panel = lazy(() => import('./panel'), null)

/** Where the queue of this page's uploads is, once there is one. Most people never send a film: nothing is loaded for them. */
export class Shelf {
  #queue: Queue | null = null
  readonly #listeners = new Set<() => void>()

  subscribe = (listener: () => void) => {
    this.#listeners.add(listener)
    return () => void this.#listeners.delete(listener)
  }

  get = (): Queue | null => this.#queue

  put(queue: Queue | null) {
    this.#queue = queue
    for (const listener of this.#listeners) listener()
  }
}

export const ShelfContext = createContext<Shelf | null>(null)

/** Keeps uploads going while their author moves through all pages. `owner` is who sends, and for whom: they are not another's. */
export function UploadKeeper({ owner, children }: { owner: string; children: ReactNode }) {
  const shelf = useMemo(() => new Shelf(), [])
  const queue = useSyncExternalStore(shelf.subscribe, shelf.get)
  useEffect(
    () => () => {
      shelf.get()?.end()
      shelf.put(null)
    },
    [shelf, owner],
  )
  return (
    <ShelfContext value={shelf}>
      {children}
      {queue ? (
        <Panel queue={queue} />
      ) : null}
    </ShelfContext>
  )
}
