import { useQueryClient } from '@tanstack/react-query'
import { createContext, type ReactNode, use, useEffect, useMemo, useState, useSyncExternalStore } from 'react'
import { Uploader, type UploadState } from './uploader'

interface Uploads {
  /** The upload that goes on for a lesson in this page. */
  of: (lesson: string) => Uploader | undefined
  begin: (lesson: string, file: File, onStarted: (video: string) => void) => void
  drop: (lesson: string) => void
}

const Context = createContext<Uploads | null>(null)

/** Keeps uploads going while their author works on other pages, and asks before the page is closed over them. */
export function UploadKeeper({ children }: { children: ReactNode }) {
  const queries = useQueryClient()
  const [all, setAll] = useState<ReadonlyMap<string, Uploader>>(new Map())
  useEffect(() => {
    const ask = (e: BeforeUnloadEvent) => {
      if ([...all.values()].some((u) => ['preparing', 'sending', 'waiting', 'finishing'].includes(u.state().phase))) e.preventDefault()
    }
    addEventListener('beforeunload', ask)
    return () => removeEventListener('beforeunload', ask)
  }, [all])
  const value = useMemo<Uploads>(
    () => ({
      of: (lesson) => all.get(lesson),
      begin: (lesson, file, onStarted) => {
        const uploader = new Uploader(file, lesson)
        uploader.onStarted = onStarted
        uploader.onDone = () => void queries.invalidateQueries({ queryKey: ['videos'] })
        setAll((m) => new Map(m).set(lesson, uploader))
        void uploader.start()
      },
      drop: (lesson) => setAll((m) => new Map([...m].filter(([key]) => key !== lesson))),
    }),
    [all, queries],
  )
  return <Context value={value}>{children}</Context>
}

export function useUploads(): Uploads {
  const value = use(Context)
  if (!value) throw new Error('useUploads outside UploadKeeper')
  return value
}

const never = () => () => undefined

export function useUploadState(uploader: Uploader | undefined): UploadState | null {
  return useSyncExternalStore(uploader?.subscribe ?? never, uploader?.state ?? (() => null))
}
