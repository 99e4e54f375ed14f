import type { Sent } from './edit'

function isLine(x: unknown): x is Sent {
  return typeof x === 'object' && x !== null && 'start' in x && typeof x.start === 'number' && 'end' in x && typeof x.end === 'number' && 'text' in x && typeof x.text === 'string' && 'voice' in x && typeof x.voice === 'string' && 'place' in x && typeof x.place === 'string'
}

/** Whether something that this browser kept are the lines of a text track. */
export const areLines = (x: unknown): x is Sent[] => Array.isArray(x) && x.every(isLine)

/** The name under which unsaved lines are kept. */
export const draftOf = (video: string, kind: string, lang: string) => `captions.${video}.${kind}.${lang}`
