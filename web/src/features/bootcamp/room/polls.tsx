import { type FormEvent, use, useId, useState } from 'react'
import type { Poll, Question, Vote } from '../../../api/room'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { AreaField, Check, SelectField, TextField, value, Waited } from '../../../ui/field'
import { KeptForm, useBegun } from '../../../ui/kept-form'
import { Tag } from '../../../ui/notice'
import { useI18n } from '../../../lib/i18n'
import { useRoom } from './use-room'

/** Questions to everybody: the open ones first. */
export function Polls() {
  const { t } = useI18n()
  const { state, leads } = useRoom()
  const [asking, setAsking] = useState(false)
  const list = Object.values(state.polls).sort((a, b) => Number(b.open) - Number(a.open) || b.n - a.n)
  if (list.length === 0 && !leads) return null
  return (
    <section className="card stack" aria-labelledby="room-polls">
      <div className="row between">
        <h2 id="room-polls">{t('room.polls')}</h2>
        {leads ? (
          <Button tight icon="plus" onClick={() => setAsking(true)}>
            {t('room.polls.new')}
          </Button>
        ) : null}
      </div>
      {list.length === 0 ? <p className="soft">{t('room.polls.none')}</p> : null}
      <ul className="plain polls">
        {list.map((p) => (
          <li key={p.id}>
            <One poll={p} />
          </li>
        ))}
      </ul>
      {asking ? <Ask onClose={() => setAsking(false)} /> : null}
    </section>
  )
}

function One({ poll: p }: { poll: Poll }) {
  const { t } = useI18n()
  const { voted, leads, send, me, pending } = useRoom()
  const [changing, setChanging] = useState(false)
  const done = voted.has(p.id)
  const sending = pending.some((x) => x.act.kind === 'vote' && x.act.poll?.id === p.id && !x.fault)
  const asks = p.open && !me?.reads && (!done || changing) && !sending
  return (
    <article className="stack-2" aria-label={p.text}>
      <div className="row">
        {p.open ? <Tag kind="civic">{t('room.poll.open')}</Tag> : <Tag>{t('room.poll.closed')}</Tag>}
        {p.anonymous ? <Tag>{t('room.poll.anonymous')}</Tag> : null}
        <span className="small soft num">{t('room.poll.votes', { count: p.votes })}</span>
      </div>
      <h3 lang={p.lang}>{p.text}</h3>
      {p.anonymous && p.open ? <p className="small soft">{t('room.poll.anonymous.how', { count: p.minimum ?? 5 })}</p> : null}
      {asks ? (
        <Voting
          poll={p}
          onVote={(vote) => {
            send({ kind: 'vote', poll: { id: p.id }, vote })
            setChanging(false)
          }}
        />
      ) : null}
      {sending ? <p className="small soft">{t('room.sending')}</p> : null}
      {done && p.open && !changing ? (
        <p className="row">
          <Tag kind="good">{t('room.poll.voted')}</Tag>
          {p.anonymous ? null : (
            <Button tight kind="quiet" onClick={() => setChanging(true)}>
              {t('room.poll.change')}
            </Button>
          )}
        </p>
      ) : null}
      {!p.open && p.few ? <p>{t('room.poll.few', { count: p.minimum ?? 5 })}</p> : null}
      {p.tally && (!p.open || done || leads) ? <Result poll={p} /> : null}
      {leads && p.open ? (
        <Button tight onClick={() => send({ kind: 'closed', poll: { id: p.id } })}>
          {t('room.poll.close')}
          <span className="hidden">: {p.text}</span>
        </Button>
      ) : null}
    </article>
  )
}

function steps(p: Question): number[] {
  return Array.from({ length: p.steps ?? 5 }, (_, i) => i + 1)
}

