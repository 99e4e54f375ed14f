import { useState } from 'react'
import { useI18n } from '../../lib/i18n'
import { Button, ButtonLink } from '../../ui/button'
import { Confirm } from '../../ui/confirm'
import { Form } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { useToast } from '../../ui/toast'
import { DirectoryFields, entryOf } from './directory-fields'
import { useChangeDirectory } from './directory-queries'
import './practice.css'

/** A link from a letter: used once by a button, so that no program that looks into letters uses it up. */
export default function DirectoryOpenPage({ secret }: { secret: string }) {
  const { t } = useI18n()
  const { open, keep, leave } = useChangeDirectory()
  const [asking, setAsking] = useState(false)
  const toast = useToast()
  const shown = keep.data ?? open.data?.entry
  if (leave.isSuccess) {
    return (
      <>
        <PageHead title={t('directory.left')} />
        <Notice kind="good">{t('directory.left.text')}</Notice>
      </>
    )
  }
  return (
    <>
      <PageHead title={shown?.content.name ?? t('directory.open')} lead={shown ? t(`directory.state.${shown.state}`) : t('directory.open.lead')} />
      {open.data && shown ? (
        <>
          {shown.reason ? <Notice kind="caution">{shown.reason}</Notice> : null}
          <Form key={shown.edition} className="form wide" error={keep.error} onSubmit={(f) => keep.mutate({ secret: open.data.key, body: entryOf(f, shown.content.language) }, { onSuccess: () => toast(t('state.saved')) })}>
            <DirectoryFields content={shown.content} outside />
            <div className="row">
              <Button kind="main" type="submit" busy={keep.isPending}>
                {t('action.save')}
              </Button>
              <Button kind="quiet" onClick={() => setAsking(true)}>
                {t('directory.remove')}
              </Button>
            </div>
          </Form>
          {asking && (
            <Confirm title={t('directory.remove')} does={t('directory.remove')} error={leave.error} busy={leave.isPending} onClose={() => setAsking(false)} onDo={() => leave.mutate(open.data.key)}>
              {t('directory.remove.text')}
            </Confirm>
          )}
        </>
      ) : (
        <Form error={open.error} onSubmit={() => open.mutate(secret)}>
          <div className="row">
            <Button kind="main" type="submit" busy={open.isPending}>
              {t('directory.open.do')}
            </Button>
            <ButtonLink kind="quiet" href="/directory/join">
              {t('directory.link')}
            </ButtonLink>
          </div>
        </Form>
      )}
    </>
  )
}
