import { type KeyboardEvent, use, useCallback, useEffect, useMemo, useReducer, useRef, useState } from 'react'
import { Link } from 'wouter'
import { isFault, say } from '../../../lib/fault'
import { useI18n } from '../../../lib/i18n'
import { keep, type Kept } from '../../../lib/unsaved'
import { Writer } from '../../../lib/writer'
import type { Cues, Preview, Video } from '../../../api/types'
import { Button } from '../../../ui/button'
import { Check } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { useToast } from '../../../ui/toast'
import { openStream } from '../player/stream'
import { CueForm } from './cue-form'
import { CueList } from './cue-list'
import { draftOf } from './draft'
import { nothing, type Sent, sent, step } from './edit'
import './editor.css'
import { EditorTools } from './editor-tools'
import { Findings } from './findings'
import { type Kind, useLevels, useReview, useSaveCues } from './queries'
import { Waveform } from './waveform'

interface EditorProps {
  video: Video
  kind: Kind
  lang: string
  title: string
  stored: Cues | null // null: a new track
  playback: Preview
  draft: Kept<Sent[]> | null
  onReload: () => void
}

function toLines(c: Cues | null): Sent[] {
  return (c?.cues ?? []).map((l) => ({ start: l.start, end: l.end, text: l.text, voice: l.voice ?? '', place: l.place ?? '' }))
}

/** A value that follows another one when that has rested for a while. */
function useRested<T>(value: T, ms: number): T {
  const [rested, setRested] = useState(value)
  useEffect(() => {
    const timer = setTimeout(() => setRested(value), ms)
    return () => clearTimeout(timer)
  }, [value, ms])
  return rested
}

