import { useEffect, useId, useRef, useState } from 'react'
import { useQueryClient } from '@tanstack/react-query'
import { Link } from 'wouter'
import type { Video } from '../../../api/types'
import { say } from '../../../lib/fault'
import { useI18n } from '../../../lib/i18n'
import { Button, ButtonLink, IconButton } from '../../../ui/button'
import { Confirm } from '../../../ui/confirm'
import { Check, Form, SelectField, TextField, value } from '../../../ui/field'
import { Notice, Tag } from '../../../ui/notice'
import { useToast } from '../../../ui/toast'
import { isKind, kinds, type Kind } from '../caption/queries'
import { useRemoveCaptions, useSendCaptions, useSetAccess, useSpeech, useTranscribe } from './queries'

type Track = Video['captions'][number]

/** The text tracks of a video, and what else those need to know who do not see or hear it. */
export function Tracks({ video: v, languages }: { video: Video; languages: readonly string[] }) {
  const { t } = useI18n()
  const id = useId()
  return (
    <section className="stack" aria-labelledby={`${id}-h`}>
      <h3 id={`${id}-h`}>{t('track.title')}</h3>
      {v.access.lacks.length === 0 ? (
        <Notice kind="good">{t('track.complete')}</Notice>
      ) : (
        <Notice kind="caution">
          <p>{t('track.lacks')}</p>
          <ul className="tight">
            {v.access.lacks.map((l) => (
              <li key={l}>{t(`lacks.${l}`)}</li>
            ))}
          </ul>
        </Notice>
      )}
      <AccessForm video={v} languages={languages} />
      {v.captions.length === 0 ? (
        <p className="small soft">{t('video.captions.none')}</p>
      ) : (
        <ul className="plain list">
          {v.captions.map((c) => (
            <TrackRow key={`${c.kind}.${c.lang}`} video={v} track={c} />
          ))}
        </ul>
      )}
      <NewTrack video={v} languages={languages} />
    </section>
  )
}

function editorOf(video: string, kind: Kind, lang: string): string {
  return `/videos/${video}/captions/${kind}/${lang}`
}

function TrackRow({ video: v, track: c }: { video: Video; track: Track }) {
  const { t, languageName, percent } = useI18n()
  const [removing, setRemoving] = useState(false)
  const remove = useRemoveCaptions(v.id)
  const toast = useToast()
  const name = `${t(`track.kind.${c.kind}`)}, ${languageName(c.lang)}`
  const file = (format: string) => `/api/v1/videos/${v.id}/captions/${c.lang}?kind=${c.kind}&format=${format}`
  return (
    <li>
      <span className="grow">
        <Link href={editorOf(v.id, c.kind, c.lang)}>{name}</Link>{' '}
        {c.stale ? <Tag kind="caution">{t('track.stale')}</Tag> : c.unchecked ? <Tag kind="caution">{t('track.unchecked')}</Tag> : c.errors > 0 ? <Tag kind="wrong">{t('track.errors', { count: c.errors })}</Tag> : null}
        <span className="small soft block">
          {t('video.captions.cues', { count: c.cues })}
          {c.kind === 'captions' && c.coverage > 0 ? ` · ${t(c.ofSpeech ? 'cue.coverage.speech' : 'cue.coverage', { share: percent(c.coverage) })}` : ''}
        </span>
      </span>
      <span className="row">
        <a className="button plain tight" href={file('vtt')} download>
          {t('track.download', { format: 'VTT' })}
          <span className="hidden">: {name}</span>
        </a>
        <a className="button plain tight" href={file('srt')} download>
          {t('track.download', { format: 'SRT' })}
          <span className="hidden">: {name}</span>
        </a>
        <IconButton icon="trash" label={t('track.remove', { name })} onClick={() => setRemoving(true)} />
      </span>
      {removing && (
        <Confirm
          title={t('track.remove', { name })}
          does={t('action.remove')}
          error={remove.error}
          busy={remove.isPending}
          onClose={() => setRemoving(false)}
          onDo={() =>
            remove.mutate(c, {
              onSuccess: () => {
                toast(t('video.captions.removed'))
                setRemoving(false)
              },
            })
          }
        >
          {t('video.captions.remove.text')}
        </Confirm>
      )}
    </li>
  )
}

