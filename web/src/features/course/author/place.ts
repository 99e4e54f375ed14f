/** "1:05", "65", "1:02:03" as seconds; undefined: no place in a video. */
export function parsePlace(text: string): number | undefined {
  const found = /^\s*(?:(?:(\d{1,2}):)?(\d{1,3}):)?(\d{1,5}(?:[.,]\d{1,3})?)\s*$/.exec(text)
  if (!found) return undefined
  const seconds = Number((found[3] ?? '').replace(',', '.'))
  if (found[2] !== undefined && seconds >= 60) return undefined
  const at = Number(found[1] ?? 0) * 3600 + Number(found[2] ?? 0) * 60 + seconds
  return at <= 86_400 ? at : undefined
}
