import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import { client, content } from '../../../api/client'
import type { Bootcamp, CohortSession } from '../../../api/types'
import { Button, ButtonLink } from '../../../ui/button'
import { Confirm } from '../../../ui/confirm'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { AreaField, value } from '../../../ui/field'
import { Menu, MenuButton } from '../../../ui/menu'
import { Icon } from '../../../ui/icon'
import { KeptForm } from '../../../ui/kept-form'
import { Notice, Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Loaded, Skeleton } from '../../../ui/states'
import { say } from '../../../lib/fault'
import { useI18n } from '../../../lib/i18n'
import { useBootcamp, useSession } from '../queries'
import { Aloud, AloudWish, storedWish } from './announcer'
import { Chat } from './chat'
import { Files } from './files'
import { Groups } from './groups'
import { Hands } from './hands'
import { RoomLink } from './link'
import { Here } from './people'
import { Polls } from './polls'
import './room.css'
import { Decisions, Links, Spotlight } from './shelf'
import { AgendaPart, Timer } from './timer'
import { RoomContext, useLink, useNews, useRoom } from './use-room'
import { lazy } from '../../../ui/lazy'

const NotesPart = lazy(() => import('./notes-part'), <Skeleton block />)

/** The live room of a session: one page for everything, complete without a mouse and without sound. */
export default function RoomPage({ bootcamp, id }: { bootcamp: string; id: string }) {
  const b = useBootcamp(bootcamp)
  const session = useSession(bootcamp, id)
  const search = new URLSearchParams(useSearch())
  const rehearsal = search.get('rehearsal') === 'true'
  const via = search.get('via') ?? undefined
  const both = { data: b.data && session.data ? { b: b.data, session: session.data } : undefined, error: b.error ?? session.error, refetch: () => Promise.all([b.refetch(), session.refetch()]) }
  return (
    <Loaded query={both} page>
      {(x) => <Room key={`${id} ${rehearsal} ${via}`} bootcamp={x.b} session={x.session} rehearsal={rehearsal} via={via} refetch={() => void session.refetch()} />}
    </Loaded>
  )
}

const panels = ['now', 'chat', 'notes', 'people'] as const
type Panel = (typeof panels)[number]

function Room({ bootcamp: b, session: s, rehearsal, via, refetch }: { bootcamp: Bootcamp; session: CohortSession; rehearsal: boolean; via: string | undefined; refetch: () => void }) {
  const { t, words } = useI18n()
  const [link] = useState(() => new RoomLink({ bootcamp: b.id, session: s.id, rehearsal }, via))
  const room = useLink(link, s)
  const [panel, setPanel] = useState<Panel>('now')
  const [unread, setUnread] = useState(0)
  const [wish, setWish] = useState(storedWish)
  useNews(link, (events) => {
    const said = events.filter((e) => e.kind === 'said' && e.by !== room.me?.who).length
    if (said > 0 && panel !== 'chat') setUnread((n) => n + said)
    if (events.some((e) => e.kind === 'timed' && s.agenda[e.item ?? 0]?.title !== e.text)) refetch() // the run-sheet was changed meanwhile
  })
  const hands = room.state.hands.length
  return (
    <RoomContext value={room}>
      <PageHead
        title={s.title}
        heading={<span lang={s.language}>{s.title}</span>}
        crumb={
          <>
            <Link href={`/bootcamps/${b.id}`}>{words(b.title)}</Link>
            {' · '}
            <Link href={`/bootcamps/${b.id}/sessions/${s.id}`}>{t('room.session')}</Link>
          </>
        }
        action={room.leads ? <Controls rehearsal={rehearsal} bootcamp={b.id} /> : undefined}
      />
      {rehearsal ? <Notice kind="caution">{t('room.rehearsal.text')}</Notice> : null}
      <Status />
      <Aloud wish={wish} />
      {room.status === 'refused' || room.status === 'out' || room.status === 'signed-out' ? null : room.me === undefined ? (
        <Skeleton block />
      ) : (
        <div className="room" data-panel={panel}>
          <div className="strip">
            <Timer />
            <Fallback />
          </div>
          <nav className="panels" aria-label={t('room.parts')}>
            {panels.map((p) => (
              <button
                key={p}
                type="button"
                aria-pressed={panel === p}
                onClick={() => {
                  setPanel(p)
                  if (p === 'chat') setUnread(0)
                }}
              >
                {t(`room.part.${p}`)}
                {p === 'chat' && unread > 0 ? <span className="count num"> {unread}</span> : null}
                {p === 'people' && hands > 0 ? <span className="count num"> {hands}</span> : null}
              </button>
            ))}
          </nav>
          <div className="column part-now">
            <Spotlight />
            <Groups />
            <Polls />
            <AgendaPart />
            <Decisions />
            <Links />
            <Files />
          </div>
          <div className="column part-chat">
            <Refusals />
            <Chat />
          </div>
          <div className="column part-notes">
            <NotesPart />
          </div>
          <div className="column part-people">
            <Hands />
            <Here />
            <section className="card stack-2" aria-labelledby="room-aloud">
              <h2 id="room-aloud">{t('room.aloud.title')}</h2>
              <AloudWish wish={wish} onWish={setWish} />
            </section>
          </div>
        </div>
      )}
    </RoomContext>
  )
}

