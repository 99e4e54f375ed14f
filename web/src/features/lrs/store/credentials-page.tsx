import { useState } from 'react'
import type { RecordCredential } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Confirm } from '../../../ui/confirm'
import { More } from '../../../ui/more'
import { Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import { CredentialForm, scopeKey, Secret } from './credential-form'
import { useChangeCredentials, useCredentials } from './credential-queries'
import { inTown, TownChoice, useTown } from './town-choice'

type Doing = { what: 'make' } | { what: 'change' | 'rotate' | 'revoke' | 'secret'; credential: RecordCredential }

/** The keys with which other systems write into a town's record store, or read it. */
export default function CredentialsPage({ operator, own }: { operator: boolean; own: string | undefined }) {
  const { t } = useI18n()
  const town = useTown(operator, own)
  const credentials = useCredentials(town.id, town.ready)
  const [doing, setDoing] = useState<Doing>()
  const shut = () => setDoing(undefined)
  return (
    <>
      <PageHead
        title={t('credential.title')}
        lead={t('credential.lead')}
        action={
          <Button kind="main" icon="plus" onClick={() => setDoing({ what: 'make' })}>
            {t('credential.new')}
          </Button>
        }
      />
      <div className="stack-5">
        {town.towns ? (
          <div className="filters">
            <TownChoice town={town} />
          </div>
        ) : null}
        <Loaded query={inTown(town, credentials)}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="list" title={t('credential.empty')} action={<Button onClick={() => setDoing({ what: 'make' })}>{t('credential.new')}</Button>}>
                {t('credential.empty.text')}
              </Empty>
            ) : (
              <List items={items} onDo={(what, credential) => setDoing({ what, credential })} />
            )
          }
        </Loaded>
        <More pages={credentials} />
      </div>
      {doing?.what === 'make' && <CredentialForm town={town.id} onDone={(credential) => setDoing({ what: 'secret', credential })} onClose={shut} />}
      {doing?.what === 'change' && <CredentialForm town={town.id} credential={doing.credential} onDone={shut} onClose={shut} />}
      {doing?.what === 'secret' && <Secret credential={doing.credential} onClose={shut} />}
      {doing?.what === 'rotate' && <Rotate credential={doing.credential} onDone={(credential) => setDoing({ what: 'secret', credential })} onClose={shut} />}
      {doing?.what === 'revoke' && <Revoke credential={doing.credential} onClose={shut} />}
    </>
  )
}

function List({ items, onDo }: { items: RecordCredential[]; onDo: (what: 'change' | 'rotate' | 'revoke', c: RecordCredential) => void }) {
  const { t, maybe, date, list } = useI18n()
  return (
    <table className="table">
      <thead>
        <tr>
          <th scope="col">{t('credential.name')}</th>
          <th scope="col">{t('credential.scopes')}</th>
          <th scope="col">{t('credential.version')}</th>
          <th scope="col">{t('credential.expires')}</th>
          <th>
            <span className="hidden">{t('table.actions')}</span>
          </th>
        </tr>
      </thead>
      <tbody>
        {items.map((c) => (
          <tr key={c.key}>
            <th scope="row">
              {c.name || t('credential.unnamed')} <span className="soft small breaks">{c.key}</span>
              <span className="soft small breaks">{t('credential.as', { who: authorityWords(c) || t('credential.as.key') })}</span>
            </th>
            <td data-label={t('credential.scopes')}>{list(c.scopes.map((s) => maybe(scopeKey(s)) ?? s))}</td>
            <td data-label={t('credential.version')}>
              {c.version}
            </td>
            <td data-label={t('credential.expires')}>{c.expires ? c.expired ? <Tag kind="wrong">{t('credential.expired', { when: date(c.expires) })}</Tag> : date(c.expires) : t('credential.never')}</td>
            <td className="acts">
              <span className="row">
                <Button tight onClick={() => onDo('change', c)}>
                  {t('action.change')}
                  <span className="hidden">: {c.name || c.key}</span>
                </Button>
                <Button tight onClick={() => onDo('rotate', c)}>
                  {t('credential.rotate')}
                  <span className="hidden">: {c.name || c.key}</span>
                </Button>
                <Button tight kind="quiet" onClick={() => onDo('revoke', c)}>
                  {t('credential.revoke')}
                  <span className="hidden">: {c.name || c.key}</span>
                </Button>
              </span>
            </td>
          </tr>
        ))}
      </tbody>
    </table>
  )
}

/** In whose name it stores; '' if that is an account made from its key. */
function authorityWords({ key, authority: a }: RecordCredential): string {
  if (a.account?.name === key) return ''
  return a.name ?? a.mbox?.replace(/^mailto:/, '') ?? a.openid ?? (a.account ? `${a.account.name} (${a.account.homePage})` : '')
}

function Rotate({ credential: c, onDone, onClose }: { credential: RecordCredential; onDone: (c: RecordCredential) => void; onClose: () => void }) {
  const { t } = useI18n()
  const { rotate } = useChangeCredentials()
  return (
    <Confirm title={t('credential.rotate.title', { name: c.name || c.key })} does={t('credential.rotate.do')} error={rotate.error} busy={rotate.isPending} onDo={() => rotate.mutate(c.key, { onSuccess: onDone })} onClose={onClose}>
      {t('credential.rotate.text')}
    </Confirm>
  )
}

function Revoke({ credential: c, onClose }: { credential: RecordCredential; onClose: () => void }) {
  const { t } = useI18n()
  const { revoke } = useChangeCredentials()
  const toast = useToast()
  return (
    <Confirm
      title={t('credential.revoke.title', { name: c.name || c.key })}
      does={t('credential.revoke.do')}
      error={revoke.error}
      busy={revoke.isPending}
      onDo={() =>
        revoke.mutate(c.key, {
          onSuccess: () => {
            toast(t('credential.revoked'))
            onClose()
          },
        })
      }
      onClose={onClose}
    >
      {t('credential.revoke.text')}
    </Confirm>
  )
}
