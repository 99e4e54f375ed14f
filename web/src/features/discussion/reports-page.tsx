import { useState } from 'react'
import { Link } from 'wouter'
import type { Discussion, PostReport } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { More } from '../../ui/more'
import { PageHead } from '../../ui/page-head'
import { Empty, Loaded } from '../../ui/states'
import { useSayFault } from '../../ui/toast'
import './discussion.css'
import { Crumb } from './discussion-page'
import { Hide, Words } from './post'
import { useDiscussion, useReports, useTalk } from './queries'

const states = ['open', 'hidden', 'kept'] as const

/** What readers have reported, for who leads. */
export default function ReportsPage({ place, base }: { place: string; base: string }) {
  return (
    <Loaded query={useDiscussion(place)} page>
      {(d) => <View discussion={d} base={base} />}
    </Loaded>
  )
}

function View({ discussion: d, base }: { discussion: Discussion; base: string }) {
  const { t } = useI18n()
  const [state, setState] = useState<(typeof states)[number]>('open')
  const reports = useReports(d.place, state)
  return (
    <>
      <PageHead title={t('talk.reports')} crumb={<Crumb discussion={d} base={base} inside />} />
      <div className="stack-5">
        <p className="row">
          {states.map((s) => (
            <Button key={s} aria-pressed={s === state} onClick={() => setState(s)}>
              {t(`talk.reports.${s}`)}
            </Button>
          ))}
        </p>
        <Loaded query={reports}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="flag" title={t('talk.reports.none')}>
                {t('talk.reports.none.text')}
              </Empty>
            ) : (
              <ul className="plain stack">
                {items.map((r) => (
                  <li key={r.id}>
                    <One discussion={d} report={r} base={base} />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
        <More pages={reports} />
      </div>
    </>
  )
}

function One({ discussion: d, report: r, base }: { discussion: Discussion; report: PostReport; base: string }) {
  const { t, dateTime } = useI18n()
  const { moderate } = useTalk(d.place)
  const sayFault = useSayFault()
  const [hiding, setHiding] = useState(false)
  return (
    <article className="card stack-2">
      <h2>
        <Link href={`${base}/${r.post.thread}#post-${r.post.number}`}>{r.title || t('talk.thread.gone')}</Link>
      </h2>
      <p className="soft small">{t('talk.reports.by', { name: r.by.name || t('talk.nobody'), when: dateTime(r.at), kind: t(`talk.report.${r.kind}`) })}</p>
      {r.words ? <blockquote>{r.words}</blockquote> : null}
      <p className="small">{t('talk.by', { name: r.post.by.name || t('talk.nobody'), town: r.post.by.town })}</p>
      <Words post={r.post} />
      <div className="row">
        {r.post.state === 'shown' ? <Button onClick={() => setHiding(true)}>{t('talk.hide')}</Button> : null}
        {r.post.state === 'hidden' ? (
          <Button busy={moderate.isPending} onClick={() => moderate.mutate({ p: r.post.id, state: 'shown' }, { onError: sayFault })}>
            {t('talk.show')}
          </Button>
        ) : null}
        {r.state === 'open' ? (
          <Button busy={moderate.isPending} onClick={() => moderate.mutate({ p: r.post.id, state: 'kept' }, { onError: sayFault })}>
            {t('talk.keep')}
          </Button>
        ) : null}
      </div>
      {hiding ? <Hide discussion={d} post={r.post} onClose={() => setHiding(false)} /> : null}
    </article>
  )
}
