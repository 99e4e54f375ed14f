import type { VideoWorker } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Notice, Tag } from '../../../ui/notice'
import { Loaded } from '../../../ui/states'
import { useSayFault } from '../../../ui/toast'
import { useDrain, useLine, usePauseLine, useTowns } from './queries'

interface Hand {
  worker: string
  organisation: string
  video: string
  stage: string
  percent: number
}

interface Done {
  films: number
  seconds: number
  waited: number
  speed: number
  more: boolean
}

const nearlyFull = 5_000_000_000 // bytes that are free

/** How the line stands, how fast it is, and who works on it. */
export function LineState() {
  const { t, bytes, percent, dateTime } = useI18n()
  const line = useLine()
  const pause = usePauseLine()
  const sayFault = useSayFault()
  return (
    <Loaded query={line} block>
      {(l) => {
        const alive = l.workers.filter((w) => !w.gone)
        const waits = (l.states['uploaded'] ?? 0) + (l.states['processing'] ?? 0)
        return (
          <div className="stack-5">
            {l.paused ? <Notice kind="caution">{t('films.line.paused')}</Notice> : null}
            {alive.length === 0 ? <Notice kind="wrong">{t('films.workers.none')}</Notice> : null}
            {alive.length > 0 && alive.every((w) => w.drained) ? <Notice kind="caution">{t('films.workers.drained')}</Notice> : null}
            {l.total > 0 && l.free < Math.min(nearlyFull, l.total * 0.1) ? <Notice kind="wrong">{t('films.disk.full')}</Notice> : null}
            <section className="stack" aria-labelledby="line">
              <div className="row between">
                <h2 id="line">{t('films.line')}</h2>
                <Button icon={l.paused ? 'play' : 'pause'} busy={pause.isPending} onClick={() => pause.mutate(!l.paused, { onError: sayFault })}>
                  {t(l.paused ? 'films.line.resume' : 'films.line.pause')}
                </Button>
              </div>
              <dl className="facts">
                <dt>{t('films.waiting')}</dt>
                <dd className="num">{t('films.videos', { n: waits })}</dd>
                <dt>{t('films.oldest')}</dt>
                <dd>{l.oldest ? dateTime(l.oldest) : '–'}</dd>
                <dt>{t('films.hour')}</dt>
                <dd>
                  <Figures done={l.hour} />
                </dd>
                <dt>{t('films.day')}</dt>
                <dd>
                  <Figures done={l.day} />
                </dd>
                {l.total > 0 ? (
                  <>
                    <dt>{t('films.disk')}</dt>
                    <dd className="num">{t('films.disk.free', { free: bytes(l.free), total: bytes(l.total), share: percent(l.free / l.total) })}</dd>
                  </>
                ) : null}
              </dl>
            </section>
            {l.workers.length > 0 ? <Workers workers={l.workers} hands={l.working} /> : null}
          </div>
        )
      }}
    </Loaded>
  )
}

function Figures({ done: d }: { done: Done }) {
  const { t, number } = useI18n()
  if (d.films === 0) return t('films.done.none')
  const minutes = (seconds: number) => t('films.minutes', { n: Math.max(1, Math.round(seconds / 60)) })
  return (
    <span className="num">
      {[t(d.more ? 'films.done.more' : 'films.videos', { n: d.films }), t('films.speed', { speed: number(Math.round(d.speed * 100) / 100) }), t('films.took', { time: minutes(d.waited) })].join(' · ')}
    </span>
  )
}

function Workers({ workers, hands }: { workers: readonly VideoWorker[]; hands: readonly Hand[] }) {
  const { t, dateTime, percent, maybe } = useI18n()
  const { name: town } = useTowns()
  const drain = useDrain()
  const sayFault = useSayFault()
  return (
    <section className="stack" aria-labelledby="workers">
      <h2 id="workers">{t('films.workers')}</h2>
      <table className="table">
        <thead>
          <tr>
            <th scope="col">{t('films.worker')}</th>
            <th scope="col">{t('films.seen')}</th>
            <th scope="col">{t('films.inhand')}</th>
            <th>
              <span className="hidden">{t('table.actions')}</span>
            </th>
          </tr>
        </thead>
        <tbody>
          {workers.map((w) => {
            const mine = hands.filter((h) => h.worker === w.name)
            return (
              <tr key={w.id}>
                <th scope="row" className="breaks">
                  {w.name} {w.drained ? <Tag kind="caution">{t('films.drained')}</Tag> : null} {w.gone ? <Tag kind="wrong">{t('films.gone')}</Tag> : null}
                </th>
                <td data-label={t('films.seen')}>{dateTime(w.seen)}</td>
                <td data-label={t('films.inhand')}>
                  {mine.length === 0
                    ? t('films.idle', { n: w.hands })
                    : mine.map((h, i) => (
                        <span className="block small" key={i}>
                          {maybe(`stage.${h.stage}`) ?? h.stage} · {percent(h.percent / 100)} · {town(h.organisation)}
                        </span>
                      ))}
                </td>
                <td className="acts">
                  {w.gone ? null : (
                    <Button tight busy={drain.isPending} onClick={() => drain.mutate({ id: w.id, drain: !w.drained }, { onError: sayFault })}>
                      {t(w.drained ? 'films.undrain' : 'films.drain')}
                      <span className="hidden">: {w.name}</span>
                    </Button>
                  )}
                </td>
              </tr>
            )
          })}
        </tbody>
      </table>
      <p className="small soft measure">{t('films.drain.text')}</p>
    </section>
  )
}
