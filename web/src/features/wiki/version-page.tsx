import { useState } from 'react'
import { useLocation } from 'wouter'
import type { WikiPage, WikiVersion } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button, ButtonLink } from '../../ui/button'
import { Confirm } from '../../ui/confirm'
import { Notice } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { useToast } from '../../ui/toast'
import { Crumb, type PlaceProps, Prose, useWhoWhen } from './parts'
import { useChangeWiki, useWikiPage, useWikiVersion } from './queries'

/** What a page said once, and the way back to it. */
export default function VersionPage({ place, base, id, number }: PlaceProps & { id: string; number: number }) {
  const version = useWikiVersion(place, id, number)
  return (
    <Loaded query={useWikiPage(place, id)} page>
      {(p) => (
        <Loaded query={version} page>
          {(v) => <View page={p} version={v} base={base} />}
        </Loaded>
      )}
    </Loaded>
  )
}

function View({ page: p, version: v, base }: { page: WikiPage; version: WikiVersion; base: string }) {
  const { t } = useI18n()
  const [asking, setAsking] = useState(false)
  const { restore } = useChangeWiki(p.wiki.place)
  const toast = useToast()
  const [, go] = useLocation()
  const whoWhen = useWhoWhen()
  const at = `${base}/${p.id}`
  const old = v.number < p.number
  return (
    <>
      <PageHead
        title={`${v.title}, ${t('wiki.version', { number: v.number })}`}
        heading={
          <>
            <span lang={v.language}>{v.title}</span>, {t('wiki.version', { number: v.number })}
          </>
        }
        crumb={<Crumb wiki={p.wiki} base={base} title={p.title} href={at} />}
        lead={whoWhen(v.by, v.at)}
        action={
          <div className="row">
            {old && p.writes ? <Button onClick={() => setAsking(true)}>{t('wiki.restore')}</Button> : null}
            <ButtonLink icon="clock" href={`${at}/history`}>
              {t('wiki.history')}
            </ButtonLink>
          </div>
        }
      />
      <div className="stack-5">
        {old ? <Notice>{t('wiki.old')}</Notice> : null}
        <Prose html={v.html} language={v.language} />
      </div>
      {asking ? (
        <Confirm
          kind="main"
          title={t('wiki.restore')}
          does={t('wiki.restore')}
          error={restore.error}
          busy={restore.isPending}
          onClose={() => setAsking(false)}
          onDo={() =>
            restore.mutate(
              { w: p.id, now: p.number, number: v.number },
              {
                onSuccess: (made) => {
                  toast(t('wiki.saved', { number: made.number }))
                  go(at)
                },
              },
            )
          }
        >
          {t('wiki.restore.text', { number: v.number })}
        </Confirm>
      ) : null}
    </>
  )
}
