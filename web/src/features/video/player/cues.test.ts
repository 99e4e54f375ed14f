import { describe, expect, it } from 'vitest'
import { currentCue, parseCues } from './cues'

const vtt = `\uFEFFWEBVTT - a title

NOTE nobody sees this

1
00:00:01.000 --> 00:00:03.500 align:start
<v Ada>Grüße &amp; <i>Glück</i>
zwei Zeilen

00:04.000 --> 00:06.250
Second

00:06.000 --> 00:05.000
reversed
`

describe('captions', () => {
  it('reads hours or none, settings, marks and entities', () => {
    expect(parseCues(vtt)).toEqual([
      { from: 1, to: 3.5, words: 'Grüße & Glück zwei Zeilen', lines: ['Grüße & Glück', 'zwei Zeilen'], voice: 'Ada' },
      { from: 4, to: 6.25, words: 'Second', lines: ['Second'], voice: '' },
    ])
  })
  it('reads Windows line ends', () => {
    expect(parseCues(vtt.replace(/\n/g, '\r\n'))).toHaveLength(2)
  })
  it('finds the cue of a moment', () => {
    const cues = parseCues(vtt)
    expect([0, 1, 3.9, 4, 99].map((t) => currentCue(cues, t))).toEqual([-1, 0, 0, 1, 1])
  })
})
