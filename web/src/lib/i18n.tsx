import { createContext, Fragment, type ReactNode, use, useCallback, useEffect, useMemo, useState } from 'react'
import * as format from './format'
import { bestLocale, type Catalogue, fill, isLocale, type Key, type Locale, lookUp, type Params, pick, type Text } from './locale'

interface I18n {
  locale: Locale
  setLocale: (locale: Locale) => void
  /** False until the words of the working roles have been loaded as well. */
  whole: boolean
  /** The words of a key in the reader's language. */
  t: (key: Key, params?: Params) => string
  /** Like t, with elements in the places: a link within a sentence. */
  rich: (key: Key, nodes: Readonly<Record<string, ReactNode>>, params?: Params) => ReactNode
  /** The words of a key that is not known before it arrives, such as a fault's code; undefined if there are none. */
  maybe: (key: string, params?: Params) => string | undefined
  words: (text: Text | undefined) => string
  date: (iso: string) => string
  dateTime: (iso: string) => string
  time: (iso: string, zone?: string) => string
  span: (from: string, to: string, zone?: string) => string
  day: (day: string) => string
  days: (first: string, last: string) => string
  bytes: (n: number) => string
  soon: (seconds: number) => string
  spoken: (seconds: number) => string
  percent: (share: number) => string
  hours: (minutes: number) => string
  number: (n: number) => string
  list: (items: readonly string[]) => string
  languageName: (tag: string) => string
  countryName: (code: string) => string
}

const Context = createContext<I18n | null>(null)
const stored = 'palestra.locale'
const parts = {
  first: import.meta.glob<Catalogue>('../../locales/*.json', { import: 'default', query: '?part=first' }),
  later: import.meta.glob<Catalogue>('../../locales/*.json', { import: 'default', query: '?part=later' }),
  codes: import.meta.glob<Catalogue>('../../locales/errors/*.json', { import: 'default' }),
}

async function load(part: keyof typeof parts, file: string): Promise<Catalogue> {
  const found = parts[part][`../../locales/${file}.json`]
  if (!found) throw new Error(`no catalogue ${file}`)
  return found()
}

/** Loads the words of the first page, or those of the working roles and of the codes that the server sends. */
export async function loadCatalogue(locale: Locale, part: 'first' | 'later'): Promise<Catalogue> {
  if (part === 'first') return load('first', locale)
  const [words, codes] = await Promise.all([load('later', locale), load('codes', `errors/${locale}`)])
  return { ...words, ...codes }
}

/** The language the reader chose on this machine, or the browser's. */
export function firstLocale(): Locale {
  const chosen = localStorage.getItem(stored)
  return chosen && isLocale(chosen) ? chosen : bestLocale(navigator.languages)
}

export function I18nProvider({ first, catalogue, children }: { first: Locale; catalogue: Catalogue; children: ReactNode }) {
  const [state, setState] = useState({ locale: first, catalogue, whole: false })
  useEffect(() => {
    document.documentElement.lang = state.locale
  }, [state.locale])
  useEffect(() => {
    void loadCatalogue(first, 'later').then((more) =>
      setState((s) => (s.locale === first && !s.whole ? { locale: first, catalogue: { ...s.catalogue, ...more }, whole: true } : s)),
    )
  }, [first])
  const setLocale = useCallback((locale: Locale) => {
    localStorage.setItem(stored, locale)
    void Promise.all([loadCatalogue(locale, 'first'), loadCatalogue(locale, 'later')]).then(([a, b]) =>
      setState({ locale, catalogue: { ...a, ...b }, whole: true }),
    )
  }, [])
  const value = useMemo<I18n>(() => {
    const { locale, catalogue: c } = state
    const maybe = (key: string, params?: Params) => {
      const text = lookUp(c, locale, key, params)
      return text === undefined ? undefined : fill(text, locale, params)
    }
    return {
      locale,
      setLocale,
      whole: state.whole,
      t: (key, params) => maybe(key, params) ?? key,
      rich: (key, nodes, params) => {
        const text = fill(lookUp(c, locale, key, params) ?? key, locale, params)
        return text.split(/(\{\{\w+\}\})/).map((part, i) => <Fragment key={i}>{part.startsWith('{{') ? nodes[part.slice(2, -2)] : part}</Fragment>)
      },
      maybe,
      words: (text) => pick(text, locale).words,
      date: (iso) => format.date(locale, iso),
      dateTime: (iso) => format.dateTime(locale, iso),
      time: (iso, zone) => format.time(locale, iso, zone),
      span: (from, to, zone) => format.span(locale, from, to, zone),
      day: (day) => format.day(locale, day),
      days: (first, last) => format.days(locale, first, last),
      bytes: (n) => format.bytes(locale, n),
      soon: (seconds) => format.soon(locale, seconds),
      spoken: (seconds) => format.spoken(locale, seconds),
      percent: (share) => format.percent(locale, share),
      hours: (minutes) => format.hours(locale, minutes),
      number: (n) => fill('{{n}}', locale, { n }),
      list: (items) => format.list(locale, items),
      languageName: (tag) => format.languageName(locale, tag),
      countryName: (code) => format.countryName(locale, code),
    }
  }, [state, setLocale])
  return <Context value={value}>{children}</Context>
}

export function useI18n(): I18n {
  const value = use(Context)
  if (!value) throw new Error('useI18n outside I18nProvider')
  return value
}

/** Content in the reader's language, marked with its own language where that differs. */
export function Words({ text, order }: { text: Text | undefined; order?: readonly string[] }) {
  const { locale } = useI18n()
  const found = pick(text, locale, order)
  return found.lang === locale ? found.words : <span lang={found.lang}>{found.words}</span>
}
