import type { Bootcamp, Cohort } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { localeNames, locales } from '../../lib/locale'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Form, SelectField, TextField, value } from '../../ui/field'
import { useChangeCohort } from './queries'

const ways = ['open', 'approval', 'invitation'] as const

/** Makes a cohort, or changes one. */
export function CohortForm({ bootcamp, of, onClose }: { bootcamp: Bootcamp; of?: Cohort; onClose: () => void }) {
  const { t } = useI18n()
  const { make, change } = useChangeCohort(bootcamp.id)
  const send = (f: FormData) => {
    const body = { name: value(f, 'name'), language: value(f, 'language'), joining: ways.find((w) => w === value(f, 'joining')) ?? 'approval', seats: Number(value(f, 'seats')) }
    if (of) change.mutate({ of, ...body }, { onSuccess: onClose })
    else make.mutate(body, { onSuccess: onClose })
  }
  return (
    <Dialog title={t(of ? 'cohort.edit' : 'cohort.new')} onClose={onClose}>
      <Form error={make.error ?? change.error} onSubmit={send}>
        <TextField label={t('cohort.name')} name="name" required maxLength={200} defaultValue={of?.name ?? ''} />
        <div className="pair">
          <TextField label={t('cohort.seats')} name="seats" type="number" required min={1} max={1000} defaultValue={of?.seats ?? 30} />
          <SelectField label={t('cohort.language')} name="language" defaultValue={of?.language ?? bootcamp.languages[0]}>
            {locales.map((l) => (
              <option key={l} value={l} lang={l}>
                {localeNames[l]}
              </option>
            ))}
          </SelectField>
        </div>
        <SelectField label={t('cohort.joining')} name="joining" defaultValue={of?.joining ?? 'approval'}>
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
        </div>
      </Form>
    </Dialog>
  )
}
