import type { ReactNode } from 'react'
import type { StatementLine } from '../../../api/types'
import { clock } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'
import { Tag } from '../../../ui/notice'
import { plainVerb, sayingOf } from './verbs'

/** A statement as a sentence in the reader's language. What others wrote stands in it by its own direction and language. */
export function Sentence({ line }: { line: StatementLine }) {
  const { rich } = useI18n()
  const { result: r } = line
  const time = (s: number | undefined) => clock(s ?? 0)
  const saying = sayingOf(line)
  return rich(
    `stmt.say.${saying}`,
    { who: <WhoDid who={line.who} />, what: <What line={line} />, verb: <VerbWords line={line} /> },
    { played: time(r.played), length: time(r.length), at: time(r.time), from: time(r.from), to: time(r.to) },
  )
}

export function WhoDid({ who }: { who: StatementLine['who'] }) {
  const { t } = useI18n()
  const words =
    who.kind === 'platform' ? t('stmt.who.platform')
    : who.name ? who.name
    : who.kind === 'learner' ? t('stmt.who.learner', { code: who.code ?? '' })
    : who.kind === 'group' ? t('stmt.who.group', { code: who.code ?? '' })
    : t('stmt.who.other', { code: who.code ?? '' })
  return <b><bdi>{words}</bdi></b>
}

function What({ line: { what } }: { line: StatementLine }): ReactNode {
  const { t, locale, languageName } = useI18n()
  if (what.kind === 'captions') return t('stmt.kind.captions', { language: what.detail && /^[a-z]{2,3}(-\w+)?$/i.test(what.detail) ? languageName(what.detail) : (what.detail ?? '') })
  if (what.name) return <Quoted>{<bdi lang={what.name.lang && what.name.lang !== locale ? what.name.lang : undefined}>{what.name.text}</bdi>}</Quoted>
  if (what.kind === 'activity') return <Quoted>{<bdi>{what.id}</bdi>}</Quoted>
  return t(`stmt.kind.${what.kind}`)
}

function Quoted({ children }: { children: ReactNode }) {
  const { rich } = useI18n()
  return rich('stmt.quoted', { words: children })
}

function VerbWords({ line }: { line: StatementLine }) {
  const { t, locale } = useI18n()
  const v = line.verbName
  const plain = plainVerb(line)
  if (plain) return t(`stmt.verb.${plain}`)
  return v ? <bdi lang={v.lang && v.lang !== locale ? v.lang : undefined}>{v.text}</bdi> : <bdi>{line.verb.split(/[/#]/).filter(Boolean).at(-1) ?? line.verb}</bdi>
}

/** What a statement measures, beside its sentence. */
export function Measures({ line }: { line: StatementLine }) {
  const { t, percent, number } = useI18n()
  const { result: r, attachments } = line
  const told = sayingOf(line)
  return (
    <>
      {line.voided ? <Tag kind="wrong">{t('stmt.voided')}</Tag> : null}
      {line.by === 'other' ? <Tag>{t('stmt.by.other')}</Tag> : null}
      {r.success !== undefined && told === 'general' ? <Tag kind={r.success ? 'good' : 'caution'}>{t(r.success ? 'stmt.success' : 'stmt.failure')}</Tag> : null}
      {r.scaled !== undefined ? <Tag>{t('stmt.score', { score: percent(r.scaled) })}</Tag> : r.raw !== undefined ? <Tag>{t('stmt.score', { score: r.max === undefined ? number(r.raw) : `${number(r.raw)} / ${number(r.max)}` })}</Tag> : null}
      {r.progress !== undefined && r.progress >= 0 && r.progress <= 1 ? <Tag>{t('stmt.progress', { share: percent(r.progress) })}</Tag> : null}
      {attachments > 0 ? <Tag>{t('stmt.attachments', { count: attachments })}</Tag> : null}
    </>
  )
}
