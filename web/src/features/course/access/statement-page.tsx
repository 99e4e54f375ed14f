import { useQuery } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { useI18n } from '../../../lib/i18n'
import { PageHead } from '../../../ui/page-head'
import { Loaded } from '../../../ui/states'
import '../parts/course.css'

/** What a town's published videos offer to those who do not see or hear them, in figures. Anybody may read it. */
export default function StatementPage({ organisation }: { organisation: string }) {
  const { t, number, percent, date, maybe } = useI18n()
  const statement = useQuery({
    queryKey: ['accessibility', organisation],
    queryFn: () => content(client.GET('/accessibility/{organisation}', { params: { path: { organisation } } })),
  })
  return (
    <Loaded query={statement} page>
      {(s) => (
        <div className="measure-wide stack">
          <PageHead title={t('a11y.title', { town: s.organisation })} lead={t('a11y.lead')} />
          {s.updated === null ? (
            <p>{t('a11y.nothing')}</p>
          ) : (
            <>
              <p className="small soft">{t('a11y.updated', { at: date(s.updated) })}</p>
              <section className="card" aria-labelledby="videos">
                <h2 id="videos">
                  {t('a11y.videos')}: {number(s.videos)}
                </h2>
                <dl className="facts">
                  <Fact value={number(s.captioned)} name={t('a11y.captioned')} />
                  {s.silent > 0 ? <Fact value={number(s.silent)} name={t('a11y.silent')} /> : null}
                  {s.measured > 0 ? <Fact value={percent(s.coverage)} name={t('a11y.coverage', { count: s.measured })} /> : null}
                  <Fact value={number(s.described)} name={t('a11y.described')} />
                  <Fact value={number(s.excused)} name={t('a11y.excused')} />
                  <Fact value={number(s.chaptered)} name={t('a11y.chaptered')} />
                  {s.unknown > 0 ? <Fact value={number(s.unknown)} name={t('a11y.unknown')} /> : null}
                </dl>
              </section>
              <section className="card" aria-labelledby="clauses">
                <h2 id="clauses">{t('a11y.clauses')}</h2>
                <table className="table">
                  <thead>
                    <tr>
                      <th scope="col">{t('a11y.clause')}</th>
                      <th scope="col" className="num">
                        {t('a11y.met')}
                      </th>
                      <th scope="col" className="num">
                        {t('a11y.reason')}
                      </th>
                      <th scope="col" className="num">
                        {t('a11y.na')}
                      </th>
                    </tr>
                  </thead>
                  <tbody>
                    {s.clauses.map((c) => (
                      <tr key={c.number}>
                        <th scope="row">
                          {c.number} {maybe(`a11y.clause.${c.number.replaceAll('.', '_')}`) ?? ''}
                        </th>
                        <td className="num" data-label={t('a11y.met')}>
                          {number(c.met)}
                        </td>
                        <td className="num" data-label={t('a11y.reason')}>
                          {number(c.reason)}
                        </td>
                        <td className="num" data-label={t('a11y.na')}>
                          {number(c.notApplicable)}
                        </td>
                      </tr>
                    ))}
                  </tbody>
                </table>
              </section>
            </>
          )}
          <section className="card" aria-labelledby="player">
            <h2 id="player">{t('a11y.player')}</h2>
            <ul className="inset">
              <li>{t('a11y.player.sync')}</li>
              <li>{t('a11y.player.look')}</li>
              <li>{t('a11y.player.controls')}</li>
            </ul>
          </section>
        </div>
      )}
    </Loaded>
  )
}

function Fact({ value, name }: { value: string; name: string }) {
  return (
    <>
      <dt>{name}</dt>
      <dd>{value}</dd>
    </>
  )
}
