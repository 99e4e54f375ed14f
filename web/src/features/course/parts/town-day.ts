import { useZone } from '../../../api/zone'
import { today } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'

/** The day of an instant by the clocks of the reader's town, wherever she reads it: as exports and letters name it. */
export function useTownDay(): (iso: string) => string {
  const { day } = useI18n()
  const zone = useZone()
  return (iso) => day(today(zone, new Date(iso)))
}
