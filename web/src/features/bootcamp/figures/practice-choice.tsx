import { useDeferredValue, useState } from 'react'
import type { BootcampOutput } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { TextField } from '../../../ui/field'
import { useBegun } from '../../../ui/kept-form'
import { usePracticesFound } from './queries'

/** The published practice card that an output is. */
export function PracticeChoice({ chosen, of, onChoose }: { chosen: string; of: BootcampOutput | undefined; onChoose: (id: string) => void }) {
  const { t, words } = useI18n()
  const [q, setQ] = useState('')
  const [title, setTitle] = useBegun('card', of?.practice ? (of.title ?? '') : '')
  const asked = useDeferredValue(q.trim())
  const found = usePracticesFound(asked)
  if (chosen) {
    return (
      <div className="stack-1">
        <p>
          <span className="small soft">{t('fig.output.card')}</span>
          <br />
          {title}
          <input type="hidden" name="card" value={title} readOnly />
        </p>
        <div>
          <Button tight onClick={() => onChoose('')}>
            {t('fig.output.card.unlink')}
          </Button>
        </div>
      </div>
    )
  }
  return (
    <div className="stack-1">
      <TextField label={t('fig.output.card.search')} hint={t('fig.output.card.hint')} value={q} maxLength={200} onChange={(e) => setQ(e.target.value)} />
      <ul className="plain list" aria-label={t('fig.output.card')}>
        {(found.data?.items ?? []).map((x) => (
          <li key={x.id}>
            <button
              type="button"
              className="link grow"
              onClick={() => {
                setTitle(words(x.title))
                onChoose(x.id)
              }}
            >
              {words(x.title)}
            </button>
            <span className="small soft">{x.townName}</span>
          </li>
        ))}
      </ul>
      {asked && found.data?.items.length === 0 ? <p className="small soft">{t('fig.output.card.none')}</p> : null}
    </div>
  )
}
