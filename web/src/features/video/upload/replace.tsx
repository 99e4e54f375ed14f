import type { Video } from '../../../api/types'
import { useState } from 'react'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Confirm } from '../../../ui/confirm'
import { Dialog } from '../../../ui/dialog'
import { Notice } from '../../../ui/notice'
import { Drop } from './drop'
import { useKeepOld } from './queries'
import { useUploads } from './uploads'

/** Two ways to another file: the same film made better, for everybody at once; or another film, for the next version. */
export function ReplaceDialog({ video: v, onOther, onClose }: { video: Video; onOther: ((file: File) => void) | undefined; onClose: () => void }) {
  const { t } = useI18n()
  const uploads = useUploads()
  return (
    <Dialog title={t('replace.title', { name: v.name })} onClose={onClose} wide>
      <div className="stack-5">
        <section className="stack" aria-labelledby="replace-same">
          <h3 id="replace-same">{t('replace.same')}</h3>
          <ul className="tight">
            <li>{t('replace.same.plays')}</li>
            <li>{t('replace.same.progress')}</li>
            <li>{t('replace.same.captions')}</li>
          </ul>
          <Drop
            label={t('replace.same.choose')}
            onFiles={([file]) => {
              if (file) uploads.begin({ file, replaces: v.id })
              onClose()
            }}
          />
        </section>
        {onOther ? (
          <section className="stack" aria-labelledby="replace-other">
            <h3 id="replace-other">{t('replace.other')}</h3>
            <p>{t('replace.other.text')}</p>
            <Drop
              label={t('replace.other.choose')}
              onFiles={([file]) => {
                if (file) onOther(file)
                onClose()
              }}
            />
          </section>
        ) : null}
      </div>
    </Dialog>
  )
}

/** What is known of a file that is on its way to take the place of this one, and the way back. */
export function Replacing({ video: v }: { video: Video }) {
  const { t, bytes } = useI18n()
  const uploads = useUploads()
  const keep = useKeepOld(v.id)
  const [asking, setAsking] = useState(false)
  const [other, setOther] = useState<File>()
  const next = v.next
  if (!next && !v.former) return null
  return (
    <div className="stack">
      <Notice kind="info">{next ? t('replace.next', { name: next.name, size: bytes(next.size) }) : t(v.state === 'failed' ? 'replace.failed' : 'replace.former', { name: v.former?.name ?? '', next: v.name })}</Notice>
      {other && next ? (
        <Notice kind="wrong" alert>
          {t('upload.other', { name: next.name, other: other.name })}
        </Notice>
      ) : null}
      {next ? (
        <Drop
          label={t('upload.same', { name: next.name })}
          onFiles={([file]) => {
            if (!file) return
            if (file.name === next.name && file.size === next.size) uploads.begin({ file, replaces: v.id })
            else setOther(file)
          }}
        />
      ) : null}
      <div>
        <Button onClick={() => setAsking(true)}>{t('replace.keep')}</Button>
      </div>
      {asking ? (
        <Confirm title={t('replace.keep')} does={t('replace.keep')} kind="main" error={keep.error} busy={keep.isPending} onClose={() => setAsking(false)} onDo={() => keep.mutate(undefined, { onSuccess: () => setAsking(false) })}>
          {t('replace.keep.text')}
        </Confirm>
      ) : null}
    </div>
  )
}