export function Editor({ video: v, kind, lang, title, stored, playback, draft, onReload }: EditorProps) {
  const i18n = useI18n()
  const { t, languageName, dateTime } = i18n
  const toast = useToast()
  const who = use(Writer)
  const name = draftOf(v.id, kind, lang)
  const [edit, act] = useReducer(step, null, () => step(nothing, { do: 'load', lines: draft?.value ?? toLines(stored) }))
  const [base, setBase] = useState({ tag: draft?.of ?? stored?.track.tag ?? '', lines: draft ? null : edit.lines })
  const [found, setFound] = useState(draft)
  const [checked, setChecked] = useState(false)
  const [kept, setKept] = useState(true)
  const save = useSaveCues(v.id, kind, lang)
  const changed = edit.lines !== base.lines
  const lines = useMemo(() => sent(edit.lines), [edit.lines])
  const levels = useLevels(v.id)
  const review = useReview(v.id, kind, lang, useRested(lines, 800), levels.data?.state === 'ready')
  const loud = useMemo(() => (levels.data?.levels ? Uint8Array.from(atob(levels.data.levels), (c) => c.charCodeAt(0)) : null), [levels.data])

  // Nothing is lost that was not saved: it is kept in this browser, whatever becomes of the page.
  useEffect(() => {
    if (!changed) return
    const timer = setTimeout(() => setKept(keep(who, name, { of: base.tag, at: Date.now(), value: sent(edit.lines) })), 400)
    return () => clearTimeout(timer)
  }, [changed, edit.lines, who, name, base.tag])

  const screen = useRef<HTMLVideoElement>(null)
  const [time, setTime] = useState(0)
  useEffect(() => {
    const element = screen.current
    if (!element) return
    let open: { close: () => void } | null = null
    let gone = false
    void openStream(element, playback.master, 0, { onQualities: () => undefined, onFailed: () => undefined }).then((s) => {
      if (gone) s.close()
      else open = s
    })
    let frame = requestAnimationFrame(function look() {
      setTime((shown) => (Math.abs(element.currentTime - shown) > 0.04 ? element.currentTime : shown))
      frame = requestAnimationFrame(look)
    })
    return () => {
      gone = true
      cancelAnimationFrame(frame)
      open?.close()
    }
  }, [playback.master])

  const seek = useCallback((to: number) => {
    if (screen.current) screen.current.currentTime = Math.max(0, to)
  }, [])
  const at = () => Math.round((screen.current?.currentTime ?? 0) * 1000) / 1000
  const toggle = () => {
    const e = screen.current
    if (!e) return
    if (e.paused) void e.play().catch(() => undefined)
    else e.pause()
  }
  const text = useRef<HTMLTextAreaElement>(null)
  const current = edit.lines.find((l) => l.key === edit.current)
  const go = (key: number, more = false) => {
    act({ do: 'go', key, more })
    const line = edit.lines.find((l) => l.key === key)
    if (line && !more) seek(line.start + 0.001)
  }
  const store = (tag: string) =>
    save.mutate(
      { lines, tag, checked },
      {
        onSuccess: (saved) => {
          keep(who, name, null)
          setFound(null)
          setBase({ tag: saved.track.tag, lines: edit.lines })
          toast(t('state.saved'))
        },
      },
    )
  const stale = isFault(save.error) && save.error.code === 'video.captions_changed'
  const onKey = (e: KeyboardEvent) => {
    if (e.altKey || (e.ctrlKey || e.metaKey ? e.key.toLowerCase() !== 'z' && e.key.toLowerCase() !== 'y' : false)) return
    const key = e.ctrlKey || e.metaKey ? `^${e.shiftKey ? 'y' : e.key.toLowerCase()}` : e.key.length === 1 ? e.key.toLowerCase() : e.key
    const steps: Record<string, () => void> = {
      '^z': () => act({ do: 'undo' }),
      '^y': () => act({ do: 'redo' }),
      ' ': toggle,
      Enter: () => text.current?.focus(),
      Delete: () => act({ do: 'remove' }),
      n: () => act({ do: 'insert', at: at() }),
    }
    if (current) {
      steps.s = () => act({ do: 'split', key: current.key, at: at(), caret: null })
      steps.m = () => act({ do: 'join', key: current.key })
      steps['['] = () => act({ do: 'write', key: current.key, part: { start: at() } })
      steps[']'] = () => act({ do: 'write', key: current.key, part: { end: at() } })
    }
    const doing = steps[key]
    if (!doing) return
    e.preventDefault()
    doing()
  }
  const shown = edit.lines.find((l) => time >= l.start && time < l.end)
  const wrong = useMemo(() => {
    const filled = edit.lines.filter((l) => l.text.trim() !== '')
    return new Set((review.data?.findings ?? []).flatMap((f) => filled[f.cue]?.key ?? []))
  }, [review.data, edit.lines])

  return (
    <>
      <PageHead
        title={`${title}: ${v.name}`}
        heading={`${title} · ${languageName(lang)}`}
        crumb={
          <>
            <Link href="/videos">{t('videos.title')}</Link>
            {' · '}
            {v.name}
          </>
        }
      />
      {found ? (
        <Notice kind="caution">
          {t('unsaved.restored', { at: dateTime(new Date(found.at).toISOString()) })}{' '}
          <Button
            tight
            onClick={() => {
              keep(who, name, null)
              onReload()
            }}
          >
            {t('unsaved.drop')}
          </Button>
        </Notice>
      ) : null}
      {stored?.track.stale ? <Notice kind="caution">{t('cue.stale')}</Notice> : null}
      {stored?.track.unchecked ? <Notice kind="caution">{t('cue.unchecked')}</Notice> : null}
      <div className="captioning">
        <div className="stack">
          <div className="screenbox">
            {/* Its captions are the ones that are being written; they are drawn over it. */}
            {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
            <video ref={screen} controls playsInline preload="metadata" aria-label={v.name} poster={playback.poster} />
            {shown ? (
              <p className="said" lang={lang}>
                {shown.text.replace(/<\/?[biu]>/g, '')}
              </p>
            ) : null}
          </div>
          <Waveform levels={loud} step={levels.data?.step ?? 0.02} time={time} duration={v.duration} lines={edit.lines} current={edit.current} onSeek={seek} />
          <p className="small soft" role="status">
            {levels.data?.state === 'waiting' || levels.data?.state === 'working' ? t('cue.listening') : levels.data?.state === 'failed' ? t('cue.deaf') : ''}
          </p>
          {current ? (
            <CueForm key={current.key} line={current} lang={lang} kind={kind} text={text} at={at} onStep={act} last={edit.lines.at(-1)?.key === current.key} />
          ) : (
            <p className="soft">{t('cue.empty')}</p>
          )}
          <div className="row">
            <Button icon="plus" onClick={() => act({ do: 'insert', at: at() })}>
              {t('cue.insert')}
            </Button>
            <Button disabled={edit.undo.length === 0} onClick={() => act({ do: 'undo' })}>
              {t('cue.undo')}
            </Button>
            <Button disabled={edit.redo.length === 0} onClick={() => act({ do: 'redo' })}>
              {t('cue.redo')}
            </Button>
          </div>
        </div>
        <div className="stack">
          <CueList edit={edit} lang={lang} wrong={wrong} onGo={go} onKey={onKey} />
          <p className="small soft">{t('cue.keys')}</p>
          <EditorTools edit={edit} video={v.id} onStep={act} />
          <Findings review={review.data} kind={kind} lines={edit.lines} onGo={go} onSeek={seek} />
        </div>
      </div>
      <div className="saving">
        {save.error ? (
          <Notice kind="wrong" alert>
            {say(save.error, i18n)}{' '}
            {stale ? (
              <span className="row">
                <Button
                  tight
                  onClick={() => {
                    keep(who, name, null)
                    onReload()
                  }}
                >
                  {t('unsaved.theirs')}
                </Button>
                <Button tight onClick={() => store('*')}>
                  {t('unsaved.mine')}
                </Button>
              </span>
            ) : null}
          </Notice>
        ) : null}
        {stored?.track.unchecked || stored?.track.stale ? <Check label={t('cue.checked')} checked={checked} onChange={(e) => setChecked(e.target.checked)} /> : null}
        <div className="row">
          <Button kind="main" busy={save.isPending} onClick={() => store(base.tag)}>
            {t('action.save')}
          </Button>
          <span className="small soft" role="status">
            {changed ? (kept ? t('unsaved.kept') : t('unsaved.not')) : t('unsaved.none')}
          </span>
        </div>
      </div>
    </>
  )
}
