import { useState } from 'react'
import type { VideoJob } from '../../../api/types'
import { clock } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Confirm } from '../../../ui/confirm'
import { More } from '../../../ui/more'
import { Notice, Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Progress } from '../../../ui/progress'
import { Empty, Loaded } from '../../../ui/states'
import { useSayFault } from '../../../ui/toast'
import { Stages } from '../upload/stages'
import { LineState } from './line-state'
import { useAct, useJobs, useTowns } from './queries'
import { Rooms } from './rooms'

/** The line of videos: what is in work, who works, what waits, what has failed, and how much room the towns take. */
export default function FilmsPage() {
  const { t } = useI18n()
  return (
    <>
      <PageHead title={t('films.title')} lead={t('films.lead')} />
      <div className="stack-6">
        <LineState />
        <Jobs failed={false} />
        <Jobs failed />
        <Rooms />
      </div>
    </>
  )
}

function Jobs({ failed }: { failed: boolean }) {
  const { t } = useI18n()
  const jobs = useJobs(failed)
  const { name: town } = useTowns()
  const id = failed ? 'failed' : 'waiting'
  return (
    <section className="stack" aria-labelledby={id}>
      <h2 id={id}>{t(failed ? 'films.failed' : 'films.jobs')}</h2>
      <Loaded query={jobs}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="video" title={t(failed ? 'films.failed.none' : 'films.jobs.none')} />
          ) : (
            <ul className="plain list">
              {items.map((j) => (
                <Job key={`${j.organisation}/${j.video}`} job={j} town={town(j.organisation)} />
              ))}
            </ul>
          )
        }
      </Loaded>
      <More pages={jobs} />
    </section>
  )
}

function Job({ job: j, town }: { job: VideoJob; town: string }) {
  const { t, bytes, dateTime, maybe } = useI18n()
  const act = useAct()
  const sayFault = useSayFault()
  const [asking, setAsking] = useState(false)
  const press = (what: 'pause' | 'resume' | 'retry') => act.mutate({ organisation: j.organisation, video: j.video, act: what }, { onError: sayFault })
  const working = j.state === 'uploaded' || j.state === 'processing'
  const name = <span className="hidden">: {j.name}</span>
  return (
    <li>
      <div className="grow stack-2">
        <p className="row breaks">
          <b>{j.name}</b>
          <Tag {...(j.state === 'failed' ? { kind: 'wrong' as const } : j.state === 'processing' ? { kind: 'civic' as const } : {})}>{t(`video.state.${j.state}`)}</Tag>
          {j.paused ? <Tag kind="caution">{t('films.paused')}</Tag> : null}
        </p>
        <p className="small soft">
          {[town, bytes(j.size), j.duration > 0 ? clock(j.duration) : '', j.since ? t('films.since', { when: dateTime(j.since) }) : ''].filter(Boolean).join(' · ')}
        </p>
        {j.state === 'processing' ? <Progress label={t('video.processing')} share={j.percent / 100} /> : null}
        {j.state === 'failed' ? <p className="small">{maybe(`errors.${j.reason ?? ''}`) ?? t('video.failed')}</p> : null}
        <Stages stages={j.stages} />
        {j.errors.length > 0 ? (
          <details>
            <summary className="small">{t('films.errors')}</summary>
            <pre className="small breaks" style={{ whiteSpace: 'pre-wrap' }}>{j.errors.join('\n')}</pre>
          </details>
        ) : null}
      </div>
      <span className="row">
        {working ? (
          <>
            <Button tight icon={j.paused ? 'play' : 'pause'} busy={act.isPending} onClick={() => press(j.paused ? 'resume' : 'pause')}>
              {t(j.paused ? 'films.resume' : 'films.pause')}
              {name}
            </Button>
            <Button tight kind="quiet" onClick={() => setAsking(true)}>
              {t('films.cancel')}
              {name}
            </Button>
          </>
        ) : null}
        {j.state === 'failed' ? (
          <Button tight busy={act.isPending} onClick={() => press('retry')}>
            {t('action.retry')}
            {name}
          </Button>
        ) : null}
      </span>
      {asking ? (
        <Confirm
          title={t('films.cancel.name', { name: j.name })}
          does={t('films.cancel')}
          error={act.error}
          busy={act.isPending}
          onClose={() => setAsking(false)}
          onDo={() => act.mutate({ organisation: j.organisation, video: j.video, act: 'cancel' }, { onSuccess: () => setAsking(false) })}
        >
          <Notice kind="info">{t('films.cancel.text')}</Notice>
        </Confirm>
      ) : null}
    </li>
  )
}
