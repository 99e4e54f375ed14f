import { Link } from 'wouter'
import { client, content, roomFilePath } from '../../api/client'
import { usePages } from '../../api/pages'
import { useI18n } from '../../lib/i18n'
import { More } from '../../ui/more'
import { Loaded } from '../../ui/states'

/** What was shared in the rooms of a cohort, for as long as there is the cohort. */
export default function CohortFiles({ bootcamp: b, cohort: c }: { bootcamp: string; cohort: string }) {
  const { t, bytes, date } = useI18n()
  const files = usePages(['cohort-files', b, c], (cursor) =>
    content(client.GET('/bootcamps/{b}/cohorts/{c}/files', { params: { path: { b, c }, query: { limit: 30, ...(cursor ? { cursor } : {}) } } })),
  )
  return (
    <section className="stack-2" aria-labelledby="cohort-files">
      <h2 id="cohort-files">{t('room.files.cohort')}</h2>
      <Loaded query={files}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">{t('room.files.none')}</p>
          ) : (
            <ul className="plain list">
              {items.map((f) => (
                <li key={f.id}>
                  <div className="grow">
                    <a href={roomFilePath({ bootcamp: b, session: f.session, rehearsal: false }, f.id)} download={f.name}>
                      {f.name}
                    </a>
                    <p className="soft small">
                      {bytes(f.size)} · {f.by || t('talk.nobody')}
                      {f.townName ? `, ${f.townName}` : ''} · {date(f.at)} · <Link href={`/bootcamps/${b}/sessions/${f.session}`}>{f.title}</Link>
                    </p>
                  </div>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More pages={files} />
    </section>
  )
}
