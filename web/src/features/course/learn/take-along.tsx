import { useState } from 'react'
import type { LessonFile } from '../../../api/types'
import { say } from '../../../lib/fault'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Notice } from '../../../ui/notice'
import { Loaded } from '../../../ui/states'
import { useLessonFiles, useTakeAlong } from './queries'

/** The files of a video for the way home, where the town allows it. */
export function TakeAlong({ enrolment, lesson, title }: { enrolment: string; lesson: string; title: string }) {
  const { t } = useI18n()
  const [open, setOpen] = useState(false)
  return (
    <>
      <Button kind="quiet" icon="download" onClick={() => setOpen(true)}>
        {t('take.open')}
      </Button>
      {open && <Files enrolment={enrolment} lesson={lesson} title={title} onClose={() => setOpen(false)} />}
    </>
  )
}

function Files({ enrolment, lesson, title, onClose }: { enrolment: string; lesson: string; title: string; onClose: () => void }) {
  const i18n = useI18n()
  const { t, bytes, languageName } = i18n
  const files = useLessonFiles(enrolment, lesson, true)
  const take = useTakeAlong(enrolment, lesson)
  const name = (f: LessonFile) => (f.what === 'captions' ? t('take.captions', { lang: languageName(f.lang ?? ''), format: f.format.toUpperCase() }) : t(`take.${f.what}`))
  return (
    <Dialog title={t('take.open')} onClose={onClose}>
      <p>{t('take.text')}</p>
      <Notice kind="caution">{t('take.evidence')}</Notice>
      {take.error ? (
        <Notice kind="wrong" alert>
          {say(take.error, i18n)}
        </Notice>
      ) : null}
      <Loaded query={files}>
        {({ items }) => (
          <ul className="plain list">
            {items.map((f) => (
              <li key={`${f.what} ${f.lang ?? ''} ${f.format}`}>
                <span className="grow">
                  {name(f)}
                  {f.bytes ? <span className="small soft"> · {bytes(f.bytes)}</span> : null}
                </span>
                <Button tight icon="download" busy={take.isPending} onClick={() => take.mutate(f, { onSuccess: (made) => save(made, title) })}>
                  {t('take.save')}
                  <span className="hidden">: {name(f)}</span>
                </Button>
              </li>
            ))}
          </ul>
        )}
      </Loaded>
    </Dialog>
  )
}

/** Lets the browser save a file under the lesson's name: captions beside the film have its name, so that players find them. */
function save(f: LessonFile, title: string) {
  const a = document.createElement('a')
  a.href = f.url ?? ''
  a.download = `${title.replace(/[\\/:*?"<>|]+/g, ' ').trim()}${f.what === 'captions' ? `.${f.lang ?? ''}` : ''}.${f.format}`
  a.click()
}
