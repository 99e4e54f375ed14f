import type { Practice } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { More } from '../../ui/more'
import { Tag } from '../../ui/notice'
import { Loaded } from '../../ui/states'
import { rubric } from './lists'
import { useReviews } from './queries'

/** What other towns say of this version. */
export function Reviews({ practice: p }: { practice: Practice }) {
  const { t, date } = useI18n()
  const reviews = useReviews(p.id, p.version)
  return (
    <section>
      <h2>{t('practice.reviews')}</h2>
      <Loaded query={reviews}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">{t('practice.reviews.none')}</p>
          ) : (
            <ul className="plain stack">
              {items.map((r) => (
                <li key={r.town} className="card stack-2">
                  <p className="row between">
                    <b>{r.townName}</b>
                    <Tag {...(r.recommends ? { kind: 'good' as const } : {})}>{t(r.recommends ? 'practice.review.recommends' : 'practice.review.hesitates')}</Tag>
                  </p>
                  <p lang={r.language} className="words">
                    {r.words}
                  </p>
                  <dl className="marks small">
                    {rubric.map((k) => (
                      <div key={k}>
                        <dt>{t(`practice.rubric.${k}`)}</dt>
                        <dd>{t('practice.mark', { mark: r.marks[k] ?? 0 })}</dd>
                      </div>
                    ))}
                  </dl>
                  <p className="small soft">{[r.name, date(r.at)].filter(Boolean).join(', ')}</p>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More pages={reviews} />
    </section>
  )
}
