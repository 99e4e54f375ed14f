import { useI18n } from '../../../lib/i18n'

/** "You have seen 7 of 12 minutes", or in seconds for what is shorter than two minutes. */
export function SeenOf({ seen, length }: { seen: number; length: number }) {
  const { t } = useI18n()
  if (length < 120) return t('need.video.seen.seconds', { seen: Math.floor(seen), count: Math.round(length) })
  return t('need.video.seen', { seen: Math.floor(seen / 60), count: Math.round(length / 60) })
}
