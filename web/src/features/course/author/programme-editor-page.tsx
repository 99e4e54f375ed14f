import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Programme } from '../../../api/types'
import { say } from '../../../lib/fault'
import { useI18n, Words } from '../../../lib/i18n'
import { localeNames, locales } from '../../../lib/locale'
import { useUnsaved } from '../../../lib/unsaved'
import { Button, IconButton } from '../../../ui/button'
import { Confirm } from '../../../ui/confirm'
import { Dialog } from '../../../ui/dialog'
import { AreaField, Check, Choices, Form, SelectField, TextField, value } from '../../../ui/field'
import { Icon } from '../../../ui/icon'
import { Menu, MenuButton } from '../../../ui/menu'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { moved, Sortable } from '../../../ui/sortable'
import { Empty, Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import { UnsavedNotice, UnsavedState } from '../../../ui/unsaved'
import { among, written } from '../../../ui/written'
import '../parts/course.css'
import { AudienceFields, audienceOf } from './audience'
import { filled } from './filled'
import { useChangeProgramme, useCoursesToChoose, useProgrammeDraft } from './programme-queries'
import { ProgrammeFollowers } from './programme-followers'
import { StateTag } from './state-tag'

export default function ProgrammeEditorPage({ id }: { id: string }) {
  const programme = useProgrammeDraft(id)
  return (
    <Loaded query={programme} page>
      {(p) => <Editor key={p.id} programme={p} />}
    </Loaded>
  )
}

/** What the server wants to know of the courses: which, in which order, which of them by choice. */
function listOf(p: Programme['list']) {
  return p.map((c) => ({ course: c.course.id, elective: c.elective }))
}

function Editor({ programme: p }: { programme: Programme }) {
  const i18n = useI18n()
  const { t, words } = i18n
  const { save, publish, unpublish, remove } = useChangeProgramme(p.id)
  const [asking, setAsking] = useState<'publish' | 'unpublish' | 'remove'>()
  const toast = useToast()
  const [, navigate] = useLocation()
  const close = () => setAsking(undefined)
  return (
    <>
      <PageHead
        title={words(p.title)}
        heading={<Words text={p.title} order={p.languages} />}
        crumb={<Link href="/programmes">{t('programmes.title')}</Link>}
        lead={<StateTag course={p} />}
        action={
          <div className="row">
            <Button kind="main" onClick={() => setAsking('publish')}>
              {t('publish.open')}
            </Button>
            {p.state === 'published' || p.version === 0 ? (
              <Menu label={t('programmes.more')} face={<Icon name="more" />}>
                {p.state === 'published' && (
                  <MenuButton icon="close" onClick={() => setAsking('unpublish')}>
                    {t('author.unpublish')}
                  </MenuButton>
                )}
                {p.version === 0 && (
                  <MenuButton icon="trash" onClick={() => setAsking('remove')}>
                    {t('programmes.delete')}
                  </MenuButton>
                )}
              </Menu>
            ) : null}
          </div>
        }
      />
      {save.error ? (
        <Notice kind="wrong" alert>
          {say(save.error, i18n)}
        </Notice>
      ) : null}
      <div className="column">
        <div className="two even">
          <Courses programme={p} onSave={(list, done) => save.mutate({ list }, done ? { onSuccess: done } : {})} />
          <div className="column">
            <section className="card stack-2" aria-labelledby="problems">
              <h2 id="problems">{t('publish.before')}</h2>
              {p.problems.length === 0 ? <Notice kind="good">{t('publish.ready')}</Notice> : <Problems programme={p} />}
            </section>
            <ProgrammeFollowers programme={p} />
          </div>
        </div>
        <Details programme={p} />
      </div>
      {asking === 'publish' && p.problems.length === 0 && (
        <Confirm
          kind="main"
          title={t('programmes.publish')}
          does={t('publish.open')}
          error={publish.error}
          busy={publish.isPending}
          onClose={close}
          onDo={() =>
            publish.mutate(undefined, {
              onSuccess: (next) => {
                toast(t('publish.done', { version: next.version }))
                close()
              },
            })
          }
        >
          {t('programmes.publish.text', { version: p.version + 1 })}
        </Confirm>
      )}
      {asking === 'publish' && p.problems.length > 0 && <NotYet programme={p} onClose={close} />}
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
                toast(t('programmes.unpublished'))
                close()
              },
            })
          }
        >
          {t('programmes.unpublish.text')}
        </Confirm>
      )}
      {asking === 'remove' && (
        <Confirm title={t('programmes.delete')} does={t('programmes.delete')} error={remove.error} busy={remove.isPending} onClose={close} onDo={() => remove.mutate(undefined, { onSuccess: () => navigate('/programmes') })}>
          {t('programmes.delete.text')}
        </Confirm>
      )}
    </>
  )
}

