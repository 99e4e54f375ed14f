import { useState } from 'react'
import type { CredentialInput, RecordCredential } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { CopyButton } from '../../../ui/copy'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { Check, Choices, Form, SelectField, TextField, value, values } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { useToast } from '../../../ui/toast'
import { useChangeCredentials } from './credential-queries'

const scopes = ['statements/write', 'statements/read/mine', 'statements/read', 'state', 'profile', 'define', 'all/read', 'all'] as const

/** statements/read/mine → credential.scope.statements-read-mine */
export function scopeKey(scope: string): string {
  return `credential.scope.${scope.replaceAll('/', '-')}`
}

type Name = 'key' | 'mbox' | 'account'

/** Makes a credential, or changes one: then its authority stays, it is in what it has stored. */
export function CredentialForm({ town, credential: c, onDone, onClose }: { town: string; credential?: RecordCredential; onDone: (c: RecordCredential) => void; onClose: () => void }) {
  const { t, maybe } = useI18n()
  const { make, change } = useChangeCredentials()
  const [as, setAs] = useState<Name>('key')
  const toast = useToast()
  const save = (f: FormData) => {
    const day = value(f, 'expires')
    const given = { name: value(f, 'name'), scopes: values(f, 'scope').flatMap((s) => scopes.find((x) => x === s) ?? []), version: value(f, 'version') === '1.0.3' ? ('1.0.3' as const) : ('2.0.0' as const) }
    const until = day === '' ? undefined : endOf(day)
    if (c) {
      const same = until !== undefined && dayOf(c.expires) === day
      change.mutate(
        { id: c.key, body: { ...given, ...(until === undefined ? { never: true } : same ? {} : { expires: until }) } },
        {
          onSuccess: (next) => {
            toast(t('state.saved'))
            onDone(next)
          },
        },
      )
      return
    }
    const authority = authorityOf(as, f)
    make.mutate({ ...given, ...(town ? { organisation: town } : {}), ...(until ? { expires: until } : {}), ...(authority ? { authority } : {}) }, { onSuccess: onDone })
  }
  return (
    <Dialog title={c ? c.name || c.key : t('credential.new')} onClose={onClose}>
      <Form error={c ? change.error : make.error} onSubmit={save}>
        <TextField label={t('credential.name')} hint={t('credential.name.hint')} name="name" required maxLength={100} defaultValue={c?.name} />
        <Choices legend={t('credential.scopes')}>
          {scopes.map((s) => (
            <Check key={s} name="scope" value={s} defaultChecked={c ? c.scopes.includes(s) : s === 'statements/write'} label={maybe(scopeKey(s)) ?? s} hint={maybe(`${scopeKey(s)}.hint`)} />
          ))}
        </Choices>
        <div className="pair">
          <SelectField label={t('credential.version')} hint={t('credential.version.hint')} name="version" defaultValue={c?.version ?? '2.0.0'}>
            <option>2.0.0</option>
            <option>1.0.3</option>
          </SelectField>
          <TextField label={t('credential.expires')} hint={t('credential.expires.hint')} name="expires" type="date" defaultValue={dayOf(c?.expires)} />
        </div>
        {c ? null : (
          <>
            <SelectField label={t('credential.authority')} hint={t('credential.authority.hint')} value={as} onChange={(e) => setAs(e.target.value === 'mbox' ? 'mbox' : e.target.value === 'account' ? 'account' : 'key')}>
              <option value="key">{t('credential.as.key')}</option>
              <option value="mbox">{t('credential.as.mbox')}</option>
              <option value="account">{t('credential.as.account')}</option>
            </SelectField>
            {as === 'mbox' ? <TextField label={t('account.email')} name="mbox" type="email" required maxLength={300} /> : null}
            {as === 'account' ? (
              <div className="pair">
                <TextField label={t('credential.home')} name="homePage" type="url" required maxLength={400} />
                <TextField label={t('credential.account')} name="account" required maxLength={400} />
              </div>
            ) : null}
          </>
        )}
        <Ends does={c ? t('action.save') : t('credential.make')} busy={make.isPending || change.isPending} onClose={onClose} />
      </Form>
    </Dialog>
  )
}

function authorityOf(as: Name, f: FormData): CredentialInput['authority'] {
  if (as === 'mbox') return { mbox: `mailto:${value(f, 'mbox')}` }
  if (as === 'account') return { account: { homePage: value(f, 'homePage'), name: value(f, 'account') } }
  return undefined
}

/** The last moment of a day where the reader is. */
function endOf(day: string): string {
  return new Date(`${day}T23:59:59`).toISOString()
}

function dayOf(iso: string | undefined): string {
  if (!iso) return ''
  const d = new Date(iso)
  return new Date(d.getTime() - d.getTimezoneOffset() * 60_000).toISOString().slice(0, 10)
}

/** Key and secret, while the secret is known. */
export function Secret({ credential: c, onClose }: { credential: RecordCredential; onClose: () => void }) {
  const { t } = useI18n()
  return (
    <Dialog title={t('credential.secret.title', { name: c.name || c.key })} onClose={onClose} actions={<Button kind="main" onClick={onClose}>{t('credential.secret.done')}</Button>}>
      <Notice kind="caution">{t('credential.secret.text')}</Notice>
      <dl className="stack-2">
        <Kept label={t('credential.key')} words={c.key} />
        <Kept label={t('credential.secret')} words={c.secret ?? ''} />
        <Kept label={t('credential.endpoint')} words={`${window.location.origin}/xapi/`} />
      </dl>
    </Dialog>
  )
}

function Kept({ label, words }: { label: string; words: string }) {
  return (
    <div>
      <dt className="small soft">{label}</dt>
      <dd className="row between">
        <code className="grow breaks">{words}</code>
        <CopyButton words={words} label={label} />
      </dd>
    </div>
  )
}
