import type { PracticeContent, PracticeResource, PracticeStep } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import type { Locale } from '../../lib/locale'
import { Button, IconButton } from '../../ui/button'
import { TextField } from '../../ui/field'
import { Words } from './draft-fields'

interface RowProps {
  content: PracticeContent
  set: (change: Partial<PracticeContent>) => void
  language: Locale
  first: Locale
}

/** What was done, and when, as exactly as it is known. */
export function StepRows({ content: c, set, language, first }: RowProps) {
  const { t } = useI18n()
  const put = (i: number, change: Partial<PracticeStep>) => set({ steps: c.steps.map((s, j) => (i === j ? { ...s, ...change } : s)) })
  return (
    <fieldset className="field stack-2">
      <legend>{t('practice.section.steps')}</legend>
      <span className="hint">{t('practice.steps.hint')}</span>
      <ul className="plain items">
        {c.steps.map((s, i) => (
          <li key={i}>
            <div className="row start">
              <div className="short">
                <TextField label={t('practice.step.when')} name="steps" hint={i === 0 ? t('practice.step.when.hint') : undefined} maxLength={24} value={s.when} onChange={(e) => put(i, { when: e.target.value })} />
              </div>
              <div className="grow">
                <Words label={t('practice.step.what')} text={s.what} language={language} first={first} onText={(what) => put(i, { what })} rows={2} maxLength={1000} />
              </div>
              <IconButton icon="trash" label={t('practice.remove', { what: s.when })} onClick={() => set({ steps: c.steps.filter((_, j) => j !== i) })} />
            </div>
          </li>
        ))}
      </ul>
      <div>
        <Button icon="plus" onClick={() => set({ steps: [...c.steps, { when: '', what: {} }] })}>
          {t('practice.add')}
        </Button>
      </div>
    </fieldset>
  )
}

/** What was needed: a role or a thing, how many, for how long, who paid. */
export function ResourceRows({ content: c, set, language, first }: RowProps) {
  return <ResourceFields list={c.resources} onList={(resources) => set({ resources })} language={language} first={first} />
}

export function ResourceFields({ list, onList, language, first }: { list: PracticeResource[]; onList: (list: PracticeResource[]) => void; language: Locale; first: Locale }) {
  const { t } = useI18n()
  const put = (i: number, change: Partial<PracticeResource>) => onList(list.map((r, j) => (i === j ? { ...r, ...change } : r)))
  return (
    <fieldset className="field stack-2">
      <legend>{t('practice.section.resources')}</legend>
      <span className="hint">{t('practice.resources.hint')}</span>
      <ul className="plain items">
        {list.map((r, i) => (
          <li key={i}>
            <div className="row start">
              <div className="grow">
                <Words label={t('practice.resource.what')} text={r.what} language={language} first={first} onText={(what) => put(i, { what })} maxLength={1000} />
              </div>
              <IconButton icon="trash" label={t('practice.remove', { what: r.what[language] ?? '' })} onClick={() => onList(list.filter((_, j) => j !== i))} />
            </div>
            <div className="pair">
              <TextField label={t('practice.resource.quantity')} type="number" min={0} step="any" value={r.quantity || ''} onChange={(e) => put(i, { quantity: Number(e.target.value) })} />
              <TextField label={t('practice.resource.fte')} type="number" min={0} step="0.05" value={r.fte || ''} onChange={(e) => put(i, { fte: Number(e.target.value) })} />
              <TextField label={t('practice.resource.months')} type="number" min={0} value={r.months || ''} onChange={(e) => put(i, { months: Number(e.target.value) })} />
            </div>
            <Words label={t('practice.resource.funding')} text={r.funding} language={language} first={first} onText={(funding) => put(i, { funding })} maxLength={1000} />
          </li>
        ))}
      </ul>
      <div>
        <Button icon="plus" onClick={() => onList([...list, { what: {} }])}>
          {t('practice.add')}
        </Button>
      </div>
    </fieldset>
  )
}