function NewTrack({ video: v, languages }: { video: Video; languages: readonly string[] }) {
  const { t, languageName } = useI18n()
  const send = useSendCaptions(v.id)
  const toast = useToast()
  const file = useRef<HTMLInputElement>(null)
  const id = useId()
  const [kind, setKind] = useState<Kind>('captions')
  const [lang, setLang] = useState(v.access.lang || (languages[0] ?? 'en'))
  const all = [...new Set([lang, ...languages])]
  return (
    <Form
      className="form"
      error={send.error}
      label={t('track.new')}
      onSubmit={(f) => {
        const chosen = f.get('captions')
        if (!(chosen instanceof File) || chosen.size === 0) return
        send.mutate(
          { kind, lang, file: chosen },
          {
            onSuccess: () => {
              toast(t('video.captions.added', { lang: languageName(lang) }))
              if (file.current) file.current.value = ''
            },
          },
        )
      }}
    >
      <div className="pair">
        <SelectField label={t('track.kind')} value={kind} onChange={(e) => isKind(e.target.value) && setKind(e.target.value)}>
          {kinds.map((k) => (
            <option key={k} value={k}>
              {t(`track.kind.${k}`)}
            </option>
          ))}
        </SelectField>
        <SelectField label={t('video.captions.lang')} value={lang} onChange={(e) => setLang(e.target.value)}>
          {all.map((l) => (
            <option key={l} value={l}>
              {languageName(l)}
            </option>
          ))}
        </SelectField>
      </div>
      <div className="field">
        <label htmlFor={id}>{t('video.captions.file')}</label>
        <input ref={file} id={id} className="input" type="file" name="captions" accept=".vtt,.srt,text/vtt" required />
      </div>
      <div className="row">
        <Button type="submit" busy={send.isPending}>
          {t('video.captions.add')}
        </Button>
        {v.playable ? (
          <ButtonLink icon="edit" href={editorOf(v.id, kind, lang)}>
            {t('track.write')}
          </ButtonLink>
        ) : null}
      </div>
      {kind === 'captions' && v.playable ? <Speech key={lang} video={v} lang={lang} /> : null}
    </Form>
  )
}

/** Captions that a machine writes, where the operator has set one: a draft for somebody to check. */
function Speech({ video: v, lang }: { video: Video; lang: string }) {
  const i18n = useI18n()
  const { t, maybe, languageName } = i18n
  const queries = useQueryClient()
  const speech = useSpeech(v.id, lang, v.captions.length)
  const transcribe = useTranscribe(v.id)
  const state = speech.data?.state ?? 'none'
  const worked = useRef(false)
  const going = state === 'waiting' || state === 'working'
  // When it is done the track is there.
  useEffect(() => {
    if (worked.current && state === 'none') void queries.invalidateQueries({ queryKey: ['videos', v.id], exact: true })
    worked.current = going
  }, [going, state, queries, v.id])
  if (!speech.data || (!speech.data.may && state === 'none')) return null
  return (
    <div className="stack-2">
      <p className="small soft">{t('speech.text')}</p>
      {transcribe.error ? (
        <Notice kind="wrong" alert>
          {say(transcribe.error, i18n)}
        </Notice>
      ) : null}
      {state === 'failed' ? <Notice kind="wrong">{maybe(`errors.${speech.data.reason ?? ''}`) ?? t('speech.failed')}</Notice> : null}
      <p role="status" className="small">
        {going ? t(`speech.${state}`) : ''}
      </p>
      <div>
        <Button busy={transcribe.isPending || going} onClick={() => transcribe.mutate({ lang, again: state === 'failed' })}>
          {t('speech.do', { lang: languageName(lang) })}
        </Button>
      </div>
    </div>
  )
}

function AccessForm({ video: v, languages }: { video: Video; languages: readonly string[] }) {
  const { t, languageName } = useI18n()
  const set = useSetAccess(v.id)
  const toast = useToast()
  const all = [...new Set([...(v.access.lang ? [v.access.lang] : []), ...languages])]
  return (
    <Form
      error={set.error}
      label={t('access.title')}
      onSubmit={(f) =>
        set.mutate({ lang: value(f, 'lang'), noSpeech: f.get('nospeech') !== null, undescribed: value(f, 'undescribed') }, { onSuccess: () => toast(t('state.saved')) })
      }
    >
      <SelectField label={t('access.lang')} name="lang" defaultValue={v.access.lang}>
        <option value="">{t('access.lang.none')}</option>
        {all.map((l) => (
          <option key={l} value={l}>
            {languageName(l)}
          </option>
        ))}
      </SelectField>
      <Check name="nospeech" value="1" defaultChecked={v.access.noSpeech} label={t('access.nospeech')} hint={t('access.nospeech.hint')} />
      <TextField name="undescribed" maxLength={500} defaultValue={v.access.undescribed} label={t('access.undescribed')} hint={t('access.undescribed.hint')} />
      <div>
        <Button type="submit" busy={set.isPending}>
          {t('access.save')}
        </Button>
      </div>
    </Form>
  )
}
