import { useState } from 'react'
import type { Flow } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Confirm } from '../../../ui/confirm'
import { More } from '../../../ui/more'
import { Notice, Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useSayFault, useToast } from '../../../ui/toast'
import { FlowForm } from './flow-form'
import { useChangeFlows, useFlows } from './flow-queries'
import { Refusals } from './refusals'
import { inTown, TownChoice, useTown } from './town-choice'

type Doing = { what: 'make' } | { what: 'change' | 'remove' | 'refusals'; flow: Flow }

/** Ways on which statements go to other record stores, and come from them. */
export default function FlowsPage({ operator, own }: { operator: boolean; own: string | undefined }) {
  const { t } = useI18n()
  const town = useTown(operator, own)
  const flows = useFlows(town.id, town.ready)
  const { remove } = useChangeFlows(town.id)
  const [doing, setDoing] = useState<Doing>()
  const toast = useToast()
  const shut = () => setDoing(undefined)
  return (
    <>
      <PageHead
        title={t('flow.title')}
        lead={t('flow.lead')}
        action={
          <Button kind="main" icon="plus" onClick={() => setDoing({ what: 'make' })}>
            {t('flow.new')}
          </Button>
        }
      />
      <div className="stack-5">
        {town.towns ? (
          <div className="filters">
            <TownChoice town={town} />
          </div>
        ) : null}
        <Loaded query={inTown(town, flows)}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="globe" title={t('flow.empty')} action={<Button onClick={() => setDoing({ what: 'make' })}>{t('flow.new')}</Button>}>
                {t('flow.empty.text')}
              </Empty>
            ) : (
              <ul className="plain three wider">
                {items.map((f) => (
                  <li key={f.id}>
                    <FlowCard flow={f} town={town.id} onDo={(what) => setDoing({ what, flow: f })} />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
        <More pages={flows} />
      </div>
      {doing?.what === 'make' && <FlowForm town={town.id} onClose={shut} />}
      {doing?.what === 'change' && <FlowForm town={town.id} flow={doing.flow} onClose={shut} />}
      {doing?.what === 'refusals' && <Refusals town={town.id} flow={doing.flow} onClose={shut} />}
      {doing?.what === 'remove' && (
        <Confirm
          title={t('flow.remove.title', { name: doing.flow.name })}
          does={t('flow.remove.do')}
          error={remove.error}
          busy={remove.isPending}
          onDo={() =>
            remove.mutate(doing.flow.id, {
              onSuccess: () => {
                toast(t('flow.removed'))
                shut()
              },
            })
          }
          onClose={shut}
        >
          {t('flow.remove.text')}
        </Confirm>
      )}
    </>
  )
}

const kinds = { off: undefined, stopped: 'wrong', waiting: 'caution', behind: 'civic', current: 'good' } as const

function FlowCard({ flow: f, town, onDo }: { flow: Flow; town: string; onDo: (what: 'change' | 'remove' | 'refusals') => void }) {
  const { t, dateTime, number, list } = useI18n()
  const { change, run, attempt } = useChangeFlows(town)
  const toast = useToast()
  const sayFault = useSayFault()
  const kind = kinds[f.state]
  return (
    <section className="card stack" aria-labelledby={`flow-${f.id}`}>
      <div className="row between">
        <h2 id={`flow-${f.id}`} className="breaks">
          {f.name}
        </h2>
        <Tag {...(kind ? { kind } : {})}>{t(`flow.state.${f.state}`)}</Tag>
      </div>
      <p className="small soft breaks">
        {t(`flow.direction.${f.direction}`)} · {f.endpoint}
      </p>
      {f.trouble ? (
        <Notice kind={f.state === 'stopped' ? 'wrong' : 'caution'}>
          <p>{f.trouble.status > 0 ? t('flow.trouble.status', { status: String(f.trouble.status), when: dateTime(f.trouble.at) }) : t('flow.trouble', { when: dateTime(f.trouble.at) })}</p>
          <p className="small breaks" lang="en">
            <bdi>{f.trouble.text}</bdi>
          </p>
        </Notice>
      ) : null}
      {attempt.data ? (
        <div role="status">
          {attempt.data.trouble ? (
            <Notice kind="caution">
              <p>{attempt.data.trouble.status > 0 ? t('flow.try.status', { status: String(attempt.data.trouble.status) }) : t('flow.try.none')}</p>
              <p className="small breaks" lang="en">
                <bdi>{attempt.data.trouble.text}</bdi>
              </p>
            </Notice>
          ) : (
            <Notice kind="good">{t('flow.try.good', { versions: list(attempt.data.versions) })}</Notice>
          )}
        </div>
      ) : null}
      <dl className="facts small">
        <dt>{t('flow.passed')}</dt>
        <dd className="num">{number(f.passed)}</dd>
        {f.direction === 'out' ? (
          <>
            <dt>{t('flow.behind')}</dt>
            <dd className="num">
              {number(f.behind)}
              {f.oldest && f.behind > 0 ? ` · ${t('flow.oldest', { when: dateTime(f.oldest) })}` : ''}
            </dd>
          </>
        ) : null}
        {f.skipped > 0 ? (
          <>
            <dt>{t('flow.skipped')}</dt>
            <dd className="num">{number(f.skipped)}</dd>
          </>
        ) : null}
        {f.success ? (
          <>
            <dt>{t('flow.success')}</dt>
            <dd>{dateTime(f.success)}</dd>
          </>
        ) : null}
        {f.next && f.on ? (
          <>
            <dt>{t('flow.next')}</dt>
            <dd>{dateTime(f.next)}</dd>
          </>
        ) : null}
      </dl>
      <div className="row">
        {f.refused > 0 ? (
          <Button tight onClick={() => onDo('refusals')}>
            {t('flow.refused', { count: f.refused })}
            <span className="hidden">: {f.name}</span>
          </Button>
        ) : null}
        <Button tight busy={change.isPending} onClick={() => change.mutate({ id: f.id, body: { on: !f.on } }, { onSuccess: () => toast(t(f.on ? 'flow.switched.off' : 'flow.switched.on')), onError: sayFault })}>
          {t(f.on ? 'flow.off' : 'flow.on')}
          <span className="hidden">: {f.name}</span>
        </Button>
        {f.on ? (
          <Button tight busy={run.isPending} onClick={() => run.mutate(f.id, { onSuccess: () => toast(t('flow.running')), onError: sayFault })}>
            {t('flow.run')}
            <span className="hidden">: {f.name}</span>
          </Button>
        ) : null}
        <Button tight busy={attempt.isPending} onClick={() => attempt.mutate(f.id, { onError: sayFault })}>
          {t('flow.try')}
          <span className="hidden">: {f.name}</span>
        </Button>
        <Button tight onClick={() => onDo('change')}>
          {t('action.change')}
          <span className="hidden">: {f.name}</span>
        </Button>
        <Button tight kind="quiet" onClick={() => onDo('remove')}>
          {t('action.remove')}
          <span className="hidden">: {f.name}</span>
        </Button>
      </div>
    </section>
  )
}
