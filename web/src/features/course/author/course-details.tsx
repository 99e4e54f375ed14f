import type { Course } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { localeNames, locales } from '../../../lib/locale'
import { useUnsaved } from '../../../lib/unsaved'
import { Button } from '../../../ui/button'
import { AreaField, Check, Choices, Form, TextField } from '../../../ui/field'
import { useToast } from '../../../ui/toast'
import { UnsavedNotice, UnsavedState } from '../../../ui/unsaved'
import { among, written } from '../../../ui/written'
import { AudienceFields, audienceOf } from './audience'
import { useSaveCourse } from './queries'

/** Name, summary, languages and audience of a course. */
export function CourseDetails({ course: c }: { course: Course }) {
  const { t, languageName } = useI18n()
  const save = useSaveCourse(c.id)
  const toast = useToast()
  const first = c.languages[0] ?? 'en'
  const visibility: string = c.visibility
  const unsaved = useUnsaved(`course.${c.id}`, c.rev, {
    title: c.title[first] ?? '', summary: c.summary[first] ?? '', minutes: c.minutes ? String(c.minutes) : '', percent: String(c.percent), visibility, towns: c.towns, languages: c.languages,
  })
  const { value: x } = unsaved
  const send = () =>
    void save
      .mutateAsync({
        rev: unsaved.of,
        title: { ...c.title, [first]: x.title.trim() },
        summary: { ...c.summary, [first]: x.summary.trim() },
        languages: [first, ...locales.filter((l) => l !== first && x.languages.includes(l))],
        ...audienceOf(x),
        minutes: Number(x.minutes) || 0,
        percent: Math.min(100, Math.max(1, Number(x.percent) || 90)),
      })
      .then(
        (now) => {
          unsaved.saved(x, String(now.rev))
          toast(t('state.saved'))
        },
        () => undefined, // the form says it
      )
  return (
    <section className="card stack" aria-labelledby="details">
      <h2 id="details">{t('author.details')}</h2>
      <Form error={unsaved.stale ? undefined : save.error} onSubmit={send}>
        <UnsavedNotice of={unsaved} busy={save.isPending} />
        <TextField label={t('author.name')} hint={t('author.in', { lang: languageName(first) })} {...written(unsaved, 'title')} lang={first} required maxLength={200} />
        <AreaField label={t('author.summary')} hint={t('author.summary.hint')} {...written(unsaved, 'summary')} lang={first} maxLength={2000} />
        <TextField label={t('author.minutes')} hint={t('author.minutes.hint')} {...written(unsaved, 'minutes')} type="number" min={1} max={6000} inputMode="numeric" />
        <TextField label={t('author.rule.percent')} hint={t('author.rule.percent.hint')} {...written(unsaved, 'percent')} type="number" min={1} max={100} inputMode="numeric" />
        <AudienceFields of={unsaved} />
        <Choices legend={t('course.languages')}>
          <div className="three tight">
            {locales.map((l) => (
              <Check key={l} {...among(unsaved, 'languages', l)} label={localeNames[l]} disabled={l === first} />
            ))}
          </div>
        </Choices>
        <div className="row">
          <Button type="submit" kind="main" busy={save.isPending}>
            {t('action.save')}
          </Button>
          <UnsavedState of={unsaved} quiet />
        </div>
      </Form>
    </section>
  )
}
