import { useState } from 'react'
import type { Course } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { localeNames, locales } from '../../../lib/locale'
import { Button } from '../../../ui/button'
import { AreaField, Check, Choices, Form, SelectField, TextField, value, values } from '../../../ui/field'
import { Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import { useSaveCourse, useTowns } from './queries'

const audiences = ['town', 'towns', 'network', 'public'] as const

/** Name, summary, languages and audience of a course. */
export function CourseDetails({ course: c }: { course: Course }) {
  const { t, languageName } = useI18n()
  const save = useSaveCourse(c.id)
  const toast = useToast()
  const first = c.languages[0] ?? 'en'
  const [visibility, setVisibility] = useState<string>(c.visibility)
  const chosen = visibility === 'towns'
  const towns = useTowns(chosen)
  return (
    <section className="card stack" aria-labelledby="details">
      <h2 id="details">{t('author.details')}</h2>
      <Form
        error={save.error}
        onSubmit={(f) =>
          save.mutate(
            {
              title: { ...c.title, [first]: value(f, 'title') },
              summary: { ...c.summary, [first]: value(f, 'summary') },
              languages: [first, ...values(f, 'languages').filter((l) => l !== first)],
              visibility: audiences.find((a) => a === value(f, 'visibility')) ?? c.visibility,
              towns: chosen ? values(f, 'towns') : [],
              minutes: Number(value(f, 'minutes')) || 0,
              percent: Math.min(100, Math.max(1, Number(value(f, 'percent')) || 90)),
            },
            { onSuccess: () => toast(t('state.saved')) },
          )
        }
      >
        <TextField label={t('author.name')} hint={t('author.in', { lang: languageName(first) })} name="title" lang={first} required maxLength={200} defaultValue={c.title[first] ?? ''} />
        <AreaField label={t('author.summary')} hint={t('author.summary.hint')} name="summary" lang={first} maxLength={2000} defaultValue={c.summary[first] ?? ''} />
        <TextField label={t('author.minutes')} hint={t('author.minutes.hint')} name="minutes" type="number" min={1} max={6000} inputMode="numeric" defaultValue={c.minutes || ''} />
        <TextField label={t('author.rule.percent')} hint={t('author.rule.percent.hint')} name="percent" type="number" min={1} max={100} inputMode="numeric" defaultValue={c.percent} />
        <SelectField label={t('author.audience')} name="visibility" value={visibility} onChange={(e) => setVisibility(e.currentTarget.value)}>
          {audiences.map((a) => (
            <option key={a} value={a}>
              {t(`author.audience.${a}`)}
            </option>
          ))}
        </SelectField>
        {chosen && (
          <Choices legend={t('author.audience.choose')}>
            <Loaded query={towns}>
              {(list) => list.map((o) => <Check key={o.id} name="towns" value={o.id} label={o.name} defaultChecked={c.towns.includes(o.id)} />)}
            </Loaded>
          </Choices>
        )}
        <Choices legend={t('course.languages')}>
          <div className="three tight">
            {locales.map((l) => (
              <Check key={l} name="languages" value={l} label={localeNames[l]} defaultChecked={c.languages.includes(l)} disabled={l === first} />
            ))}
          </div>
        </Choices>
        <Button type="submit" kind="main" busy={save.isPending}>
          {t('action.save')}
        </Button>
      </Form>
    </section>
  )
}
