import { useMemo } from 'react'
import { Button } from '../../../ui/button'
import { Tag } from '../../../ui/notice'
import { useI18n } from '../../../lib/i18n'
import { useRoom } from './use-room'

/** Who is here. */
export function Here() {
  const { t } = useI18n()
  const { here, names, me, name, state, send } = useRoom()
  const list = useMemo(() => [...here].sort((a, b) => (names[a]?.name ?? '').localeCompare(names[b]?.name ?? '')), [here, names])
  return (
    <section className="card stack-2" aria-labelledby="room-people">
      <h2 id="room-people">{t('room.people', { count: here.size })}</h2>
      <ul className="plain here-list">
        {list.slice(0, 200).map((w) => (
          <li key={w}>
            <span>
              {name(w)}
              {w !== me?.who && names[w]?.town ? <span className="small soft"> {names[w].town}</span> : null}
            </span>
            {state.deputies.includes(w) ? <Tag kind="civic">{t('room.people.deputy')}</Tag> : null}
            {me?.leads && w !== me.who ? (
              <Button tight kind="quiet" onClick={() => send({ kind: 'deputised', whom: w, on: !state.deputies.includes(w) })}>
                {state.deputies.includes(w) ? t('room.people.undeputise') : t('room.people.deputise')}
                <span className="hidden">: {name(w)}</span>
              </Button>
            ) : null}
          </li>
        ))}
      </ul>
      {list.length > 200 ? <p className="small soft">{t('room.people.more', { count: list.length - 200 })}</p> : null}
    </section>
  )
}
