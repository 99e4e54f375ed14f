import type { PracticeContent } from '../../api/types'
import { clock } from '../../lib/format'
import { useI18n, Words } from '../../lib/i18n'
import { isCompetence, isTopic, type SectionName } from './lists'
import { Place, When } from './parts'
import { euros } from './when'

/** One entry of a card's section, in the reader's words. */
export function Entry({ of: c, section, index }: { of: PracticeContent; section: SectionName; index: number }) {
  const { t, locale, number } = useI18n()
  switch (section) {
    case 'title':
    case 'summary':
    case 'description':
    case 'evidence':
    case 'transfer':
    case 'legal':
      return <Words text={c[section]} order={c.languages} />
    case 'objectives':
    case 'conditions':
    case 'difficulties':
      return <Words text={c[section][index]} order={c.languages} />
    case 'territory':
      return (
        <>
          <Place territory={c.territory} town={c.territory.name} />
          {c.territory.residents > 0 ? `, ${t('practice.residents', { count: c.territory.residents })}` : null}
          {c.territory.code ? `, ${t('practice.territory.code')}: ${c.territory.code}` : null}
        </>
      )
    case 'steps': {
      const step = c.steps[index]
      return step ? (
        <>
          <When span={step.when} />: <Words text={step.what} order={c.languages} />
        </>
      ) : null
    }
    case 'resources': {
      const r = c.resources[index]
      if (!r) return null
      return (
        <>
          {r.quantity && r.quantity !== 1 ? `${number(r.quantity)} × ` : null}
          <Words text={r.what} order={c.languages} />
          {[r.fte ? `${t('practice.resource.fte')}: ${number(r.fte)}` : '', r.months ? t('practice.months', { count: r.months }) : ''].filter(Boolean).map((x) => ` · ${x}`)}
          {r.funding && Object.keys(r.funding).length > 0 ? (
            <>
              {' '}
              · <Words text={r.funding} order={c.languages} />
            </>
          ) : null}
        </>
      )
    }
    case 'costs':
      return <>{t(c.costs.per === 'once' ? 'practice.costs.once' : 'practice.costs.year', { euros: euros(locale, c.costs.from, c.costs.to) })}</>
    case 'topics': {
      const topic = c.topics[index] ?? ''
      return <>{isTopic(topic) ? t(`practice.topic.${topic}`) : topic}</>
    }
    case 'competences': {
      const x = c.competences[index] ?? ''
      return <>{isCompetence(x) ? `${x} ${t(`practice.competence.${x}`)}` : x}</>
    }
    case 'technologies':
    case 'personas':
    case 'labels':
      return <>{c[section][index]}</>
    case 'lessons': {
      const l = c.lessons[index]
      return <>{l ? [l.title ?? '', l.second ? t('practice.second', { at: clock(l.second) }) : ''].filter(Boolean).join(' ') : null}</>
    }
    case 'links': {
      const l = c.links[index]
      return <>{l ? l.title || l.url : null}</>
    }
    case 'files': {
      const f = c.files?.[index]
      return f ? (
        <>
          <Words text={f.title} order={c.languages} /> {f.name} {f.licence}
        </>
      ) : null
    }
    case 'licence':
      return <>{c.licence}</>
  }
}
