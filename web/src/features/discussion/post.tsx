import { useState } from 'react'
import type { Discussion, Post, Thread } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Confirm } from '../../ui/confirm'
import { Dialog } from '../../ui/dialog'
import { Ends } from '../../ui/ends'
import { AreaField, SelectField, TextField, value } from '../../ui/field'
import { Icon } from '../../ui/icon'
import { KeptForm } from '../../ui/kept-form'
import { Menu, MenuButton } from '../../ui/menu'
import { Notice, Tag } from '../../ui/notice'
import { Promote } from '../../ui/promote'
import { Loaded } from '../../ui/states'
import { useSayFault, useToast } from '../../ui/toast'
import { Composer } from './composer'
import { useTalk, useVersions } from './queries'
import { useWords } from './words'

interface PostProps {
  discussion: Discussion
  thread: Thread
  post: Post
  posts: Post[]
  onReply: ((p: Post) => void) | undefined
}

type Doing = 'edit' | 'withdraw' | 'versions' | 'report' | 'hide' | 'promote'

/** Something that somebody said. Its language is that of its words, for whoever has them read aloud. */
export function PostView({ discussion: d, thread: th, post: p, posts, onReply }: PostProps) {
  const { t, dateTime } = useI18n()
  const { turn, moderate } = useTalk(d.place)
  const sayFault = useSayFault()
  const [doing, setDoing] = useState<Doing>()
  const shut = () => setDoing(undefined)
  const name = p.by.name || t('talk.nobody')
  const re = p.re ? posts.find((x) => x.number === p.re) : undefined
  const accepted = th.answer === p.number
  return (
    <article id={`post-${p.number}`} className={`card stack-2 post${accepted ? ' accepted' : ''}`} aria-label={t('talk.post', { name, number: p.number })}>
      <header className="row between">
        <p className="small soft">
          <b>{name}</b>
          {p.by.town ? `, ${p.by.town}` : ''} · <a href={`#post-${p.number}`}>{dateTime(p.at)}</a>
        </p>
        <Menu label={t('talk.more', { name, number: p.number })} face={<Icon name="more" />}>
          {onReply && p.state === 'shown' ? (
            <MenuButton icon="mail" onClick={() => onReply(p)}>
              {t('talk.reply')}
            </MenuButton>
          ) : null}
          {p.own && p.state === 'shown' && d.writes ? (
            <MenuButton icon="edit" onClick={() => setDoing('edit')}>
              {t('talk.edit')}
            </MenuButton>
          ) : null}
          {p.own && p.state !== 'withdrawn' ? (
            <MenuButton icon="trash" onClick={() => setDoing('withdraw')}>
              {t('talk.withdraw')}
            </MenuButton>
          ) : null}
          {th.accepts && p.number > 1 && p.state === 'shown' ? (
            <MenuButton icon="check" onClick={() => turn.mutate({ t: th.id, answer: accepted ? 0 : p.number }, { onError: sayFault })}>
              {t(accepted ? 'talk.accept.not' : 'talk.accept')}
            </MenuButton>
          ) : null}
          {p.edited && p.state !== 'withdrawn' ? <MenuButton onClick={() => setDoing('versions')}>{t('talk.versions')}</MenuButton> : null}
          {!p.own && p.state === 'shown' ? (
            <MenuButton icon="flag" onClick={() => setDoing('report')}>
              {t('talk.report')}
            </MenuButton>
          ) : null}
          {d.leads && p.state === 'shown' ? <MenuButton onClick={() => setDoing('promote')}>{t('draft.make')}</MenuButton> : null}
          {d.leads && p.state === 'shown' ? <MenuButton onClick={() => setDoing('hide')}>{t('talk.hide')}</MenuButton> : null}
          {d.leads && p.state === 'hidden' ? <MenuButton onClick={() => moderate.mutate({ p: p.id, state: 'shown' }, { onError: sayFault })}>{t('talk.show')}</MenuButton> : null}
        </Menu>
      </header>
      <Tags post={p} accepted={accepted} cohort={Boolean(d.name)} />
      {re ? (
        <p className="small">
          <a href={`#post-${re.number}`}>{t('talk.re', { name: re.by.name || t('talk.nobody'), number: re.number })}</a>
        </p>
      ) : null}
      <Words post={p} />
      <PostFiles discussion={d} post={p} />
      {p.edited && p.state === 'shown' ? <p className="small soft">{t('talk.edited', { when: dateTime(p.edited) })}</p> : null}
      {doing === 'edit' ? <Edit discussion={d} thread={th} post={p} onClose={shut} /> : null}
      {doing === 'withdraw' ? <Withdraw discussion={d} post={p} onClose={shut} /> : null}
      {doing === 'versions' ? <Versions discussion={d} post={p} onClose={shut} /> : null}
      {doing === 'report' ? <Report discussion={d} post={p} onClose={shut} /> : null}
      {doing === 'promote' ? <MakeDraft discussion={d} post={p} onClose={shut} /> : null}
      {doing === 'hide' ? <Hide discussion={d} post={p} onClose={shut} /> : null}
    </article>
  )
}

function Tags({ post: p, accepted, cohort }: { post: Post; accepted: boolean; cohort: boolean }) {
  const { t } = useI18n()
  if (!accepted && !p.leads && !p.named && p.state !== 'hidden') return null
  return (
    <p className="row">
      {accepted ? (
        <Tag kind="good">
          <Icon name="check" /> {t('talk.accepted')}
        </Tag>
      ) : null}
      {p.leads ? <Tag kind="civic">{t(cohort ? 'talk.leads' : 'talk.author')}</Tag> : null}
      {p.named ? <Tag kind="warm">{t('talk.named')}</Tag> : null}
      {p.state === 'hidden' ? <Tag kind="wrong">{t('talk.hidden')}</Tag> : null}
    </p>
  )
}

