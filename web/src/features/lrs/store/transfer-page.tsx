import { useState } from 'react'
import type { RecordImport } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Check, Choices, Form, SelectField, TextField, value, values } from '../../../ui/field'
import { say } from '../../../lib/fault'
import { More } from '../../../ui/more'
import { Notice, Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Progress } from '../../../ui/progress'
import { Empty, Loaded } from '../../../ui/states'
import { useSayFault } from '../../../ui/toast'
import { useChangeImports, useImports } from './keeping-queries'
import { useSending } from './use-sending'
import { inTown, TownChoice, useTown } from './town-choice'

/** A whole record store as a file, and back. */
export default function TransferPage({ operator, own }: { operator: boolean; own: string | undefined }) {
  const { t } = useI18n()
  const town = useTown(operator, own)
  const imports = useImports(town.id, town.ready)
  const sending = useSending(town.id)
  return (
    <>
      <PageHead title={t('transfer.title')} lead={t('transfer.lead')} />
      <div className="column">
        {town.towns ? (
          <div className="filters">
            <TownChoice town={town} />
          </div>
        ) : null}
        <div className="two even">
          <Export town={town.id} />
          <div className="column">
            <Send sending={sending} />
            <section className="stack" aria-labelledby="imports">
              <h2 id="imports">{t('transfer.imports')}</h2>
              <Loaded query={inTown(town, imports)}>
                {({ items }) =>
                  items.length === 0 ? (
                    <Empty icon="upload" title={t('transfer.imports.none')} />
                  ) : (
                    <ul className="plain list">
                      {items.map((i) => (
                        <Import key={i.id} item={i} town={town.id} sending={sending} />
                      ))}
                    </ul>
                  )
                }
              </Loaded>
              <More pages={imports} />
            </section>
          </div>
        </div>
      </div>
    </>
  )
}

const formats = ['archive', 'csv', 'csv-excel'] as const
/** The columns by their names in the file, which are the same in every language. */
const columns = [
  'number', 'id', 'stored', 'timestamp', 'actor', 'account', 'actor_name', 'verb', 'verb_display', 'object_type', 'object', 'object_name', 'activity_type', 'registration', 'success', 'completion', 'score_scaled', 'score_raw', 'score_min', 'score_max', 'response', 'duration', 'parent', 'grouping', 'category', 'platform', 'language', 'authority', 'statement',
] as const
const usual: readonly string[] = ['id', 'stored', 'timestamp', 'account', 'verb', 'object', 'object_name', 'registration', 'success', 'completion', 'score_scaled', 'duration']

function Export({ town }: { town: string }) {
  const { t } = useI18n()
  const [format, setFormat] = useState<(typeof formats)[number]>('archive')
  return (
    <section className="card stack" aria-labelledby="export">
      <h2 id="export">{t('transfer.export')}</h2>
      <Form
        onSubmit={(f) => {
          const day = (name: string, time: string) => (value(f, name) ? { [name]: new Date(`${value(f, name)}T${time}`).toISOString() } : {})
          const chosen = values(f, 'column')
          const query = new URLSearchParams({
            ...(town ? { organisation: town } : {}),
            ...(format === 'archive' ? {} : { ...day('since', '00:00:00'), ...day('until', '23:59:59.999'), ...(chosen.length > 0 ? { columns: chosen.join(',') } : {}) }),
          }).toString()
          const link = document.createElement('a')
          link.href = `/api/v1/record-exports/${format}${query ? `?${query}` : ''}`
          link.download = ''
          link.click()
        }}
      >
        <SelectField label={t('transfer.format')} value={format} onChange={(e) => setFormat(formats.find((x) => x === e.target.value) ?? 'archive')}>
          {formats.map((x) => (
            <option key={x} value={x}>
              {t(`transfer.format.${x}`)}
            </option>
          ))}
        </SelectField>
        {format === 'archive' ? (
          <p className="soft">{t('transfer.archive.text')}</p>
        ) : (
          <>
            <div className="pair">
              <TextField label={t('stmt.since')} name="since" type="date" />
              <TextField label={t('stmt.until')} name="until" type="date" />
            </div>
            <Choices legend={t('transfer.columns')} hint={t('transfer.columns.hint')}>
              {columns.map((c) => (
                <Check key={c} name="column" value={c} defaultChecked={usual.includes(c)} label={<code>{c}</code>} />
              ))}
            </Choices>
          </>
        )}
        <Button kind="main" type="submit">
          {t('transfer.export.do')}
        </Button>
      </Form>
    </section>
  )
}

type Way = ReturnType<typeof useSending>

