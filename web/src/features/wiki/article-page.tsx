import { useState } from 'react'
import { Link } from 'wouter'
import type { WikiPage } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { ButtonLink } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Ends } from '../../ui/ends'
import { AreaField, value } from '../../ui/field'
import { Icon } from '../../ui/icon'
import { KeptForm } from '../../ui/kept-form'
import { Menu, MenuButton } from '../../ui/menu'
import { Notice } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { useSayFault } from '../../ui/toast'
import { Crumb, type PlaceProps, Prose, useWhoWhen } from './parts'
import { useChangeWiki, useWikiPage } from './queries'

/** A page that people have written together. */
export default function ArticlePage({ place, base, id }: PlaceProps & { id: string }) {
  return (
    <Loaded query={useWikiPage(place, id)} page>
      {(p) => <View page={p} base={base} />}
    </Loaded>
  )
}

type Doing = 'lock' | 'remove'

function View({ page: p, base }: { page: WikiPage; base: string }) {
  const { t } = useI18n()
  const [doing, setDoing] = useState<Doing>()
  const { decide } = useChangeWiki(p.wiki.place)
  const sayFault = useSayFault()
  const whoWhen = useWhoWhen()
  const at = `${base}/${p.id}`
  return (
    <>
      <PageHead
        title={p.title}
        heading={<span lang={p.language}>{p.title}</span>}
        crumb={<Crumb wiki={p.wiki} base={base} />}
        action={
          <div className="row">
            {p.writes ? (
              <ButtonLink kind="main" icon="edit" href={`${at}/edit`}>
                {t('wiki.edit')}
              </ButtonLink>
            ) : null}
            <ButtonLink icon="clock" href={`${at}/history`}>
              {t('wiki.history')}
            </ButtonLink>
            {p.leads ? (
              <Menu label={t('wiki.more')} face={<Icon name="more" />}>
                {p.locked ? (
                  <MenuButton onClick={() => decide.mutate({ w: p.id, do: 'unlock' }, { onError: sayFault })}>{t('wiki.unlock')}</MenuButton>
                ) : (
                  <MenuButton onClick={() => setDoing('lock')}>{t('wiki.lock')}</MenuButton>
                )}
                {p.removed ? (
                  <MenuButton onClick={() => decide.mutate({ w: p.id, do: 'return' }, { onError: sayFault })}>{t('wiki.return')}</MenuButton>
                ) : (
                  <MenuButton icon="trash" onClick={() => setDoing('remove')}>
                    {t('wiki.remove')}
                  </MenuButton>
                )}
              </Menu>
            ) : null}
          </div>
        }
      />
      <div className="stack-5">
        {p.removed ? <Notice kind="wrong">{t('wiki.removed.why', { reason: p.reason ?? '' })}</Notice> : p.locked ? <Notice>{t('wiki.locked.why', { reason: p.reason ?? '' })}</Notice> : null}
        <Prose html={p.html} language={p.language} />
        <p className="soft small">
          {t('wiki.version', { number: p.number })} · {whoWhen(p.by, p.at)}
          {p.why ? ` · ${p.why}` : ''}
        </p>
        <Around page={p} base={base} />
      </div>
      {doing ? <Reason page={p} what={doing} onClose={() => setDoing(undefined)} /> : null}
    </>
  )
}

function Around({ page: p, base }: { page: WikiPage; base: string }) {
  const { t } = useI18n()
  if (p.linked.length === 0 && p.missing.length === 0) return null
  return (
    <div className="two no-print">
      {p.linked.length > 0 ? (
        <section className="card stack-2" aria-labelledby="linked">
          <h2 id="linked">{t('wiki.linked')}</h2>
          <ul className="plain">
            {p.linked.map((l) => (
              <li key={l.id}>
                <Link href={`${base}/${l.id}`} lang={l.language}>
                  {l.title}
                </Link>
              </li>
            ))}
          </ul>
        </section>
      ) : null}
      {p.missing.length > 0 ? (
        <section className="card stack-2" aria-labelledby="missing">
          <h2 id="missing">{t('wiki.missing')}</h2>
          <ul className="plain">
            {p.missing.map((m) => (
              <li key={m} lang={p.language}>
                {p.wiki.writes ? <Link href={`${base}/new?title=${encodeURIComponent(m)}`}>{m}</Link> : m}
              </li>
            ))}
          </ul>
        </section>
      ) : null}
    </div>
  )
}

function Reason({ page: p, what, onClose }: { page: WikiPage; what: Doing; onClose: () => void }) {
  const { t } = useI18n()
  const { decide } = useChangeWiki(p.wiki.place)
  return (
    <Dialog title={t(`wiki.${what}`)} onClose={onClose}>
      <KeptForm name={`wiki.${what}.${p.id}`} error={decide.error} onSubmit={(f) => decide.mutateAsync({ w: p.id, do: what, reason: value(f, 'reason') })} onSent={onClose}>
        <AreaField label={t('wiki.reason')} hint={t(`wiki.${what}.hint`)} name="reason" rows={3} maxLength={1000} required />
        <Ends kind={what === 'remove' ? 'danger' : 'main'} does={t(`wiki.${what}`)} busy={decide.isPending} onClose={onClose} />
      </KeptForm>
    </Dialog>
  )
}
