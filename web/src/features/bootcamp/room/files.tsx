import { useMutation } from '@tanstack/react-query'
import { dropRoomFile, roomFilePath, sendRoomFile } from '../../../api/client'
import type { Entry } from '../../../api/room'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { useSayFault } from '../../../ui/toast'
import { useRoom } from './use-room'
import { FilePick } from '../../../ui/file-pick'

/** What was shared with everybody; who takes part may add to it. */
export function Files() {
  const { t, bytes } = useI18n()
  const { state, leads, me, name, link, session } = useRoom()
  const sayFault = useSayFault()
  const drop = useMutation({ mutationFn: (id: string) => dropRoomFile(link.place, id), onError: sayFault })
  const list = Object.values(state.files).filter(isFile).sort((a, b) => a.n - b.n)
  const writes = leads || (!me?.reads && !state.quiet && state.phase.is !== 'ended')
  if (list.length === 0 && !writes) return null
  return (
    <section className="card stack-2" aria-labelledby="room-files">
      <h2 id="room-files">{t('room.files')}</h2>
      {list.length > 0 ? (
        <ul>
          {list.map(({ n, by, file }) => (
            <li key={n}>
              <a href={roomFilePath(link.place, file.id)} download={file.name} lang={session.language}>
                {file.name}
              </a>{' '}
              <span className="soft small">
                {bytes(file.size)} · {name(by)}
              </span>{' '}
              {leads || by === me?.who ? (
                <Button tight kind="quiet" busy={drop.isPending && drop.variables === file.id} onClick={() => drop.mutate(file.id)}>
                  {t('action.remove')}
                  <span className="hidden">: {file.name}</span>
                </Button>
              ) : null}
            </li>
          ))}
        </ul>
      ) : null}
      {writes ? <Share /> : null}
    </section>
  )
}

const isFile = (e: Entry): e is Entry & Required<Pick<Entry, 'file'>> => e.file !== undefined

function Share() {
  const { t } = useI18n()
  const { link } = useRoom()
  const sayFault = useSayFault()
  const send = useMutation({ mutationFn: (file: File) => sendRoomFile(link.place, file), onError: sayFault })
  return (
    <FilePick
      label={t('room.files.share')}
      hint={t('room.files.hint')}
      accept=".pdf,.png,.jpg,.jpeg,.gif,.webp,.txt,.csv,.json,.geojson,.docx,.xlsx,.pptx,.odt,.ods,.odp"
      busy={send.isPending}
      onPick={(file) => send.mutate(file)}
    >
      {send.isPending ? t('talk.file.sending') : send.data ? t('room.files.shared', { name: send.data.name }) : ''}
    </FilePick>
  )
}
