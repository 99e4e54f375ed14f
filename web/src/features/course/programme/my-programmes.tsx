import { Link } from 'wouter'
import { joinPages } from '../../../api/pages'
import type { ProgrammeStudy } from '../../../api/types'
import { useI18n, Words } from '../../../lib/i18n'
import { More } from '../../../ui/more'
import { Tag } from '../../../ui/notice'
import { SeenBar } from '../../../ui/progress'
import { useMyProgrammes } from './queries'

/** How far somebody is in a programme, in courses: the required ones and as many electives as are asked for. */
export function shareOf(p: ProgrammeStudy): { done: number; count: number } {
  return { done: Math.min(p.required.done, p.required.needed) + Math.min(p.electives.done, p.electives.needed), count: p.required.needed + p.electives.needed }
}

/** The programmes somebody follows; nothing where there are none. */
export default function MyProgrammes({ whole }: { whole?: boolean }) {
  const { t } = useI18n()
  const open = useMyProgrammes('open')
  const complete = useMyProgrammes('complete')
  const programmes = whole ? joinPages(complete, open) : open
  const items = programmes.data?.items ?? []
  if (items.length === 0) return null
  return (
    <section aria-labelledby="my-programmes">
      <h2 id="my-programmes">{t('home.programmes')}</h2>
      <ul className="plain list">
        {items.map((p) => (
          <Line key={p.id} programme={p} />
        ))}
      </ul>
      <More pages={programmes} />
    </section>
  )
}

function Line({ programme: p }: { programme: ProgrammeStudy }) {
  const { t } = useI18n()
  const share = shareOf(p)
  const words = t('home.programme', share)
  return (
    <li>
      <div className="grow stack-2">
        <h3>
          <Link href={`/programmes/${p.id}`}>
            <Words text={p.title} order={p.languages} />
          </Link>
        </h3>
        {p.state === 'complete' ? null : <SeenBar label={words} parts={[[0, share.done]]} length={Math.max(1, share.count)} />}
        <p className="soft small">{words}</p>
      </div>
      {p.state === 'complete' ? <Tag kind="good">{t('state.complete')}</Tag> : null}
      {p.certificate ? (
        <Link href={`/certificate/${p.certificate}`}>
          {t('course.certificate')}
          <span className="hidden">
            {': '}
            <Words text={p.title} />
          </span>
        </Link>
      ) : null}
    </li>
  )
}
