import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { DirectoryEntry } from '../../api/types'
import { isFault } from '../../lib/fault'
import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { Confirm } from '../../ui/confirm'
import { KeptForm } from '../../ui/kept-form'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { DirectoryFields, entryOf } from './directory-fields'
import { type OwnKind, useChangeDirectory, useOwnEntry } from './directory-queries'
import './practice.css'

/** One's own entry, or one's town's: written, changed, taken back. */
export default function DirectoryOwnPage({ kind }: { kind: OwnKind }) {
  const own = useOwnEntry(kind)
  if (isFault(own.error) && own.error.code === 'directory.not_found') return <Editor kind={kind} />
  return (
    <Loaded query={own} page>
      {(e) => <Editor kind={kind} entry={e} />}
    </Loaded>
  )
}

function Editor({ kind, entry: e }: { kind: OwnKind; entry?: DirectoryEntry }) {
  const { t, locale } = useI18n()
  const { put, remove } = useChangeDirectory()
  const [asking, setAsking] = useState(false)
  const [, navigate] = useLocation()
  return (
    <>
      <PageHead title={t(kind === 'expert' ? 'directory.own' : 'directory.own.town')} crumb={<Link href="/directory">{t('directory.title')}</Link>} lead={t(kind === 'expert' ? 'directory.own.lead' : 'directory.own.town.lead')} />
      <KeptForm name={`directory.${kind}.${e?.id ?? 'new'}`} of={e?.edition ?? ''} className="form wide" error={put.error} onSubmit={(f) => put.mutateAsync({ kind, body: entryOf(f, locale) })} onSent={(x) => navigate(`/directory/${x.id}`)}>
        <DirectoryFields content={e?.content} />
        <div className="row">
          <Button kind="main" type="submit" busy={put.isPending}>
            {t(e ? 'action.save' : 'directory.list')}
          </Button>
          {e ? (
            <Button kind="quiet" onClick={() => setAsking(true)}>
              {t('directory.remove')}
            </Button>
          ) : null}
        </div>
      </KeptForm>
      {asking && (
        <Confirm title={t('directory.remove')} does={t('directory.remove')} error={remove.error} busy={remove.isPending} onClose={() => setAsking(false)} onDo={() => remove.mutate(kind, { onSuccess: () => navigate('/directory') })}>
          {t('directory.remove.text')}
        </Confirm>
      )}
    </>
  )
}
