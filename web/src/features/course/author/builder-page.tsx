import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Course, LessonKind } from '../../../api/types'
import { say } from '../../../lib/fault'
import { useI18n, Words } from '../../../lib/i18n'
import { pick } from '../../../lib/locale'
import { useUnsaved } from '../../../lib/unsaved'
import { Button, ButtonLink, IconButton } from '../../../ui/button'
import { Confirm } from '../../../ui/confirm'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { AreaField, Form, TextField, value } from '../../../ui/field'
import { Icon } from '../../../ui/icon'
import { KeptForm } from '../../../ui/kept-form'
import { Menu, MenuButton, MenuLink } from '../../../ui/menu'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { moved, Sortable } from '../../../ui/sortable'
import { Empty, Loaded } from '../../../ui/states'
import { useSayFault, useToast } from '../../../ui/toast'
import { UnsavedNotice, UnsavedState } from '../../../ui/unsaved'
import '../parts/course.css'
import { kindIcons } from '../parts/requirement'
import { CourseDetails } from './course-details'
import { filled } from './filled'
import { useAddLesson, useAddModule, useArrange, useCourse, useDuplicate, usePublish, useRemoveCourse, useRemoveLesson, useRemoveModule, useRenameModule, useUnpublish } from './queries'
import { StateTag } from './state-tag'

export default function BuilderPage({ id }: { id: string }) {
  const course = useCourse(id)
  return (
    <Loaded query={course} page>
      {(c) => <Builder course={c} />}
    </Loaded>
  )
}

function Builder({ course: c }: { course: Course }) {
  const i18n = useI18n()
  const { t, words } = i18n
  const arrange = useArrange(c.id)
  const [publishing, setPublishing] = useState(false)
  const first = c.languages[0] ?? 'en'
  return (
    <>
      <PageHead
        title={words(c.title)}
        heading={<Words text={c.title} order={c.languages} />}
        crumb={<Link href="/">{t('author.title')}</Link>}
        lead={<StateTag course={c} />}
        action={
          <div className="row">
            <ButtonLink icon="eye" href={`/${c.id}/preview`}>
              {t('author.preview')}
            </ButtonLink>
            <Button kind="main" onClick={() => setPublishing(true)}>
              {t('publish.open')}
            </Button>
            <More course={c} />
          </div>
        }
      />
      <div className="two">
        <section className="stack" aria-labelledby="outline">
          <h2 id="outline">{t('author.outline')}</h2>
          {arrange.error ? (
            <Notice kind="wrong" alert>
              {say(arrange.error, i18n)}
            </Notice>
          ) : null}
          {c.modules.length === 0 ? (
            <Empty title={t('author.outline.empty')}>{t('author.outline.empty.text')}</Empty>
          ) : (
            <Sortable
              label={t('author.modules')}
              items={c.modules}
              id={(m) => m.id}
              name={(m) => pick(m.title, first, c.languages).words}
              onMove={(from, to) => arrange.mutate(moved(c.modules, from, to))}
            >
              {(m, i) => <ModuleBox course={c} module={m} number={i + 1} />}
            </Sortable>
          )}
          <AddModule course={c} />
        </section>
        <div className="column">
          <Problems course={c} />
          <CourseDetails course={c} />
        </div>
      </div>
      {publishing && <PublishDialog course={c} onClose={() => setPublishing(false)} />}
    </>
  )
}

type Module = Course['modules'][number]

function ModuleBox({ course: c, module: m, number }: { course: Course; module: Module; number: number }) {
  const { t } = useI18n()
  const arrange = useArrange(c.id)
  const remove = useRemoveModule(c.id)
  const sayFault = useSayFault()
  const removeLesson = useRemoveLesson(c.id)
  const [renaming, setRenaming] = useState(false)
  const [removing, setRemoving] = useState<Module['lessons'][number]>()
  const first = c.languages[0] ?? 'en'
  const title = pick(m.title, first, c.languages).words
  return (
    <div className="stack-2 module">
      <div className="row between">
        <h3>
          <span className="soft num">{number}.</span> <Words text={m.title} order={c.languages} />
        </h3>
        <span className="row">
          <IconButton icon="edit" label={t('author.module.rename', { name: title })} onClick={() => setRenaming(true)} />
          {m.lessons.length === 0 && <IconButton icon="trash" label={t('author.module.remove', { name: title })} onClick={() => remove.mutate(m.id, { onError: sayFault })} />}
        </span>
      </div>
      {m.lessons.length > 0 && (
        <Sortable
          label={t('author.lessons', { name: title })}
          items={m.lessons}
          id={(l) => l.id}
          name={(l) => pick(l.title, first, c.languages).words}
          onMove={(from, to) => arrange.mutate(c.modules.map((x) => (x.id === m.id ? { ...x, lessons: moved(m.lessons, from, to) } : x)))}
        >
          {(l) => (
            <span className="row between">
              <span className="row">
                <Icon name={kindIcons[l.kind]} />
                <span>
                  <span className="hidden">{t(`kind.${l.kind}`)}: </span>
                  <Link href={`/${c.id}/lessons/${l.id}`}>
                    <Words text={l.title} order={c.languages} />
                  </Link>
                </span>
              </span>
              <IconButton icon="trash" label={t('author.lesson.remove', { name: pick(l.title, first, c.languages).words })} onClick={() => setRemoving(l)} />
            </span>
          )}
        </Sortable>
      )}
      <AddLesson course={c} module={m.id} />
      {renaming && <RenameModule course={c} module={m} onClose={() => setRenaming(false)} />}
      {removing && (
        <Confirm
          title={t('author.lesson.remove', { name: pick(removing.title, first, c.languages).words })}
          does={t('action.remove')}
          error={removeLesson.error}
          busy={removeLesson.isPending}
          onClose={() => setRemoving(undefined)}
          onDo={() => removeLesson.mutate(removing.id, { onSuccess: () => setRemoving(undefined) })}
        >
          {t('author.lesson.remove.text')}
        </Confirm>
      )}
    </div>
  )
}

