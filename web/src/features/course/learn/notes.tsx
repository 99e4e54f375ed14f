import { type ReactNode, type RefObject, use, useEffect, useId, useRef, useState } from 'react'
import { Link } from 'wouter'
import type { OwnNote } from '../../../api/types'
import { clock } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'
import { Button, IconButton } from '../../../ui/button'
import { Confirm } from '../../../ui/confirm'
import { AreaField, value, Waited } from '../../../ui/field'
import { KeptForm } from '../../../ui/kept-form'
import { More } from '../../../ui/more'
import { Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import { useChangeNotes, useNotes } from './queries'

interface NotesProps {
  enrolment: string
  lesson: string
  /** Where the video is. */
  at: () => number
  onJump: (at: number) => void
  /** The video goes on where it was stopped for writing. */
  onDone: () => void
  /** Begins to write, from a key of the player. */
  writer: RefObject<(() => void) | null>
}

/** A learner's own notes beside the video, each at its second. Nobody else reads them. */
export default function Notes({ enrolment, lesson, at, onJump, onDone, writer }: NotesProps) {
  const { t } = useI18n()
  const id = useId()
  const notes = useNotes(enrolment, lesson)
  const { add } = useChangeNotes(enrolment)
  const toast = useToast()
  const field = useRef<HTMLDivElement>(null)
  const [second, setSecond] = useState<number>()
  const begin = () => {
    setSecond((s) => s ?? Math.floor(at()))
    field.current?.querySelector('textarea')?.focus()
  }
  writer.current = begin
  return (
    <section className="card stack notes" aria-labelledby={id}>
      <div className="row between">
        <h2 id={id}>{t('notes.title')}</h2>
        <Link href={`/notes/${enrolment}`} className="small">
          {t('notes.all')}
        </Link>
      </div>
      <p className="small soft">{t('notes.private')}</p>
      <div ref={field}>
        <KeptForm
          name={`note.new.${lesson}`}
          error={add.error}
          label={t('notes.new')}
          onSubmit={(f) => add.mutateAsync({ lesson, at: value(f, 'at') ? Number(value(f, 'at')) : Math.floor(at()), text: value(f, 'text') })}
          onSent={() => {
            toast(t('notes.saved'))
            setSecond(undefined)
            onDone()
          }}
        >
          <AreaField
            label={second === undefined ? t('notes.write') : t('notes.write.at', { at: clock(second) })}
            hint={t('notes.hint')}
            name="text"
            rows={2}
            maxLength={4000}
            required
            onFocus={begin}
            onKeyDown={(e) => {
              if (e.key === 'Enter' && (e.ctrlKey || e.metaKey)) {
                e.preventDefault()
                e.currentTarget.form?.requestSubmit()
              }
            }}
          />
          <Where second={second} onWaited={setSecond} />
          <div className="row">
            <Button type="submit" busy={add.isPending}>
              {t('notes.keep')}
            </Button>
            {second === undefined ? null : (
              <Button kind="quiet" onClick={() => setSecond(Math.floor(at()))}>
                {t('notes.here')}
              </Button>
            )}
          </div>
        </KeptForm>
      </div>
      <Loaded query={notes}>
        {({ items }) => (
          <>
            {items.length > 0 ? (
              <ul className="plain list">
                {items.map((n) => (
                  <NoteLine key={n.id} enrolment={enrolment} note={n}>
                    <button type="button" className="link num" onClick={() => onJump(n.at)}>
                      <span className="hidden">{t('notes.jump')} </span>
                      {clock(n.at)}
                    </button>
                  </NoteLine>
                ))}
              </ul>
            ) : null}
            <More pages={notes} />
          </>
        )}
      </Loaded>
    </section>
  )
}

/** Where in the video the note belongs that is written, also when it has waited. */
function Where({ second, onWaited }: { second: number | undefined; onWaited: (second: number) => void }) {
  const waited = use(Waited).at?.[0]
  useEffect(() => {
    if (waited) onWaited(Number(waited))
  }, [waited, onWaited])
  return <input type="hidden" name="at" value={second ?? ''} readOnly />
}

/** A note that can be written anew or removed; its place is for whoever shows it to say. */
export function NoteLine({ enrolment, note: n, children }: { enrolment: string; note: OwnNote; children: ReactNode }) {
  const { t } = useI18n()
  const { change, remove } = useChangeNotes(enrolment)
  const toast = useToast()
  const [editing, setEditing] = useState(false)
  const [removing, setRemoving] = useState(false)
  const name = `${clock(n.at)} ${n.text.slice(0, 40)}`
  const line = useRef<HTMLLIElement>(null)
  const edit = useRef<HTMLButtonElement>(null)
  // Whoever has asked to write wants to write, and is at the same line afterwards.
  const wrote = useRef(false)
  useEffect(() => {
    if (editing) line.current?.querySelector('textarea')?.focus()
    else if (wrote.current) edit.current?.focus()
    wrote.current = editing
  }, [editing])
  return (
    <li ref={line}>
      <span className="grow">
        {children}{' '}
        {editing ? (
          <KeptForm
            name={`note.${n.id}`}
            of={n.rev}
            error={change.error}
            label={t('notes.change', { name })}
            onSubmit={(f) => change.mutateAsync({ note: n, text: value(f, 'text') })}
            onSent={() => {
              setEditing(false)
              toast(t('state.saved'))
            }}
          >
            <AreaField label={t('notes.text')} name="text" rows={3} maxLength={4000} required defaultValue={n.text} />
            <div className="row">
              <Button type="submit" kind="main" busy={change.isPending}>
                {t('action.save')}
              </Button>
              <Button
                onClick={() => {
                  change.reset()
                  setEditing(false)
                }}
              >
                {t('action.cancel')}
              </Button>
            </div>
          </KeptForm>
        ) : (
          <span className="own">{n.text}</span>
        )}
      </span>
      {editing ? null : (
        <span className="row">
          <IconButton ref={edit} icon="edit" label={t('notes.change', { name })} onClick={() => setEditing(true)} />
          <IconButton icon="trash" label={t('notes.remove', { name })} onClick={() => setRemoving(true)} />
        </span>
      )}
      {removing && (
        <Confirm
          title={t('notes.remove', { name })}
          does={t('action.remove')}
          error={remove.error}
          busy={remove.isPending}
          onClose={() => setRemoving(false)}
          // The line is gone when it has succeeded, and with it what would be called then.
          onDo={() => void remove.mutateAsync(n.id).then(() => toast(t('notes.removed')), () => undefined)}
        >
          {t('notes.remove.text')}
        </Confirm>
      )}
    </li>
  )
}
