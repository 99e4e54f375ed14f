import { useState } from 'react'
import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { Form, TextField, value } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { DirectoryFields, entryOf } from './directory-fields'
import { useChangeDirectory, useStamp } from './directory-queries'
import './practice.css'

/** A field that people do not see and machines fill in. */
function Trap() {
  return (
    <div hidden>
      <input name="company" tabIndex={-1} autoComplete="off" aria-hidden />
    </div>
  )
}

/** Actors from outside ask to be listed, or for a link to what they have written. */
export default function DirectoryJoinPage() {
  const { t, locale } = useI18n()
  const stamp = useStamp()
  const { wish, link } = useChangeDirectory()
  const [again, setAgain] = useState(false)
  const sent = wish.isSuccess || link.isSuccess
  return (
    <>
      <PageHead title={t(again ? 'directory.link' : 'directory.join')} lead={sent ? '' : t(again ? 'directory.link.lead' : 'directory.join.lead')} />
      {sent ? (
        <Notice kind="good" alert>
          {t('directory.join.sent')}
        </Notice>
      ) : (
        <Loaded query={stamp}>
          {(s) =>
            again ? (
              <Form key="link" className="form" error={link.error} onSubmit={(f) => link.mutate({ stamp: s.stamp, company: value(f, 'company'), email: value(f, 'email') })}>
                <TextField label={t('directory.email')} hint={t('directory.email.hint')} name="email" type="email" required maxLength={254} autoComplete="email" />
                <Trap />
                <div className="row">
                  <Button kind="main" type="submit" busy={link.isPending}>
                    {t('directory.link.do')}
                  </Button>
                  <Button kind="quiet" onClick={() => setAgain(false)}>
                    {t('action.cancel')}
                  </Button>
                </div>
              </Form>
            ) : (
              <Form
                key="wish"
                className="form wide"
                error={wish.error}
                onSubmit={(f) => wish.mutate({ stamp: s.stamp, company: value(f, 'company'), email: value(f, 'email'), locale, content: entryOf(f, locale) })}
              >
                <p>
                  <Button kind="quiet" onClick={() => setAgain(true)}>
                    {t('directory.link.have')}
                  </Button>
                </p>
                <DirectoryFields content={undefined} outside />
                <TextField label={t('directory.email')} hint={t('directory.email.hint')} name="email" type="email" required maxLength={254} autoComplete="email" />
                <Trap />
                <div>
                  <Button kind="main" type="submit" busy={wish.isPending}>
                    {t('directory.join.do')}
                  </Button>
                </div>
              </Form>
            )
          }
        </Loaded>
      )}
    </>
  )
}
