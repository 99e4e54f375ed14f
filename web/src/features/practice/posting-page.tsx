import { useState } from 'react'
import { Link } from 'wouter'
import type { Posting } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button, ButtonLink } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Ends } from '../../ui/ends'
import { AreaField, value } from '../../ui/field'
import { KeptForm } from '../../ui/kept-form'
import { Notice } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { useToast } from '../../ui/toast'
import { Begins, PostingTags, useDay, WithdrawDialog } from './board-parts'
import { useChangeBoard, usePosting } from './board-queries'
import './practice.css'

/** One notice: what it says, until when, and how one answers. */
export default function PostingPage({ id }: { id: string }) {
  return (
    <Loaded query={usePosting(id)} page>
      {(p) => <Shown posting={p} />}
    </Loaded>
  )
}

function Shown({ posting: p }: { posting: Posting }) {
  const { t, countryName } = useI18n()
  const [doing, setDoing] = useState<'withdraw' | 'report'>()
  const day = useDay()
  const close = () => setDoing(undefined)
  return (
    <>
      <PageHead
        title={p.title}
        heading={<span lang={p.language}>{p.title}</span>}
        crumb={<Link href="/board">{t('board.title')}</Link>}
        action={
          p.writes && p.state !== 'withdrawn' ? (
            <div className="row">
              <ButtonLink kind="main" icon="edit" href={`/board/${p.id}/edit`}>
                {t('board.edit')}
              </ButtonLink>
              <Button onClick={() => setDoing('withdraw')}>{t('board.withdraw')}</Button>
            </div>
          ) : undefined
        }
      />
      <article className="fiche stack-5">
        {p.state === 'withdrawn' ? <Notice kind="caution">{t(p.removed ? 'board.removed.why' : 'board.withdrawn.why', { reason: p.reason ?? '' })}</Notice> : null}
        {p.state === 'over' ? <Notice>{t('board.over', { date: day(p.until) })}</Notice> : null}
        <p className="row small">
          <PostingTags of={p} />
          <span className="soft">
            {p.townName} · {countryName(p.country)}
          </span>
        </p>
        <dl className="facts">
          {p.begins ? (
            <>
              <dt>{t('board.when')}</dt>
              <dd>
                <Begins of={p} />
              </dd>
            </>
          ) : null}
          {p.territory ? (
            <>
              <dt>{t('board.where')}</dt>
              <dd lang={p.language}>{p.territory}</dd>
            </>
          ) : null}
          <dt>{t('board.last')}</dt>
          <dd>{day(p.until)}</dd>
          {p.name ? (
            <>
              <dt>{t('board.by')}</dt>
              <dd>{p.name}</dd>
            </>
          ) : null}
        </dl>
        <div className="prose" lang={p.language} dangerouslySetInnerHTML={{ __html: p.html }} />
        {p.state === 'shown' ? <Answer posting={p} /> : null}
        {p.writes || p.state !== 'shown' ? null : (
          <div>
            <Button kind="quiet" icon="flag" onClick={() => setDoing('report')}>
              {t('talk.report')}
            </Button>
          </div>
        )}
      </article>
      {doing === 'withdraw' ? <WithdrawDialog id={p.id} onClose={close} /> : null}
      {doing === 'report' ? <Report posting={p} onClose={close} /> : null}
    </>
  )
}

function Answer({ posting: p }: { posting: Posting }) {
  const { t } = useI18n()
  if (!p.content.link && !p.entry) return <p className="soft">{t('board.answer.none')}</p>
  return (
    <section className="stack-2" aria-labelledby="answer">
      <h2 id="answer">{t('board.answer')}</h2>
      {p.content.link ? (
        <p>
          <a href={p.content.link} rel="noreferrer noopener nofollow" target="_blank">
            {p.content.link}
            <span className="hidden"> {t('meet.elsewhere')}</span>
          </a>
        </p>
      ) : null}
      {p.entry ? (
        <p>
          <ButtonLink href={`/directory/${p.entry}`}>{t('board.answer.relay', { name: p.name ?? '' })}</ButtonLink>
        </p>
      ) : null}
    </section>
  )
}

function Report({ posting: p, onClose }: { posting: Posting; onClose: () => void }) {
  const { t } = useI18n()
  const { report } = useChangeBoard()
  const toast = useToast()
  const sent = () => {
    toast(t('board.reported'))
    onClose()
  }
  return (
    <Dialog title={t('talk.report')} onClose={onClose}>
      <KeptForm name={`board.report.${p.id}`} error={report.error} onSubmit={(f) => report.mutateAsync({ n: p.id, words: value(f, 'words') })} onSent={sent}>
        <AreaField label={t('talk.report.kind')} hint={t('board.report.hint')} name="words" rows={3} required maxLength={1000} />
        <Ends does={t('talk.report')} busy={report.isPending} onClose={onClose} />
      </KeptForm>
    </Dialog>
  )
}