function Send({ sending }: { sending: Way }) {
  const i18n = useI18n()
  const { t, bytes } = i18n
  const [round, setRound] = useState(0)
  const s = sending.state
  return (
    <section className="card stack" aria-labelledby="import">
      <h2 id="import">{t('transfer.import')}</h2>
      <p>{t('transfer.import.text')}</p>
      {s ? (
        <>
          <Progress label={t('upload.label', { name: s.name })} share={s.size > 0 ? s.sent / s.size : 0} detail={t('upload.sent', { sent: bytes(s.sent), size: bytes(s.size) })} />
          <p role="status" className="small">
            {s.phase === 'sending' ? t('transfer.keep') : t(`upload.phase.${s.phase}`)}
          </p>
          {s.phase === 'failed' && s.error ? (
            <Notice kind="wrong" alert>
              {say(s.error, i18n)}
            </Notice>
          ) : null}
          <div className="row">
            {s.phase === 'sending' || s.phase === 'waiting' ? (
              <Button icon="pause" onClick={sending.pause}>
                {t('upload.pause')}
              </Button>
            ) : (
              <Button kind="main" icon="play" onClick={sending.resume}>
                {t('upload.resume')}
              </Button>
            )}
          </div>
        </>
      ) : (
        <Form
          key={round}
          error={sending.error}
          onSubmit={(f) => {
            const file = f.get('file')
            if (file instanceof File) void sending.send(file).then(() => setRound((n) => n + 1))
          }}
        >
          <TextField label={t('transfer.file')} name="file" type="file" required accept=".tar,.gz,.tgz,.ndjson,.jsonl,.json,.csv" />
          <Button kind="main" type="submit">
            {t('transfer.import.do')}
          </Button>
        </Form>
      )}
    </section>
  )
}

/** An import whose file has arrived in part: whoever chooses the same file again goes on. */
function GoOn({ item: i, sending }: { item: RecordImport; sending: Way }) {
  const { t, bytes } = useI18n()
  const [other, setOther] = useState('')
  return (
    <div className="stack-2">
      <Progress label={t('upload.label', { name: i.name })} share={i.sent / i.size} detail={t('upload.sent', { sent: bytes(i.sent), size: bytes(i.size) })} />
      {sending.state ? null : (
        <>
          <p className="small">{t('upload.interrupted', { name: i.name, size: bytes(i.size) })}</p>
          <TextField
            label={t('upload.same', { name: i.name })}
            type="file"
            onChange={(e) => {
              const file = e.target.files?.[0]
              if (file) void sending.send(file, i).then((same) => setOther(same ? '' : file.name))
            }}
          />
          {other ? (
            <Notice kind="caution" alert>
              {t('upload.other', { other, name: i.name })}
            </Notice>
          ) : null}
        </>
      )}
    </div>
  )
}

const kinds = { sending: 'caution', waiting: undefined, running: 'civic', done: 'good', failed: 'wrong' } as const

function Import({ item: i, town, sending }: { item: RecordImport; town: string; sending: Way }) {
  const { t, maybe, bytes, dateTime } = useI18n()
  const { forget } = useChangeImports(town)
  const sayFault = useSayFault()
  const kind = kinds[i.state]
  return (
    <li>
      <div className="grow breaks stack-2">
        <p>
          <b>
            <bdi>{i.name}</bdi>
          </b>{' '}
          <Tag {...(kind ? { kind } : {})}>{t(`transfer.state.${i.state}`)}</Tag>
        </p>
        <p className="small soft">
          {dateTime(i.created)} · {bytes(i.size)}
        </p>
        {i.state === 'sending' && sending.state?.id !== i.id ? <GoOn item={i} sending={sending} /> : null}
        <p className="small num" hidden={i.state === 'sending'} role={i.state === 'running' ? 'status' : undefined}>
          {t('transfer.progress', { count: i.lines })} · {t('transfer.stored', { count: i.stored })} · {t('transfer.known', { count: i.known })} · {t('transfer.refused', { count: i.refused })}
        </p>
        {i.state === 'failed' ? <Notice kind="wrong">{maybe(`errors.${i.code}`) ?? i.text}</Notice> : null}
        {i.reports.length > 0 ? (
          <details>
            <summary>{t('transfer.reports')}</summary>
            <ul className="small" lang="en">
              {i.reports.map((r, n) => (
                <li key={n}>
                  {r.line}: <bdi>{r.text}</bdi>
                </li>
              ))}
            </ul>
          </details>
        ) : null}
      </div>
      <Button tight kind="quiet" busy={forget.isPending} onClick={() => { sending.leave(i.id); forget.mutate(i.id, { onError: sayFault }) }}>
        {t(i.state === 'running' || i.state === 'waiting' || i.state === 'sending' ? 'transfer.stop' : 'transfer.forget')}
        <span className="hidden">: {i.name}</span>
      </Button>
    </li>
  )
}
