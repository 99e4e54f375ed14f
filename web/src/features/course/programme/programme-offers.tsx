import { Link } from 'wouter'
import type { ProgrammeOffer } from '../../../api/types'
import { useI18n, Words } from '../../../lib/i18n'
import { More } from '../../../ui/more'
import { Tag } from '../../../ui/notice'
import '../parts/course.css'
import { useProgrammeOffers } from './queries'

/** The programmes of the catalogue; nothing where there are none. */
export function ProgrammeOffers({ q, lang }: { q: string; lang: string }) {
  const { t } = useI18n()
  const offers = useProgrammeOffers(q)
  const items = offers.data?.items.filter((p) => !lang || p.languages.includes(lang)) ?? []
  if (items.length === 0) return null
  return (
    <section aria-labelledby="programmes" className="stack">
      <div>
        <h2 id="programmes">{t('catalogue.programmes')}</h2>
        <p className="small soft">{t('catalogue.programmes.lead')}</p>
      </div>
      <ul className="plain three wider">
        {items.map((p) => (
          <Offer key={p.id} programme={p} />
        ))}
      </ul>
      <More pages={offers} />
    </section>
  )
}

function Offer({ programme: p }: { programme: ProgrammeOffer }) {
  const { t, list, languageName } = useI18n()
  return (
    <li className="card tile programme">
      <p className="small soft">{p.owner.name}</p>
      <h3>
        <Link href={`/programmes/${p.id}`}>
          <Words text={p.title} order={p.languages} />
        </Link>
      </h3>
      <p className="small">
        <Words text={p.summary} order={p.languages} />
      </p>
      <p className="small soft end">
        {t('catalogue.found', { count: p.courses })} · {list(p.languages.map(languageName))}
      </p>
      {p.state !== 'none' && (
        <p>
          <Tag kind={p.state === 'complete' ? 'good' : 'civic'}>{p.state === 'complete' ? t('state.complete') : t('state.open')}</Tag>
        </p>
      )}
    </li>
  )
}
