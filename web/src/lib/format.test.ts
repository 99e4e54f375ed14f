import { afterEach, describe, expect, it, vi } from 'vitest'
import { bytes, clock, date, day, dayBefore, daysBetween, spoken, today } from './format'

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

describe('a day that was said', () => {
  afterEach(() => vi.unstubAllEnvs())
  it.each(['America/Los_Angeles', 'Europe/Rome', 'Pacific/Auckland'])('is the same to a reader in %s', (zone) => {
    vi.stubEnv('TZ', zone)
    expect(Intl.DateTimeFormat().resolvedOptions().timeZone).toBe(zone)
    expect(day('en', '2026-11-30')).toBe('30 November 2026')
    expect(day('de', '2026-11-30')).toBe('30. November 2026')
    expect(day('en', '2026-12-01', 'month')).toBe('Dec')
  })
  it('may be another than the clocks of a reader show when it ends', () => {
    const last = '2026-11-30T10:59:59.999Z' // of the day, in Auckland
    vi.stubEnv('TZ', 'Pacific/Kiritimati')
    expect(date('en', last)).toBe('1 December 2026')
    expect(date('en', last, 'Pacific/Auckland')).toBe(day('en', '2026-11-30'))
  })
  it('comes so many days after today by the clocks of the town', () => {
    const now = new Date('2026-11-29T12:00:00Z')
    expect(today('Pacific/Auckland', now)).toBe('2026-11-30')
    expect(today('America/Los_Angeles', now)).toBe('2026-11-29')
    expect(today('Europe/Rome', new Date('2026-10-24T22:30:00Z'))).toBe('2026-10-25')
    vi.stubEnv('TZ', 'Pacific/Auckland')
    expect(today('Nowhere/Town', now)).toBe('2026-11-30')
    expect(today(undefined, now)).toBe('2026-11-30')
    expect(daysBetween('2026-10-24', '2026-10-26')).toBe(2)
    expect(daysBetween('2026-12-01', '2026-11-30')).toBe(-1)
    expect(daysBetween('2026-11-30', '2026-11-30')).toBe(0)
    expect(dayBefore('2026-03-29', 29)).toBe('2026-02-28')
    expect(dayBefore('2026-01-01', 1)).toBe('2025-12-31')
  })
})
