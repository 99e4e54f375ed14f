import { Button } from '../../../ui/button'
import { Tag } from '../../../ui/notice'
import { useI18n } from '../../../lib/i18n'
import { useRoom } from './use-room'

/** Whose turn it is, and who comes next. */
export function Hands() {
  const { t } = useI18n()
  const { state, me, leads, send, name } = useRoom()
  const place = state.hands.findIndex((h) => h.who === me?.who)
  const mine = state.floor !== '' && state.floor === me?.who
  return (
    <section className="card stack" aria-labelledby="room-hands">
      <h2 id="room-hands">{t('room.hands')}</h2>
      <p aria-live="polite">
        {mine ? <Tag kind="civic">{t('room.floor.you')}</Tag> : state.floor ? t('room.floor', { name: name(state.floor) }) : <span className="soft">{t('room.floor.none')}</span>}
        {place >= 0 ? <b> {t('room.hands.place', { number: place + 1 })}</b> : null}
      </p>
      <div className="row">
        {me?.reads ? null : (
          <Button kind={place >= 0 ? 'plain' : 'main'} icon="up" aria-pressed={place >= 0} onClick={() => send({ kind: 'raised', on: place < 0 })}>
            {place >= 0 ? t('room.hands.lower') : t('room.hands.raise')}
          </Button>
        )}
        {leads && state.hands[0] ? (
          <Button onClick={() => send({ kind: 'called', whom: state.hands[0]?.who ?? '', on: true })}>{t('room.hands.next')}</Button>
        ) : null}
        {leads && state.floor ? <Button onClick={() => send({ kind: 'called' })}>{t('room.floor.take')}</Button> : null}
      </div>
      {state.hands.length > 0 ? (
        <ol className="queue">
          {state.hands.map((h) => (
            <li key={h.who}>
              <span className="row between">
                <span>
                  {name(h.who)} <span className="small soft">{t('room.hands.turns', { count: h.turns })}</span>
                </span>
                {leads ? (
                  <span className="row">
                    <Button tight onClick={() => send({ kind: 'called', whom: h.who, on: true })}>
                      {t('room.hands.call')}
                      <span className="hidden">: {name(h.who)}</span>
                    </Button>
                    <Button tight kind="quiet" onClick={() => send({ kind: 'raised', whom: h.who, on: false })}>
                      {t('room.hands.lower')}
                      <span className="hidden">: {name(h.who)}</span>
                    </Button>
                  </span>
                ) : null}
              </span>
            </li>
          ))}
        </ol>
      ) : null}
      <p className="small soft">{t('room.hands.rule')}</p>
    </section>
  )
}
