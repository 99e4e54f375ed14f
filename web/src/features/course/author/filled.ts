import type { Text } from '../../../api/types'

/** A text without the languages in which nothing is written. */
export function filled(text: Text): Text {
  const kept: Text = {}
  for (const [l, words] of Object.entries(text)) if (words.trim()) kept[l] = words.trim()
  return kept
}
