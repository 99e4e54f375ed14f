import { useI18n } from '../../../lib/i18n'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { Form, TextField, value } from '../../../ui/field'
import { Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import { useRoomOf, useSetRoom } from './queries'

const giga = 1_000_000_000

/** How much room the video files of a town may take. */
export function RoomDialog({ organisation, name, onClose }: { organisation: string; name: string; onClose: () => void }) {
  const { t, bytes } = useI18n()
  const room = useRoomOf(organisation)
  const set = useSetRoom(organisation)
  const toast = useToast()
  return (
    <Dialog title={t('rooms.set.name', { town: name })} onClose={onClose}>
      <Loaded query={room}>
        {(r) => (
          <Form
            error={set.error}
            onSubmit={(f) =>
              set.mutate(Math.round(Number(value(f, 'limit') || '0') * giga), {
                onSuccess: () => {
                  toast(t('rooms.saved'))
                  onClose()
                },
              })
            }
          >
            <p>{t('room.used', { used: bytes(r.used) })}</p>
            <TextField label={t('rooms.limit')} hint={t('rooms.limit.hint')} name="limit" type="number" inputMode="decimal" min="0" step="any" max="1000000" defaultValue={r.limit > 0 ? String(r.limit / giga) : ''} />
            <Ends does={t('action.save')} busy={set.isPending} onClose={onClose} />
          </Form>
        )}
      </Loaded>
    </Dialog>
  )
}
