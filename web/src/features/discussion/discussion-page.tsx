import { type ReactNode, useEffect, useRef, useState } from 'react'
import { Link, useLocation, useSearch } from 'wouter'
import type { Discussion, Thread } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button, ButtonLink } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Ends } from '../../ui/ends'
import { Check, Form, SelectField, TextField, value } from '../../ui/field'
import { Icon } from '../../ui/icon'
import { More } from '../../ui/more'
import { Notice, Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { SearchField } from '../../ui/search-field'
import { Empty, Loaded } from '../../ui/states'
import { useSayFault, useToast } from '../../ui/toast'
import { Composer } from './composer'
import './discussion.css'
import { useDiscussion, useFound, useTalk, useThreads } from './queries'
import { useWords } from './words'

interface PlaceProps {
  place: string
  /** Address of the page. */
  base: string
}

/** What is talked about in a cohort or about a practice. */
export default function DiscussionPage({ place, base, beside }: PlaceProps & { beside?: ReactNode }) {
  return (
    <Loaded query={useDiscussion(place)} page>
      {(d) => <View discussion={d} base={base} beside={beside} />}
    </Loaded>
  )
}

/** Where a discussion lies. */
export function Crumb({ discussion: d, base, inside }: { discussion: Discussion; base: string; inside?: boolean }) {
  const { t, words } = useI18n()
  return (
    <>
      <Link href={base.replace(/\/discussion$/, '')}>{d.name ? `${words(d.title)}, ${d.name}` : words(d.title)}</Link>
      {inside ? (
        <>
          {' · '}
          <Link href={base}>{t('talk.title')}</Link>
        </>
      ) : null}
    </>
  )
}

function View({ discussion: d, base, beside }: { discussion: Discussion; base: string; beside: ReactNode }) {
  const { t, day } = useI18n()
  const query = new URLSearchParams(useSearch())
  const about = query.get('about') ?? ''
  const course = query.get('course') ?? ''
  const [doing, setDoing] = useState<'begin' | 'set'>()
  const [open, setOpen] = useState(false)
  const [q, setQ] = useState('')
  const shut = () => setDoing(undefined)
  return (
    <>
      <PageHead
        title={t(d.over ? 'talk.alumni' : 'talk.title')}
        crumb={<Crumb discussion={d} base={base} />}
        {...(about ? { lead: t(about.startsWith('session') ? 'talk.about.session' : 'talk.about.lesson') } : {})}
        action={
          <div className="row">
            {d.writes ? (
              <Button kind="main" icon="plus" onClick={() => setDoing('begin')}>
                {t('talk.begin')}
              </Button>
            ) : null}
            <Button icon="bell" onClick={() => setDoing('set')}>
              {t('talk.set')}
            </Button>
            {d.leads ? (
              <ButtonLink icon="flag" href={`${base}/reports`}>
                {d.reports > 0 ? t('talk.reports.wait', { count: d.reports }) : t('talk.reports')}
              </ButtonLink>
            ) : null}
          </div>
        }
      />
      <div className="stack-5">
        {d.until ? <Notice>{t(d.writes ? 'talk.until' : 'talk.over', { day: day(d.until) })}</Notice> : null}
        {about ? <Link href={base}>{t('talk.about.all')}</Link> : null}
        <SearchField label={t('talk.search')} onSearch={setQ} start={q} />
        {q ? (
          <Found place={d.place} base={base} q={q} onClose={() => setQ('')} />
        ) : (
          <>
            <p className="row">
              <Button aria-pressed={open} onClick={() => setOpen(!open)}>
                {t('talk.filter.open')}
              </Button>
            </p>
            <Threads place={d.place} base={base} about={about} open={open} />
            {about ? null : beside}
          </>
        )}
      </div>
      {doing === 'set' ? <Settings discussion={d} onClose={shut} /> : null}
      {doing === 'begin' ? (
        <Begin place={d.place} base={base} about={about} course={course} onClose={shut} />
      ) : null}
    </>
  )
}

function Begin({ place, base, about, course, onClose }: PlaceProps & { about: string; course: string; onClose: () => void }) {
  const { t, locale } = useI18n()
  const [, go] = useLocation()
  const { begin } = useTalk(place)
  const words = useWords(`${place}.new.${about}`, { language: locale })
  const { title, asks } = words.value
  const here = useRef(true)
  useEffect(() => {
    here.current = true
    return () => {
      here.current = false
    }
  }, [])
  return (
    <Dialog title={t('talk.begin')} onClose={onClose} wide>
      <Composer
        place={place}
        label={t('talk.words')}
        does={t('talk.begin.do')}
        error={begin.error}
        busy={begin.isPending}
        of={words}
        onCancel={onClose}
        onSend={(w) =>
          void words.send(begin.mutateAsync({ ...w, title: title.trim(), asks, ...(about ? { about } : {}), ...(course ? { course } : {}) })).then(
            (made) => {
              if (here.current) go(`${base}/${made.id}`)
            },
            () => undefined, // the form says it
          )
        }
      >
        <TextField label={t('talk.subject')} name="title" required maxLength={200} value={title} onChange={(e) => words.write({ title: e.target.value })} />
        <Check label={t('talk.asks')} hint={t('talk.asks.hint')} name="asks" checked={asks} onChange={(e) => words.write({ asks: e.target.checked })} />
      </Composer>
    </Dialog>
  )
}

function Threads({ place, base, about, open }: PlaceProps & { about: string; open: boolean }) {
  const { t } = useI18n()
  const threads = useThreads(place, about, open)
  return (
    <section aria-label={t('talk.threads')} className="stack">
      <Loaded query={threads}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="people" title={t(open ? 'talk.none.open' : 'talk.none')}>
              {t('talk.none.text')}
            </Empty>
          ) : (
            <ul className="plain list threads">
              {items.map((th) => (
                <li key={th.id}>
                  <Line thread={th} base={base} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More pages={threads} />
    </section>
  )
}

function Line({ thread: th, base }: { thread: Thread; base: string }) {
  const { t, dateTime } = useI18n()
  return (
    <div className="grow stack-2">
      <h2>
        <Link href={`${base}/${th.id}`} lang={th.title ? th.language : undefined}>
          {th.title || t('talk.thread.gone')}
        </Link>
      </h2>
      <p className="soft small">
        {t('talk.by', { name: th.by.name || t('talk.nobody'), town: th.by.town })} · {t('talk.posts', { count: th.posts })} · {t('talk.last', { when: dateTime(th.last), name: th.lastBy.name || t('talk.nobody') })}
      </p>
      <p className="row">
        {th.new > 0 ? <Tag kind="civic">{t('talk.new', { count: th.new })}</Tag> : null}
        {th.answer ? <Tag kind="good">{t('talk.answered')}</Tag> : th.asks ? <Tag kind="warm">{t('talk.asked')}</Tag> : null}
        {th.hidden ? <Tag kind="wrong">{t('talk.hidden')}</Tag> : null}
        {th.closed ? <Tag>{t('talk.closed')}</Tag> : null}
      </p>
    </div>
  )
}

function Found({ place, base, q, onClose }: PlaceProps & { q: string; onClose: () => void }) {
  const { t, dateTime } = useI18n()
  const found = useFound(place, q)
  return (
    <section aria-label={t('talk.search')} className="stack">
      <p className="row">
        <Button icon="close" onClick={onClose}>
          {t('talk.search.end')}
        </Button>
      </p>
      <Loaded query={found}>
        {({ items }) =>
          items.length === 0 ? (
            <p role="status">{t('talk.search.none', { words: q })}</p>
          ) : (
            <ul className="plain stack">
              {items.map((x) => (
                <li key={x.post.id} className="card stack-2">
                  <h2>
                    <Link href={`${base}/${x.post.thread}#post-${x.post.number}`} lang={x.language}>
                      {x.title}
                    </Link>
                  </h2>
                  <p className="soft small">
                    {t('talk.by', { name: x.post.by.name || t('talk.nobody'), town: x.post.by.town })} · {dateTime(x.post.at)}
                  </p>
                  <div className="prose excerpt" lang={x.post.language} dangerouslySetInnerHTML={{ __html: x.post.html }} />
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More pages={found} />
    </section>
  )
}

const modes = ['immediately', 'daily', 'never'] as const

function Settings({ discussion: d, onClose }: { discussion: Discussion; onClose: () => void }) {
  const { t } = useI18n()
  const { set } = useTalk(d.place)
  const toast = useToast()
  const sayFault = useSayFault()
  return (
    <Dialog title={t('talk.set')} onClose={onClose}>
      <Form
        error={set.error}
        onSubmit={(f) =>
          set.mutate(
            { mail: modes.find((m) => m === value(f, 'mail')) ?? 'daily', all: f.get('all') !== null, ...(d.leads && d.name ? { until: value(f, 'until') } : {}) },
            { onSuccess: () => { toast(t('talk.set.done')); onClose() } },
          )
        }
      >
        <SelectField label={t('talk.mail')} hint={t('talk.mail.hint')} name="mail" defaultValue={d.mail}>
          {modes.map((m) => (
            <option key={m} value={m}>
              {t(`talk.mail.${m}`)}
            </option>
          ))}
        </SelectField>
        <Check label={t('talk.all')} name="all" defaultChecked={d.all} />
        {d.leads && d.name ? <TextField label={t('talk.end')} hint={t('talk.end.hint')} type="date" name="until" defaultValue={d.until ?? ''} /> : null}
        <Ends does={t('action.save')} busy={set.isPending} onClose={onClose} />
        {d.unread > 0 ? (
          <p>
            <Button onClick={() => set.mutate({ read: true }, { onSuccess: onClose, onError: sayFault })}>
              <Icon name="check" /> {t('talk.read.all')}
            </Button>
          </p>
        ) : null}
      </Form>
    </Dialog>
  )
}
