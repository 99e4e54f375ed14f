import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useI18n, Words } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { More } from '../../../ui/more'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { NewDialog } from './new-dialog'
import { useNewProgramme, useProgrammes } from './programme-queries'
import { StateTag } from './state-tag'

export default function ProgrammesPage() {
  const { t, list, languageName, date } = useI18n()
  const programmes = useProgrammes()
  const make = useNewProgramme()
  const [adding, setAdding] = useState(false)
  const [, navigate] = useLocation()
  return (
    <>
      <PageHead
        title={t('programmes.title')}
        lead={t('programmes.lead')}
        action={
          <Button kind="main" icon="plus" onClick={() => setAdding(true)}>
            {t('programmes.new')}
          </Button>
        }
      />
      <Loaded query={programmes}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="award" title={t('programmes.empty')} action={<Button onClick={() => setAdding(true)}>{t('programmes.new')}</Button>}>
              {t('programmes.empty.text')}
            </Empty>
          ) : (
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t('programme.kind')}</th>
                  <th scope="col">{t('records.state')}</th>
                  <th scope="col">{t('course.languages')}</th>
                  <th scope="col" className="num">
                    {t('hr.courses')}
                  </th>
                  <th scope="col">{t('author.edited')}</th>
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
                    <td data-label={t('records.state')}>
                      <StateTag course={p} />
                    </td>
                    <td data-label={t('course.languages')}>{list(p.languages.map(languageName))}</td>
                    <td className="num" data-label={t('hr.courses')}>
                      {p.courses}
                    </td>
                    <td className="day" data-label={t('author.edited')}>{date(p.edited)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      <More pages={programmes} />
      {adding && (
        <NewDialog
          kind="programme"
          title={t('programmes.new')}
          name={t('programmes.name')}
          does={t('programmes.make')}
          error={make.error}
          busy={make.isPending}
          make={make.mutateAsync}
          onMade={(p) => navigate(`/programmes/${p.id}`)}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  )
}
