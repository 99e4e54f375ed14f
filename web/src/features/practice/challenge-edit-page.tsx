import { useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { Challenge } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { isLocale, type Locale, localeNames, locales } from '../../lib/locale'
import { useUnsaved } from '../../lib/unsaved'
import { Button } from '../../ui/button'
import { Confirm } from '../../ui/confirm'
import { AreaField, Check, Choices, Form, SelectField } from '../../ui/field'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { useToast } from '../../ui/toast'
import { UnsavedNotice, UnsavedState } from '../../ui/unsaved'
import { useChallenge, useChangeChallenge } from './challenge-queries'
import { Credits } from './credits'
import { Words, WordsList } from './draft-fields'
import { competences, isPart, topics } from './lists'
import './practice.css'

/** The form in which a challenge is stated, in one language beside another. */
export default function ChallengeEditPage({ id }: { id: string }) {
  return (
    <Loaded query={useChallenge(id)} page>
      {(c) => <Editor key={c.id} challenge={c} />}
    </Loaded>
  )
}

function Editor({ challenge: c }: { challenge: Challenge }) {
  const { t, words } = useI18n()
  const unsaved = useUnsaved(`challenge.${c.id}`, c.edition, c.content)
  const { value: x, touched, put: set } = unsaved
  const spoken = x.languages.filter(isLocale)
  const first = spoken[0] ?? 'en'
  const [chosen, setLanguage] = useState<Locale>(first)
  const language = spoken.includes(chosen) ? chosen : first
  const { save } = useChangeChallenge()
  const toast = useToast()
  const beside = { language, first }
  const send = () =>
    void save.mutateAsync({ c: c.id, edition: unsaved.of, body: x }).then(
      (now) => {
        unsaved.saved(x, String(now.edition))
        toast(t('state.saved'))
      },
      () => undefined, // the form says it
    )
  const toggle = (list: string[], k: string, on: boolean) => (on ? [...list, k] : list.filter((y) => y !== k))
  return (
    <>
      <PageHead title={words(x.title) || t('practice.untitled')} crumb={<Link href="/challenges">{t('challenge.title')}</Link>} lead={t('challenge.edit.lead')} />
      <div className="two">
        <Form className="form wide" error={unsaved.stale ? undefined : save.error} onSubmit={send}>
          <UnsavedNotice of={unsaved} busy={save.isPending} />
          <Languages languages={x.languages} language={language} onLanguage={setLanguage} onLanguages={(languages) => set({ languages })} />
          <Words label={t('practice.section.title')} hint={t('challenge.title.hint')} text={x.title} {...beside} onText={(title) => set({ title })} maxLength={200} />
          <Words label={t('challenge.affected')} hint={t('challenge.affected.hint')} text={x.affected} {...beside} onText={(affected) => set({ affected })} rows={3} maxLength={600} />
          <Words label={t('challenge.problem')} hint={t('practice.markdown')} text={x.problem} {...beside} onText={(problem) => set({ problem })} rows={8} maxLength={8000} />
          <WordsList label={t('challenge.tried')} hint={t('challenge.tried.hint')} list={x.tried} {...beside} onList={(tried) => set({ tried })} />
          <WordsList label={t('challenge.constraints')} hint={t('challenge.constraints.hint')} list={x.constraints} {...beside} onList={(constraints) => set({ constraints })} />
          <Choices legend={t('practice.section.topics')} hint={t('practice.topics.hint')}>
            <div className="chips">
              {topics.map((k) => (
                <Check key={k} label={t(`practice.topic.${k}`)} checked={x.topics.includes(k)} onChange={(e) => set({ topics: toggle(x.topics, k, e.target.checked) })} />
              ))}
            </div>
          </Choices>
          <AreaField label={t('practice.section.labels')} hint={t('practice.lines')} rows={2} value={x.labels.join('\n')} onChange={(e) => set({ labels: e.target.value.split('\n') })} />
          <details>
            <summary>{t('practice.section.competences')}</summary>
            <Choices legend={t('practice.section.competences')} hint={t('challenge.competences.hint')}>
              {competences.map((k) => (
                <Check key={k} label={`${k} ${t(`practice.competence.${k}`)}`} checked={x.competences.includes(k)} onChange={(e) => set({ competences: toggle(x.competences, k, e.target.checked) })} />
              ))}
            </Choices>
          </details>
          <div className="row keep">
            <Button kind="main" type="submit" busy={save.isPending}>
              {t('action.save')}
            </Button>
            <UnsavedState of={unsaved} />
          </div>
        </Form>
        <aside className="column">
          <State challenge={c} touched={touched} onGone={unsaved.drop} />
          <Credits credits={c.credits} />
        </aside>
      </div>
    </>
  )
}

function Languages({ languages, language, onLanguage, onLanguages }: { languages: string[]; language: Locale; onLanguage: (l: Locale) => void; onLanguages: (list: string[]) => void }) {
  const { t } = useI18n()
  return (
    <div className="stack-2">
      <SelectField label={t('practice.write.in')} hint={languages.length > 1 ? t('practice.write.beside') : undefined} value={language} onChange={(e) => isLocale(e.target.value) && onLanguage(e.target.value)}>
        {languages.filter(isLocale).map((l) => (
          <option key={l} value={l} lang={l}>
            {localeNames[l]}
          </option>
        ))}
      </SelectField>
      <details>
        <summary>{t('practice.languages')}</summary>
        <Choices legend={t('practice.languages')}>
          <div className="three tight">
            {locales.map((l) => (
              <Check
                key={l}
                checked={languages.includes(l)}
                disabled={languages[0] === l}
                label={<span lang={l}>{localeNames[l]}</span>}
                onChange={(e) => {
                  onLanguages(e.target.checked ? [...languages, l] : languages.filter((x) => x !== l))
                  if (e.target.checked) onLanguage(l)
                }}
              />
            ))}
          </div>
        </Choices>
      </details>
    </div>
  )
}

/** What is missing, and the way out. */
function State({ challenge: c, touched, onGone }: { challenge: Challenge; touched: boolean; onGone: () => void }) {
  const { t } = useI18n()
  const [asking, setAsking] = useState<'publish' | 'delete'>()
  const { publish, remove } = useChangeChallenge()
  const [, navigate] = useLocation()
  const close = () => setAsking(undefined)
  const gone = () => {
    onGone()
    navigate('/challenges')
  }
  return (
    <section className="card stack-2" aria-labelledby="state">
      <h2 id="state">{t(`challenge.state.${c.state}`)}</h2>
      <p className="small">
        <Link href={`/challenges/${c.id}`}>{t('challenge.look')}</Link>
      </p>
      {c.missing.length > 0 ? (
        <>
          <p>{t('practice.missing')}</p>
          <ul className="points small">
            {c.missing.filter(isPart).map((p) => (
              <li key={p}>{t(p === 'title' || p === 'topics' ? `practice.section.${p}` : `challenge.${p}`)}</li>
            ))}
          </ul>
        </>
      ) : null}
      {touched ? <p className="small">{t('practice.save.first')}</p> : null}
      {c.state === 'draft' && c.missing.length === 0 && !touched ? (
        <Button kind="main" onClick={() => setAsking('publish')}>
          {t('challenge.publish')}
        </Button>
      ) : null}
      {c.state === 'draft' ? (
        <Button kind="quiet" onClick={() => setAsking('delete')}>
          {t('practice.delete')}
        </Button>
      ) : null}
      {asking === 'publish' && (
        <Confirm kind="main" title={t('challenge.publish')} does={t('challenge.publish')} error={publish.error} busy={publish.isPending} onClose={close} onDo={() => publish.mutate(c.id, { onSuccess: () => navigate(`/challenges/${c.id}`) })}>
          {t('challenge.publish.text')}
        </Confirm>
      )}
      {asking === 'delete' && (
        <Confirm title={t('practice.delete')} does={t('practice.delete')} error={remove.error} busy={remove.isPending} onClose={close} onDo={() => remove.mutate(c.id, { onSuccess: gone })}>
          {t('challenge.delete.text')}
        </Confirm>
      )}
    </section>
  )
}
