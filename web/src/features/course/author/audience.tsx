import { useQuery } from '@tanstack/react-query'
import { useState } from 'react'
import { sessionQuery } from '../../../api/session'
import { useI18n } from '../../../lib/i18n'
import { Check, Choices, SelectField, value, values } from '../../../ui/field'
import { Loaded } from '../../../ui/states'
import { useTowns } from './queries'

const audiences = ['town', 'towns', 'network', 'public'] as const
type Audience = (typeof audiences)[number]

/** Who may take something, as two fields of a form: visibility, and the towns where they are chosen one by one. */
export function AudienceFields({ start, towns: chosen }: { start: Audience; towns: readonly string[] }) {
  const { t } = useI18n()
  const [visibility, setVisibility] = useState<string>(start)
  const choosing = visibility === 'towns'
  const towns = useTowns(choosing)
  const own = useQuery(sessionQuery).data?.organisation?.id // it always may
  return (
    <>
      <SelectField label={t('author.audience')} name="visibility" value={visibility} onChange={(e) => setVisibility(e.currentTarget.value)}>
        {audiences.map((a) => (
          <option key={a} value={a}>
            {t(`author.audience.${a}`)}
          </option>
        ))}
      </SelectField>
      {choosing && (
        <Choices legend={t('author.audience.choose')}>
          <Loaded query={towns}>
            {(all) => {
              const list = all.filter((o) => o.id !== own)
              return list.length === 0 ? (
                <p className="soft">{t('author.audience.none')}</p>
              ) : (
                <div className="pick options">
                  {list.map((o) => (
                    <Check key={o.id} name="towns" value={o.id} label={o.name} defaultChecked={chosen.includes(o.id)} />
                  ))}
                </div>
              )
            }}
          </Loaded>
        </Choices>
      )}
    </>
  )
}

/** What AudienceFields has entered. */
export function audienceOf(form: FormData, before: Audience): { visibility: Audience; towns: string[] } {
  const visibility = audiences.find((a) => a === value(form, 'visibility')) ?? before
  return { visibility, towns: visibility === 'towns' ? values(form, 'towns') : [] }
}
