import { openFilePath } from '../../api/client'
import type { PracticeContent, PracticeFile } from '../../api/types'
import { useI18n, Words } from '../../lib/i18n'
import { pick } from '../../lib/locale'

interface Of {
  practice: string
  content: PracticeContent
}

/** The pictures of a card, each with what it shows for who does not see it. */
export function Pictures({ practice, content: c }: Of) {
  const { t, locale } = useI18n()
  const list = (c.files ?? []).filter((f) => f.kind === 'image')
  if (list.length === 0) return null
  return (
    <section className="pictures" aria-label={t('practice.pictures')}>
      {list.map((f) => {
        const alt = pick(f.alt ?? {}, locale, c.languages)
        return (
          <figure key={f.id} className="stack-2">
            <img src={openFilePath(practice, f.id)} alt={alt.words} lang={alt.lang} loading="lazy" />
            <figcaption className="small soft">
              <Words text={f.title} order={c.languages} /> {f.licence || c.licence}
            </figcaption>
          </figure>
        )
      })}
    </section>
  )
}

/** What else is kept with a card, to be taken along. */
export function FileList({ practice, content: c }: Of) {
  const { t, bytes } = useI18n()
  return (
    <ul className="points">
      {others(c).map((f) => (
        <li key={f.id}>
          <a href={openFilePath(practice, f.id)} download={f.name}>
            {f.title && Object.keys(f.title).length > 0 ? <Words text={f.title} order={c.languages} /> : f.name}
          </a>{' '}
          <span className="small soft">{[t(`practice.link.${f.kind}`), bytes(f.size ?? 0), f.licence || c.licence].filter(Boolean).join(' · ')}</span>
        </li>
      ))}
    </ul>
  )
}

/** The files of a card that are no pictures. */
export const others = (c: PracticeContent): PracticeFile[] => (c.files ?? []).filter((f) => f.kind !== 'image')
