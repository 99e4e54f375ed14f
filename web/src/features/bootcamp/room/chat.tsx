import { type KeyboardEvent, useEffect, useMemo, useRef, useState } from 'react'
import type { RoomEvent } from '../../../api/room'
import { Button } from '../../../ui/button'
import { Tag } from '../../../ui/notice'
import { UnsavedNotice, UnsavedState } from '../../../ui/unsaved'
import { say } from '../../../lib/fault'
import { useI18n } from '../../../lib/i18n'
import { locales } from '../../../lib/locale'
import { useUnsaved } from '../../../lib/unsaved'
import type { Pending } from './link'
import { MakeDraft } from './promote'
import { useRoom } from './use-room'

/** How many messages are on the page at once. */
const shownAtOnce = 150
export const marks = ['agree', 'thanks', 'idea', 'smile', 'wow', 'question'] as const

interface Message {
  event: RoomEvent
  marks: Map<string, Set<string>>
  hidden: boolean
  replies: number
}

/** Messages with what was said about them, in the order in which they were said. */
export function gather(talk: readonly RoomEvent[]): Message[] {
  const by = new Map<number, Message>()
  const list: Message[] = []
  for (const e of talk) {
    if (e.kind === 'said' || e.kind === 'announced') {
      const m = { event: e, marks: new Map<string, Set<string>>(), hidden: false, replies: 0 }
      by.set(e.n, m)
      list.push(m)
      const root = e.re ? by.get(e.re) : undefined
      if (root) root.replies++
      continue
    }
    const m = by.get(e.re ?? 0)
    if (!m) continue
    if (e.kind === 'hidden') m.hidden = e.on === true
    if (e.kind === 'reacted' && e.mark && e.by) {
      const who = m.marks.get(e.mark) ?? new Set<string>()
      if (e.on) who.add(e.by)
      else who.delete(e.by)
      m.marks.set(e.mark, who)
    }
  }
  return list
}

/** What is said, in one list; a thread can be looked at by itself. */
export function Chat() {
  const { t } = useI18n()
  const room = useRoom()
  const { talk, pending, earlier, link, state } = room
  const [thread, setThread] = useState<number>()
  const [end, setEnd] = useState<number>() // index behind the last that is shown; undefined: follows the newest
  const all = useMemo(() => gather(talk), [talk])
  const list = useMemo(() => (thread === undefined ? all : all.filter((m) => m.event.n === thread || m.event.re === thread)), [all, thread])
  const to = end ?? list.length
  const from = Math.max(0, to - shownAtOnce)
  const box = useRef<HTMLDivElement>(null)
  const last = list.at(-1)?.event.n
  useEffect(() => {
    const b = box.current
    if (b && end === undefined && b.scrollHeight - b.scrollTop - b.clientHeight < 240) b.scrollTop = b.scrollHeight
  }, [last, pending.length, end])
  useEffect(() => {
    const b = box.current
    if (b) b.scrollTop = b.scrollHeight
  }, [thread])
  const waiting = pending.filter((p) => p.act.kind === 'said' && (thread === undefined || p.act.re === thread))
  const root = thread === undefined ? undefined : all.find((m) => m.event.n === thread)
  return (
    <section className="card chat" aria-labelledby="room-chat">
      <div className="row between">
        <h2 id="room-chat">{t('room.chat')}</h2>
        {thread === undefined ? null : (
          <Button tight onClick={() => setThread(undefined)}>
            {t('room.chat.all')}
          </Button>
        )}
      </div>
      {state.quiet ? <p className="small soft">{t('room.chat.quiet')}</p> : null}
      <div className="talk" ref={box} tabIndex={0} role="group" aria-labelledby="room-chat">
        {from > 0 || earlier ? (
          <p>
            <Button
              tight
              onClick={() => {
                if (from > 0) setEnd(Math.max(shownAtOnce, to - 100))
                else void link.earlier()
              }}
            >
              {t('room.chat.earlier')}
            </Button>
          </p>
        ) : null}
        {list.length === 0 && waiting.length === 0 ? <p className="soft">{t('room.chat.none')}</p> : null}
        <ol className="plain messages">
          {list.slice(from, to).map((m) => (
            <Line key={m.event.n} message={m} root={m.event.re && thread === undefined ? all.find((x) => x.event.n === m.event.re)?.event : undefined} onThread={setThread} />
          ))}
          {end === undefined ? waiting.map((p) => <Waiting key={p.id} pending={p} />) : null}
        </ol>
        {end !== undefined ? (
          <p>
            <Button tight onClick={() => setEnd(to + 100 >= list.length ? undefined : to + 100)}>
              {t('room.chat.later')}
            </Button>
          </p>
        ) : null}
      </div>
      <Composer re={root?.event.n} group={root?.event.group} />
    </section>
  )
}

