import { useQuery } from '@tanstack/react-query'
import { useSearchParams } from 'wouter'
import { client, content } from '../../../api/client'
import { wholeList } from '../../../api/pages'
import { useI18n } from '../../../lib/i18n'
import { SelectField } from '../../../ui/field'

export interface Town {
  /** What to ask for: the organisation that is looked at; '' is one's own. */
  id: string
  /** False while an operator's first town is not known yet. */
  ready: boolean
  error: unknown
  refetch: () => unknown
  /** All towns, for an operator to choose from. */
  towns: { id: string; name: string }[] | undefined
  /** Of the town that an operator chose; others have their own. */
  zone: string | undefined
  choose: (id: string) => void
}

/** The town whose record store is looked at. Operators choose it, and the address of the page keeps it. */
export function useTown(operator: boolean, own: string | undefined): Town {
  const [search, setSearch] = useSearchParams()
  const all = useQuery({
    queryKey: ['organisations', 'whole'],
    enabled: operator,
    queryFn: () => wholeList((cursor) => content(client.GET('/organisations', { params: { query: { limit: 200, ...(cursor ? { cursor } : {}) } } }))),
  })
  const chosen = search.get('town')
  const id = operator ? (chosen ?? own ?? all.data?.[0]?.id ?? '') : ''
  return {
    id,
    ready: !operator || id !== '' || all.data !== undefined,
    error: all.error,
    refetch: all.refetch,
    towns: operator ? all.data : undefined,
    zone: all.data?.find((o) => o.id === id)?.zone,
    choose: (town) => setSearch((s) => new URLSearchParams({ ...Object.fromEntries(s), town }), { replace: true }),
  }
}

/** A query about that town, which fails and is asked again together with the list of towns. */
export function inTown<D>(town: Town, query: { data: D | undefined; error: unknown; refetch: () => unknown }) {
  return { data: query.data, error: town.error ?? query.error, refetch: () => Promise.all([...(town.error ? [town.refetch()] : []), query.refetch()]) }
}

export function TownChoice({ town }: { town: Town }) {
  const { t } = useI18n()
  if (!town.towns) return null
  return (
    <SelectField label={t('store.town')} value={town.id} onChange={(e) => town.choose(e.target.value)}>
      {town.towns.map((o) => (
        <option key={o.id} value={o.id}>
          {o.name}
        </option>
      ))}
    </SelectField>
  )
}
