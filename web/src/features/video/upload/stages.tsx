import type { Video } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Tag } from '../../../ui/notice'

type Stage = Video['stages'][number]
const tags = { working: 'civic', done: 'good', failed: 'wrong', waiting: undefined, skipped: undefined } as const

/** The steps in which a video is prepared: how far each is, how often it was begun, how long it took. */
export function Stages({ stages, open }: { stages: readonly Stage[]; open?: boolean }) {
  const { t, number } = useI18n()
  if (stages.length === 0) return null
  return (
    <details className="stages" open={open}>
      <summary>{t('stage.title')}</summary>
      <ol className="plain">
        {stages.map((s) => {
          const tag = tags[s.state]
          return (
            <li key={s.name}>
              <span className="grow">{t(`stage.${s.name}`)}</span>
              <span className="small soft num">
                {[
                  s.parts > 1 && s.state === 'working' ? t('stage.parts', { done: s.done, parts: s.parts }) : '',
                  s.seconds >= 1 ? t('stage.seconds', { n: number(Math.round(s.seconds)) }) : '',
                  s.attempts > s.parts ? t('stage.attempts', { n: s.attempts }) : '',
                ]
                  .filter(Boolean)
                  .join(' · ')}
              </span>
              <Tag {...(tag ? { kind: tag } : {})}>{t(`stage.state.${s.state}`)}</Tag>
            </li>
          )
        })}
      </ol>
    </details>
  )
}
