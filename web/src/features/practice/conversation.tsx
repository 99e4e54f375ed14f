import type { PracticeQuestion } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { AreaField, value } from '../../ui/field'
import { KeptForm } from '../../ui/kept-form'

interface Said {
  id: string
  messages: Pick<PracticeQuestion['messages'][number], 'at' | 'language' | 'name' | 'townName' | 'words'>[]
}

/** What is said in a conversation, and the answer of who may give one. No address is ever shown. */
export function Conversation({ of: q, error, busy, onAnswer }: { of: Said; error: unknown; busy: boolean; onAnswer: ((words: string) => Promise<unknown>) | undefined }) {
  const { t, dateTime } = useI18n()
  return (
    <>
      <ol className="plain stack-2">
        {q.messages.map((m, i) => (
          <li key={i}>
            <p className="small soft">
              {[m.name, m.townName].filter(Boolean).join(', ')} · {dateTime(m.at)}
            </p>
            <p className="words" lang={m.language}>
              {m.words}
            </p>
          </li>
        ))}
      </ol>
      {onAnswer && (
        <KeptForm name={`answer.${q.id}`} error={error} onSubmit={(f) => onAnswer(value(f, 'words'))}>
          <AreaField label={t('practice.answer')} name="words" rows={2} required maxLength={4000} />
          <div>
            <Button type="submit" busy={busy}>
              {t('practice.answer.send')}
            </Button>
          </div>
        </KeptForm>
      )}
    </>
  )
}
