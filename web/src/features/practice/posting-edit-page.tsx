import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Posting, PostingContent } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { locales } from '../../lib/locale'
import { Button, ButtonLink } from '../../ui/button'
import { AreaField, Check, Form, SelectField, TextField, value } from '../../ui/field'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { useToast } from '../../ui/toast'
import { postingKinds, useChangeBoard, usePosting } from './board-queries'
import './practice.css'

/** Puts a notice up, or changes one. */
export default function PostingEditPage({ id }: { id?: string }) {
  return id ? <Old id={id} /> : <Editor />
}

function Old({ id }: { id: string }) {
  return (
    <Loaded query={usePosting(id)} page>
      {(p) => <Editor posting={p} />}
    </Loaded>
  )
}

function Editor({ posting }: { posting?: Posting }) {
  const { t, locale, languageName } = useI18n()
  const [from] = useState(posting) // what one has begun with: somebody else may save meanwhile
  const c = from?.content
  const [kind, setKind] = useState(c?.kind ?? 'event')
  const [language, setLanguage] = useState(c?.language ?? locale)
  const { create, save } = useChangeBoard()
  const toast = useToast()
  const [, go] = useLocation()
  const done = (p: Posting) => {
    toast(t('board.saved'))
    go(`/board/${p.id}`)
  }
  const send = (body: PostingContent) => {
    if (from) save.mutate({ n: from.id, edition: from.edition, body }, { onSuccess: done })
    else create.mutate(body, { onSuccess: done })
  }
  return (
    <>
      <PageHead
        title={t(from ? 'board.edit' : 'board.new')}
        crumb={
          <>
            <Link href="/board">{t('board.title')}</Link>
            {from ? (
              <>
                {' · '}
                <Link href={`/board/${from.id}`} lang={from.language}>
                  {from.title}
                </Link>
              </>
            ) : null}
          </>
        }
      />
      <Form
        className="form wide"
        error={save.error ?? create.error}
        onSubmit={(f) =>
          send({
            kind, language, title: value(f, 'title'), words: value(f, 'words'), territory: value(f, 'territory'), link: value(f, 'link'), relay: f.has('relay'), until: value(f, 'until'),
            ...(kind === 'event' ? { begins: value(f, 'begins') } : {}),
          })
        }
      >
        <SelectField label={t('board.kind')} name="kind" value={kind} onChange={(e) => setKind(postingKinds.find((k) => k === e.target.value) ?? 'other')}>
          {postingKinds.map((k) => (
            <option key={k} value={k}>
              {t(`board.kind.${k}`)}
            </option>
          ))}
        </SelectField>
        <TextField label={t('wiki.page.title')} name="title" required maxLength={200} defaultValue={c?.title ?? ''} lang={language} />
        <AreaField label={t('wiki.words')} hint={t('board.words.hint')} name="words" rows={8} required maxLength={4000} defaultValue={c?.words ?? ''} lang={language} />
        <SelectField label={t('board.language')} name="language" value={language} onChange={(e) => setLanguage(e.target.value)}>
          {[...new Set([language, ...locales])].map((l) => (
            <option key={l} value={l}>
              {languageName(l)}
            </option>
          ))}
        </SelectField>
        <TextField label={t('board.where')} hint={t('board.where.hint')} name="territory" maxLength={200} defaultValue={c?.territory ?? ''} lang={language} />
        {kind === 'event' ? <TextField label={t('board.begins')} hint={t('board.begins.hint')} name="begins" type="datetime-local" required defaultValue={c?.begins ?? ''} /> : null}
        <TextField label={t(kind === 'event' ? 'board.last.event' : 'board.last')} hint={t('board.last.hint')} name="until" type="date" required defaultValue={c?.until ?? ''} />
        <TextField label={t('board.link')} name="link" type="url" maxLength={500} defaultValue={c?.link ?? ''} />
        <Check label={t('board.relay')} hint={t('board.relay.hint')} name="relay" defaultChecked={c?.relay ?? false} />
        <div className="row">
          <Button kind="main" type="submit" busy={save.isPending || create.isPending}>
            {t(from ? 'action.save' : 'board.do')}
          </Button>
          <ButtonLink href={from ? `/board/${from.id}` : '/board'}>{t('action.cancel')}</ButtonLink>
        </div>
      </Form>
    </>
  )
}
