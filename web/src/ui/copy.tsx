import { useI18n } from '../lib/i18n'
import { Button } from './button'
import { useToast } from './toast'

/** Puts words into the clipboard, and says so. */
export function CopyButton({ words, label, tight = true }: { words: string; label: string; tight?: boolean }) {
  const { t } = useI18n()
  const toast = useToast()
  return (
    <Button tight={tight} onClick={() => void copy(words).then((done) => toast(done ? t('copy.done') : t('copy.failed')))}>
      {t('copy.do')}
      <span className="hidden">: {label}</span>
    </Button>
  )
}

/** Browsers give the clipboard to safe connections only; where there is none, people select the words themselves. */
export async function copy(words: string): Promise<boolean> {
  try {
    await navigator.clipboard.writeText(words)
    return true
  } catch {
    return false
  }
}
