import { type ChangeEvent, type KeyboardEvent, type ReactNode, useEffect, useRef, useState } from 'react'
import { clock } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'
import type { Key } from '../../../lib/locale'
import { Button } from '../../../ui/button'
import { Icon, type IconName } from '../../../ui/icon'
import { lazy } from '../../../ui/lazy'
import { currentCue } from './cues'
import { type Preferences, speeds } from './preferences'
import type { Mark } from './use-stops'
import './player.css'
import { useCues } from './use-cue'
import type { Player } from './use-player'

const PlayerDialog = lazy(() => import('./player-dialogs'), null)

interface ScreenProps {
  player: Player
  title: string
  /** Seconds at which the video stops. */
  marks?: readonly Mark[]
  /** What stands between picture and bar while it is open: a question. Its keys are its own. */
  panel?: ReactNode
  /** Begins a note at this second. */
  onNote?: () => void
}

/** The picture with its captions and the control bar. Shortcuts work while something in it has the focus. */
export function Screen({ player, title, marks = [], panel, onNote }: ScreenProps) {
  const { t, spoken } = useI18n()
  const [dialog, setDialog] = useState<'help' | 'settings'>()
  const open = (which: 'help' | 'settings') => {
    player.actions.tell('') // it would be read again when the dialog closes
    setDialog(which)
  }
  const { actions, source, preferences } = player
  // What a key or a button has done is said, unless the control that has the focus says so itself.
  const say = useSaying(player)
  const onKeyDown = (e: KeyboardEvent) => {
    if (e.ctrlKey || e.metaKey || e.altKey || !isForPlayer(e)) return
    const key = e.key.length === 1 ? e.key.toLowerCase() : e.key
    const step = key === 'w' ? onNote : steps(player, () => open('help'))[key]
    if (!step) return
    e.preventDefault()
    step()
    say(key)
  }
  return (
    <section className={`player ${player.full ? 'full' : ''}`} aria-label={t('player.label', { title })} ref={player.stage}>
      {/* The shortcuts are an addition: everything they do is a button below. */}
      {/* eslint-disable-next-line jsx-a11y/no-static-element-interactions */}
      <div onKeyDown={onKeyDown}>
        <div className="screen">
          {/* Its keys are those of the bar; a click is the play button's. Its captions are drawn below it. */}
          {/* eslint-disable-next-line jsx-a11y/media-has-caption */}
          <video ref={player.video} poster={source.poster} playsInline preload="metadata" onClick={actions.toggle} {...player.handlers}>
            {source.tracks.map((c) => (
              <track key={`${c.kind}.${c.lang}`} kind={c.kind} src={c.url} srcLang={c.lang} label={c.lang} />
            ))}
          </video>
          <Caption player={player} />
          <p className="hidden" role="status" data-told="">
            {player.told}
          </p>
          <p className={`described ${player.description.text ? '' : 'hidden'}`} role="status" lang={player.described?.lang}>
            {player.description.text}
          </p>
          {player.failed ? (
            <div className="over" role="alert">
              <p>{t('player.failed')}</p>
              <Button kind="main" onClick={actions.retry}>
                {t('action.retry')}
              </Button>
            </div>
          ) : player.busy ? (
            <p className="over quiet">{t('player.busy')}</p>
          ) : null}
        </div>
        {panel}
        <div className="bar">
          <TimeBar player={player} marks={marks} />
          <div className="controls">
            <Control icon={player.playing ? 'pause' : 'play'} label={player.playing ? t('player.pause') : t('player.play')} onClick={actions.toggle} />
            <button type="button" className="control" onClick={() => { actions.skip(-10); say('j') }}>
              <span aria-hidden="true">↺ 10</span>
              <span className="hidden">{t('player.back')}</span>
            </button>
            <button type="button" className="control" onClick={() => { actions.skip(10); say('l') }}>
              <span aria-hidden="true">10 ↻</span>
              <span className="hidden">{t('player.forward')}</span>
            </button>
            <span className="num place">
              <span className="hidden">{t('player.position.text', { at: spoken(player.time), of: spoken(player.duration) })}</span>
              <span aria-hidden="true">
                {clock(player.time)} / {clock(player.duration)}
              </span>
            </span>
            <span className="gap" />
            {player.chapters && player.chapters.length > 0 ? <ChapterChoice player={player} /> : null}
            {player.captions.length > 0 ? (
              <button type="button" className="control" aria-pressed={preferences.captions} onClick={actions.captions}>
                <span aria-hidden="true">{closedCaptions}</span>
                <span className="hidden">{t('player.captions')}</span>
              </button>
            ) : null}
            {player.described ? (
              <button type="button" className="control" aria-pressed={preferences.describe !== 'off'} onClick={actions.describe}>
                <span aria-hidden="true">{audioDescription}</span>
                <span className="hidden">{t('player.describe')}</span>
              </button>
            ) : null}
            <Control icon={preferences.volume === 0 ? 'mute' : 'sound'} label={preferences.volume === 0 ? t('player.unmute') : t('player.mute')} onClick={() => actions.change({ volume: preferences.volume === 0 ? 1 : 0 })} />
            <select className="control" aria-label={t('player.speed')} value={preferences.speed} onChange={(e) => actions.change({ speed: Number(e.target.value) })}>
              {speeds.map((s) => (
                <option key={s} value={s}>
                  {`${s}×`}
                </option>
              ))}
            </select>
            {player.qualities.length > 1 ? <QualityChoice player={player} /> : null}
            <button type="button" className="control" aria-label={t('player.settings')} onClick={() => open('settings')}>
              <Icon name="more" />
            </button>
            {'pictureInPictureEnabled' in document && document.pictureInPictureEnabled ? <Control icon="pip" label={t('player.pip')} onClick={actions.pictureInPicture} /> : null}
            <Control icon="full" label={player.full ? t('player.full.leave') : t('player.full')} onClick={actions.fullScreen} />
          </div>
        </div>
      </div>
      {dialog && <PlayerDialog which={dialog} notes={onNote !== undefined} player={player} onHelp={() => setDialog('help')} onClose={() => setDialog(undefined)} />}
    </section>
  )
}

