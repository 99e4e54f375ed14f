import { type ReactNode, useMemo } from 'react'
import type { Answer, Stop } from '../../api/types'
import { StopPanel } from '../../features/course/quiz/stop-panel'
import { type Mark, useStops } from '../../features/video/player/use-stops'
import type { Player } from '../../features/video/player/use-player'

interface Answering {
  error: unknown
  isPending: boolean
  mutate: (what: { id: string; answer: Answer }, options: { onSuccess: () => void }) => void
  reset: () => void
}

/** The questions of a video at their seconds: where it stops, and the one that is open. Here the quiz meets the player. */
export function useAsked(player: Player, list: readonly Stop[], answering: Answering): { marks: readonly Mark[]; panel: ReactNode; open: (id: string) => void } {
  const marks = useMemo<Mark[]>(() => list.map((s) => ({ id: s.id, at: s.at, required: s.required, done: s.answered !== undefined })), [list])
  const stops = useStops(player, marks)
  const at = list.findIndex((s) => s.id === stops.asked)
  const stop = list[at]
  const watching = player.video.current !== null && player.video.current.played.length > 0
  return {
    marks,
    panel: stop ? (
      <StopPanel
        key={stop.id}
        stop={stop}
        number={at + 1}
        error={answering.error}
        busy={answering.isPending}
        take={!stops.stopped || watching || player.stage.current?.contains(document.activeElement) === true}
        onAnswer={(answer, done) => answering.mutate({ id: stop.id, answer }, { onSuccess: done })}
        onClose={(play) => {
          answering.reset()
          stops.close(play)
          player.stage.current?.querySelector<HTMLElement>('.controls button')?.focus()
        }}
      />
    ) : null,
    open: (id) => {
      stops.open(id)
      player.stage.current?.scrollIntoView({ block: 'nearest' })
    },
  }
}
