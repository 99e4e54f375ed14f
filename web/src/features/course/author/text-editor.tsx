import { useRef, useState } from 'react'
import type { Text } from '../../../api/types'
import { say } from '../../../lib/fault'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Notice } from '../../../ui/notice'
import { useMarkdown } from './queries'
import { SideBySide } from './side-by-side'

interface TextEditorProps {
  from: string
  to: string
  text: Text
  onChange: (text: Text) => void
}

const marks = [
  { key: 'bold', before: '**', after: '**' },
  { key: 'italic', before: '_', after: '_' },
  { key: 'heading', before: '## ', after: '' },
  { key: 'list', before: '- ', after: '' },
  { key: 'link', before: '[', after: '](https://)' },
] as const

/** Markdown with a toolbar, and the server's own rendering of it. */
export function TextEditor({ from, to, text, onChange }: TextEditorProps) {
  const i18n = useI18n()
  const { t } = i18n
  const box = useRef<HTMLDivElement>(null)
  const markdown = useMarkdown()
  const [shown, setShown] = useState(false)
  const body = text[to] ?? ''
  const insert = (before: string, after: string) => {
    const area = box.current?.querySelector('textarea')
    if (!area) return
    const { selectionStart: a, selectionEnd: b } = area
    onChange({ ...text, [to]: body.slice(0, a) + before + body.slice(a, b) + after + body.slice(b) })
    requestAnimationFrame(() => {
      area.focus()
      area.setSelectionRange(a + before.length, b + before.length)
    })
  }
  return (
    <section className="card stack" aria-labelledby="text" ref={box}>
      <h2 id="text">{t('kind.text')}</h2>
      <div className="toolbar" role="group" aria-label={t('author.format')}>
        {marks.map((m) => (
          <Button key={m.key} tight onClick={() => insert(m.before, m.after)}>
            {t(`author.format.${m.key}`)}
          </Button>
        ))}
        <Button
          tight
          icon="eye"
          aria-pressed={shown}
          onClick={() => {
            setShown(!shown)
            if (!shown) markdown.mutate({ text: body, lang: to })
          }}
        >
          {t('author.look')}
        </Button>
      </div>
      <SideBySide label={t('author.body')} text={text} from={from} to={to} value={body} long maxLength={100_000} onChange={(v) => onChange({ ...text, [to]: v })} />
      <p className="small soft">{t('author.markdown')}</p>
      {shown ? (
        markdown.error ? (
          <Notice kind="wrong">{say(markdown.error, i18n)}</Notice>
        ) : markdown.data ? (
          <div className="editing">
            <div className="prose" lang={to} dangerouslySetInnerHTML={{ __html: markdown.data.html }} />
          </div>
        ) : (
          <p className="soft">{t('state.loading')}</p>
        )
      ) : null}
    </section>
  )
}
