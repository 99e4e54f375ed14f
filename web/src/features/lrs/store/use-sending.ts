import { useQueryClient } from '@tanstack/react-query'
import { useEffect, useRef, useState } from 'react'
import { ApiError, client, content, sendImportPart } from '../../../api/client'
import type { RecordImport } from '../../../api/types'

const of = (organisation: string) => (organisation ? { organisation } : {})

/** A file on its way: its parts go one after the other, and what has arrived is kept by the server. */
export interface Sending {
  id: string
  name: string
  size: number
  sent: number
  phase: 'sending' | 'waiting' | 'paused' | 'failed'
  error?: unknown
}

const edge = 1 << 20

/** By what a file is known again: its length and what stands at its ends. */
export async function markOf(file: File): Promise<string> {
  const ends = new Blob([file.slice(0, edge), file.slice(Math.max(0, file.size - edge))])
  const hash = await crypto.subtle.digest('SHA-256', await ends.arrayBuffer())
  return `${file.size}-${[...new Uint8Array(hash)].map((b) => b.toString(16).padStart(2, '0')).join('')}`
}

const pauses = [1000, 3000, 10_000, 30_000]
const wait = (ms: number, signal: AbortSignal) =>
  new Promise<void>((resolve) => {
    const timer = setTimeout(resolve, ms)
    signal.addEventListener('abort', () => {
      clearTimeout(timer)
      resolve()
    })
  })

/** Sends files to be imported: with pauses, through breaks of the line, and on from where another day has stopped. */
export function useSending(organisation: string) {
  const queries = useQueryClient()
  const [state, setState] = useState<Sending>()
  const [error, setError] = useState<unknown>()
  const at = useRef<{ file: File; item: RecordImport; stop: AbortController }>(undefined)
  useEffect(() => () => at.current?.stop.abort(), [])
  const refresh = () => queries.invalidateQueries({ queryKey: ['store', 'imports'] })

  async function run(file: File, from: RecordImport) {
    const stop = new AbortController()
    let item = from
    const show = (phase: Sending['phase'], problem?: unknown) =>
      setState({ id: item.id, name: item.name, size: item.size, sent: item.sent, phase, ...(problem === undefined ? {} : { error: problem }) })
    const ended = () => stop.signal.aborted
    at.current = { file, item, stop }
    show('sending')
    for (let tries = 0; item.state === 'sending'; ) {
      const n = Math.round(item.sent / item.part) + 1
      try {
        const query = new URLSearchParams(of(organisation)).toString()
        item = await sendImportPart(item.id, n, query, file.slice((n - 1) * item.part, n * item.part), stop.signal)
        at.current = { file, item, stop }
        tries = 0
        show('sending')
      } catch (e) {
        const pause = pauses[tries++]
        const refused = e instanceof ApiError && e.status >= 400 && e.status < 500
        if (ended()) show('paused')
        else if (pause === undefined || refused) show('failed', e)
        else {
          show('waiting', e)
          await wait(pause, stop.signal)
          if (!ended()) continue
          show('paused')
        }
        return
      }
    }
    at.current = undefined
    setState(undefined)
    await refresh()
  }

  return {
    state,
    error,
    /** Sends a file, or goes on with one that has arrived in part. False: it is another file. */
    async send(file: File, item?: RecordImport): Promise<boolean> {
      setError(undefined)
      try {
        const mark = await markOf(file)
        if (item && (item.size !== file.size || item.mark !== mark)) return false
        const begun = item ?? (await content(client.POST('/record-imports/announced', { params: { query: of(organisation) }, body: { name: file.name.slice(-200), size: file.size, mark } })))
        await refresh()
        await run(file, begun)
      } catch (e) {
        setError(e)
      }
      return true
    },
    pause: () => at.current?.stop.abort(),
    resume: () => {
      if (at.current) void run(at.current.file, at.current.item)
    },
    /** Forgets it here; the server's part is removed in the list. */
    leave: (id: string) => {
      if (at.current?.item.id !== id) return
      at.current.stop.abort()
      at.current = undefined
      setState(undefined)
    },
  }
}
