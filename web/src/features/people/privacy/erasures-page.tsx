import type { Erasure } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { More } from '../../../ui/more'
import { Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useSayFault, useToast } from '../../../ui/toast'
import { useErase, useErased, useErasures } from './queries'

/** Who of the town is to be erased, and when somebody was. */
export default function ErasuresPage() {
  const { t, date } = useI18n()
  const asked = useErasures()
  const done = useErased()
  return (
    <>
      <PageHead title={t('erasures.title')} lead={t('erasures.lead')} />
      <div className="two even">
        <section aria-labelledby="asked" className="stack-2">
          <h2 id="asked">{t('erasures.asked')}</h2>
          <Loaded query={asked}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty icon="check" title={t('erasures.asked.none')}>
                  {t('erasures.asked.none.text')}
                </Empty>
              ) : (
                <ul className="plain list">
                  {items.map((e) => (
                    <AskedLine key={e.person} erasure={e} />
                  ))}
                </ul>
              )
            }
          </Loaded>
          <More pages={asked} />
        </section>
        <section aria-labelledby="done" className="stack-2">
          <h2 id="done">{t('erasures.done')}</h2>
          <Loaded query={done}>
            {({ items }) =>
              items.length === 0 ? (
                <p className="soft">{t('erasures.done.none')}</p>
              ) : (
                <ul className="plain list">
                  {items.map((e) => (
                    <li key={e.id}>
                      <div className="grow">
                        <h3>{e.name ? e.name : t('erasures.nobody')}</h3>
                        <p className="small soft">
                          {t('erasures.done.line', { date: date(e.done) })} · {t(e.own ? 'erasures.own' : 'erasures.town')}
                        </p>
                        {e.until ? <p className="small soft">{t('erasures.held', { date: date(e.until) })}</p> : null}
                      </div>
                    </li>
                  ))}
                </ul>
              )
            }
          </Loaded>
          <More pages={done} />
        </section>
      </div>
    </>
  )
}

function AskedLine({ erasure: e }: { erasure: Erasure }) {
  const { t, dateTime } = useI18n()
  const { undo } = useErase(e.person)
  const toast = useToast()
  const sayFault = useSayFault()
  return (
    <li>
      <div className="grow">
        <h3>{e.name}</h3>
        <p className="small soft">
          {e.final ? t('erasures.final', { when: dateTime(e.final) }) : ''} · {t(e.own ? 'erasures.own' : 'erasures.town')}
        </p>
      </div>
      {e.state === 'begun' ? (
        <Tag kind="caution">{t('erasures.begun')}</Tag>
      ) : e.own ? null : (
        <Button tight busy={undo.isPending} onClick={() => undo.mutate(undefined, { onSuccess: () => toast(t('erasure.undone')), onError: sayFault })}>
          {t('erasure.undo')}
          <span className="hidden">: {e.name}</span>
        </Button>
      )}
    </li>
  )
}
