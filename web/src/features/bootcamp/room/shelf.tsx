import { useState } from 'react'
import { Link } from 'wouter'
import type { Entry } from '../../../api/room'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { AreaField, Form, TextField, value } from '../../../ui/field'
import { KeptForm } from '../../../ui/kept-form'
import { useI18n } from '../../../lib/i18n'
import { MakeDraft } from './promote'
import { useRoom } from './use-room'

/** What everybody should look at now. */
export function Spotlight() {
  const { t } = useI18n()
  const { state, leads, send, session } = useRoom()
  const [choosing, setChoosing] = useState(false)
  const l = state.light
  if (!l && !leads) return null
  return (
    <section className={`card stack-2${l ? ' lit' : ''}`} aria-labelledby="room-light">
      <h2 id="room-light">{t('room.light')}</h2>
      {l ? (
        <p className="row">
          <b lang={session.language}>{l.text}</b>
          {l.course && l.lesson ? (
            <Link className="button plain tight" href={`/catalogue/${l.course}`}>
              {t('room.light.lesson')}
            </Link>
          ) : null}
          {l.url ? (
            <a className="button plain tight" href={l.url} rel="noreferrer noopener" target="_blank">
              {t('room.light.open')}
              <span className="hidden"> {t('meet.elsewhere')}</span>
            </a>
          ) : null}
        </p>
      ) : (
        <p className="soft">{t('room.light.none')}</p>
      )}
      {leads ? (
        <div className="row">
          <Button tight onClick={() => setChoosing(true)}>
            {t('room.light.choose')}
          </Button>
          {l ? (
            <Button tight kind="quiet" onClick={() => send({ kind: 'lit' })}>
              {t('room.light.off')}
            </Button>
          ) : null}
        </div>
      ) : null}
      {choosing ? <Choose onClose={() => setChoosing(false)} /> : null}
    </section>
  )
}

function Choose({ onClose }: { onClose: () => void }) {
  const { t } = useI18n()
  const { send, session } = useRoom()
  const lessons = session.agenda.filter((a) => a.course && a.lesson)
  return (
    <Dialog title={t('room.light.choose')} onClose={onClose}>
      {lessons.length + session.materials.length > 0 ? (
        <ul className="plain stack-2">
          {lessons.map((a, i) => (
            <li key={i}>
              <Button
                onClick={() => {
                  send({ kind: 'lit', text: a.title, course: a.course ?? '', lesson: a.lesson ?? '' })
                  onClose()
                }}
              >
                {a.title}
              </Button>
            </li>
          ))}
          {session.materials.map((m) => (
            <li key={m.url}>
              <Button
                onClick={() => {
                  send({ kind: 'lit', text: m.title, url: m.url })
                  onClose()
                }}
              >
                {m.title}
              </Button>
            </li>
          ))}
        </ul>
      ) : null}
      <Form
        onSubmit={(f) => {
          send({ kind: 'lit', text: value(f, 'text'), ...(value(f, 'url') ? { url: value(f, 'url') } : {}) })
          onClose()
        }}
      >
        <TextField label={t('room.light.text')} name="text" required maxLength={200} />
        <TextField label={t('room.link.url')} name="url" type="url" pattern="https://.+" hint={t('meet.link.hint')} />
        <Ends does={t('room.light.show')} onClose={onClose} />
      </Form>
    </Dialog>
  )
}

const byNumber = (a: Entry, b: Entry) => a.n - b.n

