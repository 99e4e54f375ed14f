import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import { useI18n, Words } from '../../../lib/i18n'
import { localeNames, locales } from '../../../lib/locale'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Check, Choices, Form, SelectField, TextField, value, values } from '../../../ui/field'
import { More } from '../../../ui/more'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import '../parts/course.css'
import { useCourses, useNewCourse } from './queries'
import { StateTag } from './state-tag'

export default function CoursesPage() {
  const { t, list, languageName, date } = useI18n()
  const courses = useCourses()
  const [adding, setAdding] = useState(false)
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
                    <td data-label={t('author.edited')}>{date(c.edited)}</td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      <More pages={courses} />
      {adding && <NewCourse onClose={() => setAdding(false)} />}
    </>
  )
}

function NewCourse({ onClose }: { onClose: () => void }) {
  const { t, locale } = useI18n()
  const make = useNewCourse()
  const [first, setFirst] = useState<string>(locale)
  const [, navigate] = useLocation()
  return (
    <Dialog title={t('author.new')} onClose={onClose}>
      <Form
        error={make.error}
        onSubmit={(f) => make.mutate({ title: { [first]: value(f, 'title') }, languages: [first, ...values(f, 'languages').filter((l) => l !== first)] }, { onSuccess: (c) => navigate(`/${c.id}`) })}
      >
        <TextField label={t('author.name')} name="title" required maxLength={200} />
        <SelectField label={t('author.first')} hint={t('author.first.hint')} value={first} onChange={(e) => setFirst(e.target.value)}>
          {locales.map((l) => (
            <option key={l} value={l} lang={l}>
              {localeNames[l]}
            </option>
          ))}
        </SelectField>
        <Choices legend={t('author.more')} hint={t('author.more.hint')}>
          <div className="three tight">
            {locales
              .filter((l) => l !== first)
              .map((l) => (
                <Check key={l} name="languages" value={l} label={localeNames[l]} />
              ))}
          </div>
        </Choices>
        <div className="row">
          <Button kind="main" type="submit" busy={make.isPending}>
            {t('author.make')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </Form>
    </Dialog>
  )
}
