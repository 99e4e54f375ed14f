import { useI18n } from '../../../lib/i18n'
import { SelectField } from '../../../ui/field'
import { useBootcamp } from '../queries'

/** To which cohort something belongs, or to none. */
export function CohortField({ bootcamp, value, onChange }: { bootcamp: string; value: string; onChange: (id: string) => void }) {
  const { t } = useI18n()
  const camp = useBootcamp(bootcamp)
  return (
    <SelectField label={t('fig.part.cohort')} name="cohort" value={value} onChange={(e) => onChange(e.target.value)}>
      <option value="">{t('fig.none')}</option>
      {(camp.data?.cohorts ?? []).map((c) => (
        <option key={c.id} value={c.id}>
          {c.name}
        </option>
      ))}
    </SelectField>
  )
}
