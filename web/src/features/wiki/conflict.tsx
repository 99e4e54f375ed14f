import { useId, useLayoutEffect, useRef } from 'react'
import type { WikiPage } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { useSayFault } from '../../ui/toast'
import { Differences, useWhoWhen } from './parts'
import { useChangeWiki } from './queries'

interface ConflictProps {
  place: string
  /** The version on which one wrote. */
  from: number
  /** What the page says now. */
  now: WikiPage
  /** What one wrote. */
  words: string
  onGoOn: (now: WikiPage, words: string, both?: number) => void
}

/** Somebody else was quicker: what changed, both texts, and the ways to go on. Nothing of either is lost. */
export function Conflict({ place, from, now, words, onGoOn }: ConflictProps) {
  const { t } = useI18n()
  const head = useRef<HTMLHeadingElement>(null)
  const area = useId()
  const { merge, look } = useChangeWiki(place)
  const sayFault = useSayFault()
  const whoWhen = useWhoWhen()
  useLayoutEffect(() => head.current?.focus(), [])
  const together = () =>
    merge.mutate(
      { w: now.id, from, words },
      {
        onError: sayFault,
        onSuccess: (m) => {
          // In the meantime it may have been saved once more.
          if (m.number === now.number) onGoOn(now, m.words, m.both)
          else look.mutate(now.id, { onError: sayFault, onSuccess: (p) => onGoOn({ ...p, number: m.number }, m.words, m.both) })
        },
      },
    )
  return (
    <section className="card stack conflict" aria-labelledby="conflict">
      <h2 id="conflict" ref={head} tabIndex={-1}>
        {t('wiki.conflict')}
      </h2>
      <p>{t('wiki.conflict.text')}</p>
      <p className="soft small">
        {t('wiki.version', { number: now.number })} · {whoWhen(now.by, now.at)}
        {now.why ? ` · ${now.why}` : ''}
      </p>
      <h3>{t('wiki.conflict.changed')}</h3>
      <Differences place={place} w={now.id} from={from} to={now.number} />
      <div className="field">
        <label htmlFor={area}>{t('wiki.conflict.theirs')}</label>
        <textarea id={area} className="input" readOnly rows={8} lang={now.language} value={now.words} />
      </div>
      <div className="row">
        <Button kind="main" busy={merge.isPending || look.isPending} onClick={together}>
          {t('wiki.conflict.together')}
        </Button>
        <Button onClick={() => onGoOn(now, words)}>{t('wiki.conflict.own')}</Button>
      </div>
      <p className="soft small">{t('wiki.conflict.hint')}</p>
    </section>
  )
}
