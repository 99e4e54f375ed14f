import { useCallback, useEffect, useRef, useState } from 'react'
import { flushSync } from 'react-dom'
import { client, content } from '../../../api/client'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Notes } from './notes'
import { MakeDraft } from './promote'
import { useNews, useRoom } from './use-room'

/** Notes that everybody writes together, also without a connection for a while. */
export default function NotesPart() {
  const { t } = useI18n()
  const { link, me, state, session, pending, begun, status } = useRoom()
  const [text, setText] = useState('')
  const [making, setMaking] = useState<string>()
  const field = useRef<HTMLTextAreaElement>(null)
  const composing = useRef<string[] | undefined>(undefined) // what came while an input method was at work
  const [notes] = useState(() => {
    const n: Notes = new Notes(
      (data) => void link.send({ kind: 'noted', data }),
      () => setText(n.text),
    )
    for (const p of link.get().pending) if (p.act.kind === 'noted' && p.act.data) n.take(p.act.data) // written before a reload
    return n
  })

  // The field shows at once what others have written: what is typed next is compared with it. The cursor stays at its word.
  const take = useCallback(
    (changes: readonly string[]) => {
      if (composing.current) {
        composing.current.push(...changes)
        return
      }
      const f = field.current
      const places = f && document.activeElement === f ? notes.mark(f.selectionStart, f.selectionEnd) : undefined
      flushSync(() => {
        for (const c of changes) notes.take(c)
        setText(notes.text)
      })
      const [start, end] = places?.() ?? []
      if (f && start !== undefined && end !== undefined) f.setSelectionRange(start, end)
    },
    [notes],
  )

  // What was written before, whenever the page begins anew.
  useEffect(() => {
    const { bootcamp: b, session: s, rehearsal } = link.place
    const stop = new AbortController()
    const fetchAll = async () => {
      for (let after = 0, more = true; more && !stop.signal.aborted; ) {
        const part = await content(client.GET('/bootcamps/{b}/sessions/{s}/room/notes', { params: { path: { b, s }, query: { after, rehearsal } } }))
        take(part.changes)
        after = part.at
        more = part.more
      }
    }
    void fetchAll().catch(() => undefined) // it is asked again with the next connection
    return () => stop.abort()
  }, [link, take, begun, status])

  useNews(link, (events) => {
    const changes = events.flatMap((e) => (e.kind === 'noted' && e.data ? [e.data] : []))
    if (changes.length > 0) take(changes)
  })

  useEffect(() => () => notes.flush(), [notes])
  const waiting = pending.some((p) => p.act.kind === 'noted')
  const fixed = me?.reads === true || state.phase.is === 'ended'
  return (
    <section className="card stack-2" aria-labelledby="room-notes">
      <h2 id="room-notes">{t('room.notes')}</h2>
      <p className="small soft" id="room-notes-hint">
        {t('room.notes.hint')}
      </p>
      <textarea
        ref={field}
        className="input notes-field"
        aria-labelledby="room-notes"
        aria-describedby="room-notes-hint"
        lang={session.language}
        rows={8}
        readOnly={fixed}
        value={text}
        onChange={(e) => {
          notes.write(e.currentTarget.value)
          setText(e.currentTarget.value)
        }}
        onCompositionStart={() => {
          composing.current = []
        }}
        onCompositionEnd={() => {
          const waited = composing.current ?? []
          composing.current = undefined
          take(waited)
        }}
      />
      {me?.leads && !link.place.rehearsal && text.trim() ? (
        <div>
          <Button
            tight
            kind="quiet"
            onClick={() => {
              const f = field.current
              setMaking((f && f.selectionStart < f.selectionEnd ? text.slice(f.selectionStart, f.selectionEnd) : text).slice(0, 8000))
            }}
          >
            {t('draft.make')}
            <span className="hidden">: {t('room.notes')}</span>
          </Button>
        </div>
      ) : null}
      {making === undefined ? null : <MakeDraft of={{ kind: 'notes', words: making }} onClose={() => setMaking(undefined)} />}
      <p className="small soft">{waiting ? (status === 'here' ? t('room.sending') : t('room.kept')) : t('state.saved')}</p>
    </section>
  )
}
