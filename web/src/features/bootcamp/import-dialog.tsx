import { useState } from 'react'
import type { Bootcamp, Cohort, CohortList } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Dialog } from '../../ui/dialog'
import { Ends } from '../../ui/ends'
import { Form, SelectField, TextField, value } from '../../ui/field'
import { Notice, Tag } from '../../ui/notice'
import { useToast } from '../../ui/toast'
import { useImport } from './queries'

const roles = ['participant', 'facilitator', 'observer'] as const

/** A file's bytes as JSON carries them. */
async function base64(file: File): Promise<string> {
  const bytes = new Uint8Array(await file.arrayBuffer())
  let text = ''
  for (let i = 0; i < bytes.length; i += 0x8000) text += String.fromCharCode(...bytes.subarray(i, i + 0x8000))
  return btoa(text)
}

/** Invites the people of a table: it is read first, with what is wrong in each line, and then taken as a whole. */
export function ImportPeople({ bootcamp: b, cohort: c, onClose }: { bootcamp: Bootcamp; cohort: Cohort; onClose: () => void }) {
  const { t } = useI18n()
  const { read, take } = useImport(b.id, c.id)
  const [role, setRole] = useState<(typeof roles)[number]>('participant')
  const [file, setFile] = useState<string>()
  const toast = useToast()
  const lines = read.data?.lines
  const wrong = lines?.filter((l) => l.wrong).length ?? 0
  const ready = lines !== undefined && wrong === 0 && file !== undefined
  return (
    <Dialog title={t('import.people')} onClose={onClose} wide>
      <Form
        error={take.error ?? read.error}
        onSubmit={async (f) => {
          if (ready) {
            take.mutate(
              { file, role },
              {
                onSuccess: () => {
                  toast(t('import.done'))
                  onClose()
                },
              },
            )
            return
          }
          const chosen = f.get('file')
          if (!(chosen instanceof File)) return
          const data = await base64(chosen)
          setFile(data)
          const as = roles.find((r) => r === value(f, 'role')) ?? 'participant'
          setRole(as)
          read.mutate({ file: data, role: as })
        }}
      >
        <p className="soft">{t('import.text')}</p>
        <div className="stack" onChange={() => read.reset()}>
          <TextField label={t('import.file')} hint={t('import.file.hint')} name="file" type="file" accept=".csv,.txt,.tsv,.xlsx" required />
          <SelectField label={t('cohort.as')} name="role" defaultValue="participant">
            {roles.map((r) => (
              <option key={r} value={r}>
                {t(`cohort.role.${r}`)}
              </option>
            ))}
          </SelectField>
        </div>
        <div role="status" className="stack-2">
          {lines ? (
            <Notice kind={wrong ? 'wrong' : 'good'}>{wrong ? t('import.faults', { wrong, number: lines.length }) : t('import.clean', { number: lines.length })}</Notice>
          ) : null}
        </div>
        {lines ? <Lines lines={lines} /> : null}
        <Ends does={t(ready ? 'import.invite' : 'import.read')} busy={read.isPending || take.isPending} onClose={onClose} />
      </Form>
    </Dialog>
  )
}

/** What becomes of each line; those with a fault first. */
function Lines({ lines }: { lines: CohortList['lines'] }) {
  const { t } = useI18n()
  const sorted = [...lines].sort((a, b) => Number(!a.wrong) - Number(!b.wrong) || a.line - b.line)
  return (
    <ul className="plain list imported">
      {sorted.map((l) => (
        <li key={l.line}>
          <div className="grow">
            <p className="soft small">{t('import.line', { number: l.line })}</p>
            <p>{[l.email, l.name].filter(Boolean).join(' · ')}</p>
            {l.wrong ? <p className="small">{t(`import.wrong.${l.wrong}`)}</p> : null}
          </div>
          <Tag kind={l.wrong ? 'wrong' : l.state === 'already' ? 'civic' : 'good'}>{l.wrong ? '!' : t(`import.state.${l.state ?? 'invited'}`)}</Tag>
        </li>
      ))}
    </ul>
  )
}
