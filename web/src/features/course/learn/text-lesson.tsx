import type { EnrolledLesson } from '../../../api/types'
import { say } from '../../../lib/fault'
import { useI18n } from '../../../lib/i18n'
import { pick } from '../../../lib/locale'
import { Button } from '../../../ui/button'
import { Notice } from '../../../ui/notice'
import { useReadText } from './queries'

/** A lesson to read. The server made its markup safe. */
export function TextLesson({ lesson, enrolment }: { lesson: EnrolledLesson; enrolment?: string }) {
  const { locale } = useI18n()
  const { words: html, lang } = pick(lesson.text?.html, locale, lesson.languages)
  return (
    <>
      <div className="card">
        <div className="prose" lang={lang} dangerouslySetInnerHTML={{ __html: html }} />
        {enrolment ? <Read lesson={lesson} enrolment={enrolment} /> : null}
      </div>
    </>
  )
}

function Read({ lesson, enrolment }: { lesson: EnrolledLesson; enrolment: string }) {
  const i18n = useI18n()
  const read = useReadText(enrolment, lesson.id)
  const done = lesson.requirement.state === 'done'
  return (
    <div className="stack turn-top">
      {read.error ? (
        <Notice kind="wrong" alert>
          {say(read.error, i18n)}
        </Notice>
      ) : null}
      {done ? (
        <Notice kind="good">{i18n.t('need.text.done')}</Notice>
      ) : (
        <Button kind="main" icon="check" busy={read.isPending} onClick={() => read.mutate()}>
          {i18n.t('lesson.read')}
        </Button>
      )}
    </div>
  )
}
