import { useState } from 'react'
import { Link } from 'wouter'
import type { Adopter } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { StageTag } from './parts'

/** Who took a practice from whom: as a tree, or as a table that says the same. */
export function LineageView({ practice, town, since, branches, interested }: { practice: string; town: string; since: string; branches: Adopter[]; interested: number }) {
  const { t, locale } = useI18n()
  const [table, setTable] = useState(false)
  const year = new Intl.DateTimeFormat(locale, { year: 'numeric', month: 'long' }).format(new Date(since))
  return (
    <div className="stack-2">
      {table ? (
        <LineageTable practice={practice} town={town} branches={branches} />
      ) : (
        <ul className="plain tree">
          <li>
            <i className="dot" aria-hidden="true" />
            <div>
              <b>{town}</b> <span className="small soft">{t('practice.published.since', { when: year })}</span>
              {branches.length > 0 ? <Branches practice={practice} branches={branches} /> : null}
            </div>
          </li>
        </ul>
      )}
      {branches.length === 0 ? <p className="small soft">{t('practice.adopted.none')}</p> : null}
      {interested > 0 ? <p className="small soft">{t('practice.interested', { count: interested })}</p> : null}
      {branches.length > 0 ? (
        <Button tight aria-pressed={table} onClick={() => setTable(!table)}>
          {t('practice.table')}
        </Button>
      ) : null}
    </div>
  )
}

function Branches({ practice, branches }: { practice: string; branches: Adopter[] }) {
  const { countryName } = useI18n()
  return (
    <ul className="plain tree">
      {branches.map((b) => (
        <li key={b.id}>
          <i className={`dot ${b.state === 'using' ? '' : b.state === 'dropped' ? 'gone' : 'half'}`} aria-hidden="true" />
          <div>
            <Link href={`/practices/${practice}/adoptions/${b.id}`}>
              <b>{b.townName}</b>
            </Link>
            , {countryName(b.country)} <Since of={b} />
            {b.summary ? (
              <p className="small" lang={b.language}>
                {b.summary}
              </p>
            ) : null}
            {b.branches.length > 0 ? <Branches practice={practice} branches={b.branches} /> : null}
          </div>
        </li>
      ))}
    </ul>
  )
}

function Since({ of }: { of: Adopter }) {
  const { t, day } = useI18n()
  return <span className="small soft">{t(`practice.stage.since.${of.state}`, { date: day(of.since) })}</span>
}

interface Row {
  of: Adopter
  from: string
  generation: number
}

function LineageTable({ practice, town, branches }: { practice: string; town: string; branches: Adopter[] }) {
  const { t, day, number, countryName } = useI18n()
  const rows: Row[] = []
  const walk = (list: Adopter[], from: string, generation: number) => {
    for (const of of list) {
      rows.push({ of, from, generation })
      walk(of.branches, of.townName, generation + 1)
    }
  }
  walk(branches, town, 1)
  return (
    // A table wider than its place is scrolled by keyboard too.
     
    <div className="scroll-x" tabIndex={0} role="region" aria-label={t('practice.table')}>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('practice.table.town')}</th>
            <th scope="col">{t('practice.table.from')}</th>
            <th scope="col" className="num">{t('practice.table.generation')}</th>
            <th scope="col">{t('practice.table.state')}</th>
            <th scope="col">{t('practice.table.since')}</th>
            <th scope="col" className="num">{t('practice.table.changes')}</th>
          </tr>
        </thead>
        <tbody>
          {rows.map(({ of, from, generation }) => (
            <tr key={of.id}>
              <th scope="row">
                <Link href={`/practices/${practice}/adoptions/${of.id}`}>{of.townName}</Link>, {countryName(of.country)}
              </th>
              <td data-label={t('practice.table.from')}>{from}</td>
              <td className="num" data-label={t('practice.table.generation')}>{number(generation)}</td>
              <td data-label={t('practice.table.state')}>
                <StageTag state={of.state} />
              </td>
              <td className="day" data-label={t('practice.table.since')}>{day(of.since)}</td>
              <td className="num" data-label={t('practice.table.changes')}>{number(of.changes)}</td>
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  )
}
