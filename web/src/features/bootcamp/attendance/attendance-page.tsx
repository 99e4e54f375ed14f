import { useState } from 'react'
import { Link } from 'wouter'
import type { AttendanceRow, AttendanceSheet, CohortSession } from '../../../api/types'
import { Button } from '../../../ui/button'
import { Icon } from '../../../ui/icon'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { AreaField, Form, SelectField, TextField, value } from '../../../ui/field'
import { Notice, Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import { useI18n } from '../../../lib/i18n'
import { useSession } from '../queries'
import { Times } from '../session-page'
import './attendance.css'
import { useAttendance, useChangeAttendance, useDoorCode } from './queries'

const states = ['present', 'partly', 'absent', 'excused'] as const
const kinds = { present: 'good', partly: 'caution', absent: 'wrong', excused: 'civic' } as const

/** Who was there: what the room, the door and who leads say, and what follows from it. */
export default function AttendancePage({ bootcamp, id }: { bootcamp: string; id: string }) {
  const session = useSession(bootcamp, id)
  const sheet = useAttendance(bootcamp, id)
  const both = { data: session.data && sheet.data ? { session: session.data, sheet: sheet.data } : undefined, error: session.error ?? sheet.error, refetch: () => Promise.all([session.refetch(), sheet.refetch()]) }
  return (
    <Loaded query={both} page>
      {(x) => <View bootcamp={bootcamp} session={x.session} sheet={x.sheet} />}
    </Loaded>
  )
}

function View({ bootcamp: b, session: s, sheet }: { bootcamp: string; session: CohortSession; sheet: AttendanceSheet }) {
  const { t, locale } = useI18n()
  const [marking, setMarking] = useState<AttendanceRow>()
  const there = sheet.rows.filter((r) => r.state === 'present' || r.state === 'partly').length
  return (
    <>
      <PageHead
        title={t('attend.title')}
        crumb={<Link href={`/bootcamps/${b}/sessions/${s.id}`}>{s.title}</Link>}
        lead={t('attend.lead', { there, all: sheet.rows.length })}
        action={
          <div className="row no-print">
            <a className="button plain" href={`/api/v1/bootcamps/${b}/sessions/${s.id}/attendance.pdf?lang=${locale}`} download>
              <Icon name="print" />
              {t('attend.pdf')}
            </a>
            <a className="button plain" href={`/api/v1/bootcamps/${b}/sessions/${s.id}/attendance.csv`} download>
              {t('attend.csv')}
            </a>
            <a className="button plain" href={`/api/v1/bootcamps/${b}/sessions/${s.id}/attendance.xlsx`} download>
              {t('attend.xlsx')}
            </a>
          </div>
        }
      />
      <div className="stack-5">
        <Times session={s} />
        <Door bootcamp={b} session={s.id} sheet={sheet} />
        <table className="table attendance">
          <caption className="hidden">{t('attend.title')}</caption>
          <thead>
            <tr>
              <th scope="col">{t('attend.name')}</th>
              <th scope="col">{t('attend.state')}</th>
              <th scope="col" className="num">
                {t('attend.minutes')}
              </th>
              <th scope="col">{t('attend.seen')}</th>
              <th scope="col" className="no-print">
                <span className="hidden">{t('table.actions')}</span>
              </th>
            </tr>
          </thead>
          <tbody>
            {sheet.rows.map((r) => (
              <tr key={r.person}>
                <th scope="row">
                  {r.name || t('room.nobody')}
                  <span className="small soft">{r.town}</span>
                </th>
                <td data-label={t('attend.state')}>
                  <Tag kind={kinds[r.state]}>{t(`attend.state.${r.state}`)}</Tag> {r.differs ? <Tag kind="warm">{t('attend.differs')}</Tag> : null}
                </td>
                <td className="num" data-label={t('attend.minutes')}>
                  {r.minutes}
                </td>
                <td data-label={t('attend.seen')} className="small">
                  <Seen row={r} />
                </td>
                <td className="acts no-print">
                  <Button tight onClick={() => setMarking(r)}>
                    {t('attend.mark')}
                    <span className="hidden">: {r.name}</span>
                  </Button>
                </td>
              </tr>
            ))}
          </tbody>
        </table>
        <p className="small soft measure">{t('attend.rule', { share: sheet.share })}</p>
      </div>
      {marking ? <Marking bootcamp={b} session={s} row={marking} onClose={() => setMarking(undefined)} /> : null}
    </>
  )
}

function Seen({ row: r }: { row: AttendanceRow }) {
  const { t, time, dateTime } = useI18n()
  const mark = r.marks.at(-1)
  if (r.room === 0 && !r.checkedIn && !mark) return <span className="soft">{t('attend.seen.nothing')}</span>
  return (
    <ul className="plain">
      {r.room > 0 ? <li>{t('attend.seen.room', { count: r.room })}</li> : null}
      {r.checkedIn ? <li>{t('attend.seen.door', { time: time(r.checkedIn) })}</li> : null}
      {mark ? <li>{t('attend.seen.mark', { when: dateTime(mark.at), reason: mark.reason })}</li> : null}
      {r.marks.length > 1 ? <li className="soft">{t('attend.seen.before', { count: r.marks.length - 1 })}</li> : null}
    </ul>
  )
}

/** The door of the place: a code that changes every minute, to be read or photographed by who comes in. */
function Door({ bootcamp: b, session: s, sheet }: { bootcamp: string; session: string; sheet: AttendanceSheet }) {
  const { t } = useI18n()
  const { set } = useChangeAttendance(b, s)
  return (
    <section className="card stack no-print" aria-labelledby="door">
      <h2 id="door">{t('attend.door')}</h2>
      {sheet.open ? <Code bootcamp={b} session={s} /> : <p className="soft">{t('attend.door.shut')}</p>}
      <Form error={set.error} className="filters" onSubmit={(f) => set.mutate({ open: sheet.open, share: Number(value(f, 'share')) })}>
        <Button kind={sheet.open ? 'plain' : 'main'} busy={set.isPending} onClick={() => set.mutate({ open: !sheet.open, share: sheet.share })}>
          {sheet.open ? t('attend.door.close') : t('attend.door.open')}
        </Button>
        <TextField label={t('attend.share')} name="share" type="number" min={1} max={100} defaultValue={sheet.share} required />
        <Button type="submit" busy={set.isPending}>
          {t('action.save')}
        </Button>
      </Form>
    </section>
  )
}

function Code({ bootcamp: b, session: s }: { bootcamp: string; session: string }) {
  const { t, time } = useI18n()
  const code = useDoorCode(b, s)
  return (
    <Loaded query={code}>
      {(c) => (
        <div className="door">
          <Matrix rows={c.qr} label={t('attend.door.qr')} />
          <div className="stack-2">
            <p className="door-code num">
              {c.code.slice(0, 3)} {c.code.slice(3)}
            </p>
            <p className="soft">{t('attend.door.until', { time: time(c.until) })}</p>
            <p className="small">{t('attend.door.how')}</p>
          </div>
        </div>
      )}
    </Loaded>
  )
}

function Matrix({ rows, label }: { rows: readonly string[]; label: string }) {
  const path = rows.map((row, y) => Array.from(row, (bit, x) => (bit === '1' ? `M${x} ${y}h1v1h-1z` : '')).join('')).join('')
  return (
    <svg className="qr" viewBox={`0 0 ${rows.length} ${rows.length}`} role="img" aria-label={label} shapeRendering="crispEdges">
      <path d={path} />
    </svg>
  )
}

function Marking({ bootcamp: b, session: s, row: r, onClose }: { bootcamp: string; session: CohortSession; row: AttendanceRow; onClose: () => void }) {
  const { t, dateTime } = useI18n()
  const { mark } = useChangeAttendance(b, s.id)
  const [state, setState] = useState<AttendanceRow['state']>(r.state)
  const toast = useToast()
  return (
    <Dialog title={r.name || t('room.nobody')} onClose={onClose}>
      {r.differs ? <Notice kind="caution">{t('attend.differs.text')}</Notice> : null}
      <Form
        error={mark.error}
        onSubmit={(f) =>
          mark.mutate(
            { p: r.person, state, minutes: state === 'absent' || state === 'excused' ? 0 : Number(value(f, 'minutes')), reason: value(f, 'reason') },
            {
              onSuccess: () => {
                toast(t('state.saved'))
                onClose()
              },
            },
          )
        }
      >
        <SelectField label={t('attend.state')} value={state} onChange={(e) => setState(states.find((x) => x === e.currentTarget.value) ?? 'present')}>
          {states.map((x) => (
            <option key={x} value={x}>
              {t(`attend.state.${x}`)}
            </option>
          ))}
        </SelectField>
        {state === 'present' || state === 'partly' ? <TextField label={t('attend.minutes')} name="minutes" type="number" min={1} max={s.minutes * 2} defaultValue={r.minutes || s.minutes} required /> : null}
        <AreaField label={t('attend.reason')} hint={t('attend.reason.hint')} name="reason" required maxLength={500} rows={2} />
        <Ends does={t('action.save')} busy={mark.isPending} onClose={onClose} />
      </Form>
      {r.marks.length > 0 ? (
        <section className="stack-2" aria-labelledby="marks">
          <h3 id="marks">{t('attend.trace')}</h3>
          <ol>
            {r.marks.map((m) => (
              <li key={m.at} className="small">
                {dateTime(m.at)}: {t(`attend.state.${m.state}`)}
                {m.minutes > 0 ? `, ${t('minutes', { count: m.minutes })}` : ''}. {m.reason}
              </li>
            ))}
          </ol>
        </section>
      ) : null}
    </Dialog>
  )
}
