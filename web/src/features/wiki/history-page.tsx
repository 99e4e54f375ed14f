import { Link } from 'wouter'
import type { WikiPage } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { More } from '../../ui/more'
import { Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { Crumb, type PlaceProps, useWhoWhen } from './parts'
import { useWikiPage, useWikiVersions } from './queries'

/** What a page said, version by version. */
export default function HistoryPage({ place, base, id }: PlaceProps & { id: string }) {
  return (
    <Loaded query={useWikiPage(place, id)} page>
      {(p) => <View page={p} base={base} />}
    </Loaded>
  )
}

function View({ page: p, base }: { page: WikiPage; base: string }) {
  const { t } = useI18n()
  const whoWhen = useWhoWhen()
  const versions = useWikiVersions(p.wiki.place, p.id)
  const at = `${base}/${p.id}`
  return (
    <>
      <PageHead title={t('wiki.history')} crumb={<Crumb wiki={p.wiki} base={base} title={p.title} href={at} />} lead={t('wiki.history.lead')} />
      <Loaded query={versions}>
        {({ items }) => (
          <ul className="plain list">
            {items.map((v) => (
              <li key={v.number}>
                <div className="grow stack-2">
                  <h2>
                    <Link href={`${at}/history/${v.number}`}>{t('wiki.version', { number: v.number })}</Link>
                  </h2>
                  <p className="soft small">{whoWhen(v.by, v.at)}</p>
                  {v.why ? <p>{v.why}</p> : null}
                  {v.from ? <p className="soft small">{t('wiki.restored', { number: v.from })}</p> : null}
                  <p className="row">
                    {v.number === p.number ? <Tag kind="good">{t('wiki.now')}</Tag> : null}
                    {v.number > 1 ? (
                      <Link href={`${at}/compare?from=${v.number - 1}&to=${v.number}`}>
                        {t('wiki.compare.before')}
                        <span className="hidden">: {v.number}</span>
                      </Link>
                    ) : null}
                    {v.number < p.number ? (
                      <Link href={`${at}/compare?from=${v.number}&to=${p.number}`}>
                        {t('wiki.compare.now')}
                        <span className="hidden">: {v.number}</span>
                      </Link>
                    ) : null}
                  </p>
                </div>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
      <More pages={versions} />
    </>
  )
}
