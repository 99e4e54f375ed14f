import { useState } from 'react'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { Form, SelectField, TextField, value } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { clock } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'
import { useNow, useRoom } from './use-room'

/** Work in groups: where the reader is, how long still, and who is elsewhere. */
export function Groups() {
  const { t } = useI18n()
  const { state, leads, me, send, name, skew } = useRoom()
  const [splitting, setSplitting] = useState(false)
  const now = useNow(skew)
  const b = state.breakout
  if (!b?.open) {
    return leads ? (
      <section className="card stack-2" aria-labelledby="room-groups">
        <h2 id="room-groups">{t('room.groups')}</h2>
        <p className="soft">{t('room.groups.none')}</p>
        <Button tight onClick={() => setSplitting(true)}>
          {t('room.groups.new')}
        </Button>
        {splitting ? <Split onClose={() => setSplitting(false)} /> : null}
      </section>
    ) : null
  }
  const teams = b.teams.map((id) => state.teams[id]).filter((x) => x !== undefined)
  const mine = teams.find((x) => x.who.includes(me?.who ?? ''))
  const visiting = state.visits[me?.who ?? '']
  const left = b.ends ? Math.max(0, Math.round((Date.parse(b.ends) - now) / 1000)) : undefined
  return (
    <section className="card stack" aria-labelledby="room-groups">
      <h2 id="room-groups">{t('room.groups')}</h2>
      {mine ? (
        <Notice>
          <b>{t('room.groups.yours', { name: mine.name })}</b>
        </Notice>
      ) : null}
      {left === undefined ? null : (
        <p>
          {t('room.groups.left')}{' '}
          <b className="num" role="timer">
            {clock(left)}
          </b>
        </p>
      )}
      <ul className="plain teams">
        {teams.map((x) => (
          <li key={x.id}>
            <h3>{x.name}</h3>
            <p className="small">{x.who.length === 0 ? t('room.groups.empty') : x.who.map(name).join(', ')}</p>
            {leads ? (
              <Button tight aria-pressed={visiting === x.id} onClick={() => send({ kind: 'visited', ...(visiting === x.id ? {} : { group: x.id }) })}>
                {visiting === x.id ? t('room.groups.leave') : t('room.groups.visit')}
                <span className="hidden">: {x.name}</span>
              </Button>
            ) : mine || me?.reads ? null : (
              <Button tight onClick={() => send({ kind: 'regrouped', group: x.id })}>
                {t('room.groups.join')}
                <span className="hidden">: {x.name}</span>
              </Button>
            )}
          </li>
        ))}
      </ul>
      {leads ? (
        <Button kind="main" tight onClick={() => send({ kind: 'gathered' })}>
          {t('room.groups.gather')}
        </Button>
      ) : null}
    </section>
  )
}

/** Spreads who is here over groups, as evenly as it goes. */
function Split({ onClose }: { onClose: () => void }) {
  const { t } = useI18n()
  const { here, me, state, send, names } = useRoom()
  const guests = [...here].filter((w) => w !== me?.who && !state.deputies.includes(w))
  const submit = (f: FormData) => {
    const n = Math.max(1, Math.min(60, Number(value(f, 'number') || 2)))
    const order = [...guests]
    if (value(f, 'how') === 'random') {
      for (let i = order.length - 1; i > 0; i--) {
        const j = Math.floor(Math.random() * (i + 1))
        const a = order[i]
        const b = order[j]
        if (a !== undefined && b !== undefined) [order[i], order[j]] = [b, a]
      }
    } else order.sort((a, b) => (names[a]?.town ?? '').localeCompare(names[b]?.town ?? '')) // neighbours in the list come into different groups
    const groups = Array.from({ length: n }, (_, i) => ({ name: t('room.groups.name', { number: i + 1 }), who: order.filter((_, k) => k % n === i) }))
    send({ kind: 'split', groups, seconds: 60 * Number(value(f, 'minutes') || 0) })
    onClose()
  }
  return (
    <Dialog title={t('room.groups.new')} onClose={onClose}>
      <Form onSubmit={submit}>
        <p className="soft">{t('room.groups.here', { count: guests.length })}</p>
        <div className="pair">
          <TextField label={t('room.groups.number')} name="number" type="number" min={1} max={60} defaultValue={Math.max(2, Math.round(guests.length / 4))} required />
          <TextField label={t('meet.minutes')} name="minutes" type="number" min={0} max={600} defaultValue={15} />
        </div>
        <SelectField label={t('room.groups.how')} name="how">
          <option value="random">{t('room.groups.random')}</option>
          <option value="towns">{t('room.groups.towns')}</option>
        </SelectField>
        <Ends does={t('room.groups.do')} onClose={onClose} />
      </Form>
    </Dialog>
  )
}