/** What was agreed, for good. */
export function Decisions() {
  const { t, time } = useI18n()
  const { state, leads, send, name, session, me, link } = useRoom()
  const [making, setMaking] = useState<number>()
  const [writing, setWriting] = useState<Entry | 'new'>()
  const list = Object.values(state.decisions).sort(byNumber)
  if (list.length === 0 && !leads) return null
  return (
    <section className="card stack-2" aria-labelledby="room-decisions">
      <h2 id="room-decisions">{t('room.decisions')}</h2>
      {list.length === 0 ? <p className="soft">{t('room.decisions.none')}</p> : null}
      <ol className="decisions">
        {list.map((d) => (
          <li key={d.n}>
            <p lang={d.lang ?? session.language}>{d.gone ? <del>{d.text}</del> : d.text}</p>
            <p className="small soft">
              {name(d.by)} · <time dateTime={d.at}>{time(d.at)}</time>
              {d.was ? ` · ${t('room.decisions.changed')}` : ''}
              {d.gone ? ` · ${t('room.decisions.gone')}` : ''}
            </p>
            {leads && !d.gone ? (
              <div className="row">
                <Button tight kind="quiet" onClick={() => setWriting(d)}>
                  {t('action.change')}
                  <span className="hidden">: {d.text}</span>
                </Button>
                <Button tight kind="quiet" onClick={() => send({ kind: 'decided', re: d.n, on: false })}>
                  {t('room.decisions.takeback')}
                  <span className="hidden">: {d.text}</span>
                </Button>
              </div>
            ) : null}
            {me?.leads && !d.gone && !link.place.rehearsal ? (
              <Button tight kind="quiet" onClick={() => setMaking(d.n)}>
                {t('draft.make')}
                <span className="hidden">: {d.text}</span>
              </Button>
            ) : null}
          </li>
        ))}
      </ol>
      {leads ? (
        <Button tight icon="plus" onClick={() => setWriting('new')}>
          {t('room.decisions.new')}
        </Button>
      ) : null}
      {making === undefined ? null : <MakeDraft of={{ kind: 'decision', number: making }} onClose={() => setMaking(undefined)} />}
      {writing ? (
        <Dialog title={t('room.decisions.new')} onClose={() => setWriting(undefined)}>
          <KeptForm
            name={`decision.${session.id}.${String(writing === 'new' ? writing : writing.n)}`}
            onSubmit={(f) => send({ kind: 'decided', on: true, text: value(f, 'text'), lang: session.language, ...(writing === 'new' ? {} : { re: writing.n }) })}
            onSent={() => setWriting(undefined)}
          >
            <AreaField label={t('room.decisions.text')} name="text" required maxLength={2000} rows={3} defaultValue={writing === 'new' ? '' : writing.text} />
            <Ends does={t('action.save')} onClose={() => setWriting(undefined)} />
          </KeptForm>
        </Dialog>
      ) : null}
    </section>
  )
}

/** Materials of the run-sheet, and links that came up. */
export function Links() {
  const { t } = useI18n()
  const { state, leads, send, session } = useRoom()
  const [adding, setAdding] = useState(false)
  const list = Object.values(state.links).sort(byNumber)
  if (list.length + session.materials.length === 0 && !leads) return null
  return (
    <section className="card stack-2" aria-labelledby="room-links">
      <h2 id="room-links">{t('meet.materials')}</h2>
      <ul>
        {session.materials.map((m) => (
          <li key={m.url + m.title}>
            <Out url={m.url} text={m.title} />
          </li>
        ))}
        {list.map((l) => (
          <li key={l.n}>
            <Out url={l.url ?? ''} text={l.text} />
            {leads ? (
              <Button tight kind="quiet" onClick={() => send({ kind: 'unshared', re: l.n })}>
                {t('action.remove')}
                <span className="hidden">: {l.text}</span>
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {leads ? (
        <Button tight icon="plus" onClick={() => setAdding(true)}>
          {t('room.link.new')}
        </Button>
      ) : null}
      {adding ? (
        <Dialog title={t('room.link.new')} onClose={() => setAdding(false)}>
          <Form
            onSubmit={(f) => {
              send({ kind: 'shared', text: value(f, 'text'), url: value(f, 'url') })
              setAdding(false)
            }}
          >
            <TextField label={t('room.link.text')} name="text" required maxLength={200} />
            <TextField label={t('room.link.url')} name="url" type="url" required pattern="https://.+" hint={t('meet.link.hint')} />
            <Ends does={t('action.add')} onClose={() => setAdding(false)} />
          </Form>
        </Dialog>
      ) : null}
    </section>
  )
}

function Out({ url, text }: { url: string; text: string }) {
  const { t } = useI18n()
  return (
    <a href={url} rel="noreferrer noopener nofollow" target="_blank">
      {text}
      <span className="hidden"> {t('meet.elsewhere')}</span>
    </a>
  )
}