export function Words({ post: p }: { post: Post }) {
  const { t } = useI18n()
  return (
    <>
      {p.state === 'hidden' ? <Notice kind="caution">{p.reason ? t('talk.hidden.why', { reason: p.reason }) : t('talk.hidden.text')}</Notice> : null}
      {p.state === 'withdrawn' ? <p className="soft">{t('talk.withdrawn')}</p> : null}
      {p.html ? <div className="prose" lang={p.language} dangerouslySetInnerHTML={{ __html: p.html }} /> : null}
    </>
  )
}

function PostFiles({ discussion: d, post: p }: { discussion: Discussion; post: Post }) {
  const { t, bytes } = useI18n()
  if (p.files.length === 0) return null
  return (
    <ul className="plain" aria-label={t('talk.files')}>
      {p.files.map((f) => (
        <li key={f.id} className="row">
          <Icon name="download" />
          <a href={`/api/v1/discussions/${d.place}/files/${f.id}`} download={f.name}>
            {f.name}
          </a>
          <span className="soft small">{bytes(f.size)}</span>
        </li>
      ))}
    </ul>
  )
}

interface DoProps {
  discussion: Discussion
  post: Post
  onClose: () => void
}

function Edit({ discussion: d, thread: th, post: p, onClose }: DoProps & { thread: Thread }) {
  const { t } = useI18n()
  const { edit } = useTalk(d.place)
  const words = useWords(`post.${p.id}`, { language: p.language, words: p.words ?? '', title: p.number === 1 ? th.title : '' }, p.version)
  return (
    <Dialog title={t('talk.edit')} onClose={onClose} wide>
      <Composer
        place={d.place}
        label={t('talk.words')}
        does={t('action.save')}
        error={edit.error}
        busy={edit.isPending}
        of={words}
        files={false}
        onCancel={onClose}
        onSend={(w) =>
          void words
            .send(edit.mutateAsync({ ...w, p: p.id, version: Number(words.of), ...(p.number === 1 ? { title: words.value.title.trim() } : {}) }), (made) => made.version)
            .then(onClose, () => undefined) // the form says it
        }
      >
        {p.number === 1 ? <TextField label={t('talk.subject')} name="title" required maxLength={200} value={words.value.title} onChange={(e) => words.write({ title: e.target.value })} /> : null}
      </Composer>
    </Dialog>
  )
}

function Withdraw({ discussion: d, post: p, onClose }: DoProps) {
  const { t } = useI18n()
  const { withdraw } = useTalk(d.place)
  return (
    <Confirm title={t('talk.withdraw')} does={t('talk.withdraw')} error={withdraw.error} busy={withdraw.isPending} onClose={onClose} onDo={() => withdraw.mutate(p.id, { onSuccess: onClose })}>
      {t('talk.withdraw.text')}
    </Confirm>
  )
}

function Versions({ discussion: d, post: p, onClose }: DoProps) {
  const { t, dateTime } = useI18n()
  return (
    <Dialog title={t('talk.versions')} onClose={onClose} wide>
      <Loaded query={useVersions(d.place, p.id)}>
        {({ items }) => (
          <ol className="plain stack">
            {items.map((v) => (
              <li key={v.number} className="card stack-2">
                <p className="soft small">{dateTime(v.at)}</p>
                <div className="prose" lang={v.language} dangerouslySetInnerHTML={{ __html: v.html }} />
              </li>
            ))}
          </ol>
        )}
      </Loaded>
    </Dialog>
  )
}

const kinds = ['personal', 'offensive', 'advertising', 'unlawful', 'other'] as const

function Report({ discussion: d, post: p, onClose }: DoProps) {
  const { t } = useI18n()
  const { report } = useTalk(d.place)
  const toast = useToast()
  return (
    <Dialog title={t('talk.report')} onClose={onClose}>
      <KeptForm
        name={`post.report.${p.id}`}
        error={report.error}
        onSubmit={(f) => report.mutateAsync({ p: p.id, kind: kinds.find((k) => k === value(f, 'kind')) ?? 'other', words: value(f, 'words') })}
        onSent={() => {
          toast(t('talk.reported'))
          onClose()
        }}
      >
        <p>{t('talk.report.text')}</p>
        <SelectField label={t('talk.report.kind')} name="kind" defaultValue="offensive">
          {kinds.map((k) => (
            <option key={k} value={k}>
              {t(`talk.report.${k}`)}
            </option>
          ))}
        </SelectField>
        <AreaField label={t('talk.report.words')} name="words" rows={3} maxLength={1000} />
        <Ends does={t('talk.report')} busy={report.isPending} onClose={onClose} />
      </KeptForm>
    </Dialog>
  )
}

function MakeDraft({ discussion: d, post: p, onClose }: DoProps) {
  const { promote } = useTalk(d.place)
  return <Promote made={promote.data} error={promote.error} busy={promote.isPending} onDo={(into) => promote.mutate({ p: p.id, into })} onClose={onClose} />
}

export function Hide({ discussion: d, post: p, onClose }: DoProps) {
  const { t } = useI18n()
  const { moderate } = useTalk(d.place)
  return (
    <Dialog title={t('talk.hide')} onClose={onClose}>
      <KeptForm name={`post.hide.${p.id}`} error={moderate.error} onSubmit={(f) => moderate.mutateAsync({ p: p.id, state: 'hidden', reason: value(f, 'reason') })} onSent={onClose}>
        <AreaField label={t('talk.hide.reason')} hint={t('talk.hide.hint')} name="reason" rows={3} required maxLength={1000} />
        <Ends does={t('talk.hide')} busy={moderate.isPending} onClose={onClose} />
      </KeptForm>
    </Dialog>
  )
}