const address = /(https:\/\/[^\s<>"]+)/

/** Words with the addresses in them as links. */
function Linked({ text }: { text: string }) {
  const { t } = useI18n()
  return text.split(address).map((part, i) =>
    address.test(part) ? (
      <a key={i} href={part} rel="noreferrer noopener nofollow" target="_blank">
        {part}
        <span className="hidden"> {t('meet.elsewhere')}</span>
      </a>
    ) : (
      part
    ),
  )
}

function Line({ message: m, root, onThread }: { message: Message; root: RoomEvent | undefined; onThread: (n: number) => void }) {
  const { t, time } = useI18n()
  const { name, names, me, leads, send, state, link } = useRoom()
  const [making, setMaking] = useState(false)
  const e = m.event
  const group = e.group ? state.teams[e.group] : undefined
  const own = e.by === me?.who
  return (
    <li className={own ? 'own' : ''}>
      <p className="small soft">
        <b className="who">{name(e.by)}</b>
        {e.by && !own ? ` · ${names[e.by]?.town ?? ''}` : ''} · <time dateTime={new Date(e.time ?? 0).toISOString()}>{time(new Date(e.time ?? 0).toISOString())}</time>
        {e.kind === 'announced' ? (
          <>
            {' '}
            <Tag kind="warm">{t('room.announce.text')}</Tag>
          </>
        ) : null}
        {group ? (
          <>
            {' '}
            <Tag>{group.name}</Tag>
          </>
        ) : null}
      </p>
      {root ? (
        <button type="button" className="quote link small" onClick={() => onThread(root.n)}>
          {t('room.chat.re', { name: name(root.by), text: (root.text ?? '').slice(0, 60) })}
        </button>
      ) : null}
      {m.hidden && !leads ? <p className="soft">{t('room.chat.hidden')}</p> : null}
      {m.hidden && leads ? <Tag kind="caution">{t('room.chat.hidden')}</Tag> : null}
      {m.hidden && !leads ? null : (
        <p className="words" lang={e.lang}>
          <Linked text={e.text ?? ''} />
        </p>
      )}
      {e.kind === 'announced' ? null : (
      <div className="row acts">
        {marks.map((mark) => {
          const who = m.marks.get(mark)
          const on = me ? who?.has(me.who) === true : false
          if (!who?.size) return null
          return (
            <button key={mark} type="button" className="mark-chip" aria-pressed={on} disabled={me?.reads === true} onClick={() => send({ kind: 'reacted', re: e.n, mark, on: !on })}>
              {t(`room.mark.${mark}`)} <span className="num">{who.size}</span>
            </button>
          )
        })}
        {me?.reads ? null : (
          <details className="more-acts">
            <summary>
              {t('room.chat.react')}
              <span className="hidden">: {name(e.by)}</span>
            </summary>
            <div className="row">
              {marks
                .filter((mark) => !m.marks.get(mark)?.size)
                .map((mark) => (
                  <button key={mark} type="button" className="mark-chip" onClick={(x) => { send({ kind: 'reacted', re: e.n, mark, on: true }); x.currentTarget.closest('details')?.removeAttribute('open') }}>
                    {t(`room.mark.${mark}`)}
                  </button>
                ))}
              {leads ? (
                <button type="button" className="link small" onClick={() => send({ kind: 'hidden', re: e.n, on: !m.hidden })}>
                  {m.hidden ? t('room.chat.show') : t('room.chat.hide')}
                </button>
              ) : null}
              {me?.leads && !m.hidden && !link.place.rehearsal ? (
                <button type="button" className="link small" onClick={() => setMaking(true)}>
                  {t('draft.make')}
                </button>
              ) : null}
            </div>
          </details>
        )}
        <button type="button" className="link small" onClick={() => onThread(e.re ?? e.n)}>
          {m.replies > 0 ? t('room.chat.thread', { count: m.replies }) : t('room.chat.reply')}
          <span className="hidden">: {name(e.by)}</span>
        </button>
      </div>
      )}
      {making ? <MakeDraft of={{ kind: 'message', number: e.n }} onClose={() => setMaking(false)} /> : null}
    </li>
  )
}

function Waiting({ pending: p }: { pending: Pending }) {
  const i18n = useI18n()
  const { link, status } = useRoom()
  return (
    <li className="own waiting">
      <p className="words" lang={p.act.lang}>
        {p.act.text}
      </p>
      {p.fault ? (
        <div className="row" role="alert">
          <span className="wrongly small">{say(p.fault, i18n)}</span>
          <Button tight onClick={() => link.resend(p.id)}>
            {i18n.t('action.retry')}
          </Button>
          <Button tight kind="quiet" onClick={() => link.discard(p.id)}>
            {i18n.t('room.discard')}
          </Button>
        </div>
      ) : (
        <p className="small soft">{status === 'here' ? i18n.t('room.sending') : i18n.t('room.kept')}</p>
      )}
    </li>
  )
}

/** Writes a message: Enter sends it, Shift and Enter begin a new line. */
function Composer({ re, group }: { re: number | undefined; group: string | undefined }) {
  const { t, locale, languageName } = useI18n()
  const { send, me, leads, state, session, link } = useRoom()
  const unsaved = useUnsaved<{ text: string; lang: string }>(`room.${session.id}${link.place.rehearsal ? '.rehearsal' : ''}`, '', { text: '', lang: locale })
  const { text } = unsaved.value
  const [lang, setLang] = useState(unsaved.value.lang) // stays for the next message
  const write = (next: string, spoken = lang) => {
    setLang(spoken)
    if (next === '') unsaved.drop()
    else unsaved.put({ text: next, lang: spoken })
  }
  const [toAll, setToAll] = useState(false)
  const over = state.phase.is === 'ended'
  const team = state.breakout?.open ? (state.breakout.teams.find((id) => state.teams[id]?.who.includes(me?.who ?? '')) ?? state.visits[me?.who ?? '']) : undefined
  if (me?.reads) return <p className="soft small">{t('room.chat.reads')}</p>
  if (over) return <p className="soft small">{t('room.chat.over')}</p>
  if (state.quiet && !leads) return null
  const submit = () => {
    const words = text.trim()
    if (words === '') return
    const to = re === undefined ? (toAll ? undefined : team) : group
    send({ kind: 'said', text: words, lang, ...(re === undefined ? {} : { re }), ...(to ? { group: to } : {}) })
    unsaved.saved(unsaved.value, '')
  }
  const onKey = (e: KeyboardEvent) => {
    if (e.key !== 'Enter' || e.shiftKey || e.nativeEvent.isComposing) return
    e.preventDefault()
    submit()
  }
  return (
    <form
      className="composer"
      onSubmit={(e) => {
        e.preventDefault()
        submit()
      }}
    >
      <UnsavedNotice of={unsaved} busy={false} />
      <label htmlFor="room-say">{re === undefined ? t('room.say') : t('room.say.thread')}</label>
      <textarea id="room-say" className="input" rows={2} maxLength={2000} value={text} lang={lang} onChange={(e) => write(e.currentTarget.value)} onKeyDown={onKey} aria-describedby="room-say-hint" />
      <span className="hidden" id="room-say-hint">
        {t('room.say.hint')}
      </span>
      <div className="row between">
        <span className="row">
          <label className="hidden" htmlFor="room-lang">
            {t('room.say.language')}
          </label>
          <select id="room-lang" className="input short tight" value={lang} onChange={(e) => write(text, e.currentTarget.value)}>
            {[...new Set<string>([...locales, session.language])].map((l) => (
              <option key={l} value={l}>
                {languageName(l)}
              </option>
            ))}
          </select>
          {team && re === undefined ? (
            <label className="check small">
              <input type="checkbox" checked={toAll} onChange={(e) => setToAll(e.currentTarget.checked)} />
              <span>{t('room.say.all')}</span>
            </label>
          ) : null}
        </span>
        <Button kind="main" type="submit">
          {t('room.say.do')}
        </Button>
      </div>
      <UnsavedState of={unsaved} quiet="very" />
    </form>
  )
}
