import { useState } from 'react'
import type { ReportedPosting } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { More } from '../../ui/more'
import { PageHead } from '../../ui/page-head'
import { Empty, Loaded } from '../../ui/states'
import { useSayFault } from '../../ui/toast'
import { PostingTags, WithdrawDialog } from './board-parts'
import { useChangeBoard, useReported } from './board-queries'
import './practice.css'

/** Operators look at what readers of the board find wrong. */
export default function BoardReportsPage() {
  const { t } = useI18n()
  const postings = useReported()
  return (
    <>
      <PageHead title={t('board.reports')} lead={t('board.reports.lead')} />
      <Loaded query={postings} block>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="check" title={t('board.reports.none')} />
          ) : (
            <ul className="plain stack">
              {items.map((p) => (
                <li key={p.id} className="card stack-2">
                  <Decision posting={p} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More pages={postings} />
    </>
  )
}

function Decision({ posting: p }: { posting: ReportedPosting }) {
  const { t, dateTime } = useI18n()
  const { keep } = useChangeBoard()
  const [asking, setAsking] = useState(false)
  const sayFault = useSayFault()
  return (
    <>
      <h2 className="h3" lang={p.language}>
        {p.title}
      </h2>
      <p className="row small">
        <PostingTags of={p} />
        <span className="soft">{p.townName}</span>
      </p>
      <div className="prose" lang={p.language} dangerouslySetInnerHTML={{ __html: p.html }} />
      {p.link ? (
        <p className="small">
          <a href={p.link} rel="nofollow noreferrer">
            {p.link}
          </a>
        </p>
      ) : null}
      <ul className="plain stack-2">
        {p.reports.map((r, i) => (
          <li key={i} className="original">
            <p className="small">{dateTime(r.at)}</p>
            <p className="words">{r.words}</p>
          </li>
        ))}
      </ul>
      <div className="row">
        <Button kind="main" busy={keep.isPending} onClick={() => keep.mutate(p.id, { onError: sayFault })}>
          {t('board.keep')}
        </Button>
        <Button onClick={() => setAsking(true)}>{t('board.withdraw')}</Button>
      </div>
      {asking && <WithdrawDialog id={p.id} onClose={() => setAsking(false)} />}
    </>
  )
}
