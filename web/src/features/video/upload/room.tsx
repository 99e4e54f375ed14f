import type { VideoRoom } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Notice } from '../../../ui/notice'
import { Progress } from '../../../ui/progress'

/** How much room the town's video files take, and how much is left. */
export function Room({ room: { used, limit, left } }: { room: VideoRoom }) {
  const { t, bytes } = useI18n()
  if (limit === 0) return <p className="small soft num">{t('room.used', { used: bytes(used) })}</p>
  return (
    <>
      <Progress label={t('room.label')} share={used / limit} detail={t('room.of', { used: bytes(used), limit: bytes(limit), left: bytes(left) })} />
      {used >= limit * 0.9 ? <Notice kind="caution">{t('room.full')}</Notice> : null}
    </>
  )
}
