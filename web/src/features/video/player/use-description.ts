import { type RefObject, useEffect, useRef, useState } from 'react'
import { base } from '../../../lib/locale'
import type { Cue } from './cues'
import type { Preferences } from './preferences'
import { useCues } from './use-cue'

/** A voice of this machine in a language. Voices of other machines would be told what is watched here. */
function voiceFor(lang: string): SpeechSynthesisVoice | undefined {
  if (!('speechSynthesis' in window)) return undefined
  const own = speechSynthesis.getVoices().filter((v) => v.localService)
  return own.find((v) => v.lang === lang) ?? own.find((v) => base(v.lang) === base(lang))
}

/** Tells the described parts: by a voice of this machine, which the video waits for where it speaks longer than there is
 *  room, or as text that a screen reader reads. Returns the text to be shown. */
export function useDescription(video: RefObject<HTMLVideoElement | null>, cues: readonly Cue[] | null, lang: string, how: Preferences['describe'], volume: number): { text: string; mute: boolean } {
  const [mute, setMute] = useState(false)
  const on = how === 'off' ? null : cues
  const [cue] = useCues(video, on)
  const speaking = useRef<Cue | null>(null)
  useEffect(() => {
    const v = video.current
    if (how !== 'spoken' || !cue || !v || speaking.current === cue || v.paused) return
    const voice = voiceFor(lang)
    setMute(!voice)
    if (!voice) return
    speaking.current = cue
    const words = new SpeechSynthesisUtterance(cue.words)
    words.voice = voice
    words.lang = voice.lang
    words.volume = Math.max(0.3, volume)
    let waits = false
    const hold = () => {
      if (speaking.current === cue && v.currentTime >= cue.to - 0.05 && !v.paused) {
        waits = true
        v.pause()
      }
    }
    const over = () => {
      if (speaking.current !== cue) return
      speaking.current = null
      v.volume = volume
      v.removeEventListener('timeupdate', hold)
      if (waits) void v.play().catch(() => undefined)
    }
    words.onend = over
    words.onerror = over
    v.volume = volume / 3 // what is said in the video stays behind the description
    v.addEventListener('timeupdate', hold)
    speechSynthesis.cancel()
    speechSynthesis.speak(words)
  }, [video, cue, lang, how, volume])
  const loud = useRef(volume) // as it is when that happens, not as it was when it was switched on
  loud.current = volume
  useEffect(() => {
    const v = video.current
    return () => {
      if (how === 'spoken' && 'speechSynthesis' in window) {
        speaking.current = null
        speechSynthesis.cancel()
        if (v) v.volume = loud.current
      }
    }
  }, [video, how]) // only when it is switched off or the player goes
  return { text: cue && (how === 'written' || mute) ? cue.words : '', mute: mute && how === 'spoken' }
}
