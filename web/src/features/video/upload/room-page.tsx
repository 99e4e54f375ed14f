import { useI18n } from '../../../lib/i18n'
import { PageHead } from '../../../ui/page-head'
import { Loaded } from '../../../ui/states'
import { useRoom } from './queries'
import { Room } from './room'

/** How much room the town's video files take, for its administrators. */
export default function RoomPage() {
  const { t } = useI18n()
  const room = useRoom()
  return (
    <>
      <PageHead title={t('room.title')} lead={t('room.lead')} />
      <div className="column">
        <Loaded query={room}>{(r) => <Room room={r} />}</Loaded>
      </div>
    </>
  )
}
