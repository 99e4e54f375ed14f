import type { PlaybackEvent } from '../../lib/playback-event'
import type { Span } from '../../lib/spans'

/** Who did it to what, as the server wrote it for this playback. */
export interface Frame {
  session: string // the playback's id
  actor: object
  object: object
  registration: string
}

export interface Statement {
  id: string
  actor: object
  verb: { id: string; display: Record<string, string> }
  object: object
  result?: object
  context: object
  timestamp: string
}

const video = 'https://w3id.org/xapi/video/'
const adl = 'http://adlnet.gov/expapi/verbs/'
const verbs: Record<PlaybackEvent['verb'], string> = {
  initialized: `${adl}initialized`,
  played: `${video}verbs/played`,
  paused: `${video}verbs/paused`,
  seeked: `${video}verbs/seeked`,
  completed: `${adl}completed`,
  terminated: `${adl}terminated`,
  interacted: `${adl}interacted`,
}

/** Seconds to the millisecond, as the profile asks at most. */
function round(seconds: number): number {
  return Math.round(seconds * 1000) / 1000
}

/** "0[.]12.5[,]20[.]30": the profile's way to write played segments. */
export function writeSegments(spans: readonly Span[]): string {
  return spans.map(([from, to]) => `${round(from)}[.]${round(to)}`).join('[,]')
}

/** One statement of the xAPI video profile 1.0.3. */
export function videoStatement(id: string, at: Date, frame: Frame, e: PlaybackEvent): Statement {
  const context = {
    [`${video}extensions/session-id`]: frame.session,
    [`${video}extensions/length`]: round(e.length),
    [`${video}extensions/speed`]: `${e.speed}x`,
    [`${video}extensions/cc-enabled`]: e.captions !== null,
    // Every statement carries what the profile's three templates for "interacted" ask for: nothing but the verb tells
    // them apart, so that each such statement must fit all of them.
    [`${video}extensions/cc-subtitle-lang`]: e.captions ?? (e.language || 'und'),
    [`${video}extensions/volume`]: round(e.volume),
    [`${video}extensions/full-screen`]: e.fullScreen,
    [`${video}extensions/screen-size`]: e.screen.join('x'),
    [`${video}extensions/video-playback-size`]: e.picture.join('x'),
    ...(e.quality ? { [`${video}extensions/quality`]: e.quality } : {}),
  }
  const seen = {
    [`${video}extensions/progress`]: round(e.progress),
    [`${video}extensions/played-segments`]: writeSegments(e.segments),
  }
  const place =
    e.verb === 'seeked'
      ? { [`${video}extensions/time-from`]: round(e.time), [`${video}extensions/time-to`]: round(e.to ?? e.time) }
      : { [`${video}extensions/time`]: round(e.time) }
  // A lesson lies under its course.
  const course = 'id' in frame.object && typeof frame.object.id === 'string' ? /^(.+)\/lessons\//.exec(frame.object.id)?.[1] : undefined
  return {
    id,
    actor: frame.actor,
    verb: { id: verbs[e.verb], display: { en: e.verb } },
    object: frame.object,
    ...(e.verb === 'initialized'
      ? {}
      : {
          result: {
            extensions: { ...place, ...(e.verb === 'played' ? {} : seen) },
            ...(e.verb === 'completed' ? { completion: true } : {}),
            ...(e.verb === 'completed' || e.verb === 'terminated' ? { duration: `PT${Math.max(0, Math.round(e.spent * 100) / 100)}S` } : {}),
          },
        }),
    context: {
      registration: frame.registration,
      contextActivities: { ...(course ? { parent: [{ id: course }] } : {}), category: [{ id: 'https://w3id.org/xapi/video' }] },
      extensions: context,
    },
    timestamp: at.toISOString(),
  }
}
