import { say } from '../../../lib/fault'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Notice } from '../../../ui/notice'
import { Progress } from '../../../ui/progress'
import type { Uploader } from './uploader'
import { useUploadState, useUploads } from './uploads'

const over = ['done', 'cancelled']

/** A file that is sent from this page: how far it is, and what can be done with it. */
export function Sending({ uploader, tight, onGone }: { uploader: Uploader; tight?: boolean; onGone?: () => void }) {
  const i18n = useI18n()
  const { t, bytes, soon } = i18n
  const uploads = useUploads()
  const s = useUploadState(uploader)
  const name = uploader.file.name
  const share = s.sent / Math.max(1, s.size)
  const detail = [
    t('upload.sent', { sent: bytes(s.sent), size: bytes(s.size) }),
    s.rate > 0 ? t('upload.rate', { rate: bytes(s.rate) }) : '',
    s.phase === 'sending' && Number.isFinite(s.left) ? (s.left < 90 ? t('upload.left.seconds', { count: Math.ceil(s.left) }) : t('upload.left', { count: Math.ceil(s.left / 60) })) : '',
  ].filter(Boolean)
  const drop = () => {
    uploads.drop(uploader)
    onGone?.()
  }
  const label = (key: 'upload.pause' | 'upload.resume' | 'upload.cancel' | 'upload.use' | 'upload.anyway' | 'upload.clear') => (
    <>
      {t(key)}
      <span className="hidden">: {name}</span>
    </>
  )
  return (
    <div className="stack-2" data-upload={s.phase}>
      {over.includes(s.phase) ? (
        <p className="breaks">
          <b>{name}</b> <span className="small soft num">{bytes(s.size)}</span>
        </p>
      ) : (
        <Progress label={t(s.phase === 'comparing' ? 'upload.comparing.label' : 'upload.label', { name })} share={share} detail={detail.join(' · ')} />
      )}
      <p role="status" className="small">
        {s.phase === 'done' && s.reused ? t('upload.phase.reused') : t(`upload.phase.${s.phase}`)}
        {s.phase === 'waiting' ? ` ${t('upload.again', { when: soon(s.again) })}` : ''}
        {s.phase === 'sending' && s.resumed ? ` ${t('upload.resumed')}` : ''}
      </p>
      {s.error && (s.phase === 'failed' || s.phase === 'waiting') ? <Notice kind={s.phase === 'waiting' ? 'caution' : 'wrong'}>{say(s.error, i18n)}</Notice> : null}
      <div className="row">
        {s.phase === 'same' ? (
          <>
            <Button kind="main" tight={tight === true} icon="check" onClick={() => uploader.use()}>
              {label('upload.use')}
            </Button>
            <Button tight={tight === true} onClick={() => uploader.sendAnyway()}>
              {label('upload.anyway')}
            </Button>
          </>
        ) : null}
        {s.phase === 'sending' || s.phase === 'queued' || s.phase === 'waiting' || s.phase === 'offline' ? (
          <Button tight={tight === true} icon="pause" onClick={() => uploader.pause()}>
            {label('upload.pause')}
          </Button>
        ) : null}
        {s.phase === 'paused' || s.phase === 'failed' || s.phase === 'waiting' ? (
          <Button kind={s.phase === 'waiting' ? 'plain' : 'main'} tight={tight === true} icon="play" onClick={() => uploader.resume()}>
            {label('upload.resume')}
          </Button>
        ) : null}
        {over.includes(s.phase) ? (
          <Button kind="quiet" tight={tight === true} onClick={() => uploads.drop(uploader)}>
            {label('upload.clear')}
          </Button>
        ) : s.phase === 'finishing' ? null : (
          <Button tight={tight === true} onClick={() => void uploader.cancel().then(drop)}>
            {label('upload.cancel')}
          </Button>
        )}
      </div>
    </div>
  )
}
