import { useState } from 'react'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Form, SelectField, value } from '../../../ui/field'
import { More } from '../../../ui/more'
import { Progress } from '../../../ui/progress'
import { Empty, Loaded } from '../../../ui/states'
import { useRooms, useTowns } from './queries'
import { RoomDialog } from './room-dialog'

/** How much room the video files of each town take, the fullest first. */
export function Rooms() {
  const { t, bytes } = useI18n()
  const rooms = useRooms()
  const { name: town, all } = useTowns()
  const others = all.filter((o) => !rooms.data?.items.some((r) => r.organisation === o.id))
  const [setting, setSetting] = useState<string>()
  return (
    <section className="stack" aria-labelledby="rooms">
      <h2 id="rooms">{t('rooms.title')}</h2>
      <p className="small soft measure">{t('rooms.text')}</p>
      <Loaded query={rooms}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="town" title={t('rooms.none')} />
          ) : (
            <ul className="plain list">
              {items.map((r) => (
                <li key={r.organisation}>
                  <div className="grow">
                    {r.limit > 0 ? (
                      <Progress label={town(r.organisation)} share={r.used / r.limit} detail={t('room.of', { used: bytes(r.used), limit: bytes(r.limit), left: bytes(r.left) })} />
                    ) : (
                      <>
                        <p>{town(r.organisation)}</p>
                        <p className="small soft num">{t('rooms.free', { used: bytes(r.used) })}</p>
                      </>
                    )}
                  </div>
                  <Button tight onClick={() => setSetting(r.organisation)}>
                    {t('rooms.set')}
                    <span className="hidden">: {town(r.organisation)}</span>
                  </Button>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More pages={rooms} />
      {others.length > 0 ? (
        <Form className="filters" onSubmit={(f) => setSetting(value(f, 'town') || undefined)}>
          <SelectField label={t('rooms.other')} name="town">
            {others.map((o) => (
              <option key={o.id} value={o.id}>
                {o.name}
              </option>
            ))}
          </SelectField>
          <Button type="submit">{t('rooms.set')}</Button>
        </Form>
      ) : null}
      {setting === undefined ? null : <RoomDialog organisation={setting} name={town(setting)} onClose={() => setSetting(undefined)} />}
    </section>
  )
}
