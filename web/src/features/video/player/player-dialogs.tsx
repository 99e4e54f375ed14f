import { useI18n } from '../../../lib/i18n'
import type { Key } from '../../../lib/locale'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { SelectField } from '../../../ui/field'
import { backs, colours, describings, places, sizes } from './preferences'
import type { Player } from './use-player'

const keys: readonly { keys: string[]; does: Key }[] = [
  { keys: ['Space', 'K'], does: 'player.help.toggle' },
  { keys: ['J', 'L'], does: 'player.help.ten' },
  { keys: ['←', '→'], does: 'player.help.five' },
  { keys: ['Page Up', 'Page Down'], does: 'player.help.minute' },
  { keys: ['Home', 'End'], does: 'player.help.ends' },
  { keys: ['↑', '↓'], does: 'player.help.volume' },
  { keys: ['M'], does: 'player.mute' },
  { keys: ['C'], does: 'player.captions' },
  { keys: ['D'], does: 'player.describe' },
  { keys: ['N', 'P'], does: 'player.help.chapter' },
  { keys: ['<', '>'], does: 'player.speed' },
  { keys: ['W'], does: 'player.help.note' },
  { keys: ['F'], does: 'player.full' },
  { keys: ['?'], does: 'player.help.help' },
]

/** A dialog of the player, fetched when somebody opens it. */
export default function PlayerDialog({ which, notes, ...rest }: { which: 'help' | 'settings'; notes: boolean; player: Player; onHelp: () => void; onClose: () => void }) {
  return which === 'help' ? <PlayerHelp notes={notes} onClose={rest.onClose} /> : <PlayerSettings {...rest} />
}

function PlayerHelp({ notes, onClose }: { notes: boolean; onClose: () => void }) {
  const { t } = useI18n()
  return (
    <Dialog title={t('player.help')} onClose={onClose}>
      <p>{t('player.help.text')}</p>
      <dl className="facts keys">
        {keys.filter((k) => notes || k.does !== 'player.help.note').map((k) => (
          <div key={k.does} className="pairing">
            <dt>
              {k.keys.map((name) => (
                <kbd key={name}>{name === 'Space' ? t('player.help.space') : name}</kbd>
              ))}
            </dt>
            <dd>{t(k.does)}</dd>
          </div>
        ))}
      </dl>
    </Dialog>
  )
}

function PlayerSettings({ player, onHelp, onClose }: { player: Player; onHelp: () => void; onClose: () => void }) {
  const { t, languageName } = useI18n()
  const { preferences: p, actions, captions, track, described } = player
  const choice = <T extends string>(label: Key, value: T, all: readonly T[], name: (v: T) => Key, set: (v: T) => void) => (
    <SelectField
      label={t(label)}
      value={value}
      onChange={(e) => {
        const chosen = all.find((v) => v === e.target.value)
        if (chosen) set(chosen)
      }}
    >
      {all.map((v) => (
        <option key={v} value={v}>
          {t(name(v))}
        </option>
      ))}
    </SelectField>
  )
  return (
    <Dialog title={t('player.settings')} onClose={onClose} actions={<Button onClick={onHelp}>{t('player.help')}</Button>}>
      {captions.length > 0 ? (
        <SelectField label={t('player.captions.lang')} value={track?.lang ?? ''} onChange={(e) => actions.change({ lang: e.target.value, captions: true })}>
          {captions.map((c) => (
            <option key={c.lang} value={c.lang}>
              {c.unchecked ? t('player.captions.unchecked', { lang: languageName(c.lang) }) : languageName(c.lang)}
            </option>
          ))}
        </SelectField>
      ) : (
        <p>{t('player.captions.none')}</p>
      )}
      <div className="looks">
        {choice('player.captions.size', p.size, sizes, (v) => `player.captions.size.${v}`, (size) => actions.change({ size }))}
        {choice('player.captions.colour', p.colour, colours, (v) => `player.captions.colour.${v}`, (colour) => actions.change({ colour }))}
        {choice('player.captions.back', p.back, backs, (v) => `player.captions.back.${v}`, (back) => actions.change({ back }))}
        {choice('player.captions.place', p.place, places, (v) => `player.captions.place.${v}`, (place) => actions.change({ place }))}
      </div>
      <div className="sample" aria-hidden="true">
        <p className={`cue ${p.size} ${p.colour} ${p.back}`}>{t('player.captions.sample')}</p>
      </div>
      {described ? choice('player.describe', p.describe, describings, (v) => `player.describe.${v}`, (describe) => actions.change({ describe })) : <p className="small soft">{t('player.describe.none')}</p>}
    </Dialog>
  )
}
