import { useState } from 'react'
import type { Upload } from '../../../api/types'
import { say } from '../../../lib/fault'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Confirm } from '../../../ui/confirm'
import { Form, TextField, value } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { Progress } from '../../../ui/progress'
import { useToast } from '../../../ui/toast'
import { Drop } from './drop'
import { Room } from './room'
import { useDropUpload, useImport, useOpenUploads, useRetryImport, useRoom } from './queries'
import { useSent } from './totals'
import { useUploads } from './uploads'

/** Where any number of films is sent, or fetched from an address, and what has not come to its end. */
export function SendSection() {
  const { t } = useI18n()
  const open = useOpenUploads()
  const room = useRoom()
  const uploads = useUploads()
  const here = useSent(uploads.all)
  const left = open.data?.items.filter((u) => u.import || !here.includes(u.video)) ?? []
  const begin = (files: File[]) => {
    for (const file of files) {
      const replaced = left.find((u) => u.replaces && u.name === file.name && u.size === file.size)
      uploads.begin(replaced ? { file, replaces: replaced.video } : { file })
    }
    void open.refetch()
  }
  return (
    <section className="stack" aria-labelledby="send">
      <h2 id="send">{t('uploads.send')}</h2>
      {room.data ? <Room room={room.data} /> : null}
      <Drop several onFiles={begin} />
      {room.data && room.data.imports.length > 0 ? <FromAddress hosts={room.data.imports} /> : null}
      {left.length > 0 ? (
        <>
          <h3>{t('uploads.left')}</h3>
          <ul className="plain list">
            {left.map((u) => (
              <Left key={u.id} upload={u} />
            ))}
          </ul>
        </>
      ) : null}
    </section>
  )
}

function FromAddress({ hosts }: { hosts: readonly string[] }) {
  const { t, list } = useI18n()
  const toast = useToast()
  const fetching = useImport()
  const [round, setRound] = useState(0)
  return (
    <details>
      <summary>{t('import.title')}</summary>
      <Form
        key={round}
        error={fetching.error}
        onSubmit={(f) =>
          fetching.mutate(value(f, 'address'), {
            onSuccess: (u) => {
              toast(t('import.begun', { name: u.name }))
              setRound(round + 1)
            },
          })
        }
      >
        <TextField label={t('import.address')} hint={hosts.includes('*') ? t('import.hint.any') : t('import.hint', { hosts: list(hosts) })} name="address" type="url" inputMode="url" required maxLength={4000} />
        <div>
          <Button type="submit" busy={fetching.isPending}>
            {t('import.do')}
          </Button>
        </div>
      </Form>
    </details>
  )
}

/** An upload of which this page has no file: from another day or machine, or one that the server fetches. */
function Left({ upload: u }: { upload: Upload }) {
  const i18n = useI18n()
  const { t, bytes, maybe, dateTime } = i18n
  const drop = useDropUpload()
  const again = useRetryImport()
  const [asking, setAsking] = useState(false)
  const m = u.import
  return (
    <li>
      <div className="grow stack-2">
        {m && !m.reason ? (
          <>
            <Progress label={t('import.label', { name: u.name })} share={m.got / Math.max(1, u.size)} detail={t('upload.sent', { sent: bytes(m.got), size: bytes(u.size) })} />
            <p className="small soft breaks">{m.attempts > 0 ? t('import.again', { when: dateTime(m.again) }) : t('import.from', { address: m.address })}</p>
          </>
        ) : (
          <>
            <p className="breaks">
              <b>{u.name}</b> <span className="small soft num">{bytes(u.size)}</span>
            </p>
            <p className="small">{m ? (maybe(`errors.${m.reason ?? ''}`) ?? t('errors.unexpected')) : t(u.replaces ? 'uploads.left.replaces' : 'uploads.left.text')}</p>
          </>
        )}
        {again.error ? <Notice kind="wrong">{say(again.error, i18n)}</Notice> : null}
      </div>
      <span className="row">
        {m?.reason ? (
          <Button tight busy={again.isPending} onClick={() => again.mutate(u.id)}>
            {t('action.retry')}
            <span className="hidden">: {u.name}</span>
          </Button>
        ) : null}
        <Button tight kind="quiet" onClick={() => setAsking(true)}>
          {t('upload.cancel')}
          <span className="hidden">: {u.name}</span>
        </Button>
      </span>
      {asking ? (
        <Confirm title={t('uploads.cancel.name', { name: u.name })} does={t('upload.cancel')} error={drop.error} busy={drop.isPending} onClose={() => setAsking(false)} onDo={() => drop.mutate(u.id, { onSuccess: () => setAsking(false) })}>
          {t('uploads.cancel.text')}
        </Confirm>
      ) : null}
    </li>
  )
}
