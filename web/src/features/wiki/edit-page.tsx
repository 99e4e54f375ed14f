import { useRef, useState } from 'react'
import { useLocation, useSearch } from 'wouter'
import type { Wiki, WikiPage } from '../../api/types'
import { isFault } from '../../lib/fault'
import { useI18n } from '../../lib/i18n'
import { locales } from '../../lib/locale'
import { useUnsaved } from '../../lib/unsaved'
import { Button, ButtonLink } from '../../ui/button'
import { AreaField, Form, SelectField, TextField, value } from '../../ui/field'
import { Notice } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { useToast } from '../../ui/toast'
import { UnsavedNotice, UnsavedState } from '../../ui/unsaved'
import { Conflict } from './conflict'
import { Crumb, type PlaceProps } from './parts'
import { useChangeWiki, useWiki, useWikiPage, useWikiPreview } from './queries'

/** Writes a page; without an id a new one. */
export default function EditPage({ place, base, id }: PlaceProps & { id?: string }) {
  return id ? <Old place={place} base={base} id={id} /> : <New place={place} base={base} />
}

function New({ place, base }: PlaceProps) {
  return (
    <Loaded query={useWiki(place)} page>
      {(k) => <Editor wiki={k} base={base} />}
    </Loaded>
  )
}

function Old({ place, base, id }: PlaceProps & { id: string }) {
  return (
    <Loaded query={useWikiPage(place, id)} page>
      {(p) => <Editor key={id} wiki={p.wiki} base={base} page={p} />}
    </Loaded>
  )
}

function Editor({ wiki: k, base, page }: { wiki: Wiki; base: string; page?: WikiPage }) {
  const { t, locale, languageName } = useI18n()
  const asked = new URLSearchParams(useSearch()).get('title') ?? ''
  const begun = { title: page?.title ?? asked, language: page?.language ?? (k.title ? locale : k.language) }
  // Was: what the version says on which one writes.
  const unsaved = useUnsaved(`wiki.${k.place}.${page?.id ?? `new.${asked}`}`, page?.number ?? 0, { ...begun, words: page?.words ?? '', was: begun })
  const { title, words, language, was } = unsaved.value
  const from = Number(unsaved.of)
  const [shown, setShown] = useState(false)
  const [theirs, setTheirs] = useState<WikiPage>()
  const [both, setBoth] = useState<number>()
  const box = useRef<HTMLDivElement>(null)
  const { create, save, look } = useChangeWiki(k.place)
  const preview = useWikiPreview(k.place, words, shown && words !== '')
  const toast = useToast()
  const [, go] = useLocation()
  const done = (p: WikiPage) => {
    unsaved.saved(unsaved.value, String(p.number))
    toast(t('wiki.saved', { number: p.number }))
    go(`${base}/${p.id}`)
  }
  const stale = isFault(save.error) && save.error.status === 412
  const send = (why: string) => {
    const body = { title, words, language, ...(why ? { why } : {}) }
    setBoth(undefined)
    if (page) {
      void save.mutateAsync({ w: page.id, number: from, body }).then(done, (e: unknown) => {
        if (isFault(e) && e.status === 412) look.mutate(page.id, { onSuccess: setTheirs })
      })
    } else void create.mutateAsync(body).then(done, () => undefined) // the form says it
  }
  /** Goes on, on top of what somebody else has saved. */
  const goOn = (now: WikiPage, text: string, places?: number) => {
    unsaved.put(
      { words: text, was: { title: now.title, language: now.language }, ...(title === was.title ? { title: now.title } : {}), ...(language === was.language ? { language: now.language } : {}) },
      String(now.number),
    )
    setBoth(places)
    setTheirs(undefined)
    save.reset()
    requestAnimationFrame(() => box.current?.querySelector('textarea')?.focus())
  }
  return (
    <>
      <PageHead title={t(page ? 'wiki.edit.title' : 'wiki.new')} crumb={<Crumb wiki={k} base={base} {...(page ? { title: page.title, href: `${base}/${page.id}` } : {})} />} />
      <div className="stack-5">
        {theirs ? <Conflict place={k.place} from={from} now={theirs} words={words} onGoOn={goOn} /> : null}
        {theirs ? null : <UnsavedNotice of={{ ...unsaved, stale: false }} busy={false} />}
        <div ref={box}>
          <Form className="form wide wiki-editor" error={stale && (theirs || look.isPending) ? undefined : (look.error ?? save.error ?? create.error)} onSubmit={(f) => send(value(f, 'why'))}>
            <TextField label={t('wiki.page.title')} name="title" required maxLength={120} value={title} onChange={(e) => unsaved.put({ title: e.target.value })} lang={language} />
            <div>
              <AreaField label={t(theirs ? 'wiki.conflict.mine' : 'wiki.words')} hint={t('wiki.words.hint')} name="words" rows={16} required maxLength={40_000} value={words} onChange={(e) => unsaved.put({ words: e.target.value })} lang={language} />
              <div role="status" className={both === undefined ? undefined : 'below'}>
                {both === undefined ? null : <Notice kind={both > 0 ? 'caution' : 'good'}>{both > 0 ? t('wiki.merged.both', { count: both }) : t('wiki.merged')}</Notice>}
              </div>
            </div>
            {shown ? (
              <div className="card stack-2" aria-live="polite">
                <h2>{t('talk.preview')}</h2>
                {preview.data ? <div className="prose" lang={language} dangerouslySetInnerHTML={{ __html: preview.data.html }} /> : <p className="soft">{t('talk.preview.none')}</p>}
              </div>
            ) : null}
            <SelectField label={t('wiki.language')} name="language" value={language} onChange={(e) => unsaved.put({ language: e.target.value })}>
              {[...new Set([language, ...locales])].map((l) => (
                <option key={l} value={l}>
                  {languageName(l)}
                </option>
              ))}
            </SelectField>
            {page ? <TextField label={t('wiki.why')} hint={t('wiki.why.hint')} name="why" maxLength={200} /> : null}
            <div className="row keep">
              {theirs ? null : (
                <Button kind="main" type="submit" busy={save.isPending || create.isPending || look.isPending}>
                  {t('action.save')}
                </Button>
              )}
              <Button aria-pressed={shown} icon="eye" onClick={() => setShown(!shown)}>
                {t('talk.preview')}
              </Button>
              <ButtonLink href={page ? `${base}/${page.id}` : base}>{t('action.cancel')}</ButtonLink>
              <UnsavedState of={unsaved} />
            </div>
          </Form>
        </div>
      </div>
    </>
  )
}
