import { useMemo } from 'react'
import { useI18n } from './i18n'

const countries = 'AT BE BG CH CY CZ DE DK EE ES FI FR GR HR HU IE IS IT LI LT LU LV MT NL NO PL PT RO SE SI SK UA'.split(' ')

/** The countries that one chooses from, by their names in the reader's language; one that is chosen already is among them. */
export function useCountries(chosen = ''): { code: string; name: string }[] {
  const { locale, countryName } = useI18n()
  return useMemo(
    () =>
      (chosen === '' || countries.includes(chosen) ? countries : [...countries, chosen])
        .map((code) => ({ code, name: countryName(code) }))
        .sort((a, b) => a.name.localeCompare(b.name, locale)),
    [chosen, locale, countryName],
  )
}

/** The country whose language this browser speaks, as a first idea. */
export function guessCountry(): string {
  const region = new Intl.Locale(navigator.language).maximize().region ?? ''
  return countries.includes(region) ? region : 'IT'
}
