import { useState } from 'react'
import type { DirectoryContent } from '../../api/types'
import { useCountries } from '../../lib/countries'
import { useI18n } from '../../lib/i18n'
import { localeNames, locales } from '../../lib/locale'
import { AreaField, Check, Choices, SelectField, TextField, value, values } from '../../ui/field'
import { competences, topics } from './lists'

/** What somebody says of herself, or an organisation of itself. */
export function DirectoryFields({ content: c, outside }: { content: DirectoryContent | undefined; outside?: boolean }) {
  const { t } = useI18n()
  const countries = useCountries(c?.country)
  const [wide] = useState(() => !outside || window.matchMedia('(min-width: 40rem)').matches) // on a phone, topics are folded
  return (
    <>
      {outside ? (
        <>
          <TextField label={t('directory.name')} name="name" required maxLength={120} defaultValue={c?.name ?? ''} autoComplete="organization" />
          <SelectField label={t('practice.country')} name="country" required defaultValue={c?.country ?? ''}>
            <option value="">{t('practice.choose')}</option>
            {countries.map((x) => (
              <option key={x.code} value={x.code}>
                {x.name}
              </option>
            ))}
          </SelectField>
        </>
      ) : null}
      <AreaField label={t('directory.about')} hint={t('directory.about.hint')} name="about" rows={4} required maxLength={2000} defaultValue={c?.about ?? ''} />
      <AreaField label={t('directory.ask')} hint={t('directory.ask.hint')} name="ask" rows={3} maxLength={1000} defaultValue={c?.ask ?? ''} />
      <TextField label={t('directory.page')} name="page" type="url" maxLength={500} defaultValue={c?.page ?? ''} />
      <details open={wide}>
        <summary>{t('practice.section.topics')}</summary>
        <Choices legend={t('practice.section.topics')}>
          <div className="chips">
            {topics.map((x) => (
              <Check key={x} name="topics" value={x} label={t(`practice.topic.${x}`)} defaultChecked={c?.topics.includes(x) ?? false} />
            ))}
          </div>
        </Choices>
      </details>
      <Choices legend={t('directory.languages')}>
        <div className="chips">
          {locales.map((l) => (
            <Check key={l} name="languages" value={l} label={<span lang={l}>{localeNames[l]}</span>} defaultChecked={c?.languages.includes(l) ?? false} />
          ))}
        </div>
      </Choices>
      <AreaField label={t('practice.section.labels')} hint={t('practice.lines')} name="labels" rows={2} defaultValue={c?.labels.join('\n') ?? ''} />
      <details>
        <summary>{t('practice.section.competences')}</summary>
        <Choices legend={t('practice.section.competences')}>
          {competences.map((x) => (
            <Check key={x} name="competences" value={x} label={`${x} ${t(`practice.competence.${x}`)}`} defaultChecked={c?.competences.includes(x) ?? false} />
          ))}
        </Choices>
      </details>
    </>
  )
}

/** What the fields say. */
export function entryOf(f: FormData, language: string): DirectoryContent {
  return {
    ...(value(f, 'name') ? { name: value(f, 'name') } : {}), ...(value(f, 'country') ? { country: value(f, 'country') } : {}), about: value(f, 'about'), ask: value(f, 'ask'), page: value(f, 'page'), language,
    languages: values(f, 'languages'), topics: values(f, 'topics'), competences: values(f, 'competences'), labels: value(f, 'labels').split('\n').filter(Boolean),
  }
}
