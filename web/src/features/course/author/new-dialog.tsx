import { useState } from 'react'
import type { Text } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { localeNames, locales } from '../../../lib/locale'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Check, Choices, Form, SelectField, TextField, value, values } from '../../../ui/field'

interface NewDialogProps {
  title: string
  /** What its name is called. */
  name: string
  does: string
  error: unknown
  busy: boolean
  onMake: (made: { title: Text; languages: string[] }) => void
  onClose: () => void
}

/** The beginning of a course or a programme: a name, and its languages. */
export function NewDialog({ title, name, does, error, busy, onMake, onClose }: NewDialogProps) {
  const { t, locale } = useI18n()
  const [first, setFirst] = useState<string>(locale)
  return (
    <Dialog title={title} onClose={onClose}>
      <Form error={error} onSubmit={(f) => onMake({ title: { [first]: value(f, 'title') }, languages: [first, ...values(f, 'languages').filter((l) => l !== first)] })}>
        <TextField label={name} name="title" required maxLength={200} />
        <SelectField label={t('author.first')} hint={t('author.first.hint')} value={first} onChange={(e) => setFirst(e.target.value)}>
          {locales.map((l) => (
            <option key={l} value={l} lang={l}>
              {localeNames[l]}
            </option>
          ))}
        </SelectField>
        <Choices legend={t('author.more')} hint={t('author.more.hint')}>
          <div className="three tight">
            {locales
              .filter((l) => l !== first)
              .map((l) => (
                <Check key={l} name="languages" value={l} label={localeNames[l]} />
              ))}
          </div>
        </Choices>
        <div className="row">
          <Button kind="main" type="submit" busy={busy}>
            {does}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </Form>
    </Dialog>
  )
}