// The marks that are the same in all languages.
const closedCaptions = 'CC'
const audioDescription = 'AD'

/** Space and Enter belong to a button that has the focus, letters and arrows to a list. */
function isForPlayer(e: KeyboardEvent): boolean {
  if (!(e.target instanceof HTMLElement)) return true
  if (e.target instanceof HTMLSelectElement || e.target.closest('[data-own-keys]')) return false
  return !(e.target instanceof HTMLButtonElement && (e.key === ' ' || e.key === 'Enter'))
}

function steps(player: Player, help: () => void): Record<string, (() => void) | undefined> {
  const { actions, preferences, duration } = player
  const chapter = (by: number) => {
    const to = chapterBeside(player, by)
    if (to) actions.seek(to.from)
  }
  return {
    ' ': actions.toggle,
    k: actions.toggle,
    j: () => actions.skip(-10),
    l: () => actions.skip(10),
    ArrowLeft: () => actions.skip(-5),
    ArrowRight: () => actions.skip(5),
    ArrowUp: () => actions.change({ volume: louder(preferences, 0.1) }),
    ArrowDown: () => actions.change({ volume: louder(preferences, -0.1) }),
    PageUp: () => actions.skip(60),
    PageDown: () => actions.skip(-60),
    Home: () => actions.seek(0),
    End: () => actions.seek(duration),
    c: actions.captions,
    d: actions.describe,
    n: () => chapter(1),
    p: () => chapter(-1),
    f: actions.fullScreen,
    m: () => actions.change({ volume: preferences.volume === 0 ? 1 : 0 }),
    '<': () => actions.change({ speed: faster(preferences, -1) }),
    '>': () => actions.change({ speed: faster(preferences, 1) }),
    '?': help,
  }
}

const faster = (p: Preferences, by: number) => speeds[speeds.findIndex((s) => s === p.speed) + by] ?? p.speed
const louder = (p: Preferences, by: number) => Math.round(Math.min(1, Math.max(0, p.volume + by)) * 10) / 10
function chapterBeside(player: Player, by: number) {
  const all = player.chapters ?? []
  return all[Math.max(0, currentCue(all, player.time) + by)]
}

function Control({ icon, label, onClick }: { icon: IconName; label: string; onClick: () => void }) {
  return (
    <button type="button" className="control" aria-label={label} title={label} onClick={onClick}>
      <Icon name={icon} />
    </button>
  )
}

function Caption({ player }: { player: Player }) {
  const { t } = useI18n()
  const { cues, preferences: p, video, track } = player
  const shown = useCues(video, p.captions ? cues : null)
  if (shown.length === 0) return null
  return (
    <div className={`said ${p.place}`} lang={track?.lang} data-cue={shown[0]?.from}>
      {track?.unchecked ? <UncheckedMark text={t('track.unchecked')} /> : null}
      {shown.map((cue) => (
        <p key={`${cue.from} ${cue.words}`} className={`cue ${p.size} ${p.colour} ${p.back}`}>
          {cue.voice ? <b>{cue.voice}: </b> : null}
          {cue.lines.map((line, i) => (
            <span key={i}>{line}</span>
          ))}
        </p>
      ))}
    </div>
  )
}

/** Above captions that a machine has written, in the language of the pages. */
function UncheckedMark({ text }: { text: string }) {
  const { locale } = useI18n()
  return (
    <p className="cue small white solid" lang={locale}>
      {text}
    </p>
  )
}

/** The parts of the video by their titles; the current one is chosen. */
function ChapterChoice({ player }: { player: Player }) {
  const { t } = useI18n()
  const chapters = player.chapters ?? []
  return (
    <select
      className="control chapters"
      aria-label={t('player.chapters')}
      value={currentCue(chapters, player.time)}
      onChange={(e) => {
        const to = chapters[Number(e.target.value)]
        if (to) player.actions.seek(to.from)
      }}
    >
      {currentCue(chapters, player.time) < 0 ? <option value={-1}>{t('player.chapters')}</option> : null}
      {chapters.map((c, i) => (
        <option key={c.from} value={i} lang={player.parts?.lang}>
          {c.words}
        </option>
      ))}
    </select>
  )
}