function Courses({ programme: p, onSave }: { programme: Programme; onSave: (list: ReturnType<typeof listOf>, done?: () => void) => void }) {
  const { t, words } = useI18n()
  const toast = useToast()
  return (
    <section className="stack" aria-labelledby="list">
      <h2 id="list">{t('programmes.list')}</h2>
      {p.list.length === 0 ? (
        <Empty title={t('programmes.list.empty')}>{t('programmes.list.empty.text')}</Empty>
      ) : (
        <Sortable label={t('programmes.list')} items={p.list} id={(c) => c.course.id} name={(c) => words(c.course.title)} onMove={(from, to) => onSave(listOf(moved(p.list, from, to)))}>
          {(c) => (
            <span className="row between">
              <span>
                <b>
                  <Words text={c.course.title} order={c.course.languages} />
                </b>
                <Check
                  label={
                    <>
                      <span aria-hidden="true">{t('programme.elective')}</span>
                      <span className="hidden">{t('programmes.iselective', { name: words(c.course.title) })}</span>
                    </>
                  }
                  checked={c.elective}
                  onChange={(e) => onSave(listOf(p.list.map((x) => (x.course.id === c.course.id ? { ...x, elective: e.target.checked } : x))))}
                />
              </span>
              <IconButton
                icon="trash"
                label={t('programmes.remove', { name: words(c.course.title) })}
                onClick={() => onSave(listOf(p.list.filter((x) => x.course.id !== c.course.id)), () => toast(t('programmes.removed', { name: words(c.course.title) })))}
              />
            </span>
          )}
        </Sortable>
      )}
      <AddCourse programme={p} onSave={onSave} />
    </section>
  )
}

function AddCourse({ programme: p, onSave }: { programme: Programme; onSave: (list: ReturnType<typeof listOf>, done?: () => void) => void }) {
  const { t, words } = useI18n()
  const courses = useCoursesToChoose()
  const toast = useToast()
  return (
    <Loaded query={courses}>
      {(all) => {
        const free = all.filter((c) => !p.list.some((x) => x.course.id === c.id))
        if (free.length === 0) return all.length > 0 ? <p className="soft">{t('programmes.add.none')}</p> : <p className="soft">{t('catalogue.empty.text')}</p>
        return (
          <Form
            className="filters"
            onSubmit={(f) => {
              const chosen = free.find((c) => c.id === value(f, 'course'))
              if (chosen) onSave([...listOf(p.list), { course: chosen.id, elective: false }], () => toast(t('programmes.added', { name: words(chosen.title) })))
            }}
          >
            <SelectField label={t('records.course')} name="course" required>
              {free.map((c) => (
                <option key={c.id} value={c.id}>
                  {words(c.title)}
                </option>
              ))}
            </SelectField>
            <Button type="submit" icon="plus">
              {t('programmes.add')}
            </Button>
          </Form>
        )
      }}
    </Loaded>
  )
}

