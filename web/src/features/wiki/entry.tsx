import { Link } from 'wouter'
import { useI18n } from '../../lib/i18n'
import { Icon } from '../../ui/icon'
import { useWikiPages } from './queries'

/** The way to a cohort's pages, with those that changed last. To who may not read them there is nothing. */
export default function WikiEntry({ place, base }: { place: string; base: string }) {
  const { t } = useI18n()
  const pages = useWikiPages(place, '', 'change')
  if (!pages.data) return null
  return (
    <section className="card stack-2 no-print" aria-labelledby="wiki">
      <h2 id="wiki">{t('wiki.title')}</h2>
      <p className="iconed">
        <Icon name="book" />
        <Link href={base}>{t('wiki.open')}</Link>
      </p>
      {pages.data.items.length > 0 ? (
        <ul className="plain small stack-2">
          {pages.data.items.slice(0, 3).map((p) => (
            <li key={p.id}>
              <Link href={`${base}/${p.id}`} lang={p.language}>
                {p.title}
              </Link>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  )
}