/** How the connection is, in words. */
function Status() {
  const { t, maybe, bytes, soon } = useI18n()
  const { status, fault, link, state, me, pending } = useRoom()
  const i18n = { t, maybe, bytes, soon }
  const unsent = pending.filter((p) => p.act.kind === 'said' || p.act.kind === 'vote').length
  return (
    <div className="row status">
      {state.phase.is === 'opened' ? <Tag kind="good">{t('room.phase.opened')}</Tag> : null}
      {state.phase.is === 'ended' ? <Tag>{t('room.phase.ended')}</Tag> : null}
      {state.phase.is === '' && me ? <Tag>{t('room.phase.before')}</Tag> : null}
      {status === 'lost' ? (
        <Notice kind="caution">
          {t('room.lost')} {unsent > 0 ? t('room.lost.kept', { count: unsent }) : ''}{' '}
          <Button tight onClick={link.again}>
            {t('action.retry')}
          </Button>
        </Notice>
      ) : null}
      {status === 'out' ? (
        <Notice kind="info" alert>
          {t('room.out')}
        </Notice>
      ) : null}
      {status === 'signed-out' ? (
        <Notice kind="info" alert>
          {t('room.signedout')} <ButtonLink href="/sign-in">{t('room.signin')}</ButtonLink>
        </Notice>
      ) : null}
      {status === 'refused' ? (
        <Notice kind="wrong" alert>
          {say(fault, i18n)}
        </Notice>
      ) : null}
    </div>
  )
}

/** Where to go when sound fails: always in sight. */
function Fallback() {
  const { t } = useI18n()
  const { session: s, meeting, link } = useRoom()
  const { bootcamp, rehearsal } = link.place
  const sound = s.link || (meeting && s.mode !== 'presence' ? `/api/v1/bootcamps/${bootcamp}/sessions/${s.id}/room/meeting${rehearsal ? '?rehearsal=true' : ''}` : '')
  if (!sound && !s.telephone) return null
  return (
    <p className="fallback small">
      {sound ? (
        <a className="button plain tight" href={sound} rel="noreferrer noopener" target="_blank">
          {t('room.sound')}
          <span className="hidden"> {t('meet.elsewhere')}</span>
        </a>
      ) : null}
      {s.telephone ? (
        <span>
          {t('room.telephone')} <a href={`tel:${(s.telephone.split(',')[0] ?? '').replace(/[^+\d]/g, '')}`}>{s.telephone}</a>
        </span>
      ) : null}
    </p>
  )
}

/** What could not be done, but for messages, which say so themselves. */
function Refusals() {
  const i18n = useI18n()
  const { pending, link } = useRoom()
  return pending
    .filter((p) => p.fault && p.act.kind !== 'said')
    .map((p) => (
      <Notice key={p.id} kind="wrong" alert>
        {say(p.fault, i18n)}{' '}
        <Button tight onClick={() => link.discard(p.id)}>
          {i18n.t('action.close')}
        </Button>
      </Notice>
    ))
}

/** What who leads does with the whole room. */
function Controls({ rehearsal, bootcamp }: { rehearsal: boolean; bootcamp: string }) {
  const { t, locale } = useI18n()
  const { state, send, session, me } = useRoom()
  const [, go] = useLocation()
  const [doing, setDoing] = useState<'announce' | 'end' | 'forget'>()
  const shut = () => setDoing(undefined)
  const forget = useMutation({
    mutationFn: () => content(client.DELETE('/bootcamps/{b}/sessions/{s}/room/rehearsal', { params: { path: { b: bootcamp, s: session.id } } })),
    onSuccess: () => {
      shut()
      go(`/bootcamps/${bootcamp}/sessions/${session.id}/room`)
    },
  })
  return (
    <div className="row no-print">
      {state.phase.is === 'opened' ? (
        <Button onClick={() => setDoing('end')}>{t('room.end')}</Button>
      ) : (
        <Button kind="main" icon="play" onClick={() => send({ kind: 'opened' })}>
          {state.phase.is === 'ended' ? t('room.reopen') : t('room.open')}
        </Button>
      )}
      <Menu label={t('room.more')} face={<Icon name="more" />}>
        <MenuButton icon="bell" onClick={() => setDoing('announce')}>
          {t('room.announce')}
        </MenuButton>
        <MenuButton icon="mute" pressed={state.quiet} onClick={() => send({ kind: 'quieted', on: !state.quiet })}>
          {state.quiet ? t('room.unquiet') : t('room.quiet')}
        </MenuButton>
        {rehearsal ? (
          <MenuButton icon="trash" onClick={() => setDoing('forget')}>
            {t('room.rehearsal.end')}
          </MenuButton>
        ) : me?.leads && state.phase.is === '' ? (
          <MenuButton icon="eye" onClick={() => go(`/bootcamps/${bootcamp}/sessions/${session.id}/room?rehearsal=true`)}>
            {t('room.rehearsal')}
          </MenuButton>
        ) : null}
      </Menu>
      {doing === 'announce' ? (
        <Dialog title={t('room.announce')} onClose={shut}>
          <KeptForm
            name={`announce.${session.id}`}
            onSubmit={(f) => send({ kind: 'announced', text: value(f, 'text'), lang: locale })}
            onSent={shut}
          >
            <AreaField label={t('room.announce.text')} hint={t('room.announce.hint')} name="text" required maxLength={2000} rows={3} />
            <Ends does={t('room.say.do')} onClose={shut} />
          </KeptForm>
        </Dialog>
      ) : null}
      {doing === 'end' ? (
        <Confirm title={t('room.end')} does={t('room.end')} error={undefined} busy={false} onClose={shut} onDo={() => { send({ kind: 'ended' }); shut() }}>
          {t('room.end.text')}
        </Confirm>
      ) : null}
      {doing === 'forget' ? (
        <Confirm title={t('room.rehearsal.end')} does={t('room.rehearsal.end')} error={forget.error} busy={forget.isPending} onClose={shut} onDo={() => forget.mutate()}>
          {t('room.rehearsal.end.text')}
        </Confirm>
      ) : null}
    </div>
  )
}