/** What still keeps the programme from being published. */
function Problems({ programme: p }: { programme: Programme }) {
  const { t, maybe, languageName } = useI18n()
  return (
    <ul className="plain need">
      {p.problems.map((x, i) => {
        const course = p.list.find((c) => c.course.id === x.course)?.course
        return (
          <li key={i} className="begun">
            <Icon name="warn" />
            <div>
              {course ? (
                <>
                  <Words text={course.title} order={course.languages} />
                  {': '}
                </>
              ) : null}
              {maybe(`gaps.${x.code}`) ?? t('publish.gap')}
              {x.lang ? ` (${languageName(x.lang)})` : ''}
            </div>
          </li>
        )
      })}
    </ul>
  )
}

function NotYet({ programme: p, onClose }: { programme: Programme; onClose: () => void }) {
  const { t } = useI18n()
  return (
    <Dialog title={t('programmes.publish')} onClose={onClose} actions={<Button onClick={onClose}>{t('action.close')}</Button>}>
      <p>{t('publish.notyet')}</p>
      <Problems programme={p} />
    </Dialog>
  )
}

/** Name, summary, languages and audience of a programme, and how many electives it asks for. */
function Details({ programme: p }: { programme: Programme }) {
  const { t, languageName } = useI18n()
  const { save } = useChangeProgramme(p.id)
  const toast = useToast()
  const [first = 'en'] = p.languages
  const electives = p.list.filter((c) => c.elective).length
  const visibility: string = p.visibility
  const unsaved = useUnsaved(`programme.${p.id}`, p.rev, { title: p.title, summary: p.summary, electives: String(p.electives), visibility, towns: p.towns, languages: p.languages })
  const { value: x } = unsaved
  const send = () =>
    void save
      .mutateAsync({
        rev: unsaved.of,
        title: filled(x.title),
        summary: filled(x.summary),
        languages: [first, ...locales.filter((l) => l !== first && x.languages.includes(l))],
        ...audienceOf(x),
        electives: Number(x.electives) || 0,
      })
      .then(
        (now) => {
          unsaved.saved(x, String(now.rev))
          toast(t('state.saved'))
        },
        () => undefined, // the form says it
      )
  return (
    <section className="card stack" aria-labelledby="details">
      <h2 id="details">{t('programmes.details')}</h2>
      <Form className="form spoken" error={unsaved.stale ? undefined : save.error} onSubmit={send}>
        <UnsavedNotice of={unsaved} busy={save.isPending} />
        <div className="texts">
          {p.languages.map((l) => (
            <fieldset key={l} className="stack-2">
              <legend className={p.languages.length > 1 ? '' : 'hidden'}>{languageName(l)}</legend>
              <TextField label={t('programmes.name')} name={`title-${l}`} lang={l} required={l === first} maxLength={200} value={x.title[l] ?? ''} onChange={(e) => unsaved.set('title', { ...x.title, [l]: e.target.value })} />
              <AreaField label={t('author.summary')} hint={t('author.summary.hint')} name={`summary-${l}`} lang={l} maxLength={2000} value={x.summary[l] ?? ''} onChange={(e) => unsaved.set('summary', { ...x.summary, [l]: e.target.value })} />
            </fieldset>
          ))}
        </div>
        {electives > 0 || p.electives > 0 ? <TextField label={t('programmes.electives')} {...written(unsaved, 'electives')} type="number" min={0} max={50} inputMode="numeric" /> : null}
        <AudienceFields of={unsaved} />
        <Choices legend={t('course.languages')}>
          <div className="three tight">
            {locales.map((l) => (
              <Check key={l} {...among(unsaved, 'languages', l)} label={localeNames[l]} disabled={l === first} />
            ))}
          </div>
        </Choices>
        <div className="row">
          <Button type="submit" kind="main" busy={save.isPending}>
            {t('action.save')}
          </Button>
          <UnsavedState of={unsaved} quiet />
        </div>
      </Form>
    </section>
  )
}
