import { useState } from 'react'
import { Link } from 'wouter'
import { say } from '../../../lib/fault'
import { clock } from '../../../lib/format'
import { useI18n, Words } from '../../../lib/i18n'
import { Notice } from '../../../ui/notice'
import { SearchField } from '../../../ui/search-field'
import { useSaid } from './queries'

/** Finds what is said anywhere in the videos of a course; each place is a link to its second. */
export function SaidSearch({ enrolment, base, order }: { enrolment: string; base: string; order: readonly string[] }) {
  const i18n = useI18n()
  const { t, locale } = i18n
  const [q, setQ] = useState('')
  const said = useSaid(enrolment, q, locale)
  return (
    <section className="card stack" aria-labelledby="said">
      <h2 id="said">{t('said.title')}</h2>
      <SearchField label={t('said.label')} onSearch={setQ} />
      <p className="small soft" role="status">
        {said.data ? `${t('said.found', { count: said.data.items.length })}${said.data.more ? ` ${t('said.more')}` : ''}` : said.isFetching ? t('state.loading') : ''}
      </p>
      {said.error ? (
        <Notice kind="wrong" alert>
          {say(said.error, i18n)}
        </Notice>
      ) : null}
      {said.data && said.data.items.length > 0 ? (
        <ul className="plain list">
          {said.data.items.map((s) => (
            <li key={`${s.lesson} ${s.at} ${s.text}`}>
              <span className="grow">
                <Link href={`${base}/${s.lesson}?t=${Math.floor(s.at)}`}>
                  <span className="num">{clock(s.at)}</span> <span lang={s.lang}>{s.text}</span>
                </Link>
                <span className="small soft block">
                  <Words text={s.title} order={order} />
                </span>
              </span>
            </li>
          ))}
        </ul>
      ) : null}
    </section>
  )
}