/** Says what a key has done: the place after a jump, whether it plays, whether captions are shown, how fast and how loud. */
function useSaying(player: Player): (key: string) => void {
  const { t, spoken, number, percent } = useI18n()
  const { actions, preferences, track, described } = player
  return (key) => {
    // The slider says its place itself.
    const slider = document.activeElement instanceof HTMLInputElement && document.activeElement.type === 'range'
    const jumps = ['j', 'l', 'ArrowLeft', 'ArrowRight', 'PageUp', 'PageDown', 'Home', 'End']
    if (jumps.includes(key)) {
      if (!slider) actions.tell(spoken(player.video.current?.currentTime ?? 0))
      return
    }
    const stopped = player.video.current?.paused ?? true // the element knows at once, the page a moment later
    const said: Readonly<Record<string, Key | undefined>> = {
      ' ': stopped ? 'player.told.paused' : 'player.told.playing',
      k: stopped ? 'player.told.paused' : 'player.told.playing',
      c: track ? (preferences.captions ? 'player.told.captions.off' : 'player.told.captions.on') : undefined,
      d: described ? (preferences.describe === 'off' ? 'player.told.described.on' : 'player.told.described.off') : undefined,
      m: preferences.volume === 0 ? 'player.told.sound.on' : 'player.told.sound.off',
    }
    const words = said[key]
    const beside = key === 'n' || key === 'p' ? chapterBeside(player, key === 'n' ? 1 : -1) : undefined
    if (words) actions.tell(t(words))
    else if (beside) actions.tell(beside.words)
    else if (key === '<' || key === '>') actions.tell(t('player.told.speed', { speed: number(faster(preferences, key === '<' ? -1 : 1)) }))
    else if (key === 'ArrowUp' || key === 'ArrowDown') actions.tell(t('player.told.volume', { share: percent(louder(preferences, key === 'ArrowUp' ? 0.1 : -0.1)) }))
  }
}

function TimeBar({ player, marks }: { player: Player; marks: readonly Mark[] }) {
  const { t, spoken } = useI18n()
  const { time, duration, seen } = player
  const place = useStillPlace(player)
  const share = (s: number) => `${duration > 0 ? Math.min(100, (s / duration) * 100) : 0}%`
  return (
    <div className="time">
      {seen.map(([from, to]) => (
        <i key={from} style={{ insetInlineStart: share(from), inlineSize: share(to - from) }} />
      ))}
      {(player.chapters ?? []).filter((c) => c.from > 0).map((c) => (
        <s key={c.from} style={{ insetInlineStart: share(c.from) }} />
      ))}
      {marks.map((m) => (
        <u key={m.id} className={m.done ? 'done' : ''} style={{ insetInlineStart: share(m.at) }} />
      ))}
      <b style={{ insetInlineStart: share(time) }} />
      <input
        type="range"
        aria-label={t('player.position')}
        aria-valuetext={t('player.position.text', { at: spoken(place.at), of: spoken(duration) })}
        min={0}
        max={Math.max(1, Math.floor(duration))}
        step={1}
        value={Math.floor(place.at)}
        {...place.handlers}
      />
    </div>
  )
}

/** The place that the slider tells. While it has the focus and the video plays it stands where it was put last: screen readers
 *  read out each change of what has the focus, so every second of the video, over its sound. */
function useStillPlace({ video, playing, time, actions }: Player) {
  const [put, setPut] = useState<number>()
  const dragged = useRef(false)
  const focused = put !== undefined
  useEffect(() => {
    const v = video.current
    if (!focused || !v) return
    const moved = () => setPut(v.currentTime)
    for (const e of ['play', 'pause', 'seeking']) v.addEventListener(e, moved)
    return () => {
      for (const e of ['play', 'pause', 'seeking']) v.removeEventListener(e, moved)
    }
  }, [video, focused])
  const at = playing && focused ? put : time
  const handlers = {
    onFocus: () => setPut(video.current?.currentTime ?? time),
    onBlur: () => setPut(undefined),
    onPointerDown: () => void (dragged.current = true),
    onPointerUp: () => void (dragged.current = false),
    onPointerCancel: () => void (dragged.current = false),
    onChange: (e: ChangeEvent<HTMLInputElement>) => {
      const to = Number(e.target.value)
      // A pointer means a place; a screen reader's own command means a step from where the video is now.
      actions.seek(dragged.current ? to : time + to - Math.floor(at))
    },
  }
  return { at, handlers }
}

function QualityChoice({ player }: { player: Player }) {
  const { t } = useI18n()
  return (
    <select className="control" aria-label={t('player.quality')} value={player.quality} onChange={(e) => player.actions.choose(Number(e.target.value))}>
      <option value={-1}>{t('player.quality.auto')}</option>
      {player.qualities.map((q) => (
        <option key={q.index} value={q.index}>
          {q.height === null ? t('player.quality.sound') : `${q.height}p`}
        </option>
      ))}
    </select>
  )
}
