import { useEffect, useId, useRef, useState } from 'react'
import { clock } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Notice } from '../../../ui/notice'
import { currentCue } from './cues'
import './player.css'
import type { Player } from './use-player'

interface TranscriptProps {
  player: Player
  /** Reading to the end counts as having seen the video; called when the reader says so. */
  onRead?: () => void
  /** It has been read to its end. */
  read?: boolean
}

/** What is said in the video: the current line marked, every line a way to its place, search within. */
export function Transcript({ player, onRead, read }: TranscriptProps) {
  const { t, spoken } = useI18n()
  const id = useId()
  const [q, setQ] = useState('')
  const list = useRef<HTMLOListElement>(null)
  const [atEnd, setAtEnd] = useState(false)
  const placed = useRef(false)
  const { cues, track, time } = player
  const current = cues ? currentCue(cues, time) : -1
  const wanted = q.trim().toLowerCase()
  const shown = cues?.map((cue, i) => ({ cue, i })).filter(({ cue }) => cue.words.toLowerCase().includes(wanted)) ?? []

  // The current line stays in sight while the video plays, unless somebody searches. Only the list scrolls.
  useEffect(() => {
    const box = list.current
    const line = box?.querySelector<HTMLElement>('[aria-current]')
    if (!box || !line || wanted || (placed.current && !player.playing)) return
    placed.current = true // also at the beginning: somebody who comes back sees where she was
    const top = line.offsetTop - box.offsetTop
    if (top < box.scrollTop || top + line.offsetHeight > box.scrollTop + box.clientHeight) box.scrollTop = top - box.clientHeight / 3
  }, [current, player.playing, wanted])

  return (
    <aside className="card stack transcript" aria-labelledby={id}>
      <h2 id={id}>{t('transcript.title')}</h2>
      {cues === null ? (
        <p className="soft">{t('state.loading')}</p>
      ) : cues.length === 0 ? (
        <p className="soft">{t('transcript.none')}</p>
      ) : (
        <>
          {track?.unchecked ? <Notice kind="caution">{t('transcript.unchecked')}</Notice> : null}
          <div className="field">
            <label htmlFor={`${id}-q`} className="small">
              {t('transcript.search')}
            </label>
            <input id={`${id}-q`} className="input" type="search" value={q} onChange={(e) => setQ(e.target.value)} />
            <span className="small soft" role="status">
              {wanted ? t('transcript.found', { count: shown.length }) : ''}
            </span>
          </div>
          <ol
            ref={list}
            className="plain cues"
            lang={track?.lang}
            onScroll={(e) => {
              const box = e.currentTarget
              if (box.scrollTop + box.clientHeight >= box.scrollHeight - 24) setAtEnd(true)
            }}
          >
            {shown.map(({ cue, i }) => (
              <li key={i}>
                <button
                  type="button"
                  aria-current={i === current ? 'true' : undefined}
                  onClick={() => {
                    player.actions.seek(cue.from)
                    player.actions.tell(spoken(cue.from))
                  }}
                  onFocus={() => i === cues.length - 1 && setAtEnd(true)}
                >
                  <span className="num">{clock(cue.from)}</span>
                  <span>{cue.words}</span>
                </button>
              </li>
            ))}
          </ol>
          {read ? (
            <Notice kind="good">{t('transcript.read')}</Notice>
          ) : onRead ? (
            <div className="stack-2 end">
              <p className="small soft">{t('transcript.counts')}</p>
              {/* A short transcript does not scroll: then its end is in sight from the beginning. */}
              {atEnd || shown.length < 8 ? <Button onClick={onRead}>{t('transcript.do')}</Button> : null}
            </div>
          ) : null}
        </>
      )}
    </aside>
  )
}
