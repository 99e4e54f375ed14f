import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useI18n, Words } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { More } from '../../../ui/more'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import '../parts/course.css'
import { NewDialog } from './new-dialog'
import { useCourses, useNewCourse } from './queries'
import { StateTag } from './state-tag'

export default function CoursesPage() {
  const { t, list, languageName, date } = useI18n()
  const courses = useCourses()
  const make = useNewCourse()
  const [adding, setAdding] = useState(false)
  const [, navigate] = useLocation()
  return (
    <>
      <PageHead
        title={t('author.title')}
        lead={t('author.lead')}
        action={
          <Button kind="main" icon="plus" onClick={() => setAdding(true)}>
            {t('author.new')}
          </Button>
        }
      />
      <Loaded query={courses}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty title={t('author.empty')} action={<Button onClick={() => setAdding(true)}>{t('author.new')}</Button>}>
              {t('author.empty.text')}
            </Empty>
          ) : (
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t('author.course')}</th>
                  <th scope="col">{t('records.state')}</th>
                  <th scope="col">{t('course.languages')}</th>
                  <th scope="col" className="num">
                    {t('course.lessons')}
                  </th>
                  <th scope="col">{t('author.edited')}</th>
                </tr>
              </thead>
              <tbody>
                {items.map((c) => (
                  <tr key={c.id}>
                    <th scope="row">
                      <Link href={`/${c.id}`}>
                        <Words text={c.title} order={c.languages} />
                      </Link>
                    </th>
                    <td data-label={t('records.state')}>
                      <StateTag course={c} />
                    </td>
                    <td data-label={t('course.languages')}>{list(c.languages.map(languageName))}</td>
                    <td className="num" data-label={t('course.lessons')}>
                      {c.lessons}
                    </td>
                    <td className="day" data-label={t('author.edited')}>{date(c.edited)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      <More pages={courses} />
      {adding && (
        <NewDialog
          kind="course"
          title={t('author.new')}
          name={t('author.name')}
          does={t('author.make')}
          error={make.error}
          busy={make.isPending}
          make={make.mutateAsync}
          onMade={(c) => navigate(`/${c.id}`)}
          onClose={() => setAdding(false)}
        />
      )}
    </>
  )
}
