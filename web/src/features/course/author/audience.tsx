import { useQuery } from '@tanstack/react-query'
import { sessionQuery } from '../../../api/session'
import { useI18n } from '../../../lib/i18n'
import { Check, Choices, SelectField } from '../../../ui/field'
import { Loaded } from '../../../ui/states'
import { among, type Writing, written } from '../../../ui/written'
import { useTowns } from './queries'

const audiences = ['town', 'towns', 'network', 'public'] as const
type Audience = (typeof audiences)[number]

/** Who may take something, as two fields of a form: visibility, and the towns where they are chosen one by one. */
export function AudienceFields({ of }: { of: Writing<'visibility', string> & Writing<'towns', string[]> }) {
  const { t } = useI18n()
  const choosing = of.value.visibility === 'towns'
  const towns = useTowns(choosing)
  const own = useQuery(sessionQuery).data?.organisation?.id // it always may
  return (
    <>
      <SelectField label={t('author.audience')} {...written(of, 'visibility')}>
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
                    <Check key={o.id} {...among(of, 'towns', o.id)} label={o.name} />
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
export function audienceOf(x: { visibility: string; towns: string[] }): { visibility: Audience; towns: string[] } {
  const visibility = audiences.find((a) => a === x.visibility) ?? 'town'
  return { visibility, towns: visibility === 'towns' ? x.towns : [] }
}
