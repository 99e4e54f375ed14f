import { useState } from 'react'
import type { CountKind } from '../../../api/types'
import { useZone } from '../../../api/zone'
import { dayBefore, daysBetween, today } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { SelectField } from '../../../ui/field'
import { More } from '../../../ui/more'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useSayFault, useToast } from '../../../ui/toast'
import { verbNames, verbs } from '../browse/verbs'
import '../lrs.css'
import { useCounts, useDays, useRecount, useTop } from './flow-queries'
import { inTown, type Town, TownChoice, useTown } from './town-choice'

const kinds: readonly CountKind[] = ['verb', 'activity', 'actor', 'course']
const spans = [30, 90, 365] as const

/** What happens in a record store, in figures: day by day, and what is most frequent. */
export default function FiguresPage({ operator, own, recounts }: { operator: boolean; own: string | undefined; recounts: boolean }) {
  const { t, number, date } = useI18n()
  const town = useTown(operator, own)
  const counts = useCounts(town.id, town.ready)
  const recount = useRecount(town.id)
  const toast = useToast()
  const sayFault = useSayFault()
  return (
    <>
      <PageHead
        title={t('figures.title')}
        lead={t('figures.lead')}
        action={
          recounts ? (
            <Button busy={recount.isPending} onClick={() => recount.mutate(undefined, { onSuccess: () => toast(t('figures.recounting')), onError: sayFault })}>
              {t('figures.recount')}
            </Button>
          ) : undefined
        }
      />
      <div className="column">
        {town.towns ? (
          <div className="filters">
            <TownChoice town={town} />
          </div>
        ) : null}
        <Loaded query={inTown(town, counts)}>
          {(c) =>
            c.head === 0 ? (
              <Empty icon="list" title={t('stmt.empty')}>
                {t('stmt.empty.text')}
              </Empty>
            ) : (
              <>
                <div>
                  <p>
                    <span className="figure">{number(c.total)}</span> <span className="soft">{t('figures.total', { count: c.total })}</span>
                  </p>
                  <p className="small soft">{t('figures.counted', { when: date(c.since) })}</p>
                </div>
                {c.rebuilding ? <Notice>{t('figures.rebuilding', { done: number(c.rebuilt), head: number(c.head) })}</Notice> : null}
                <div className="two even">
                  <Days town={town} />
                  <Top town={town.id} />
                </div>
              </>
            )
          }
        </Loaded>
      </div>
    </>
  )
}

function Days({ town }: { town: Town }) {
  const { t, number, day: dayOf } = useI18n()
  const [span, setSpan] = useState<(typeof spans)[number]>(30)
  const own = useZone()
  const to = today(town.zone ?? own) // by whose clocks the record store counts
  const from = dayBefore(to, span - 1)
  const days = useDays(town.id, from, to, true)
  return (
    <section className="card stack" aria-labelledby="days">
      <h2 id="days">{t('figures.days')}</h2>
      <SelectField label={t('figures.span')} value={span} onChange={(e) => setSpan(spans.find((s) => String(s) === e.target.value) ?? 30)}>
        {spans.map((s) => (
          <option key={s} value={s}>
            {t('figures.span.days', { count: s })}
          </option>
        ))}
      </SelectField>
      <Loaded query={days}>
        {({ days: all }) => {
          const most = Math.max(1, ...all.map((d) => d.n))
          return all.length === 0 ? (
            <p className="soft">{t('figures.none')}</p>
          ) : (
            <>
              <svg className="days" viewBox={`0 0 ${span} 100`} preserveAspectRatio="none" role="img" aria-label={t('figures.chart', { most: number(most) })}>
                {all.map((d) => (
                  <rect key={d.date} x={daysBetween(from, d.date) + 0.1} width={0.8} y={100 - (d.n / most) * 100} height={(d.n / most) * 100} />
                ))}
              </svg>
              <p className="row between small soft" aria-hidden="true">
                <span>{dayOf(from)}</span>
                <span>{dayOf(to)}</span>
              </p>
              <details>
                <summary>{t('figures.table')}</summary>
                <table className="table">
                  <thead>
                    <tr>
                      <th scope="col">{t('figures.day')}</th>
                      <th scope="col" className="num">
                        {t('figures.count')}
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {[...all].reverse().map((d) => (
                      <tr key={d.date}>
                        <th scope="row">{dayOf(d.date)}</th>
                        <td className="num" data-label={t('figures.count')}>
                          {number(d.n)}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </details>
            </>
          )
        }}
      </Loaded>
    </section>
  )
}

function Top({ town }: { town: string }) {
  const { t, number } = useI18n()
  const [kind, setKind] = useState<CountKind>('verb')
  const top = useTop(town, kind, true)
  const name = (key: string) => {
    const known = kind === 'verb' ? verbNames.find((v) => verbs[v] === key) : undefined
    return known ? t(`stmt.verb.${known}`) : key
  }
  return (
    <section className="card stack" aria-labelledby="top">
      <h2 id="top">{t('figures.top')}</h2>
      <SelectField label={t('figures.kind')} value={kind} onChange={(e) => setKind(kinds.find((k) => k === e.target.value) ?? 'verb')}>
        {kinds.map((k) => (
          <option key={k} value={k}>
            {t(`figures.kind.${k}`)}
          </option>
        ))}
      </SelectField>
      <Loaded query={top}>
        {({ items }) => {
          const most = Math.max(1, ...items.map((i) => i.total))
          return items.length === 0 ? (
            <p className="soft">{t('figures.none')}</p>
          ) : (
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t(`figures.kind.${kind}`)}</th>
                  <th scope="col" className="num">
                    {t('figures.count')}
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((i) => (
                  <tr key={i.key}>
                    <th scope="row" className="breaks">
                      {i.name ? <b>{i.name} </b> : null}
                      <bdi className={i.name ? 'small soft' : undefined}>{name(i.key)}</bdi>
                      <span className="share" style={{ inlineSize: `${(i.total / most) * 100}%` }} aria-hidden="true" />
                    </th>
                    <td className="num" data-label={t('figures.count')}>
                      {number(i.total)}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }}
      </Loaded>
      <More pages={top} />
    </section>
  )
}
