import { useEffect, useState, useSyncExternalStore } from 'react'
import type { Video } from '../../../api/types'
import { clock } from '../../../lib/format'
import { say } from '../../../lib/fault'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Confirm } from '../../../ui/confirm'
import { Notice, Tag } from '../../../ui/notice'
import { Progress } from '../../../ui/progress'
import { Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import { Drop } from './drop'
import { useCancelUpload, useDeleteVideo, useRetry, useVideo } from './queries'
import { Pick } from './pick'
import { ReplaceDialog, Replacing } from './replace'
import { Sending } from './sending'
import { Stages } from './stages'
import { Tracks } from './tracks'
import type { Uploader, UploadPhase } from './uploader'
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
  const uploads = useUploads()
  const uploader = uploads.of({ lesson }) ?? (video === '' ? undefined : uploads.of({ replaces: video }))
  const begin = (file: File) =>
    uploads.begin({ file, lesson }, (id) => {
      if (id !== video) void onVideo(id)
    })
  return (
    <div className="stack">
      {uploader ? <Going uploader={uploader} video={video} onGone={() => void onVideo('')} /> : null}
      <Rest uploader={uploader} video={video} languages={languages} onFile={begin} onPick={(id) => void onVideo(id)} onGone={() => onVideo('')} />
    </div>
  )
}

/** An upload that goes on in this page, until the server's own word for it is there. */
function Going({ uploader, video, onGone }: { uploader: Uploader; video: string; onGone: () => void }) {
  const s = useUploadState(uploader)
  const over = s.phase === 'done' || s.phase === 'cancelled'
  useEffect(() => {
    uploader.show(!over)
    return () => uploader.show(false)
  }, [uploader, over])
  if (over) return null
  return <Sending uploader={uploader} {...(uploader.plan.replaces === undefined && s.video === video ? { onGone } : {})} />
}

/** What stands beneath: where to drop a file, or the video. */
function Rest({ uploader, video, languages, onFile, onPick, onGone }: { uploader: Uploader | undefined; video: string; languages: readonly string[]; onFile: (file: File) => void; onPick: (id: string) => void; onGone: () => Promise<unknown> }) {
  const phase = usePhase(uploader)
  const going = phase !== undefined && phase !== 'done' && phase !== 'cancelled'
  if (going && uploader?.plan.replaces === undefined) return null
  if (video === '')
    return (
      <div className="stack">
        <Drop onFiles={([file]) => file && onFile(file)} />
        <Pick onVideo={onPick} />
      </div>
    )
  return <Stored video={video} languages={languages} going={going} onFile={onFile} onGone={onGone} />
}

/** A video that the server knows: whole, or begun in another page or on another machine. `going`: a file that takes its place
 *  is sent from this page. */
function Stored({ video, languages, going, onFile, onGone }: { video: string; languages: readonly string[]; going: boolean; onFile: (file: File) => void; onGone: () => Promise<unknown> }) {
  const { t } = useI18n()
  const query = useVideo(video)
  const [replacing, setReplacing] = useState(false)
  return (
    <Loaded query={query}>
      {(v) =>
        v.state === 'uploading' ? (
          <Interrupted video={v} onFile={onFile} onGone={() => void onGone()} />
        ) : (
          <div className="stack">
            <VideoState video={v} />
            {going ? null : <Replacing video={v} />}
            <Tracks video={v} languages={languages} />
            <div className="row">
              {going || v.next || v.state === 'processing' || v.state === 'uploaded' ? null : (
                <Button icon="upload" onClick={() => setReplacing(true)}>
                  {t('upload.replace')}
                </Button>
              )}
              <Delete video={v} onGone={onGone} />
            </div>
            {replacing ? <ReplaceDialog video={v} onOther={onFile} onClose={() => setReplacing(false)} /> : null}
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

const never = () => () => undefined

function usePhase(uploader: Uploader | undefined): UploadPhase | undefined {
  return useSyncExternalStore(uploader?.subscribe ?? never, () => uploader?.state().phase)
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
      <Drop label={t('upload.same', { name: v.name })} onFiles={([file]) => file && (file.name === v.name && file.size === v.size ? onFile(file) : setOther(file))} />
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
      {v.state === 'ready' ? null : <Stages stages={v.stages} open={v.state === 'failed'} />}
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
