import { describe, expect, it } from 'vitest'
import { bytes, clock, spoken } from './format'

describe('a place in a video', () => {
  it.each([
    [0, '0:00', '0 seconds'],
    [5.9, '0:05', '5 seconds'],
    [61, '1:01', '1 minute 1 second'],
    [120, '2:00', '2 minutes'],
    [3905, '1:05:05', '1 hour 5 minutes 5 seconds'],
    [3600, '1:00:00', '1 hour'],
    [-3, '0:00', '0 seconds'],
  ])('%s is shown as %s and read as %s', (seconds, shown, read) => {
    expect(clock(seconds)).toBe(shown)
    expect(spoken('en', seconds)).toBe(read)
  })
  it('is read in the language of the pages', () => {
    expect(spoken('de', 65)).toBe('1 Minute 5 Sekunden')
    expect(spoken('fi', 65)).toBe('1 minuutti 5 sekuntia')
  })
})

describe('a size', () => {
  it('counts bytes as the language does', () => {
    expect(bytes('en', 1)).toBe('1 byte')
    expect(bytes('en', 467)).toBe('467 bytes')
    expect(bytes('pl', 3)).toBe('3 bajty')
    expect(bytes('en', 838_000)).toBe('838 kB')
  })
})
