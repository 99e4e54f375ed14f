import { Redirect, useSearch } from 'wouter'
import { isFault } from '../../lib/fault'
import { useI18n } from '../../lib/i18n'
import { ButtonLink } from '../../ui/button'
import { PageHead } from '../../ui/page-head'
import { Empty, Loaded } from '../../ui/states'
import { Crumb, type PlaceProps } from './parts'
import { useTitled, useWiki } from './queries'

/** Leads to the page that is called so, or offers to write it. */
export default function TitledPage({ place, base }: PlaceProps) {
  const { t } = useI18n()
  const title = new URLSearchParams(useSearch()).get('title') ?? ''
  const found = useTitled(place, title)
  const wiki = useWiki(place)
  if (found.data) return <Redirect to={`${base}/${found.data.id}`} replace />
  if (!isFault(found.error) || found.error.code !== 'wiki.not_found') return <Loaded query={found} page>{() => null}</Loaded>
  return (
    <Loaded query={wiki} page>
      {(k) => (
        <>
          <PageHead title={title} crumb={<Crumb wiki={k} base={base} />} />
          <Empty
            title={t('wiki.unwritten')}
            action={
              k.writes ? (
                <ButtonLink kind="main" href={`${base}/new?title=${encodeURIComponent(title)}`}>
                  {t('wiki.new')}
                </ButtonLink>
              ) : undefined
            }
          >
            {t('wiki.unwritten.text')}
          </Empty>
        </>
      )}
    </Loaded>
  )
}
