import { Link } from 'wouter'
import { useI18n } from '../../lib/i18n'
import { More } from '../../ui/more'
import { ButtonLink } from '../../ui/button'
import { PageHead } from '../../ui/page-head'
import { Empty, Loaded } from '../../ui/states'
import { useTerritories } from './queries'

/** The towns with pages about them. */
export default function TerritoriesPage({ own }: { own: string }) {
  const { t, countryName, date } = useI18n()
  const towns = useTerritories()
  return (
    <>
      <PageHead
        title={t('wiki.territories')}
        crumb={<Link href="/practices">{t('practice.title')}</Link>}
        lead={t('wiki.territories.lead')}
        action={<ButtonLink href={`/practices/territories/${own}`}>{t('wiki.territories.own')}</ButtonLink>}
      />
      <Loaded query={towns}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="globe" title={t('wiki.territories.none')}>
              {t('wiki.none.text')}
            </Empty>
          ) : (
            <ul className="plain list">
              {items.map((x) => (
                <li key={x.id}>
                  <div className="grow">
                    <h2>
                      <Link href={`/practices/territories/${x.id}`}>{x.name}</Link>
                    </h2>
                    <p className="soft small">
                      {countryName(x.country)} · {date(x.updated)}
                    </p>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More pages={towns} />
    </>
  )
}
