import type { Bootcamp, Cohort } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { localeNames, locales } from '../../lib/locale'
import { useUnsaved } from '../../lib/unsaved'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Form, SelectField, TextField } from '../../ui/field'
import { UnsavedNotice, UnsavedState } from '../../ui/unsaved'
import { written } from '../../ui/written'
import { useChangeCohort } from './queries'

const ways = ['open', 'approval', 'invitation'] as const

/** Makes a cohort, or changes one. */
export function CohortForm({ bootcamp, of, onClose }: { bootcamp: Bootcamp; of?: Cohort; onClose: () => void }) {
  const { t } = useI18n()
  const { make, change } = useChangeCohort(bootcamp.id)
  const joining: string = of?.joining ?? 'approval'
  const unsaved = useUnsaved(`cohort.${bootcamp.id}.${of?.id ?? 'new'}`, of?.edition ?? '', {
    name: of?.name ?? '', seats: String(of?.seats ?? 30), language: of?.language ?? bootcamp.languages[0] ?? 'en', joining,
  })
  const { value: x } = unsaved
  const send = () => {
    const body = { name: x.name.trim(), language: x.language, joining: ways.find((w) => w === x.joining) ?? 'approval', seats: Number(x.seats) }
    void (of ? change.mutateAsync({ c: of.id, edition: unsaved.of, ...body }) : make.mutateAsync(body)).then(
      (now) => {
        unsaved.saved(x, of ? String(now.edition) : '')
        onClose()
      },
      () => undefined, // the form says it
    )
  }
  return (
    <Dialog title={t(of ? 'cohort.edit' : 'cohort.new')} onClose={onClose}>
      <Form error={unsaved.stale ? undefined : (make.error ?? change.error)} onSubmit={send}>
        <UnsavedNotice of={unsaved} busy={change.isPending} />
        <TextField label={t('cohort.name')} {...written(unsaved, 'name')} required maxLength={200} />
        <div className="pair">
          <TextField label={t('cohort.seats')} {...written(unsaved, 'seats')} type="number" required min={1} max={1000} />
          <SelectField label={t('cohort.language')} {...written(unsaved, 'language')}>
            {locales.map((l) => (
              <option key={l} value={l} lang={l}>
                {localeNames[l]}
              </option>
            ))}
          </SelectField>
        </div>
        <SelectField label={t('cohort.joining')} {...written(unsaved, 'joining')}>
          {ways.map((w) => (
            <option key={w} value={w}>
              {t(`cohort.joining.${w}`)}
            </option>
          ))}
        </SelectField>
        <div className="row">
          <Button kind="main" type="submit" busy={make.isPending || change.isPending}>
            {t('action.save')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <UnsavedState of={unsaved} quiet />
        </div>
      </Form>
    </Dialog>
  )
}
