import { useI18n } from '../../../lib/i18n'
import type { Key } from '../../../lib/locale'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { SelectField } from '../../../ui/field'
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
  { keys: ['<', '>'], does: 'player.speed' },
  { keys: ['F'], does: 'player.full' },
  { keys: ['?'], does: 'player.help.help' },
]

export function PlayerHelp({ onClose }: { onClose: () => void }) {
  const { t } = useI18n()
  return (
    <Dialog title={t('player.help')} onClose={onClose}>
      <p>{t('player.help.text')}</p>
      <dl className="facts keys">
        {keys.map((k) => (
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

export function PlayerSettings({ player, onHelp, onClose }: { player: Player; onHelp: () => void; onClose: () => void }) {
  const { t, languageName } = useI18n()
  const { preferences, actions, source, track } = player
  return (
    <Dialog title={t('player.settings')} onClose={onClose} actions={<Button onClick={onHelp}>{t('player.help')}</Button>}>
      {source.captions.length > 0 ? (
        <SelectField label={t('player.captions.lang')} value={track?.lang ?? ''} onChange={(e) => actions.change({ lang: e.target.value, captions: true })}>
          {source.captions.map((c) => (
            <option key={c.lang} value={c.lang}>
              {languageName(c.lang)}
            </option>
          ))}
        </SelectField>
      ) : (
        <p>{t('player.captions.none')}</p>
      )}
      <SelectField label={t('player.captions.size')} value={preferences.size} onChange={(e) => actions.change({ size: e.target.value === 'small' || e.target.value === 'large' ? e.target.value : 'medium' })}>
        <option value="small">{t('player.captions.size.small')}</option>
        <option value="medium">{t('player.captions.size.medium')}</option>
        <option value="large">{t('player.captions.size.large')}</option>
      </SelectField>
      <SelectField label={t('player.captions.look')} value={preferences.look} onChange={(e) => actions.change({ look: e.target.value === 'light' ? 'light' : 'dark' })}>
        <option value="dark">{t('player.captions.look.dark')}</option>
        <option value="light">{t('player.captions.look.light')}</option>
      </SelectField>
    </Dialog>
  )
}
