import { Link, useLocation } from 'wouter'
import type { Posting, PostingContent } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { locales } from '../../lib/locale'
import { useUnsaved } from '../../lib/unsaved'
import { Button, ButtonLink } from '../../ui/button'
import { AreaField, Check, Form, SelectField, TextField } from '../../ui/field'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { useToast } from '../../ui/toast'
import { UnsavedNotice, UnsavedState } from '../../ui/unsaved'
import { ticked, written } from '../../ui/written'
import { postingKinds, useChangeBoard, usePosting } from './board-queries'
import './practice.css'

/** Puts a notice up, or changes one. */
export default function PostingEditPage({ id }: { id?: string }) {
  return id ? <Old id={id} /> : <Editor />
}

function Old({ id }: { id: string }) {
  return (
    <Loaded query={usePosting(id)} page>
      {(p) => <Editor key={p.id} posting={p} />}
    </Loaded>
  )
}

function Editor({ posting }: { posting?: Posting }) {
  const { t, locale, languageName } = useI18n()
  const c = posting?.content
  const sort: string = c?.kind ?? 'event'
  const unsaved = useUnsaved(`posting.${posting?.id ?? 'new'}`, posting?.edition ?? '', {
    kind: sort, language: c?.language ?? locale, title: c?.title ?? '', words: c?.words ?? '', territory: c?.territory ?? '', begins: c?.begins ?? '', until: c?.until ?? '', link: c?.link ?? '', relay: c?.relay ?? false,
  })
  const { value: x } = unsaved
  const kind = postingKinds.find((k) => k === x.kind) ?? 'other'
  const { create, save } = useChangeBoard()
  const toast = useToast()
  const [, go] = useLocation()
  const send = () => {
    const body: PostingContent = {
      kind, language: x.language, title: x.title.trim(), words: x.words.trim(), territory: x.territory.trim(), link: x.link.trim(), relay: x.relay, until: x.until,
      ...(kind === 'event' ? { begins: x.begins } : {}),
    }
    void (posting ? save.mutateAsync({ n: posting.id, edition: unsaved.of, body }) : create.mutateAsync(body)).then(
      (p) => {
        unsaved.saved(x, posting ? String(p.edition) : '')
        toast(t('board.saved'))
        go(`/board/${p.id}`)
      },
      () => undefined, // the form says it
    )
  }
  return (
    <>
      <PageHead
        title={t(posting ? 'board.edit' : 'board.new')}
        crumb={
          <>
            <Link href="/board">{t('board.title')}</Link>
            {posting ? (
              <>
                {' · '}
                <Link href={`/board/${posting.id}`} lang={posting.language}>
                  {posting.title}
                </Link>
              </>
            ) : null}
          </>
        }
      />
      <Form className="form wide" error={unsaved.stale ? undefined : (save.error ?? create.error)} onSubmit={send}>
        <UnsavedNotice of={unsaved} busy={save.isPending} />
        <SelectField label={t('board.kind')} {...written(unsaved, 'kind')}>
          {postingKinds.map((k) => (
            <option key={k} value={k}>
              {t(`board.kind.${k}`)}
            </option>
          ))}
        </SelectField>
        <TextField label={t('wiki.page.title')} {...written(unsaved, 'title')} required maxLength={200} lang={x.language} />
        <AreaField label={t('wiki.words')} hint={t('board.words.hint')} {...written(unsaved, 'words')} rows={8} required maxLength={4000} lang={x.language} />
        <SelectField label={t('board.language')} {...written(unsaved, 'language')}>
          {[...new Set([x.language, ...locales])].map((l) => (
            <option key={l} value={l}>
              {languageName(l)}
            </option>
          ))}
        </SelectField>
        <TextField label={t('board.where')} hint={t('board.where.hint')} {...written(unsaved, 'territory')} maxLength={200} lang={x.language} />
        {kind === 'event' ? <TextField label={t('board.begins')} hint={t('board.begins.hint')} {...written(unsaved, 'begins')} type="datetime-local" required /> : null}
        <TextField label={t(kind === 'event' ? 'board.last.event' : 'board.last')} hint={t('board.last.hint')} {...written(unsaved, 'until')} type="date" required />
        <TextField label={t('board.link')} {...written(unsaved, 'link')} type="url" maxLength={500} />
        <Check label={t('board.relay')} hint={t('board.relay.hint')} {...ticked(unsaved, 'relay')} />
        <div className="row">
          <Button kind="main" type="submit" busy={save.isPending || create.isPending}>
            {t(posting ? 'action.save' : 'board.do')}
          </Button>
          <ButtonLink href={posting ? `/board/${posting.id}` : '/board'}>{t('action.cancel')}</ButtonLink>
          <UnsavedState of={unsaved} quiet />
        </div>
      </Form>
    </>
  )
}
