import type { Course } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Tag } from '../../../ui/notice'

/** Whether learners can find a course, and whether the draft has gone on since. */
export function StateTag({ course: c }: { course: Pick<Course, 'state' | 'changed' | 'version'> }) {
  const { t } = useI18n()
  if (c.state === 'draft') return <Tag>{t('author.state.draft')}</Tag>
  if (c.state === 'unpublished') return <Tag>{t('author.state.unpublished')}</Tag>
  return <Tag kind={c.changed ? 'caution' : 'good'}>{c.changed ? t('author.state.changed', { version: c.version }) : t('author.state.published', { version: c.version })}</Tag>
}
