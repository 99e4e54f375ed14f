import { describe, expect, it } from 'vitest'
import type { PlaybackEvent } from '../../lib/playback-event'
import { videoStatement, writeSegments } from './statement'

const frame = { session: '7f4a1c1e-0d5b-4e3c-9a55-1d9b1b0c2a77', actor: { account: { homePage: 'https://x', name: 'a' } }, object: { id: 'https://x/v/1' }, registration: 'r' }
const event: PlaybackEvent = {
  verb: 'paused', time: 12.50049, segments: [[0, 12.50049], [20, 30]], progress: 0.31251, length: 72, speed: 1.5, captions: 'it', fullScreen: false, spent: 20,
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
