import type english from '../../locales/en.json'

type Stem<K extends string> = K extends `${infer S}_${'zero' | 'one' | 'two' | 'few' | 'many' | 'other'}` ? S : K
/** A key of the catalogues; plural forms are one key. */
export type Key = Stem<keyof typeof english>
export type Params = Readonly<Record<string, string | number>>
export type Catalogue = Readonly<Record<string, string>>

export const locales = ['en', 'de', 'it', 'fr', 'es', 'pt', 'sv', 'fi', 'pl'] as const
export type Locale = (typeof locales)[number]

/** Each language in its own words, as people look for it. */
export const localeNames: Record<Locale, string> = {
  en: 'English', de: 'Deutsch', it: 'Italiano', fr: 'Français', es: 'Español', pt: 'Português', sv: 'Svenska', fi: 'Suomi', pl: 'Polski',
}

export function isLocale(tag: string): tag is Locale {
  return locales.some((l) => l === tag)
}

/** The language of a tag without its region. */
export function base(tag: string): string {
  return tag.toLowerCase().split('-')[0] ?? ''
}

/** The best interface language for a list of wishes, e.g. navigator.languages. */
export function bestLocale(wishes: readonly string[]): Locale {
  for (const wish of wishes) {
    const language = base(wish)
    if (isLocale(language)) return language
  }
  return 'en'
}

/** Dates and numbers follow the country's habit where the language alone says too little (24-hour clock in English). */
export function formatTag(locale: Locale): string {
  return locale === 'en' ? 'en-GB' : locale === 'pt' ? 'pt-PT' : locale
}

/** Finds the text of a key; `count` chooses the plural form. Unknown keys come back as undefined. */
export function lookUp(catalogue: Catalogue, locale: Locale, key: string, params?: Params): string | undefined {
  const count = params?.['count']
  if (typeof count === 'number') {
    const form = new Intl.PluralRules(locale).select(count)
    const plural = (count === 0 ? catalogue[`${key}_zero`] : undefined) ?? catalogue[`${key}_${form}`] ?? catalogue[`${key}_other`]
    if (plural !== undefined) return plural
  }
  return catalogue[key]
}

/** Puts the values into the {{places}} of a text; numbers are written as the language writes them. */
export function fill(text: string, locale: Locale, params: Params = {}): string {
  return text.replace(/\{\{(\w+)\}\}/g, (whole, name: string) => {
    const value = params[name]
    if (value === undefined) return whole
    return typeof value === 'number' ? new Intl.NumberFormat(formatTag(locale)).format(value) : value
  })
}

/** Content in several languages: language tag → text. */
export type Text = Readonly<Record<string, string>>

/** Content in the reader's language, or in the next best, and which language that is. */
export function pick(text: Text | undefined, wish: string, order: readonly string[] = []): { words: string; lang: string } {
  for (const lang of [wish, ...order, 'en', ...Object.keys(text ?? {})]) {
    const words = text?.[lang]
    if (words) return { words, lang }
  }
  return { words: '', lang: wish }
}
