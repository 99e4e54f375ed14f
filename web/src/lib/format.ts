import { formatTag, type Locale } from './locale'

/** 252 → "4:12", 3912 → "1:05:12": a position in a video, the same in every language. */
export function clock(seconds: number): string {
  const s = Math.max(0, Math.floor(seconds))
  const two = (n: number) => String(n).padStart(2, '0')
  const h = Math.floor(s / 3600)
  const m = Math.floor((s % 3600) / 60)
  return h > 0 ? `${h}:${two(m)}:${two(s % 60)}` : `${m}:${two(s % 60)}`
}

/** 65 → "1 minute 5 seconds": a position in a video as it is read aloud. */
export function spoken(locale: Locale, seconds: number): string {
  const s = Math.max(0, Math.floor(seconds))
  const parts: readonly [number, string][] = [
    [Math.floor(s / 3600), 'hour'],
    [Math.floor((s % 3600) / 60), 'minute'],
    [s % 60, 'second'],
  ]
  const said = parts.filter(([n, unit]) => n > 0 || (unit === 'second' && s === 0))
  return said.map(([n, unit]) => new Intl.NumberFormat(formatTag(locale), { style: 'unit', unit, unitDisplay: 'long' }).format(n)).join(' ')
}

/** Bytes in units of 1000, as file managers show them. */
export function bytes(locale: Locale, n: number): string {
  const units = ['byte', 'kilobyte', 'megabyte', 'gigabyte', 'terabyte'] as const
  let i = 0
  let value = n
  while (value >= 1000 && i < units.length - 1) {
    value /= 1000
    i++
  }
  return new Intl.NumberFormat(formatTag(locale), { style: 'unit', unit: units[i] ?? 'byte', unitDisplay: i === 0 ? 'long' : 'short', maximumFractionDigits: value < 10 && i > 0 ? 1 : 0 }).format(value)
}

/** 30 → "in 30 seconds", 900 → "in 15 minutes": how long to wait, never less than it takes. */
export function soon(locale: Locale, seconds: number): string {
  const format = new Intl.RelativeTimeFormat(formatTag(locale), { numeric: 'always' })
  if (seconds < 90) return format.format(Math.ceil(seconds), 'second')
  if (seconds < 90 * 60) return format.format(Math.ceil(seconds / 60), 'minute')
  return format.format(Math.ceil(seconds / 3600), 'hour')
}

export function percent(locale: Locale, share: number): string {
  return new Intl.NumberFormat(formatTag(locale), { style: 'percent', maximumFractionDigits: 0 }).format(share)
}

export function hours(locale: Locale, minutes: number): string {
  return new Intl.NumberFormat(formatTag(locale), { minimumFractionDigits: 1, maximumFractionDigits: 1 }).format(minutes / 60)
}

export function date(locale: Locale, iso: string, zone?: string): string {
  return new Intl.DateTimeFormat(formatTag(locale), { dateStyle: 'long', ...(zone ? { timeZone: zone } : {}) }).format(new Date(iso))
}

export function dateTime(locale: Locale, iso: string, zone?: string): string {
  return new Intl.DateTimeFormat(formatTag(locale), { dateStyle: 'medium', timeStyle: 'short', ...(zone ? { timeZone: zone } : {}) }).format(new Date(iso))
}

export function list(locale: Locale, items: readonly string[]): string {
  return new Intl.ListFormat(formatTag(locale), { type: 'conjunction' }).format(items)
}

/** A content language by its name in the reader's language. */
export function languageName(locale: Locale, tag: string): string {
  return new Intl.DisplayNames(formatTag(locale), { type: 'language', fallback: 'code' }).of(tag) ?? tag
}

export function countryName(locale: Locale, code: string): string {
  return new Intl.DisplayNames(formatTag(locale), { type: 'region', fallback: 'code' }).of(code.toUpperCase()) ?? code
}

/** A day of the calendar, 2026-11-30, which is the same wherever and by whatever clocks it is read. */
export function day(locale: Locale, day: string, parts: 'whole' | 'month' = 'whole'): string {
  return new Intl.DateTimeFormat(formatTag(locale), { ...(parts === 'month' ? { month: 'short' } : { dateStyle: 'long' }), timeZone: 'UTC' }).format(new Date(day))
}

/** The day that it is by the clocks of a zone, as 2026-11-30; by the reader's own if her browser does not know the zone. */
export function today(zone: string | undefined, now = new Date()): string {
  const parts = clocks(zone).formatToParts(now)
  const of = (type: string) => parts.find((p) => p.type === type)?.value ?? ''
  return `${of('year')}-${of('month')}-${of('day')}`
}

function clocks(zone?: string): Intl.DateTimeFormat {
  try {
    return new Intl.DateTimeFormat('en-GB', { year: 'numeric', month: '2-digit', day: '2-digit', timeZone: zone })
  } catch {
    return clocks()
  }
}

/** How many days of the calendar a day comes after another. Negative: before. */
export function daysBetween(from: string, to: string): number {
  return Math.round((Date.parse(to) - Date.parse(from)) / 86_400_000)
}

/** The day of the calendar so many days before another. */
export function dayBefore(day: string, days: number): string {
  return new Date(Date.parse(day) - days * 86_400_000).toISOString().slice(0, 10)
}

/** A span of time on the clocks of a zone: "Tue, 24 November 2026, 09:30 – 11:00". */
export function span(locale: Locale, from: string, to: string, zone?: string): string {
  return new Intl.DateTimeFormat(formatTag(locale), { weekday: 'short', day: 'numeric', month: 'long', year: 'numeric', hour: '2-digit', minute: '2-digit', ...(zone ? { timeZone: zone } : {}) }).formatRange(new Date(from), new Date(to))
}

/** Days without a time: "24 November – 4 December 2026". */
export function days(locale: Locale, first: string, last: string): string {
  return new Intl.DateTimeFormat(formatTag(locale), { dateStyle: 'long', timeZone: 'UTC' }).formatRange(new Date(first), new Date(last))
}

/** The time on the clocks of a zone. */
export function time(locale: Locale, iso: string, zone?: string): string {
  return new Intl.DateTimeFormat(formatTag(locale), { timeStyle: 'short', ...(zone ? { timeZone: zone } : {}) }).format(new Date(iso))
}
