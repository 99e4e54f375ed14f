import { formatTag, type Locale } from '../../lib/locale'

/** A date of the Extended Date/Time Format in words: "2019", "September 2020", "January – February 2021". */
export function when(locale: Locale, span: string): { words: string; open: boolean } {
  if (!/^\d{4}/.test(span)) return { words: span, open: false }
  const [from = '', to] = span.split('/')
  const forms: Intl.DateTimeFormatOptions[] = [{ year: 'numeric' }, { year: 'numeric', month: 'long' }, { year: 'numeric', month: 'long', day: 'numeric' }]
  const format = (s: string) => new Intl.DateTimeFormat(formatTag(locale), { ...forms[s.split('-').length - 1], timeZone: 'UTC' })
  const day = (s: string) => new Date(s.length === 4 ? `${s}-01-01` : s.length === 7 ? `${s}-01` : s)
  if (Number.isNaN(day(from).getTime())) return { words: span, open: false }
  if (to === undefined) return { words: format(from).format(day(from)), open: false }
  if (to === '..') return { words: format(from).format(day(from)), open: true }
  if (Number.isNaN(day(to).getTime())) return { words: span, open: false }
  if (from.length === to.length) return { words: format(from).formatRange(day(from), day(to)), open: false }
  return { words: `${format(from).format(day(from))} – ${format(to).format(day(to))}`, open: false }
}

/** Whole euros, or a span of them. */
export function euros(locale: Locale, from: number, to: number): string {
  const format = new Intl.NumberFormat(formatTag(locale), { style: 'currency', currency: 'EUR', maximumFractionDigits: 0 })
  return to > from ? format.formatRange(from, to) : format.format(from)
}
