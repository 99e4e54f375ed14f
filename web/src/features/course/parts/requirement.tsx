import { Link } from 'wouter'
import type { LessonKind, Requirement } from '../../../api/types'
import { clock } from '../../../lib/format'
import { useI18n, Words } from '../../../lib/i18n'
import { total, toSpans } from '../../../lib/spans'
import { Icon, type IconName } from '../../../ui/icon'
import { SeenOf } from './seen-of'

export const kindIcons: Record<LessonKind, IconName> = { video: 'video', text: 'text', quiz: 'quiz' }

interface RequirementListProps {
  items: readonly Requirement[]
  /** Where a lesson is; undefined: its name is no link. */
  href?: (lesson: string) => string
  /** The lesson that is open, whose missing parts can be jumped to. */
  open?: string
  onGap?: (from: number) => void
}

/** What is still missing, in plain words, lesson by lesson. */
export function RequirementList({ items, href, open, onGap }: RequirementListProps) {
  return (
    <ul className="plain need">
      {items.map((r) => (
        <RequirementLine key={r.lesson} item={r} {...(href && r.lesson !== open ? { href: href(r.lesson) } : {})} {...(r.lesson === open && onGap ? { onGap } : {})} />
      ))}
    </ul>
  )
}

const marks = { done: 'check', begun: 'clock', todo: 'circle' } as const

function RequirementLine({ item, href, onGap }: { item: Requirement; href?: string; onGap?: (from: number) => void }) {
  const { t, dateTime } = useI18n()
  const title = <Words text={item.title} />
  return (
    <li className={item.state}>
      <Icon name={marks[item.state]} />
      <div>
        <span className="hidden">{t(`need.${item.state}`)} </span>
        <b>{href ? <Link href={href}>{title}</Link> : title}</b>
        <span className="soft small">
          {' · '}
          {t(`kind.${item.kind}`)}
          {item.state === 'done' && item.at ? ` · ${dateTime(item.at)}` : ''}
        </span>
        <p className="small">
          <Sentence item={item} {...(onGap ? { onGap } : {})} />
        </p>
      </div>
    </li>
  )
}

function Sentence({ item, onGap }: { item: Requirement; onGap?: (from: number) => void }) {
  const { t, rich } = useI18n()
  if (item.kind === 'text') return item.state === 'done' ? t('need.text.done') : t('need.text.todo')
  if (item.kind === 'quiz') {
    if (item.state === 'done') return t('need.quiz.done', { score: item.score ?? 0, of: item.questions ?? 0 })
    const left = item.attemptsLeft ?? -1
    return (
      <>
        {t('need.quiz.todo', { pass: item.pass ?? 0, count: item.questions ?? 0 })} {item.score !== undefined && item.state === 'begun' ? t('need.quiz.best', { score: item.score }) : ''}{' '}
        {left < 0 ? '' : t('need.quiz.left', { count: left })}
      </>
    )
  }
  if (item.state === 'done') return item.byTranscript ? t('need.video.transcript') : t('need.video.done')
  const length = item.length ?? 0
  const gaps = toSpans(item.gaps)
  const few = gaps.slice(0, 4)
  return (
    <>
      <SeenOf seen={item.seen ?? 0} length={length} />{' '}
      {few.length > 0 && item.state === 'begun'
        ? rich('need.video.missing', {
            parts: few.map(([from, to], i) => (
              <span key={from}>
                {i > 0 ? ', ' : ''}
                {onGap ? (
                  <button type="button" className="link num" onClick={() => onGap(from)}>
                    {clock(from)}–{clock(to)}
                  </button>
                ) : (
                  <span className="num">
                    {clock(from)}–{clock(to)}
                  </span>
                )}
              </span>
            )),
          })
        : null}{' '}
      {gaps.length > few.length ? t('need.video.more', { count: Math.ceil(total(gaps.slice(4))) }) : ''}{' '}
      {item.needed !== undefined && item.needed < length - 1 ? t('need.video.enough', { needed: clock(item.needed) }) : ''}{' '}
      {item.transcriptCounts ? t('need.video.counts') : ''}{' '}
      {item.asked ? t('need.video.asked', { answered: item.answered ?? 0, count: item.asked }) : ''}
    </>
  )
}
