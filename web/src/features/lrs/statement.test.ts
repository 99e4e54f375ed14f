import { describe, expect, it } from 'vitest'
import type { PlaybackEvent } from '../../lib/playback-event'
import { videoStatement, writeSegments } from './statement'
import templates from './video-templates.json'

const frame = { session: '7f4a1c1e-0d5b-4e3c-9a55-1d9b1b0c2a77', actor: { account: { homePage: 'https://x', name: 'a' } }, object: { id: 'https://x/v/1' }, registration: 'r' }
const event: PlaybackEvent = {
  verb: 'paused', time: 12.50049, segments: [[0, 12.50049], [20, 30]], progress: 0.31251, length: 72, speed: 1.5, captions: 'it', language: 'it', volume: 0.8, screen: [1920, 1080], picture: [640, 360], quality: '360p', fullScreen: false, spent: 20,
}
const at = new Date('2026-11-21T08:00:00Z')
const ext = 'https://w3id.org/xapi/video/extensions/'

describe('video statements', () => {
  it('writes segments as the profile does', () => {
    expect(writeSegments([[0, 12.5], [20, 30.0004]])).toBe('0[.]12.5[,]20[.]30')
    expect(writeSegments([])).toBe('')
  })
  it('says where it paused, what was played and how fast', () => {
    const s = videoStatement('id', at, frame, event)
    expect(s.verb.id).toBe('https://w3id.org/xapi/video/verbs/paused')
    expect(s.result).toEqual({ extensions: { [`${ext}time`]: 12.5, [`${ext}progress`]: 0.313, [`${ext}played-segments`]: '0[.]12.5[,]20[.]30' } })
    expect(s.context).toMatchObject({ registration: 'r', extensions: { [`${ext}session-id`]: frame.session, [`${ext}length`]: 72, [`${ext}speed`]: '1.5x', [`${ext}cc-subtitle-lang`]: 'it' } })
    expect(s.timestamp).toBe('2026-11-21T08:00:00.000Z')
  })
  it('names the course as the parent of a lesson', () => {
    const parent = (id: string) => videoStatement('id', at, { ...frame, object: { id } }, event).context
    expect(parent('https://x/xapi/courses/c/lessons/l')).toMatchObject({ contextActivities: { parent: [{ id: 'https://x/xapi/courses/c' }] } })
    expect(parent('https://x/v/1')).toMatchObject({ contextActivities: { category: [{ id: 'https://w3id.org/xapi/video' }] } })
    expect(JSON.stringify(parent('https://x/v/1'))).not.toContain('parent')
  })
  it('names both ends of a seek', () => {
    const s = videoStatement('id', at, frame, { ...event, verb: 'seeked', time: 10, to: 40 })
    expect(s.result).toMatchObject({ extensions: { [`${ext}time-from`]: 10, [`${ext}time-to`]: 40 } })
  })
  it('carries completion and duration where the profile demands them', () => {
    expect(videoStatement('id', at, frame, { ...event, verb: 'completed' }).result).toMatchObject({ completion: true, duration: 'PT20S' })
    expect(videoStatement('id', at, frame, { ...event, verb: 'terminated' }).result).toMatchObject({ duration: 'PT20S' })
    expect(videoStatement('id', at, frame, { ...event, verb: 'initialized' }).result).toBeUndefined()
  })
})

/** What a JSONPath of the profile names, which are all of one form: $.a.b['c']. */
function at_(statement: unknown, path: string): unknown {
  let here: unknown = statement
  for (const m of path.slice(1).matchAll(/\.(\w+)|\['([^']+)'\]/g)) {
    if (typeof here !== 'object' || here === null) return undefined
    here = Object.entries(here).find(([key]) => key === (m[1] ?? m[2]))?.[1]
  }
  return here
}

describe('the templates of the video profile', () => {
  const object = { id: 'https://x/xapi/courses/c/lessons/l', definition: { type: 'https://w3id.org/xapi/video/activity-type/video' } }
  const say = (verb: PlaybackEvent['verb'], part: Partial<PlaybackEvent> = {}) => videoStatement('id', at, { ...frame, object }, { ...event, ...(verb === 'seeked' ? { to: 40 } : {}), ...part, verb })
  const verbs = ['initialized', 'played', 'paused', 'seeked', 'completed', 'terminated', 'interacted'] as const

  it('are all met by something that the player says', () => {
    const said = new Set(verbs.map((v) => say(v).verb.id))
    expect(templates.filter((t) => !said.has(t.verb))).toEqual([])
  })
  it.each(verbs)('%s: every template that its verb and its object determine', (verb) => {
    for (const part of [{}, { captions: null }, { captions: null, language: '', quality: '' }, { segments: [], progress: 0, time: 0, volume: 0 }]) {
      const s = say(verb, part)
      const mine = templates.filter((t) => t.verb === s.verb.id && (t.objectActivityType === undefined || t.objectActivityType === at_(s, '$.object.definition.type')))
      expect(mine.length).toBeGreaterThan(0)
      for (const t of mine) expect(t.included.filter((path) => at_(s, path) === undefined), t.id).toEqual([])
    }
  })
  it('are met in what they recommend, but for what nobody needs to know', () => {
    const left = new Set(verbs.flatMap((v) => templates.filter((t) => t.verb === say(v).verb.id).flatMap((t) => t.recommended.filter((path) => at_(say(v), path) === undefined))).map((path) => /\/([\w-]+)'\]$/.exec(path)?.[1]))
    expect([...left].sort()).toEqual(['completion-threshold', 'frame-rate', 'track', 'user-agent'])
  })
  it('has values of the kinds that the profile defines', () => {
    const s = say('interacted', { captions: null, language: '' })
    expect(s.context).toMatchObject({ extensions: { [`${ext}cc-enabled`]: false, [`${ext}cc-subtitle-lang`]: 'und', [`${ext}volume`]: 0.8, [`${ext}screen-size`]: '1920x1080', [`${ext}video-playback-size`]: '640x360', [`${ext}full-screen`]: false } })
  })
})
