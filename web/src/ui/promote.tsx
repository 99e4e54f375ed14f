import { type ReactNode } from 'react'
import { useI18n } from '../lib/i18n'
import { Button, ButtonLink } from './button'
import { Dialog } from './dialog'
import { Ends } from './ends'
import { Check, Choices, Form, value } from './field'
import { Notice } from './notice'

interface Made {
  into: 'practice' | 'challenge'
  draft: string
  opens: boolean
  credits: { name: string; state: string }[]
}

interface PromoteProps {
  made: Made | undefined
  error: unknown
  busy: boolean
  onDo: (into: 'practice' | 'challenge', form: FormData) => void
  onClose: () => void
  children?: ReactNode
}

/** Makes a draft of what was said. What is made, and how, says who opens it. */
export function Promote({ made, error, busy, onDo, onClose, children }: PromoteProps) {
  const { t, list } = useI18n()
  const asked = made?.credits.filter((c) => c.state === 'asked').map((c) => c.name) ?? []
  return (
    <Dialog title={t('draft.make')} onClose={onClose}>
      {made ? (
        <div className="stack">
          <Notice kind="good" alert>
            {t('draft.made')} {asked.length > 0 ? t('draft.asked', { names: list(asked) }) : ''}
          </Notice>
          {made.opens ? null : <p>{t('draft.elsewhere')}</p>}
          <div className="row">
            {made.opens ? (
              <ButtonLink kind="main" href={made.into === 'practice' ? `/practices/${made.draft}/draft` : `/challenges/${made.draft}/edit`}>
                {t('draft.open')}
              </ButtonLink>
            ) : null}
            <Button onClick={onClose}>{t('action.close')}</Button>
          </div>
        </div>
      ) : (
        <Form error={error} onSubmit={(f) => onDo(value(f, 'into') === 'challenge' ? 'challenge' : 'practice', f)}>
          <p>{t('draft.text')}</p>
          {children}
          <Choices legend={t('draft.into')}>
            <Check type="radio" name="into" value="practice" label={t('draft.practice')} defaultChecked />
            <Check type="radio" name="into" value="challenge" label={t('draft.challenge')} />
          </Choices>
          <Ends does={t('draft.do')} busy={busy} onClose={onClose} />
        </Form>
      )}
    </Dialog>
  )
}
