import { useState } from 'react'
import type { Video } from '../../../api/types'
import { clock } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Confirm } from '../../../ui/confirm'
import { More } from '../../../ui/more'
import { Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useSayFault, useToast } from '../../../ui/toast'
import { SendSection } from './send-section'
import { Stages } from './stages'
import { often, seldom, useDeleteVideo, useRetry, useVideos } from './queries'

const tags = { uploaded: undefined, processing: 'caution', ready: 'good', failed: 'wrong', uploading: 'caution' } as const

/** All videos of the town: which are ready, which failed and why; what nobody shows can be deleted. */
export default function VideosPage() {
  const { t, bytes, date } = useI18n()
  const [moving, setMoving] = useState(false)
  const videos = useVideos(moving ? often : seldom)
  const moves = videos.data?.items.some((v) => v.state === 'uploaded' || v.state === 'processing' || v.state === 'uploading') ?? false
  if (moves !== moving) setMoving(moves)
  const [removing, setRemoving] = useState<Video>()
  return (
    <>
      <PageHead title={t('videos.title')} lead={t('videos.lead')} />
      <SendSection />
      <h2 className="below">{t('videos.all')}</h2>
      <Loaded query={videos} block>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="video" title={t('videos.empty')}>
              {t('videos.empty.text')}
            </Empty>
          ) : (
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t('videos.file')}</th>
                  <th scope="col">{t('records.state')}</th>
                  <th scope="col" className="num">
                    {t('videos.length')}
                  </th>
                  <th scope="col" className="num">
                    {t('videos.size')}
                  </th>
                  <th scope="col">{t('author.edited')}</th>
                  <th>
                    <span className="hidden">{t('table.actions')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((v) => (
                  <tr key={v.id}>
                    <th scope="row">{v.name}</th>
                    <td data-label={t('records.state')}>
                      <State video={v} />
                    </td>
                    <td className="num" data-label={t('videos.length')}>
                      {v.duration > 0 ? clock(v.duration) : '–'}
                    </td>
                    <td className="num" data-label={t('videos.size')}>
                      {bytes(v.size)}
                    </td>
                    <td className="day" data-label={t('author.edited')}>{date(v.changed)}</td>
                    <td className="acts">
                      <span className="row">
                        {v.state === 'failed' ? <Retry video={v} /> : null}
                        {v.state === 'uploading' ? null : (
                          <Button tight kind="quiet" onClick={() => setRemoving(v)}>
                            {t('action.remove')}
                            <span className="hidden">: {v.name}</span>
                          </Button>
                        )}
                      </span>
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      <More pages={videos} />
      {removing && <Delete key={removing.id} video={removing} onClose={() => setRemoving(undefined)} />}
    </>
  )
}

function State({ video: v }: { video: Video }) {
  const { t, maybe } = useI18n()
  const tag = tags[v.state]
  return (
    <>
      <Tag {...(tag ? { kind: tag } : {})}>{t(`video.state.${v.state}`)}</Tag>
      {v.state === 'failed' ? <p className="small">{maybe(`errors.${v.reason ?? ''}`) ?? t('video.failed')}</p> : null}
      {v.state === 'failed' || v.state === 'processing' ? <Stages stages={v.stages} /> : null}
    </>
  )
}

function Retry({ video: v }: { video: Video }) {
  const { t } = useI18n()
  const retry = useRetry(v.id)
  const sayFault = useSayFault()
  return (
    <Button tight busy={retry.isPending} onClick={() => retry.mutate(undefined, { onError: sayFault })}>
      {t('action.retry')}
      <span className="hidden">: {v.name}</span>
    </Button>
  )
}

function Delete({ video: v, onClose }: { video: Video; onClose: () => void }) {
  const { t } = useI18n()
  const toast = useToast()
  const remove = useDeleteVideo(undefined, () => {
    toast(t('video.deleted'))
    onClose()
  })
  return (
    <Confirm title={t('video.delete.name', { name: v.name })} does={t('video.delete')} error={remove.error} busy={remove.isPending} onClose={onClose} onDo={() => remove.mutate(v.id)}>
      {t('video.delete.text')}
    </Confirm>
  )
}
