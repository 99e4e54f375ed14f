import { Link } from 'wouter'
import { useI18n, Words } from '../../lib/i18n'
import { More } from '../../ui/more'
import { Glance } from './parts'
import './practice.css'
import { usePracticesOfTown } from './queries'

/** What a town has published, on the page about it; nothing where there is none. */
export default function TownPractices({ town }: { town: string }) {
  const { t } = useI18n()
  const practices = usePracticesOfTown(town)
  if (!practices.data || practices.data.items.length === 0) return null
  return (
    <section className="stack-2" aria-labelledby="town-practices">
      <h2 id="town-practices">{t('practice.town.all')}</h2>
      <ul className="plain list">
        {practices.data.items.map((p) => (
          <li key={p.id}>
            <div className="grow stack-2">
              <h3>
                <Link href={`/practices/${p.id}`}>
                  <Words text={p.title} order={p.languages} />
                </Link>
              </h3>
              <Glance of={p} />
            </div>
          </li>
        ))}
      </ul>
      <More pages={practices} />
    </section>
  )
}
