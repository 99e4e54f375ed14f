import { useId, useState } from 'react'
import type { Video } from '../../../api/types'
import { clock } from '../../../lib/format'
import { say } from '../../../lib/fault'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Confirm } from '../../../ui/confirm'
import { Icon } from '../../../ui/icon'
import { Notice, Tag } from '../../../ui/notice'
import { Progress } from '../../../ui/progress'
import { Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import { useCancelUpload, useDeleteVideo, useRetry, useVideo } from './queries'
import { Tracks } from './tracks'
import './upload.css'
import { useUploads, useUploadState } from './uploads'

interface LessonVideoProps {
  lesson: string
  /** The lesson's video; '' for none. */
  video: string
  languages: readonly string[]
  /** The lesson has another video now, or none. */
  onVideo: (id: string) => Promise<unknown>
}

/** The video of a lesson from the author's disk to "ready": upload, state, captions. */
export function LessonVideo({ lesson, video, languages, onVideo }: LessonVideoProps) {
  const { t } = useI18n()
  const uploads = useUploads()
  const uploader = uploads.of(lesson)
  const state = useUploadState(uploader)
  const going = state !== null && state.phase !== 'done' && state.phase !== 'cancelled'
  const [replacing, setReplacing] = useState(false)
  const begin = (file: File) => {
    setReplacing(false)
    uploads.begin(lesson, file, (id) => {
      if (id !== video) void onVideo(id)
    })
  }
  if (going) return <Sending lesson={lesson} onGone={() => void onVideo('')} />
  if (video === '' || replacing) {
    return (
      <div className="stack">
        <Drop onFile={begin} />
        {replacing && <Button onClick={() => setReplacing(false)}>{t('action.cancel')}</Button>}
      </div>
    )
  }
  return <Stored video={video} languages={languages} onFile={begin} onReplace={() => setReplacing(true)} onGone={() => onVideo('')} />
}

/** Where a file is dropped or chosen. */
function Drop({ onFile, label }: { onFile: (file: File) => void; label?: string }) {
  const { t } = useI18n()
  const id = useId()
  const [over, setOver] = useState(false)
  return (
    // Dropping is an addition to the button.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className={`drop ${over ? 'over' : ''}`}
      onDragOver={(e) => {
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault()
        setOver(false)
        const file = e.dataTransfer.files[0]
        if (file) onFile(file)
      }}
    >
      <Icon name="upload" />
      <label htmlFor={id}>{label ?? t('upload.choose')}</label>
      <p className="small soft">{t('upload.hint')}</p>
      <input
        id={id}
        type="file"
        accept="video/*,.mkv,.mts,.m2ts,.mxf,.avi,.wmv,.flv,.mov"
        onChange={(e) => {
          const file = e.target.files?.[0]
          if (file) onFile(file)
        }}
      />
    </div>
  )
}

/** An upload that goes on in this page. */
function Sending({ lesson, onGone }: { lesson: string; onGone: () => void }) {
  const i18n = useI18n()
  const { t, bytes, number } = i18n
  const uploads = useUploads()
  const uploader = uploads.of(lesson)
  const s = useUploadState(uploader)
  if (!uploader || !s) return null
  const detail = [
    t('upload.sent', { sent: bytes(s.sent), size: bytes(s.size) }),
    s.rate > 0 ? t('upload.rate', { rate: bytes(s.rate) }) : '',
    s.phase === 'sending' && Number.isFinite(s.left) ? (s.left < 90 ? t('upload.left.seconds', { count: Math.ceil(s.left) }) : t('upload.left', { count: Math.ceil(s.left / 60) })) : '',
  ].filter(Boolean)
  const cancel = () => {
    void uploader.cancel().then(() => {
      uploads.drop(lesson)
      onGone()
    })
  }
  return (
    <div className="stack" data-percent={number(Math.floor((s.sent / Math.max(1, s.size)) * 100))}>
      <Progress label={t('upload.label', { name: uploader.file.name })} share={s.sent / Math.max(1, s.size)} detail={detail.join(' · ')} />
      <p role="status" className="small">
        {t(`upload.phase.${s.phase}`)}
      </p>
      {s.error && s.phase !== 'sending' ? <Notice kind={s.phase === 'waiting' ? 'caution' : 'wrong'}>{say(s.error, i18n)}</Notice> : null}
      <div className="row">
        {s.phase === 'sending' || s.phase === 'waiting' ? <Button icon="pause" onClick={() => uploader.pause()}>{t('upload.pause')}</Button> : null}
        {s.phase === 'paused' || s.phase === 'failed' || s.phase === 'waiting' ? (
          <Button kind="main" icon="play" onClick={() => uploader.resume()}>
            {t('upload.resume')}
          </Button>
        ) : null}
        <Button onClick={cancel}>{t('upload.cancel')}</Button>
      </div>
    </div>
  )
}

/** A video that the server knows: whole, or begun in another page or on another machine. */
function Stored({ video, languages, onFile, onReplace, onGone }: { video: string; languages: readonly string[]; onFile: (file: File) => void; onReplace: () => void; onGone: () => Promise<unknown> }) {
  const { t } = useI18n()
  const query = useVideo(video)
  return (
    <Loaded query={query}>
      {(v) =>
        v.state === 'uploading' ? (
          <Interrupted video={v} onFile={onFile} onGone={() => void onGone()} />
        ) : (
          <div className="stack">
            <VideoState video={v} />
            <Tracks video={v} languages={languages} />
            <div className="row">
              <Button icon="upload" onClick={onReplace}>
                {t('upload.replace')}
              </Button>
              <Delete video={v} onGone={onGone} />
            </div>
          </div>
        )
      }
    </Loaded>
  )
}

/** Takes the video out of its lesson, and deletes it if nothing else shows it. */
function Delete({ video: v, onGone }: { video: Video; onGone: () => Promise<unknown> }) {
  const { t } = useI18n()
  const toast = useToast()
  const [asking, setAsking] = useState(false)
  const remove = useDeleteVideo(onGone, (kept) => toast(t(kept ? 'video.kept' : 'video.deleted')))
  return (
    <>
      <Button icon="trash" onClick={() => setAsking(true)}>
        {t('video.delete')}
      </Button>
      {asking && (
        <Confirm title={t('video.delete.name', { name: v.name })} does={t('video.delete')} error={remove.error} busy={remove.isPending} onClose={() => setAsking(false)} onDo={() => remove.mutate(v.id)}>
          {t('video.delete.lesson')}
        </Confirm>
      )}
    </>
  )
}

function Interrupted({ video: v, onFile, onGone }: { video: Video; onFile: (file: File) => void; onGone: () => void }) {
  const i18n = useI18n()
  const { t, bytes } = i18n
  const cancel = useCancelUpload(v.id)
  const [other, setOther] = useState<File>()
  return (
    <div className="stack">
      <Notice kind="caution">{t('upload.interrupted', { name: v.name, size: bytes(v.size) })}</Notice>
      {other ? (
        <Notice kind="wrong" alert>
          {t('upload.other', { name: v.name, other: other.name })}
        </Notice>
      ) : null}
      {cancel.error ? <Notice kind="wrong">{say(cancel.error, i18n)}</Notice> : null}
      <Drop label={t('upload.same', { name: v.name })} onFile={(file) => (file.name === v.name && file.size === v.size ? onFile(file) : setOther(file))} />
      <div>
        <Button busy={cancel.isPending} onClick={() => cancel.mutate(v.upload ?? v.id, { onSuccess: onGone })}>
          {t('upload.cancel')}
        </Button>
      </div>
    </div>
  )
}

const tags = { uploaded: undefined, processing: 'caution', ready: 'good', failed: 'wrong', uploading: 'caution' } as const

function VideoState({ video: v }: { video: Video }) {
  const i18n = useI18n()
  const { t, maybe, list } = i18n
  const retry = useRetry(v.id)
  const tag = tags[v.state]
  return (
    <div className="stack">
      <p className="row">
        <b>{v.name}</b> <Tag {...(tag ? { kind: tag } : {})}>{t(`video.state.${v.state}`)}</Tag>
      </p>
      {v.state === 'processing' || v.state === 'uploaded' ? (
        <Progress label={t('video.processing')} share={v.percent / 100} {...(v.playable ? { detail: t('video.watchable') } : {})} />
      ) : null}
      {v.state === 'ready' ? (
        <p className="small soft">
          {t('video.length', { length: clock(v.duration) })} · {list(v.renditions.map((r) => r.name))}
        </p>
      ) : null}
      {v.state === 'failed' ? (
        <>
          <Notice kind="wrong">{maybe(`errors.${v.reason ?? ''}`) ?? t('video.failed')}</Notice>
          <div>
            <Button kind="main" busy={retry.isPending} onClick={() => retry.mutate()}>
              {t('action.retry')}
            </Button>
          </div>
        </>
      ) : null}
    </div>
  )
}