function AddModule({ course: c }: { course: Course }) {
  const { t, languageName } = useI18n()
  const add = useAddModule(c.id)
  const first = c.languages[0] ?? 'en'
  return (
    <KeptForm name={`module.new.${c.id}`} className="stack-2" error={add.error} onSubmit={(f) => add.mutateAsync({ [first]: value(f, 'title') })}>
      <TextField label={t('author.module.name')} hint={t('author.in', { lang: languageName(first) })} name="title" required maxLength={200} />
      <Button type="submit" icon="plus" busy={add.isPending}>
        {t('author.module.add')}
      </Button>
    </KeptForm>
  )
}

function RenameModule({ course: c, module: m, onClose }: { course: Course; module: Module; onClose: () => void }) {
  const { t, languageName } = useI18n()
  const rename = useRenameModule(c.id)
  const unsaved = useUnsaved(`module.${c.id}.${m.id}`, c.rev, { title: m.title })
  const { title } = unsaved.value
  const send = () =>
    void rename.mutateAsync({ m: m.id, rev: unsaved.of, title: filled(title) }).then(
      (now) => {
        unsaved.saved({ title }, String(now.rev))
        onClose()
      },
      () => undefined, // the form says it
    )
  return (
    <Dialog title={t('author.module.title')} onClose={onClose}>
      <Form error={unsaved.stale ? undefined : rename.error} onSubmit={send}>
        <UnsavedNotice of={unsaved} busy={rename.isPending} />
        {c.languages.map((l, i) => (
          <TextField key={l} label={languageName(l)} name={l} lang={l} required={i === 0} maxLength={200} value={title[l] ?? ''} onChange={(e) => unsaved.set('title', { ...title, [l]: e.target.value })} />
        ))}
        <div className="row">
          <Button kind="main" type="submit" busy={rename.isPending}>
            {t('action.save')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <UnsavedState of={unsaved} quiet />
        </div>
      </Form>
    </Dialog>
  )
}

const kinds: readonly LessonKind[] = ['video', 'text', 'quiz']

function AddLesson({ course: c, module }: { course: Course; module: string }) {
  const { t, languageName } = useI18n()
  const add = useAddLesson(c.id)
  const [kind, setKind] = useState<LessonKind>()
  const [, navigate] = useLocation()
  const first = c.languages[0] ?? 'en'
  return (
    <>
      <div className="row">
        {kinds.map((k) => (
          <Button key={k} tight icon={kindIcons[k]} onClick={() => setKind(k)}>
            {t(`author.add.${k}`)}
          </Button>
        ))}
      </div>
      {kind && (
        <Dialog title={t(`author.add.${kind}`)} onClose={() => setKind(undefined)}>
          <KeptForm name={`lesson.new.${module}.${kind}`} error={add.error} onSubmit={(f) => add.mutateAsync({ m: module, kind, title: { [first]: value(f, 'title') } })} onSent={(l) => navigate(`/${c.id}/lessons/${l.id}`)}>
            <TextField label={t('author.lesson.name')} hint={t('author.in', { lang: languageName(first) })} name="title" required maxLength={200} />
            <Ends does={t('author.lesson.make')} busy={add.isPending} onClose={() => setKind(undefined)} />
          </KeptForm>
        </Dialog>
      )}
    </>
  )
}

/** What still keeps the course from being published, each with the way to it. */
function Problems({ course: c }: { course: Course }) {
  const { t } = useI18n()
  return (
    <section className="card stack-2" aria-labelledby="problems">
      <h2 id="problems">{t('publish.before')}</h2>
      {c.problems.length === 0 ? <Notice kind="good">{t('publish.ready')}</Notice> : <ProblemList course={c} />}
    </section>
  )
}

function ProblemList({ course: c }: { course: Course }) {
  const { t, maybe, languageName } = useI18n()
  const lessons = c.modules.flatMap((m) => m.lessons)
  return (
    <ul className="plain need">
      {c.problems.map((p, i) => {
        const lesson = lessons.find((l) => l.id === p.lesson)
        return (
          <li key={i} className="begun">
            <Icon name="warn" />
            <div>
              {lesson ? (
                <>
                  <Link href={`/${c.id}/lessons/${lesson.id}`}>
                    <Words text={lesson.title} order={c.languages} />
                  </Link>
                  {': '}
                </>
              ) : null}
              {maybe(`gaps.${p.code}`, { number: Number(p.params?.['number'] ?? 0) }) ?? t('publish.gap')}
              {p.lang ? ` (${languageName(p.lang)})` : ''}
            </div>
          </li>
        )
      })}
    </ul>
  )
}

function PublishDialog({ course: c, onClose }: { course: Course; onClose: () => void }) {
  const { t, list, languageName } = useI18n()
  const publish = usePublish(c.id)
  const toast = useToast()
  return (
    <Dialog title={t('publish.title')} onClose={onClose}>
      {c.problems.length > 0 ? (
        <>
          <p>{t('publish.notyet')}</p>
          <ProblemList course={c} />
          <div className="row">
            <Button onClick={onClose}>{t('action.close')}</Button>
          </div>
        </>
      ) : (
        <KeptForm
          name={`publish.${c.id}`}
          error={publish.error}
          onSubmit={(f) => {
            const note = value(f, 'note')
            return publish.mutateAsync(note ? { note } : {})
          }}
          onSent={() => {
            toast(t('publish.done', { version: c.version + 1 }))
            onClose()
          }}
        >
          <p>{t('publish.text', { languages: list(c.languages.map(languageName)), version: c.version + 1 })}</p>
          {c.version > 0 ? <p className="soft">{t('publish.keep')}</p> : null}
          <AreaField label={t('publish.note')} hint={t('publish.note.hint')} name="note" maxLength={1000} />
          <Ends does={t('publish.do', { count: c.languages.length })} busy={publish.isPending} onClose={onClose} />
        </KeptForm>
      )}
    </Dialog>
  )
}

function More({ course: c }: { course: Course }) {
  const { t } = useI18n()
  const duplicate = useDuplicate(c.id)
  const unpublish = useUnpublish(c.id)
  const remove = useRemoveCourse(c.id)
  const toast = useToast()
  const [, navigate] = useLocation()
  const [asking, setAsking] = useState<'unpublish' | 'remove'>()
  const close = () => setAsking(undefined)
  const onError = useSayFault()
  return (
    <>
      <Menu label={t('author.more.actions')} face={<Icon name="more" />}>
        <MenuLink href={`/${c.id}/translate`} icon="globe">
          {t('translate.open')}
        </MenuLink>
        <MenuLink href={`/${c.id}/versions`} icon="list">
          {t('author.versions')}
        </MenuLink>
        <MenuButton
          icon="plus"
          onClick={() =>
            duplicate.mutate(undefined, {
              onError,
              onSuccess: (made) => {
                toast(t('author.duplicated'))
                navigate(`/${made.id}`)
              },
            })
          }
        >
          {t('author.duplicate')}
        </MenuButton>
        {c.state === 'published' && (
          <MenuButton icon="close" onClick={() => setAsking('unpublish')}>
            {t('author.unpublish')}
          </MenuButton>
        )}
        {c.version === 0 && (
          <MenuButton icon="trash" onClick={() => setAsking('remove')}>
            {t('author.delete')}
          </MenuButton>
        )}
      </Menu>
      {asking === 'unpublish' && (
        <Confirm
          title={t('author.unpublish')}
          does={t('author.unpublish')}
          error={unpublish.error}
          busy={unpublish.isPending}
          onClose={close}
          onDo={() =>
            unpublish.mutate(undefined, {
              onSuccess: () => {
                toast(t('author.unpublished'))
                close()
              },
            })
          }
        >
          {t('author.unpublish.text')}
        </Confirm>
      )}
      {asking === 'remove' && (
        <Confirm title={t('author.delete')} does={t('author.delete')} error={remove.error} busy={remove.isPending} onClose={close} onDo={() => remove.mutate(undefined, { onSuccess: () => navigate('/') })}>
          {t('author.delete.text')}
        </Confirm>
      )}
    </>
  )
}
