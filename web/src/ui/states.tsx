import type { ReactNode } from 'react'
import { isFault, say } from '../lib/fault'
import { useI18n } from '../lib/i18n'
import { Button } from './button'
import { Icon, type IconName } from './icon'
import { Notice } from './notice'
import { PageHead } from './page-head'

/** The shape of what will come, until it comes. */
export function Skeleton({ block }: { block?: boolean }) {
  const { t } = useI18n()
  return (
    <div className="skeleton" role="status">
      <span className="hidden">{t('state.loading')}</span>
      <i /> <i /> <i /> <i />
      {block ? <i className="block" /> : null}
    </div>
  )
}

/** What belongs here, and the first step. */
export function Empty({ icon = 'book', title, children, action }: { icon?: IconName; title: string; children?: ReactNode; action?: ReactNode }) {
  return (
    <div className="empty">
      <Icon name={icon} />
      <h2>{title}</h2>
      {children ? <p className="soft measure">{children}</p> : null}
      {action}
    </div>
  )
}

/** What went wrong, and the way on. Where it stands for a whole page, it has the page's heading. */
export function ErrorState({ error, onRetry, page }: { error: unknown; onRetry?: () => void; page?: boolean }) {
  const i18n = useI18n()
  const lost = isFault(error) && (error.status === 404 || error.status === 410) // asking again would not help
  return (
    <div className="stack">
      {page ? <PageHead title={lost ? i18n.t('lost.title') : i18n.t('state.failed')} /> : null}
      <Notice kind={lost ? 'info' : 'wrong'} alert>
        {say(error, i18n)}
      </Notice>
      {onRetry && !lost ? <Button onClick={onRetry}>{i18n.t('action.retry')}</Button> : null}
    </div>
  )
}

interface Query<T> {
  data: T | undefined
  error: unknown
  refetch: () => unknown
}

/** Shows a query in each of its states: loading, failed, arrived. Page: nothing else has the page's heading. */
export function Loaded<T>({ query, children, block, page }: { query: Query<T>; children: (data: T) => ReactNode; block?: boolean; page?: boolean }) {
  if (query.data !== undefined) return <>{children(query.data)}</>
  if (query.error) return <ErrorState error={query.error} onRetry={() => void query.refetch()} page={page === true} />
  return <Skeleton block={block === true || page === true} />
}
