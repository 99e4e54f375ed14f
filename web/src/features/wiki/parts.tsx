import { useEffect, useRef } from 'react'
import { Link, useLocation } from 'wouter'
import type { Wiki, WikiDifference, WikiWriter } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Loaded } from '../../ui/states'
import { useWikiDifferences } from './queries'
import './wiki.css'

export interface PlaceProps {
  place: string
  /** Address of the list. */
  base: string
}

/** Where a page lies. */
export function Crumb({ wiki: k, base, title, href }: { wiki: Wiki; base: string; title?: string; href?: string }) {
  const { t, words } = useI18n()
  return (
    <>
      {k.title ? <Link href={base.replace(/\/wiki$/, '')}>{`${words(k.title)}, ${k.name}`}</Link> : <Link href="/practices/territories">{t('wiki.territories')}</Link>}
      {' · '}
      <Link href={base}>{k.title ? t('wiki.title') : k.name}</Link>
      {title && href ? (
        <>
          {' · '}
          <Link href={href}>{title}</Link>
        </>
      ) : null}
    </>
  )
}

export function useWhoWhen() {
  const { t, dateTime } = useI18n()
  return (by: WikiWriter, at: string) => `${t('talk.by', { name: by.name || t('talk.nobody'), town: by.town })} · ${dateTime(at)}`
}

/** What a page says. Its links to other pages change the page without loading everything anew. */
export function Prose({ html, language }: { html: string; language: string }) {
  const article = useRef<HTMLElement>(null)
  const [, go] = useLocation()
  useEffect(() => {
    const el = article.current
    const follow = (e: MouseEvent) => {
      if (e.defaultPrevented || e.button !== 0 || e.metaKey || e.ctrlKey || e.shiftKey || e.altKey) return
      const href = (e.target instanceof Element ? e.target.closest('a') : null)?.getAttribute('href') ?? ''
      if (!href.startsWith('/') || href.startsWith('//') || href.startsWith('/api/')) return
      e.preventDefault()
      go(href)
    }
    el?.addEventListener('click', follow)
    return () => el?.removeEventListener('click', follow)
  }, [go])
  return <article ref={article} className="prose" lang={language} dangerouslySetInnerHTML={{ __html: html }} />
}

/** What differs between two versions of a page. */
export function Differences({ place, w, from, to }: { place: string; w: string; from: number; to: number }) {
  const { t } = useI18n()
  return (
    <Loaded query={useWikiDifferences(place, w, from, to)}>
      {(d) => {
        const [was, is] = d.titles
        return (
          <div className="stack-2" lang={d.language}>
            {was && is ? (
              <p>
                <del>{was}</del> <ins>{is}</ins>
              </p>
            ) : null}
            {d.lines.every((l) => l.kind === 'same') ? was ? null : <p>{t('wiki.compare.same')}</p> : <Lines lines={d.lines} />}
          </div>
        )
      }}
    </Loaded>
  )
}

const around = 2 // lines that are shown beside a change

function Lines({ lines }: { lines: WikiDifference[] }) {
  const { t } = useI18n()
  const shown = lines.map((l, i) => l.kind !== 'same' || lines.slice(Math.max(0, i - around), i + around + 1).some((x) => x.kind !== 'same'))
  const out: React.ReactNode[] = []
  let left = 0
  lines.forEach((l, i) => {
    if (!shown[i]) {
      left++
      if (shown[i + 1] ?? true) {
        out.push(
          <li key={`left${i}`} className="left small soft">
            {t('wiki.lines', { count: left })}
          </li>,
        )
        left = 0
      }
      return
    }
    out.push(
      <li key={i} className={l.kind}>
        <Line line={l} />
      </li>,
    )
  })
  return <ol className="plain lines">{out}</ol>
}

function Line({ line: l }: { line: WikiDifference }) {
  const { t } = useI18n()
  const words = l.pieces.map((p, i) => (p.changed && l.pieces.length > 1 ? <mark key={i}>{p.text}</mark> : <span key={i}>{p.text}</span>))
  if (l.kind === 'same') return <>{words}</>
  const Mark = l.kind === 'added' ? 'ins' : 'del'
  return (
    <>
      <span aria-hidden="true">{l.kind === 'added' ? '+ ' : '− '}</span>
      <span className="hidden">{t(l.kind === 'added' ? 'wiki.line.added' : 'wiki.line.removed')} </span>
      <Mark>{words}</Mark>
    </>
  )
}
