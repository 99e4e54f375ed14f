import type { Figures } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Value } from './value'

/** Why the persons of parts have another sum than the whole. */
export function Bridges({ figures: f }: { figures: Figures }) {
  const { t } = useI18n()
  const list = f.bridges.filter((b) => b.parts > 1)
  if (list.length === 0) return null
  return (
    <section className="stack-2" aria-labelledby="bridges">
      <h2 id="bridges">{t('fig.bridge')}</h2>
      <p className="measure soft">{t('fig.bridge.text')}</p>
      <table className="table">
        <caption className="hidden">{t('fig.bridge')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('fig.bridge.by')}</th>
            <th scope="col" className="num">{t('fig.bridge.sum')}</th>
            <th scope="col" className="num">{t('fig.bridge.again')}</th>
            <th scope="col" className="num">{t('fig.bridge.whole')}</th>
            <th scope="col">{t('fig.bridge.why')}</th>
          </tr>
        </thead>
        <tbody>
          {list.map((b) => (
            <tr key={b.by}>
              <th scope="row">{t(`fig.by.${b.by}`)}</th>
              <td className="num" data-label={t('fig.bridge.sum')}><Value n={b.sum} /></td>
              <td className="num" data-label={t('fig.bridge.again')}><Value n={b.again} /></td>
              <td className="num" data-label={t('fig.bridge.whole')}><Value n={b.whole} /></td>
              <td data-label={t('fig.bridge.why')} className="small">
                <ul className="plain">
                  {b.shares.map((s) => (
                    <li key={s.parts}>
                      {s.persons === undefined ? t('fig.bridge.share.hidden', { parts: s.parts }) : t('fig.bridge.share', { count: s.persons, parts: s.parts })}
                    </li>
                  ))}
                </ul>
              </td>
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  )
}
