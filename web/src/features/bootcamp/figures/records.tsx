import type { FigureRecord } from '../../../api/types'
import { useZone } from '../../../api/zone'
import { today } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'
import { Dialog } from '../../../ui/dialog'
import { More } from '../../../ui/more'
import { Empty, Loaded } from '../../../ui/states'
import { type Chosen, useFigureRecords } from './queries'
import { usePartName } from './value'

/** The records behind a figure. */
export function Records({ bootcamp, asOf, of, onClose }: { bootcamp: string; asOf: string; of: Chosen; onClose: () => void }) {
  const { t } = useI18n()
  const records = useFigureRecords(bootcamp, asOf, of)
  return (
    <Dialog title={t(`fig.behind.${of.what}`)} onClose={onClose} wide>
      <Loaded query={records}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="list" title={t('fig.behind.none')} />
          ) : (
            <ul className="plain list">
              {items.map((r) => (
                <li key={r.id}>
                  <Line record={r} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More pages={records} />
    </Dialog>
  )
}

function Line({ record: r }: { record: FigureRecord }) {
  const { t, day } = useI18n()
  const zone = useZone()
  const name = usePartName()
  const part = (by: 'mode' | 'kind' | 'topic' | 'outcome' | 'stage', is: string) => (is ? name({ what: r.what, by, part: is }) : '')
  const about = [part('mode', r.mode), part('kind', r.kind), part('topic', r.topic), r.what === 'adoption' ? part('stage', r.outcome) : part('outcome', r.outcome), ...r.lessons, r.minutes > 0 ? t('minutes', { count: r.minutes }) : '']
  const who = r.what === 'presence' ? r.name || t('room.nobody') : r.what === 'visit' ? r.name || t('fig.somebody') : ''
  return (
    <div className="grow">
      <p>
        <b>{day(r.on)}</b> {who ? <span>{who}</span> : null} {r.town ? <span className="soft">{r.town}</span> : null}
      </p>
      {r.title ? <p lang={r.language || undefined}>{r.title}</p> : null}
      <p className="small soft">{about.filter(Boolean).join(' · ')}</p>
      <p className="small soft">{t('fig.entered.on', { date: day(today(zone, new Date(r.entered))) })}</p>
    </div>
  )
}
