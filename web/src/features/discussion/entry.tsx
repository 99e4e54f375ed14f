import { Link } from 'wouter'
import { useI18n } from '../../lib/i18n'
import { Icon } from '../../ui/icon'
import { Tag } from '../../ui/notice'
import './discussion.css'
import { useDiscussion } from './queries'

/** The way into a discussion, with what is new there. Without one there is nothing. */
export default function TalkEntry({ place, href }: { place: string; href: string }) {
  const { t } = useI18n()
  const d = useDiscussion(place)
  if (!d.data) return null
  const { unread, reports, over, leads } = d.data
  return (
    <section className="card stack-2 no-print" aria-labelledby="talk">
      <h2 id="talk">{t(over ? 'talk.alumni' : 'talk.title')}</h2>
      <p className="row">
        <Icon name="mail" />
        <Link href={href}>{t('talk.open')}</Link>
        {unread > 0 ? <Tag kind="civic">{t('talk.unread', { count: unread })}</Tag> : null}
        {leads && reports > 0 ? <Tag kind="caution">{t('talk.reports.wait', { count: reports })}</Tag> : null}
      </p>
    </section>
  )
}