/** The answers of one question, with the browser's own controls. */
function Voting({ poll: p, onVote }: { poll: Poll; onVote: (vote: Vote) => void }) {
  const { t } = useI18n()
  const id = useId()
  const [order, setOrder] = useState(() => (p.options ?? []).map((_, i) => i))
  const submit = (e: FormEvent<HTMLFormElement>) => {
    e.preventDefault()
    const f = new FormData(e.currentTarget)
    if (p.kind === 'words') {
      onVote({ words: f.getAll('word').filter((w) => typeof w === 'string').map((w) => w.trim()).filter(Boolean) })
      return
    }
    if (p.kind === 'ranking') { onVote({ choice: order }); return; }
    onVote({ choice: f.getAll('choice').map(Number) })
  }
  const move = (at: number, by: number) => {
    const next = [...order]
    const [one] = next.splice(at, 1)
    if (one !== undefined) next.splice(at + by, 0, one)
    setOrder(next)
  }
  return (
    <form className="stack-2" onSubmit={submit}>
      {p.kind === 'single' || p.kind === 'multiple' ? (
        <fieldset className="options">
          <legend className="hidden">{p.text}</legend>
          {p.kind === 'multiple' ? <p className="small soft">{t('room.poll.most', { count: p.most ?? 1 })}</p> : null}
          {(p.options ?? []).map((o, i) => (
            <Check key={i} type={p.kind === 'single' ? 'radio' : 'checkbox'} name="choice" value={i} label={<span lang={p.lang}>{o}</span>} required={p.kind === 'single'} />
          ))}
        </fieldset>
      ) : null}
      {p.kind === 'scale' ? (
        <fieldset className="scale">
          <legend className="hidden">{p.text}</legend>
          <span className="small soft" lang={p.lang}>
            {p.low}
          </span>
          {steps(p).map((n) => (
            <label key={n} className="check">
              <input type="radio" name="choice" value={n} required />
              <span className="num">{n}</span>
            </label>
          ))}
          <span className="small soft" lang={p.lang}>
            {p.high}
          </span>
        </fieldset>
      ) : null}
      {p.kind === 'ranking' ? (
        <ol className="ranking" aria-label={t('room.poll.rank')}>
          {order.map((o, i) => (
            <li key={o}>
              <span className="row between">
                <span lang={p.lang}>{p.options?.[o]}</span>
                <span className="row">
                  <Button tight icon="up" disabled={i === 0} onClick={() => move(i, -1)}>
                    <span className="hidden">{t('room.poll.up', { text: p.options?.[o] ?? '' })}</span>
                  </Button>
                  <Button tight icon="down" disabled={i === order.length - 1} onClick={() => move(i, 1)}>
                    <span className="hidden">{t('room.poll.down', { text: p.options?.[o] ?? '' })}</span>
                  </Button>
                </span>
              </span>
            </li>
          ))}
        </ol>
      ) : null}
      {p.kind === 'words'
        ? Array.from({ length: p.most ?? 1 }, (_, i) => (
            <span className="field" key={i}>
              <label htmlFor={`${id}-${i}`}>{t('room.poll.word', { number: i + 1 })}</label>
              <input className="input" id={`${id}-${i}`} name="word" maxLength={60} required={i === 0} />
            </span>
          ))
        : null}
      <Button kind="main" tight type="submit">
        {t('room.poll.vote')}
        <span className="hidden">: {p.text}</span>
      </Button>
    </form>
  )
}

