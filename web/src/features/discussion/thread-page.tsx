import { useEffect, useLayoutEffect, useRef, useState } from 'react'
import type { Discussion, Post, Thread } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { More } from '../../ui/more'
import { Notice, Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { useSayFault, useToast } from '../../ui/toast'
import { Composer } from './composer'
import './discussion.css'
import { Crumb } from './discussion-page'
import { PostView } from './post'
import { useDiscussion, usePosts, useTalk, useThread } from './queries'
import { useWords, type Writing } from './words'

/** One thread: what was said, in order, and the way to answer. */
export default function ThreadPage({ place, base, id }: { place: string; base: string; id: string }) {
  const d = useDiscussion(place)
  const thread = useThread(place, id)
  const both = { data: d.data && thread.data ? { d: d.data, thread: thread.data } : undefined, error: d.error ?? thread.error, refetch: () => Promise.all([d.refetch(), thread.refetch()]) }
  return (
    <Loaded query={both} page>
      {(x) => <View discussion={x.d} thread={x.thread} base={base} />}
    </Loaded>
  )
}

function View({ discussion: d, thread: th, base }: { discussion: Discussion; thread: Thread; base: string }) {
  const { t, day } = useI18n()
  const posts = usePosts(d.place, th.id)
  const { turn, follow } = useTalk(d.place)
  const sayFault = useSayFault()
  const { locale } = useI18n()
  const words = useWords(`thread.${th.id}`, { language: locale })
  // It waits only beside words: who has chosen a post has written nothing yet.
  const [answers, setAnswers] = useState(words.value.re)
  const re = posts.data?.items.find((p) => p.number === answers)
  const [asked, setAsked] = useState(0)
  const setRe = (p?: Post) => {
    setAnswers(p?.number ?? 0)
    if (p) setAsked(asked + 1)
    if (words.waits()) words.put({ re: p?.number ?? 0 })
  }
  const kept: Writing = {
    ...words,
    write: (part) => words.write({ ...part, re: answers }),
    drop: () => {
      words.drop()
      setAnswers(0)
    },
  }
  const first = useRef(th.read) // where what is new begins, as long as one stays
  useReading(d.place, th, posts.data?.items)
  const title = th.title || t('talk.thread.gone')
  return (
    <>
      <PageHead
        title={title}
        heading={<span lang={th.title ? th.language : undefined}>{title}</span>}
        crumb={<Crumb discussion={d} base={base} inside />}
        action={
          <div className="row">
            <Button icon="bell" aria-pressed={th.follows} onClick={() => follow.mutate({ t: th.id, follows: !th.follows }, { onError: sayFault })}>
              {t('talk.follow')}
            </Button>
            {d.leads ? <Button onClick={() => turn.mutate({ t: th.id, closed: !th.closed }, { onError: sayFault })}>{t(th.closed ? 'talk.reopen' : 'talk.close')}</Button> : null}
          </div>
        }
      />
      <div className="stack-5">
        <p className="row">
          {th.answer ? (
            <>
              <Tag kind="good">{t('talk.answered')}</Tag>
              <a href={`#post-${th.answer}`}>{t('talk.answer.go')}</a>
            </>
          ) : th.asks ? (
            <Tag kind="warm">{t('talk.asked')}</Tag>
          ) : null}
          {th.closed ? <Tag>{t('talk.closed')}</Tag> : null}
        </p>
        <Loaded query={posts}>
          {({ items }) => (
            <ol className="plain stack posts">
              {items.map((p) => (
                <li key={p.id} className="stack">
                  {p.number === first.current + 1 && first.current > 0 ? <p className="fresh">{t('talk.fresh')}</p> : null}
                  <PostView discussion={d} thread={th} post={p} posts={items} onReply={d.writes && (!th.closed || d.leads) ? setRe : undefined} />
                </li>
              ))}
            </ol>
          )}
        </Loaded>
        <More pages={posts} />
        {!d.writes ? (
          <Notice>{d.until ? t('talk.over', { day: day(d.until) }) : t('talk.reads')}</Notice>
        ) : th.closed && !d.leads ? (
          <Notice>{t('talk.closed.text')}</Notice>
        ) : (
          <Reply discussion={d} thread={th} words={kept} answers={answers} asked={asked} re={re} onRe={setRe} />
        )}
      </div>
    </>
  )
}

/** Notes that what is on the page was read. */
function useReading(place: string, th: Thread, items: Post[] | undefined) {
  const { mark } = useTalk(place)
  const { mutate } = mark
  const last = items?.at(-1)?.number ?? 0
  const noted = useRef(th.read)
  useEffect(() => {
    if (last <= noted.current) return
    noted.current = last
    mutate({ t: th.id, read: last })
  }, [last, mutate, th.id])
}

interface ReplyProps {
  discussion: Discussion
  thread: Thread
  words: Writing
  answers: number
  /** How often a post to be answered was chosen. */
  asked: number
  re: Post | undefined
  onRe: (p?: Post) => void
}

function Reply({ discussion: d, thread: th, words, answers, asked, re, onRe }: ReplyProps) {
  const { t } = useI18n()
  const { say } = useTalk(d.place)
  const toast = useToast()
  const [round, setRound] = useState(0)
  const box = useRef<HTMLElement>(null)
  useLayoutEffect(() => {
    if (asked > 0) box.current?.querySelector('textarea')?.focus()
  }, [asked])
  return (
    <section ref={box} className="card stack" aria-labelledby="reply">
      <h2 id="reply">{t('talk.reply')}</h2>
      {re ? (
        <p className="row">
          {t('talk.re', { name: re.by.name || t('talk.nobody'), number: re.number })}
          <Button tight onClick={() => onRe(undefined)}>
            {t('talk.re.not')}
          </Button>
        </p>
      ) : null}
      <Composer
        key={round}
        place={d.place}
        label={t('talk.words')}
        does={t('talk.send')}
        error={say.error}
        busy={say.isPending}
        of={words}
        onSend={(w) =>
          void words.send(say.mutateAsync({ ...w, t: th.id, re: answers })).then(
              () => {
                setRound(round + 1)
                onRe(undefined)
                toast(t('talk.sent'))
              },
              () => undefined, // the form says it
          )
        }
      />
    </section>
  )
}
