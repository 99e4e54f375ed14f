import { Link } from 'wouter'
import { useI18n, Words } from '../../../lib/i18n'
import { ButtonLink } from '../../../ui/button'
import { More } from '../../../ui/more'
import { Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useFollowedProgrammes } from './queries'

/** How many are counted; past that a number is "1,000 or more". */
const most = 1000

/** The programmes that people of the town follow. */
export default function ProgrammesPage() {
  const { t, number } = useI18n()
  const programmes = useFollowedProgrammes()
  const count = (n: number) => (n >= most ? `${number(n)}+` : number(n))
  return (
    <>
      <PageHead
        title={t('hr.programmes')}
        lead={t('hr.programmes.lead')}
        action={
          <ButtonLink kind="main" href="/assignments">
            {t('hr.programmes.assign')}
          </ButtonLink>
        }
      />
      <Loaded query={programmes} block>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="list" title={t('hr.programmes.empty')}>
              {t('hr.programmes.empty.text')}
            </Empty>
          ) : (
            <>
              <table className="table">
                <thead>
                  <tr>
                    <th scope="col">{t('hr.programme')}</th>
                    <th scope="col" className="num">
                      {t('hr.followers.open')}
                    </th>
                    <th scope="col" className="num">
                      {t('hr.followers.late')}
                    </th>
                    <th scope="col" className="num">
                      {t('hr.followers.complete')}
                    </th>
                  </tr>
                </thead>
                <tbody>
                  {items.map((p) => (
                    <tr key={p.id}>
                      <th scope="row">
                        <Link href={`/programmes/${p.id}`}>
                          <Words text={p.title} order={p.languages} />
                        </Link>
                      </th>
                      <td className="num" data-label={t('hr.followers.open')}>
                        {count(p.open)}
                      </td>
                      <td className="num" data-label={t('hr.followers.late')}>
                        {p.late > 0 ? <Tag kind="wrong">{count(p.late)}</Tag> : count(0)}
                      </td>
                      <td className="num" data-label={t('hr.followers.complete')}>
                        {count(p.complete)}
                      </td>
                    </tr>
                  ))}
                </tbody>
              </table>
              <More pages={programmes} />
            </>
          )
        }
      </Loaded>
    </>
  )
}