/** What came of a question: bars beside figures, so that a table is all that is needed. */
function Result({ poll: p }: { poll: Poll }) {
  const { t, percent } = useI18n()
  const words = p.tally?.words ?? []
  if (p.kind === 'words') {
    return (
      <ul className="plain words-tally" aria-label={t('room.poll.result')}>
        {words.map((w) => (
          <li key={w.text} data-size={Math.min(4, Math.ceil((4 * w.count) / (words[0]?.count ?? 1)))}>
            {w.text} <span className="small soft num">{w.count}</span>
          </li>
        ))}
      </ul>
    )
  }
  const labels = p.kind === 'scale' ? steps(p).map(String) : (p.options ?? [])
  const counts = labels.map((_, i) => p.tally?.counts?.[i] ?? 0)
  const sum = p.kind === 'ranking' ? counts.reduce((a, b) => a + b, 0) : p.votes
  const top = Math.max(1, ...counts)
  const rows = labels.map((label, i) => ({ label, count: counts[i] ?? 0 }))
  if (p.kind === 'ranking') rows.sort((a, b) => b.count - a.count)
  return (
    <table className="tally">
      <caption className="hidden">{t('room.poll.result')}</caption>
      <tbody>
        {rows.map((r) => (
          <tr key={r.label}>
            <th scope="row" lang={p.lang}>
              {r.label}
            </th>
            <td className="bar" aria-hidden="true">
              <progress max={top} value={r.count} />
            </td>
            <td className="num">{p.kind === 'ranking' ? t('room.poll.points', { count: r.count }) : `${r.count} (${percent(sum > 0 ? r.count / sum : 0)})`}</td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

const kinds = ['single', 'multiple', 'scale', 'ranking', 'words'] as const

function Fields() {
  const { t } = useI18n()
  const [kind, setKind] = useBegun('kind', 'single', kinds)
  const nameless = use(Waited).anonymous
  const [anonymous, setAnonymous] = useState(!nameless || nameless.length > 0)
  return (
    <>
      <TextField label={t('room.poll.text')} name="text" required maxLength={500} />
      <SelectField label={t('room.poll.kind')} name="kind" value={kind} onChange={(e) => setKind(kinds.find((k) => k === e.currentTarget.value) ?? 'single')}>
        {kinds.map((k) => (
          <option key={k} value={k}>
            {t(`room.poll.kind.${k}`)}
          </option>
        ))}
      </SelectField>
      {kind === 'single' || kind === 'multiple' || kind === 'ranking' ? <AreaField label={t('room.poll.options')} hint={t('room.poll.options.hint')} name="options" required rows={4} /> : null}
      {kind === 'scale' ? (
        <>
          <TextField label={t('room.poll.steps')} name="steps" type="number" min={2} max={10} defaultValue={5} />
          <div className="pair">
            <TextField label={t('room.poll.low')} name="low" maxLength={200} />
            <TextField label={t('room.poll.high')} name="high" maxLength={200} />
          </div>
        </>
      ) : null}
      {kind === 'multiple' ? <TextField label={t('room.poll.choices')} name="most" type="number" min={1} max={20} /> : null}
      {kind === 'words' ? <TextField label={t('room.poll.answers')} name="most" type="number" min={1} max={5} defaultValue={3} /> : null}
      <Check label={t('room.poll.anonymous')} hint={t('room.poll.anonymous.hint')} name="anonymous" value="1" checked={anonymous} onChange={(e) => setAnonymous(e.currentTarget.checked)} />
      {anonymous ? <TextField label={t('room.poll.minimum')} name="minimum" type="number" min={3} max={100} defaultValue={5} /> : null}
    </>
  )
}

function Ask({ onClose }: { onClose: () => void }) {
  const { t } = useI18n()
  const { send, session } = useRoom()
  const submit = (f: FormData) => {
    const kind = kinds.find((k) => k === value(f, 'kind')) ?? 'single'
    const options = value(f, 'options').split('\n').map((o) => o.trim()).filter(Boolean)
    const listed = kind === 'single' || kind === 'multiple' || kind === 'ranking'
    send({
      kind: 'asked',
      poll: {
        kind,
        text: value(f, 'text'),
        lang: session.language,
        ...(listed ? { options } : {}),
        ...(kind === 'scale' ? { steps: Number(value(f, 'steps') || 5), low: value(f, 'low'), high: value(f, 'high') } : {}),
        ...(kind === 'multiple' || kind === 'words' ? { most: Number(value(f, 'most') || (kind === 'words' ? 3 : options.length)) } : {}),
        ...(value(f, 'anonymous') ? { anonymous: true, minimum: Number(value(f, 'minimum') || 5) } : {}),
      },
    })
  }
  return (
    <Dialog title={t('room.polls.new')} onClose={onClose}>
      <KeptForm name={`poll.${session.id}`} onSubmit={submit} onSent={onClose}>
        <Fields />
        <Ends does={t('room.poll.ask')} onClose={onClose} />
      </KeptForm>
    </Dialog>
  )
}
