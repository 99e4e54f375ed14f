import { useState } from 'react'
import type { Flow } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { AreaField, Check, Choices, Form, PasswordField, secret, SelectField, TextField, value, values } from '../../../ui/field'
import { useToast } from '../../../ui/toast'
import { useCredentials } from './credential-queries'
import { useChangeFlows } from './flow-queries'

/** Addresses, one a line. */
function lines(f: FormData, name: string): string[] {
  return value(f, name)
    .split(/\s+/)
    .filter((l) => l !== '')
}

/** Makes a way to another record store, or changes one: its direction stays. */
export function FlowForm({ town, flow: w, onClose }: { town: string; flow?: Flow; onClose: () => void }) {
  const { t } = useI18n()
  const { make, change } = useChangeFlows(town)
  const [direction, setDirection] = useState<'out' | 'in'>(w?.direction ?? 'out')
  const toast = useToast()
  const save = (f: FormData) => {
    const word = secret(f, 'secret')
    const given = {
      name: value(f, 'name'), endpoint: value(f, 'endpoint'), key: value(f, 'key'),
      version: value(f, 'version') === '1.0.3' ? ('1.0.3' as const) : ('2.0.0' as const),
      filter: { verbs: lines(f, 'verbs'), activities: lines(f, 'activities'), courses: lines(f, 'courses'), notFrom: direction === 'out' ? values(f, 'notFrom') : [] },
    }
    const done = {
      onSuccess: () => {
        toast(t('state.saved'))
        onClose()
      },
    }
    if (w) change.mutate({ id: w.id, body: { ...given, ...(word ? { secret: word } : {}) } }, done)
    else make.mutate({ ...given, secret: word, direction, begin: value(f, 'begin') === 'now' ? 'now' : 'beginning', on: f.get('on') !== null }, done)
  }
  return (
    <Dialog title={w ? w.name : t('flow.new')} onClose={onClose}>
      <Form error={w ? change.error : make.error} onSubmit={save}>
        <TextField label={t('flow.name')} name="name" required maxLength={100} defaultValue={w?.name} />
        {w ? null : (
          <SelectField label={t('flow.direction')} value={direction} onChange={(e) => setDirection(e.target.value === 'in' ? 'in' : 'out')}>
            <option value="out">{t('flow.direction.out')}</option>
            <option value="in">{t('flow.direction.in')}</option>
          </SelectField>
        )}
        <TextField label={t('flow.endpoint')} hint={t('flow.endpoint.hint')} name="endpoint" type="url" required maxLength={2000} defaultValue={w?.endpoint} />
        <TextField label={t('flow.key')} name="key" required maxLength={400} autoComplete="off" spellCheck={false} defaultValue={w?.key} />
        <PasswordField label={t('flow.secret')} {...(w ? { hint: t('flow.secret.hint') } : {})} name="secret" required={!w} autoComplete="off" />
        <div className="pair">
          <SelectField label={t('credential.version')} name="version" defaultValue={w?.version ?? '2.0.0'}>
            <option>2.0.0</option>
            <option>1.0.3</option>
          </SelectField>
          {w ? null : (
            <SelectField label={t('flow.begin')} name="begin" defaultValue="beginning">
              <option value="beginning">{t('flow.begin.beginning')}</option>
              <option value="now">{t('flow.begin.now')}</option>
            </SelectField>
          )}
        </div>
        <details open={w ? w.filter.verbs.length + w.filter.activities.length + w.filter.courses.length + w.filter.notFrom.length > 0 : false}>
          <summary>{t('flow.filter')}</summary>
          <div className="stack">
            <p className="soft small">{t('flow.filter.text')}</p>
            <AreaField label={t('flow.filter.verbs')} name="verbs" rows={2} defaultValue={w?.filter.verbs.join('\n')} spellCheck={false} />
            <AreaField label={t('flow.filter.activities')} name="activities" rows={2} defaultValue={w?.filter.activities.join('\n')} spellCheck={false} />
            <AreaField label={t('flow.filter.courses')} name="courses" rows={2} defaultValue={w?.filter.courses.join('\n')} spellCheck={false} />
            {direction === 'out' ? <NotFrom town={town} chosen={w?.filter.notFrom ?? []} /> : null}
          </div>
        </details>
        {w ? null : <Check name="on" label={t('flow.begin.on')} defaultChecked />}
        <Ends does={w ? t('action.save') : t('flow.make')} busy={make.isPending || change.isPending} onClose={onClose} />
      </Form>
    </Dialog>
  )
}

/** Systems whose statements stay here: what their access keys have stored is not passed on. */
function NotFrom({ town, chosen }: { town: string; chosen: string[] }) {
  const { t } = useI18n()
  const credentials = useCredentials(town, true)
  const listed = credentials.data?.items ?? []
  const lost = chosen.filter((k) => !listed.some((c) => c.key === k)) // revoked, or on a later page
  return listed.length + lost.length === 0 ? null : (
    <Choices legend={t('flow.filter.notfrom')} hint={t('flow.filter.notfrom.hint')}>
      {listed.map((c) => (
        <Check key={c.key} name="notFrom" value={c.key} label={c.name} defaultChecked={chosen.includes(c.key)} />
      ))}
      {lost.map((k) => (
        <Check key={k} name="notFrom" value={k} label={<code>{k}</code>} defaultChecked />
      ))}
    </Choices>
  )
}
