import { type ReactNode } from 'react'
import { Link } from 'wouter'
import type { Course, Heat } from '../../../api/types'
import { clock } from '../../../lib/format'
import { useI18n, Words } from '../../../lib/i18n'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty } from '../../../ui/states'
import '../parts/course.css'

/** A part of a film by its title. */
export interface Part {
  from: number
  to: number
  words: string
}

/** How the video of a lesson was watched, second by second, by all who learn the course. */
export function HeatView({ course: c, lesson, heat: h, parts, lang }: { course: Course; lesson: string; heat: Heat; parts: readonly Part[]; lang?: string }) {
  const { t } = useI18n()
  const ref = c.modules.flatMap((m) => m.lessons).find((l) => l.id === lesson)
  return (
    <>
      <PageHead
        title={t('heat.title')}
        lead={ref ? <Words text={ref.title} order={c.languages} /> : undefined}
        crumb={
          <>
            <Link href={`/${c.id}`}>
              <Words text={c.title} order={c.languages} />
            </Link>
            {' · '}
            <Link href={`/${c.id}/lessons/${lesson}`}>{t('kind.video')}</Link>
          </>
        }
      />
      <div className="stack">
        {h.counting ? <Notice>{t('heat.counting')}</Notice> : null}
        {h.hidden ? (
          <Empty icon="people" title={t('heat.few')}>
            {t('heat.few.text', { count: h.group })}
          </Empty>
        ) : (
          <>
            <p>{t('heat.viewers', { count: h.viewers })}</p>
            <Chart heat={h} parts={parts} {...(lang ? { lang } : {})} />
            <p className="small soft measure">{t('heat.rounded', { group: h.group })}</p>
            <Table heat={h} parts={parts} {...(lang ? { lang } : {})} />
          </>
        )}
      </div>
    </>
  )
}

const height = 100

function Chart({ heat: h, parts, lang }: { heat: Heat; parts: readonly Part[]; lang?: string }) {
  const { t, number } = useI18n()
  const n = h.seen.length
  const most = Math.max(1, h.viewers, ...h.seen, ...h.reached)
  const y = (v: number) => height - (v / most) * height
  const area = (all: readonly number[]) => `M0 ${height}${all.map((v, i) => `L${i} ${y(v)}L${i + 1} ${y(v)}`).join('')}L${n} ${height}Z`
  const line = (all: readonly number[]) => all.map((v, i) => `${i === 0 ? 'M' : 'L'}${i} ${y(v)}L${i + 1} ${y(v)}`).join('')
  const mostReplays = Math.max(1, ...h.replays)
  const low = Math.min(...h.seen)
  return (
    <figure className="heat card stack">
      <Key>
        <span className="h-seen">{t('heat.seen')}</span>
        <span className="h-reached">{t('heat.reached')}</span>
        <span className="h-replays">{t('heat.replays')}</span>
      </Key>
      <svg viewBox={`0 0 ${n} ${height}`} preserveAspectRatio="none" role="img" aria-label={t('heat.chart', { most: number(Math.max(...h.seen)), least: number(low), end: number(h.reached.at(-1) ?? 0) })}>
        <path className="h-seen" d={area(h.seen)} />
        <path className="h-reached" d={line(h.reached)} vectorEffect="non-scaling-stroke" />
      </svg>
      <svg className="again" viewBox={`0 0 ${n} ${height}`} preserveAspectRatio="none" role="img" aria-label={t('heat.chart.replays', { most: number(Math.max(0, ...h.replays)) })}>
        <path className="h-replays" d={`M0 ${height}${h.replays.map((v, i) => `L${i} ${height - (v / mostReplays) * height}L${i + 1} ${height - (v / mostReplays) * height}`).join('')}L${n} ${height}Z`} />
      </svg>
      <div className="scale small soft num" aria-hidden="true">
        {[0, 0.25, 0.5, 0.75, 1].map((p) => (
          <span key={p}>{clock(h.length * p)}</span>
        ))}
      </div>
      {parts.length > 0 ? (
        <ol className="plain parts small" aria-label={t('player.chapters')} {...(lang ? { lang } : {})}>
          {parts.map((p) => (
            <li key={p.from} style={{ insetInlineStart: `${(p.from / h.length) * 100}%`, inlineSize: `${((Math.min(p.to, h.length) - p.from) / h.length) * 100}%` }} title={p.words}>
              <span>{p.words}</span>
            </li>
          ))}
        </ol>
      ) : null}
    </figure>
  )
}

function Key({ children }: { children: ReactNode }) {
  return <figcaption className="row small">{children}</figcaption>
}

/** The same as numbers: by chapter, or in twenty parts. */
function Table({ heat: h, parts, lang }: { heat: Heat; parts: readonly Part[]; lang?: string }) {
  const { t, number } = useI18n()
  const rows: readonly Part[] = parts.length > 0 ? parts : equal(h.length)
  const mean = (all: readonly number[], p: Part) => {
    const part = all.slice(Math.floor(p.from / h.step), Math.max(Math.floor(p.from / h.step) + 1, Math.ceil(Math.min(p.to, h.length) / h.step)))
    return Math.floor(part.reduce((a, b) => a + b, 0) / Math.max(1, part.length) / h.group) * h.group
  }
  const at = (all: readonly number[], second: number) => all[Math.min(all.length - 1, Math.floor(second / h.step))] ?? 0
  return (
    <section className="stack" aria-labelledby="numbers">
    <h2 id="numbers">{t('heat.table')}</h2>
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{t('heat.part')}</th>
          <th scope="col" className="num">{t('heat.seen')}</th>
          <th scope="col" className="num">{t('heat.left')}</th>
          <th scope="col" className="num">{t('heat.replays')}</th>
        </tr>
      </thead>
      <tbody>
        {rows.map((p) => (
          <tr key={p.from}>
            <th scope="row">
              <span className="num">
                {clock(p.from)}–{clock(Math.min(p.to, h.length))}
              </span>{' '}
              <span lang={lang}>{p.words}</span>
            </th>
            <td className="num" data-label={t('heat.seen')}>{number(mean(h.seen, p))}</td>
            <td className="num" data-label={t('heat.left')}>{number(Math.max(0, at(h.reached, p.from) - at(h.reached, Math.min(p.to, h.length) - 0.01)))}</td>
            <td className="num" data-label={t('heat.replays')}>{number(mean(h.replays, p))}</td>
          </tr>
        ))}
      </tbody>
    </table>
    </section>
  )
}

function equal(length: number): Part[] {
  const step = Math.max(1, Math.ceil(length / 20))
  const parts = Math.max(1, Math.round(length / step)) // what is left over belongs to the last
  return Array.from({ length: parts }, (_, i) => ({ from: i * step, to: i + 1 === parts ? length : (i + 1) * step, words: '' }))
}
