import { useState } from 'react'
import { Link, useSearch } from 'wouter'
import type { CatalogueItem } from '../../../api/types'
import { useI18n, Words } from '../../../lib/i18n'
import { Button, ButtonLink } from '../../../ui/button'
import { SelectField } from '../../../ui/field'
import { More } from '../../../ui/more'
import { Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { SearchField } from '../../../ui/search-field'
import { Empty, Loaded } from '../../../ui/states'
import '../parts/course.css'
import { ProgrammeOffers } from '../programme/programme-offers'
import { useCatalogue } from './queries'
import { locales } from '../../../lib/locale'

/** The courses one may take; for somebody who is not signed in, those that anyone may look at. */
export default function CataloguePage({ nobody = false }: { nobody?: boolean }) {
  const { t, languageName } = useI18n()
  const [q, setQ] = useState(new URLSearchParams(useSearch()).get('q') ?? '')
  const [lang, setLang] = useState('')
  const catalogue = useCatalogue(q)
  return (
    <>
      <PageHead title={t('catalogue.title')} lead={nobody ? t('catalogue.public') : t('catalogue.lead')} />
      <div className="stack-5">
        <div className="filters">
          <SearchField label={t('catalogue.search')} onSearch={setQ} start={q} />
          <SelectField label={t('catalogue.lang')} value={lang} onChange={(e) => setLang(e.target.value)}>
            <option value="">{t('catalogue.lang.all')}</option>
            {locales.map((l) => (
              <option key={l} value={l}>
                {languageName(l)}
              </option>
            ))}
          </SelectField>
        </div>
        <p className="hidden" role="status">
          {catalogue.data ? t('catalogue.found', { count: catalogue.data.items.length }) : ''}
        </p>
        <ProgrammeOffers q={q} lang={lang} />
        <h2 id="courses">{t('catalogue.courses')}</h2>
        <Loaded query={catalogue} block>
          {({ items: all }) => {
            const items = lang ? all.filter((c) => c.languages.includes(lang)) : all
            return items.length > 0 ? (
              <ul className="plain three">
                {items.map((c) => (
                  <Tile key={c.id} course={c} />
                ))}
              </ul>
            ) : q || lang ? (
              <Empty icon="search" title={t('catalogue.none')} action={<Button onClick={() => { setQ(''); setLang('') }}>{t('catalogue.clear')}</Button>}>
                {t('catalogue.none.text')}
              </Empty>
            ) : nobody ? (
              <Empty title={t('catalogue.public.empty')} action={<ButtonLink kind="main" href="/sign-in">{t('signin.do')}</ButtonLink>}>
                {t('catalogue.public.empty.text')}
              </Empty>
            ) : (
              <Empty title={t('catalogue.empty')}>{t('catalogue.empty.text')}</Empty>
            )
          }}
        </Loaded>
        <More pages={catalogue} />
      </div>
    </>
  )
}

function Tile({ course: c }: { course: CatalogueItem }) {
  const { t, list, languageName } = useI18n()
  return (
    <li className="card tile">
      <p className="small soft">{c.owner.name}</p>
      <h3>
        <Link href={`/catalogue/${c.id}`}>
          <Words text={c.title} order={c.languages} />
        </Link>
      </h3>
      <p className="small">
        <Words text={c.summary} order={c.languages} />
      </p>
      <p className="small soft end">
        {t('minutes', { count: c.minutes })} · {t('lessons', { count: c.lessons })} · {list(c.languages.map(languageName))}
      </p>
      {c.state !== 'none' && (
        <p>
          <Tag kind={c.state === 'complete' ? 'good' : 'civic'}>{c.state === 'complete' ? t('state.complete') : t('state.open')}</Tag>
        </p>
      )}
    </li>
  )
}
