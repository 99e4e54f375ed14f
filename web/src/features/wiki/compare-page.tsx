import { useSearchParams } from 'wouter'
import type { WikiPage } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { SelectField } from '../../ui/field'
import { More } from '../../ui/more'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { Crumb, Differences, type PlaceProps } from './parts'
import { useWikiPage, useWikiVersions } from './queries'

/** Two versions of a page, and what is different. */
export default function ComparePage({ place, base, id }: PlaceProps & { id: string }) {
  return (
    <Loaded query={useWikiPage(place, id)} page>
      {(p) => <View page={p} base={base} />}
    </Loaded>
  )
}

function View({ page: p, base }: { page: WikiPage; base: string }) {
  const { t, dateTime } = useI18n()
  const [search, setSearch] = useSearchParams()
  const from = Number(search.get('from')) || Math.max(1, p.number - 1)
  const to = Number(search.get('to')) || p.number
  const versions = useWikiVersions(p.wiki.place, p.id)
  const choose = (change: Record<string, string>) => setSearch((s) => ({ ...Object.fromEntries(s), ...change }), { replace: true })
  const options = (versions.data?.items ?? []).map((v) => (
    <option key={v.number} value={v.number}>
      {t('wiki.version', { number: v.number })} · {dateTime(v.at)}
    </option>
  ))
  return (
    <>
      <PageHead title={t('wiki.compare')} crumb={<Crumb wiki={p.wiki} base={base} title={p.title} href={`${base}/${p.id}`} />} />
      <div className="stack-5">
        <div className="filters">
          <SelectField label={t('wiki.compare.from')} value={from} onChange={(e) => choose({ from: e.target.value })}>
            {options}
          </SelectField>
          <SelectField label={t('wiki.compare.to')} value={to} onChange={(e) => choose({ to: e.target.value })}>
            {options}
          </SelectField>
        </div>
        <More pages={versions} />
        <section aria-label={t('wiki.compare')}>
          <Differences place={p.wiki.place} w={p.id} from={from} to={to} />
        </section>
      </div>
    </>
  )
}
