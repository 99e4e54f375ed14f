import { useQueryClient } from '@tanstack/react-query'
import { use, useSyncExternalStore } from 'react'
import { ShelfContext } from './keeper'
import { Queue } from './queue'
import type { Uploader, UploadPlan, UploadState } from './uploader'

interface Uploads {
  /** What is sent from this page, in its order. */
  all: readonly Uploader[]
  /** The upload that goes on for a lesson in this page, or for a video whose file's place it takes. */
  of: (where: { lesson?: string; replaces?: string }) => Uploader | undefined
  begin: (plan: UploadPlan, onStarted?: (video: string) => void) => void
  drop: (uploader: Uploader) => void
}

const none: readonly Uploader[] = []
const never = () => () => undefined

export function useUploads(): Uploads {
  const shelf = use(ShelfContext)
  const queries = useQueryClient()
  const queue = useSyncExternalStore(shelf?.subscribe ?? never, shelf?.get ?? (() => null))
  const all = useSyncExternalStore(queue?.subscribe ?? never, queue?.all ?? (() => none))
  if (!shelf) throw new Error('useUploads outside UploadKeeper')
  return {
    all,
    of: ({ lesson, replaces }) => all.findLast((u) => (lesson !== undefined ? u.plan.lesson === lesson : u.plan.replaces === replaces)),
    begin: (plan, onStarted) => {
      let to = shelf.get()
      if (!to) {
        to = new Queue()
        shelf.put(to)
      }
      const uploader = to.add(plan)
      if (onStarted) uploader.onStarted = onStarted
      uploader.onDone = () => {
        void queries.invalidateQueries({ queryKey: ['videos'] })
        void queries.invalidateQueries({ queryKey: ['uploads'] })
        void queries.invalidateQueries({ queryKey: ['video-room'] })
      }
    },
    drop: (uploader) => shelf.get()?.drop(uploader),
  }
}

export function useUploadState(uploader: Uploader): UploadState {
  return useSyncExternalStore(uploader.subscribe, uploader.state)
}
