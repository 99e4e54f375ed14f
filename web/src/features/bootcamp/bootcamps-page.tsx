import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { BootcampLine } from '../../api/types'
import { useI18n, Words } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { More } from '../../ui/more'
import { Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Empty, Loaded } from '../../ui/states'
import { BootcampForm } from './bootcamp-form'
import './bootcamp.css'
import { Calendar } from './calendar'
import { useBootcamps } from './queries'

/** The bootcamps that one's town sees. */
export default function BootcampsPage({ may, reads }: { may: boolean; reads: boolean }) {
  const { t } = useI18n()
  const bootcamps = useBootcamps()
  const [making, setMaking] = useState(false)
  const [, navigate] = useLocation()
  const make = (
    <Button kind="main" icon="plus" onClick={() => setMaking(true)}>
      {t('camp.new')}
    </Button>
  )
  return (
    <>
      <PageHead title={t('camp.title')} lead={t('camp.lead')} action={may ? make : undefined} />
      <div className="stack-5">
        <Loaded query={bootcamps}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="town" title={t('camp.empty')}>
                {t(may ? 'camp.empty.may' : 'camp.empty.text')}
              </Empty>
            ) : (
              <ul className="plain three">
                {items.map((b) => (
                  <li key={b.id} className="card tile">
                    <Tile bootcamp={b} />
                  </li>
                ))}
              </ul>
            )
          }
        </Loaded>
        <More pages={bootcamps} />
        {may ? (
          <p>
            <Link href="/bootcamps/run-sheets">{t('sheet.title')}</Link>
          </p>
        ) : null}
        {reads ? (
          <p>
            <Link href="/bootcamps/figures">{t('fig.title.town')}</Link>
          </p>
        ) : null}
        <Calendar />
      </div>
      {making && <BootcampForm onClose={() => setMaking(false)} onMade={(b) => navigate(`/bootcamps/${b.id}`)} />}
    </>
  )
}

function Tile({ bootcamp: b }: { bootcamp: BootcampLine }) {
  const { days } = useI18n()
  return (
    <>
      <div className="row">
        <StateTag state={b.state} />
      </div>
      <h2>
        <Link href={`/bootcamps/${b.id}`}>
          <Words text={b.title} order={b.languages} />
        </Link>
      </h2>
      <p className="soft small">{days(b.first, b.last)}</p>
      <p className="soft small end">{b.host.name}</p>
    </>
  )
}

const kinds = { draft: 'caution', open: 'good', closed: undefined, cancelled: 'wrong' } as const

export function StateTag({ state }: { state: BootcampLine['state'] }) {
  const { t } = useI18n()
  const kind = kinds[state]
  return <Tag {...(kind ? { kind } : {})}>{t(`camp.state.${state}`)}</Tag>
}
