import type { Text } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { localeNames, locales } from '../../../lib/locale'
import { useUnsaved } from '../../../lib/unsaved'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Check, Choices, Form, SelectField, TextField } from '../../../ui/field'
import { UnsavedNotice, UnsavedState } from '../../../ui/unsaved'
import { among, written } from '../../../ui/written'

interface NewDialogProps<M> {
  /** What is begun; under this what is written waits. */
  kind: 'course' | 'programme'
  title: string
  /** What its name is called. */
  name: string
  does: string
  error: unknown
  busy: boolean
  make: (begun: { title: Text; languages: string[] }) => Promise<M>
  onMade: (made: M) => void
  onClose: () => void
}

/** The beginning of a course or a programme: a name, and its languages. */
export function NewDialog<M>({ kind, title, name, does, error, busy, make, onMade, onClose }: NewDialogProps<M>) {
  const { t, locale } = useI18n()
  const unsaved = useUnsaved<{ title: string; first: string; languages: string[] }>(`${kind}.new`, '', { title: '', first: locale, languages: [] })
  const { value: x } = unsaved
  const send = () =>
    void make({ title: { [x.first]: x.title.trim() }, languages: [x.first, ...locales.filter((l) => l !== x.first && x.languages.includes(l))] }).then(
      (made) => {
        unsaved.saved(x, '')
        onMade(made)
      },
      () => undefined, // the form says it
    )
  return (
    <Dialog title={title} onClose={onClose}>
      <Form error={error} onSubmit={send}>
        <UnsavedNotice of={unsaved} busy={busy} />
        <TextField label={name} {...written(unsaved, 'title')} required maxLength={200} />
        <SelectField label={t('author.first')} hint={t('author.first.hint')} {...written(unsaved, 'first')}>
          {locales.map((l) => (
            <option key={l} value={l} lang={l}>
              {localeNames[l]}
            </option>
          ))}
        </SelectField>
        <Choices legend={t('author.more')} hint={t('author.more.hint')}>
          <div className="three tight">
            {locales
              .filter((l) => l !== x.first)
              .map((l) => (
                <Check key={l} {...among(unsaved, 'languages', l)} label={localeNames[l]} />
              ))}
          </div>
        </Choices>
        <div className="row">
          <Button kind="main" type="submit" busy={busy}>
            {does}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <UnsavedState of={unsaved} quiet />
        </div>
      </Form>
    </Dialog>
  )
}
