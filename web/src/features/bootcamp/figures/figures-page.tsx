import { useState } from 'react'
import { Link } from 'wouter'
import type { FigureLine, Figures } from '../../../api/types'
import { useZone } from '../../../api/zone'
import { today } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Form, TextField, value } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Loaded } from '../../../ui/states'
import { useBootcamp } from '../queries'
import { Bridges } from './bridges'
import './figures.css'
import { Outputs } from './outputs'
import { type Chosen, useFigures } from './queries'
import { Records } from './records'
import { Cross, Division } from './tables'
import { Visits } from './visits'
import { find, Value } from './value'

/** The figures of one bootcamp. */
export function BootcampFiguresPage({ id }: { id: string }) {
  const { words } = useI18n()
  const bootcamp = useBootcamp(id)
  return (
    <Loaded query={bootcamp} page>
      {(b) => <Page bootcamp={id} crumb={<Link href={`/bootcamps/${id}`}>{words(b.title)}</Link>} hosting={b.hosting} />}
    </Loaded>
  )
}

/** The figures of all bootcamps of one's town. */
export default function FiguresPage() {
  const { t } = useI18n()
  return <Page bootcamp="" crumb={<Link href="/bootcamps">{t('camp.title')}</Link>} hosting={false} />
}

function Page({ bootcamp, crumb, hosting }: { bootcamp: string; crumb: React.ReactNode; hosting: boolean }) {
  const { t, day } = useI18n()
  const zone = useZone()
  const [asOf, setAsOf] = useState('')
  const [chosen, setChosen] = useState<Chosen>()
  const figures = useFigures(bootcamp, asOf)
  const at = `/api/v1${bootcamp ? `/bootcamps/${bootcamp}` : ''}/figures/export/`
  const query = asOf ? `?asOf=${asOf}` : ''
  return (
    <>
      <PageHead
        title={t(bootcamp ? 'fig.title' : 'fig.title.town')}
        crumb={crumb}
        lead={t(bootcamp ? 'fig.lead' : 'fig.lead.town')}
        action={
          <ul className="plain row no-print" aria-label={t('fig.export')}>
            {(['csv', 'csv-excel', 'xlsx'] as const).map((form) => (
              <li key={form}>
                <a className="button plain tight" href={at + form + query} download>
                  {form === 'csv-excel' ? t('fig.export.excel') : form.toUpperCase()}
                </a>
              </li>
            ))}
          </ul>
        }
      />
      <div className="stack-5">
        <Form className="filters no-print" error={undefined} onSubmit={(f) => setAsOf(value(f, 'asOf'))}>
          <TextField label={t('fig.asof')} hint={t('fig.asof.hint')} name="asOf" type="date" defaultValue={asOf} />
          <Button type="submit">{t('fig.asof.show')}</Button>
        </Form>
        <Loaded query={figures} block>
          {(f) => (
            <div className="stack-5">
              <p role="status">
                {t('fig.until', { date: day(f.asOf) })} {f.entered ? t('fig.entered', { date: day(today(zone, new Date(f.entered))) }) : t('fig.nothing')}
              </p>
              {f.named ? null : <Notice>{t('fig.few', { few: f.few })}</Notice>}
              <Heads figures={f} town={bootcamp === ''} onOpen={setChosen} />
              <Hours figures={f} />
              <section className="stack" aria-labelledby="divided">
                <h2 id="divided">{t('fig.divided')}</h2>
                {(bootcamp ? (['cohort', 'town'] as const) : (['bootcamp', 'town'] as const)).map((by) => (
                  <Division key={by} figures={f} what="presence" by={by} onOpen={setChosen} />
                ))}
              </section>
              <Bridges figures={f} />
              <section className="stack" aria-labelledby="desk">
                <h2 id="desk">{t('fig.desk')}</h2>
                {(['topic', 'outcome', 'mode', 'lesson'] as const).map((by) => (
                  <Division key={by} figures={f} what="visit" by={by} onOpen={setChosen} />
                ))}
                {hosting ? <Visits bootcamp={bootcamp} /> : null}
              </section>
              <section className="stack" aria-labelledby="outputs">
                <h2 id="outputs">{t('fig.outputs')}</h2>
                <Division figures={f} what="output" by="kind" onOpen={setChosen} />
                {bootcamp ? <Outputs bootcamp={bootcamp} hosting={hosting} /> : null}
              </section>
              {bootcamp ? null : (
                <section className="stack" aria-labelledby="learning">
                  <h2 id="learning">{t('fig.learning')}</h2>
                  <p className="measure soft">{t('fig.learning.text')}</p>
                  {(['learning', 'stage', 'lesson'] as const).map((by) => (
                    <Division key={by} figures={f} what="adoption" by={by} onOpen={setChosen} />
                  ))}
                </section>
              )}
            </div>
          )}
        </Loaded>
      </div>
      {chosen ? <Records bootcamp={bootcamp} asOf={asOf} of={chosen} onClose={() => setChosen(undefined)} /> : null}
    </>
  )
}

const heads = [
  { key: 'presences', what: 'presence', of: 'count' },
  { key: 'persons', what: 'presence', of: 'persons' },
  { key: 'anybody', what: 'anybody', of: 'persons' },
  { key: 'hours', what: 'presence', of: 'minutes' },
  { key: 'events', what: 'event', of: 'count' },
  { key: 'visits', what: 'visit', of: 'count' },
  { key: 'outputs', what: 'output', of: 'count' },
] as const

/** The figures with what they mean, each with the way to its records. */
function Heads({ figures: f, town, onOpen }: { figures: Figures; town: boolean; onOpen: (of: Chosen) => void }) {
  const { t } = useI18n()
  const list = town ? [...heads, { key: 'adoptions', what: 'adoption', of: 'count' } as const] : heads
  return (
    <section aria-labelledby="heads">
      <h2 id="heads" className="hidden">
        {t('fig.heads')}
      </h2>
      <dl className="three figures">
        {list.map((h) => {
          const line: FigureLine = find(f, h.what) ?? { what: h.what, by: '', part: '', count: 0, minutes: 0, persons: 0 }
          const may = h.what !== 'anybody' && (f.named || !['presence', 'visit'].includes(h.what))
          return (
            <div key={h.key} className="card stack-2">
              <dt>{t(`fig.${h.key}`)}</dt>
              <dd className="figure num">
                <Value n={line[h.of]} hours={h.of === 'minutes'} />
              </dd>
              <dd className="small soft">{t(`fig.${h.key}.means`)}</dd>
              {may ? (
                <dd className="no-print">
                  <Button kind="quiet" onClick={() => onOpen({ what: h.what, by: '', part: '' })}>
                    {t('fig.records')}
                    <span className="hidden">: {t(`fig.${h.key}`)}</span>
                  </Button>
                </dd>
              ) : null}
            </div>
          )
        })}
      </dl>
    </section>
  )
}

function Hours({ figures: f }: { figures: Figures }) {
  const { t } = useI18n()
  return (
    <div className="stack-2">
      <h2>{t('fig.cross')}</h2>
      <p className="measure soft">{t('fig.cross.text')}</p>
      <Cross figures={f} />
    </div>
  )
}
