import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import type { EnrolledLesson } from '../../../api/types'
import { clock } from '../../../lib/format'
import { useI18n, Words } from '../../../lib/i18n'
import { Button, ButtonLink } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { AreaField, Check, Form, value } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import '../parts/course.css'
import { RequirementList } from '../parts/requirement'
import { useReportFault } from './queries'

interface LessonFrameProps {
  lesson: EnrolledLesson
  base: string
  children: ReactNode
  beside?: ReactNode
  saved?: ReactNode
  /** Jumps to a part that is missing. */
  onGap?: (from: number) => void
  report?: ReactNode
}

/** What every lesson has around it: its place in the course, what is still missing, the way on. */
export function LessonFrame({ lesson: l, base, children, beside, saved, onGap, report }: LessonFrameProps) {
  const { t, words } = useI18n()
  const open = l.requirements.filter((r) => r.state !== 'done' || r.lesson === l.id)
  return (
    <>
      <PageHead
        title={words(l.title)}
        heading={<Words text={l.title} order={l.languages} />}
        crumb={
          <>
            <Link href={base}>
              <Words text={l.course.title} order={l.languages} />
            </Link>
            {' · '}
            {t('lesson.place', { module: l.module, number: l.number, of: l.of })}
          </>
        }
      />
      <div className={beside ? 'two' : 'measure-wide'}>
        <div className="stack">
          {children}
          <section className="card" aria-labelledby="need">
            <h2 id="need">{t('need.title')}</h2>
            {l.requirements.every((r) => r.state === 'done') ? (
              <Notice kind="good">{t('need.nothing')}</Notice>
            ) : (
              <RequirementList items={open} open={l.id} href={(id) => `${base}/${id}`} {...(onGap ? { onGap } : {})} />
            )}
            <div className="row between">
              {saved}
              {report}
            </div>
          </section>
        </div>
        {beside}
      </div>
      <nav className="turn" aria-label={t('lesson.turn')}>
        {l.previous ? <ButtonLink href={`${base}/${l.previous}`}>{t('lesson.previous')}</ButtonLink> : <span />}
        {l.next ? (
          <ButtonLink kind="main" href={`${base}/${l.next}`}>
            {t('lesson.next')}
          </ButtonLink>
        ) : (
          <ButtonLink kind="main" href={base}>
            {t('lesson.overview')}
          </ButtonLink>
        )}
      </nav>
    </>
  )
}

/** "Something is wrong here": to the author of the lesson. */
export function ReportFault({ enrolment, lesson, position }: { enrolment: string; lesson: string; position?: () => number }) {
  const { t } = useI18n()
  const [at, setAt] = useState<number>()
  const [open, setOpen] = useState(false)
  const report = useReportFault(enrolment, lesson)
  const close = () => {
    setOpen(false)
    report.reset()
  }
  return (
    <>
      <Button
        kind="quiet"
        icon="flag"
        onClick={() => {
          setAt(position?.())
          setOpen(true)
        }}
      >
        {t('fault.report')}
      </Button>
      {open && (
        <Dialog title={t('fault.report')} onClose={close}>
          {report.isSuccess ? (
            <>
              <Notice kind="good" alert>
                {t('fault.thanks')}
              </Notice>
              <Button onClick={close}>{t('action.close')}</Button>
            </>
          ) : (
            <Form error={report.error} onSubmit={(f) => report.mutate({ text: value(f, 'text'), ...(at !== undefined && f.get('at') ? { position: at } : {}) })}>
              <AreaField label={t('fault.text')} hint={t('fault.hint')} name="text" required maxLength={2000} />
              {at !== undefined ? <Check name="at" value="1" defaultChecked label={t('fault.at', { at: clock(at) })} /> : null}
              <div className="row">
                <Button kind="main" type="submit" busy={report.isPending}>
                  {t('fault.send')}
                </Button>
                <Button onClick={close}>{t('action.cancel')}</Button>
              </div>
            </Form>
          )}
        </Dialog>
      )}
    </>
  )
}
