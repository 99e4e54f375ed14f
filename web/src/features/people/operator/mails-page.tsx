import { useLayoutEffect, useRef } from 'react'
import { Link } from 'wouter'
import { useI18n } from '../../../lib/i18n'
import { More } from '../../../ui/more'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useMail, useMails } from './queries'

/** Mails that were written to the folder because no mail server is set. */
export default function MailsPage({ id }: { id: string | undefined }) {
  const { t, dateTime } = useI18n()
  const mails = useMails()
  return (
    <>
      <PageHead title={t('mails.title')} lead={t('mails.lead')} />
      <Loaded query={mails}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="mail" title={t('mails.empty')}>
              {t('mails.empty.text')}
            </Empty>
          ) : (
            <div className="two even">
              <div className="stack">
                <ul className="plain list">
                  {items.map((m) => (
                    <li key={m.id}>
                      <div className="grow">
                        <h2>
                          <Link href={`/mails/${m.id}`} aria-current={m.id === id ? 'true' : undefined}>
                            {m.subject}
                          </Link>
                        </h2>
                        <p className="soft small">{t('mails.line', { to: m.to, when: dateTime(m.created) })}</p>
                      </div>
                    </li>
                  ))}
                </ul>
                <More pages={mails} />
              </div>
              {id ? <Mail id={id} /> : null}
            </div>
          )
        }
      </Loaded>
    </>
  )
}

function Mail({ id }: { id: string }) {
  const { t, dateTime } = useI18n()
  const mail = useMail(id)
  const head = useRef<HTMLHeadingElement>(null)
  const there = mail.data !== undefined
  // The list may be long: what was opened comes into sight.
  useLayoutEffect(() => {
    if (there) head.current?.focus()
  }, [id, there])
  return (
    <section className="card stack-2" aria-labelledby="mail">
      <Loaded query={mail}>
        {(m) => (
          <>
            <h2 id="mail" ref={head} tabIndex={-1}>{m.subject}</h2>
            <p className="soft small">{t('mails.line', { to: m.to, when: dateTime(m.created) })}</p>
            <div className="prose" style={{ whiteSpace: 'pre-wrap' }}>
              <Linked text={m.text ?? ''} />
            </div>
          </>
        )}
      </Loaded>
    </section>
  )
}

/** A mail's plain text with its addresses as links. */
function Linked({ text }: { text: string }) {
  return text.split(/(https?:\/\/[^\s<>"]+)/).map((part, i) => (/^https?:/.test(part) ? <a key={i} href={part}>{part}</a> : part))
}
