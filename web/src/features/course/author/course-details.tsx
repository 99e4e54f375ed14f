import type { Course } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { localeNames, locales } from '../../../lib/locale'
import { Button } from '../../../ui/button'
import { AreaField, Check, Choices, Form, TextField, value, values } from '../../../ui/field'
import { useToast } from '../../../ui/toast'
import { AudienceFields, audienceOf } from './audience'
import { useSaveCourse } from './queries'

/** Name, summary, languages and audience of a course. */
export function CourseDetails({ course: c }: { course: Course }) {
  const { t, languageName } = useI18n()
  const save = useSaveCourse(c.id)
  const toast = useToast()
  const first = c.languages[0] ?? 'en'
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
              ...audienceOf(f, c.visibility),
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
        <AudienceFields start={c.visibility} towns={c.towns} />
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
