import type { FigureLine, Figures } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import type { Chosen } from './queries'
import { find, kinds, modes, usePartName, Value } from './value'

/** A figure by its parts, each with the way to its records. */
export function Division({ figures: f, what, by, onOpen }: { figures: Figures; what: FigureLine['what']; by: Exclude<FigureLine['by'], ''>; onOpen: (of: Chosen) => void }) {
  const { t } = useI18n()
  const name = usePartName()
  const rows = f.lines.filter((l) => l.what === what && l.by === by).map((l) => ({ ...l, label: name(l) })).sort((a, b) => a.label.localeCompare(b.label))
  if (rows.length === 0) return null
  const people = what === 'presence'
  const may = f.named || (what !== 'presence' && what !== 'visit')
  const time = what === 'presence' || what === 'visit'
  return (
    <table className="table">
      <caption>{t(`fig.by.${by}`)}</caption>
      <thead>
        <tr>
          <th scope="col">{t(`fig.part.${by}`)}</th>
          <th scope="col" className="num">{t(people ? 'fig.presences' : 'fig.number')}</th>
          {time ? <th scope="col" className="num">{t('fig.hours')}</th> : null}
          {people ? <th scope="col" className="num">{t('fig.persons')}</th> : null}
          {may ? (
            <th scope="col" className="no-print">
              <span className="hidden">{t('table.actions')}</span>
            </th>
          ) : null}
        </tr>
      </thead>
      <tbody>
        {rows.map((l) => (
          <tr key={l.part}>
            <th scope="row">{l.label}</th>
            <td className="num" data-label={t(people ? 'fig.presences' : 'fig.number')}><Value n={l.count} /></td>
            {time ? <td className="num" data-label={t('fig.hours')}><Value n={l.minutes} hours /></td> : null}
            {people ? <td className="num" data-label={t('fig.persons')}><Value n={l.persons} /></td> : null}
            {may ? (
              <td className="acts no-print">
                <Button tight onClick={() => onOpen({ what, by, part: l.part })}>
                  {t('fig.records')}
                  <span className="hidden">: {l.label}</span>
                </Button>
              </td>
            ) : null}
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** Hours of presence by how a session takes place and of which kind it is. */
export function Cross({ figures: f }: { figures: Figures }) {
  const { t } = useI18n()
  const shown = modes.filter((m) => find(f, 'presence', 'mode', m))
  const rows = kinds.filter((k) => find(f, 'presence', 'kind', k))
  if (rows.length === 0) return <p className="soft">{t('fig.cross.none')}</p>
  const whole = find(f, 'presence')
  return (
    <div className="scroll-x" tabIndex={0} role="region" aria-label={t('fig.cross')}>
      <table className="table cross">
        <caption className="hidden">{t('fig.cross')}</caption>
        <thead>
          <tr>
            <th scope="col">{t('fig.part.kind')}</th>
            {shown.map((m) => (
              <th key={m} scope="col" className="num">{t(`meet.mode.${m}`)}</th>
            ))}
            <th scope="col" className="num">{t('fig.all')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map((k) => (
            <tr key={k}>
              <th scope="row">{t(`meet.kind.${k}`)}</th>
              {shown.map((m) => {
                const cell = find(f, 'presence', 'cross', `${m}.${k}`)
                return <td key={m} className="num" data-label={t(`meet.mode.${m}`)}>{cell ? <Value n={cell.minutes} hours /> : <Value n={0} />}</td>
              })}
              <td className="num" data-label={t('fig.all')}><Value n={find(f, 'presence', 'kind', k)?.minutes} hours /></td>
            </tr>
          ))}
          <tr>
            <th scope="row">{t('fig.all')}</th>
            {shown.map((m) => (
              <td key={m} className="num" data-label={t(`meet.mode.${m}`)}><Value n={find(f, 'presence', 'mode', m)?.minutes} hours /></td>
            ))}
            <td className="num" data-label={t('fig.all')}><Value n={whole?.minutes} hours /></td>
          </tr>
        </tbody>
      </table>
    </div>
  )
}
