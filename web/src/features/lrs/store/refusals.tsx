import type { Flow } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { More } from '../../../ui/more'
import { Tag } from '../../../ui/notice'
import { Empty, Loaded } from '../../../ui/states'
import { useSayFault, useToast } from '../../../ui/toast'
import { useChangeFlows, useRefusals } from './flow-queries'

/** Statements that the receiving side does not take: tried again, or given up. */
export function Refusals({ town, flow, onClose }: { town: string; flow: Flow; onClose: () => void }) {
  const { t, dateTime } = useI18n()
  const refusals = useRefusals(town, flow.id)
  const { retry, drop } = useChangeFlows(town)
  const toast = useToast()
  const sayFault = useSayFault()
  const then = (words: string, close = true) => ({
    onSuccess: () => {
      toast(words)
      if (close) onClose()
    },
    onError: sayFault,
  })
  return (
    <Dialog
      wide
      title={t('flow.refusals', { name: flow.name })}
      onClose={onClose}
      actions={
        <>
          <Button kind="quiet" busy={drop.isPending} onClick={() => drop.mutate({ id: flow.id }, then(t('flow.dropped')))}>
            {t('flow.drop')}
          </Button>
          <Button kind="main" busy={retry.isPending} onClick={() => retry.mutate({ id: flow.id }, then(t('flow.retried')))}>
            {t('flow.retry')}
          </Button>
        </>
      }
    >
      <p>{t('flow.refusals.text')}</p>
      <Loaded query={refusals}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="check" title={t('flow.refusals.none')} />
          ) : (
            <ul className="plain list">
              {items.map((r) => (
                <li key={r.statement}>
                  <div className="grow breaks">
                    <p>
                      {r.verb.split(/[/#]/).at(-1)} <span className="small soft">{r.statement}</span> {r.again ? <Tag>{t('flow.again')}</Tag> : null}
                    </p>
                    <p className="small">
                      <bdi>{r.answer || r.code}</bdi>
                    </p>
                    <p className="small soft">{t('flow.tries', { count: r.tries, when: dateTime(r.at) })}</p>
                  </div>
                  <div className="row">
                    {r.again ? null : (
                      <Button tight busy={retry.isPending} onClick={() => retry.mutate({ id: flow.id, statements: [r.statement] }, then(t('flow.retried.one'), false))}>
                        {t('flow.retry.one')}
                        <span className="hidden">: {r.statement}</span>
                      </Button>
                    )}
                    <Button tight kind="quiet" busy={drop.isPending} onClick={() => drop.mutate({ id: flow.id, statements: [r.statement] }, then(t('flow.dropped.one'), false))}>
                      {t('flow.drop.one')}
                      <span className="hidden">: {r.statement}</span>
                    </Button>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More pages={refusals} />
    </Dialog>
  )
}
