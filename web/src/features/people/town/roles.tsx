import type { TownRole } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Check, Choices } from '../../../ui/field'

/** The roles that a town administrator may give. */
export const townRoles = ['learner', 'author', 'facilitator', 'hr', 'administrator'] as const satisfies readonly TownRole[]

export function RoleChoice({ chosen }: { chosen: readonly TownRole[] }) {
  const { t } = useI18n()
  return (
    <Choices legend={t('roles.legend')}>
      {townRoles.map((r) => (
        <Check key={r} name="roles" value={r} label={t(`role.${r}`)} hint={t(`role.${r}.hint`)} defaultChecked={chosen.includes(r)} />
      ))}
    </Choices>
  )
}

export function rolesOf(form: FormData): TownRole[] {
  const given = form.getAll('roles')
  return townRoles.filter((r) => given.includes(r))
}
