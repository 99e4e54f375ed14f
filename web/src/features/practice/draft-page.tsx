import { type ReactNode, useState } from 'react'
import { Link, useLocation } from 'wouter'
import type { PracticeContent, PracticeDraft } from '../../api/types'
import { useCountries } from '../../lib/countries'
import { useI18n } from '../../lib/i18n'
import { isLocale, type Locale, localeNames, locales } from '../../lib/locale'
import { useUnsaved } from '../../lib/unsaved'
import { Button, ButtonLink, IconButton } from '../../ui/button'
import { Confirm } from '../../ui/confirm'
import { Dialog } from '../../ui/dialog'
import { Ends } from '../../ui/ends'
import { AreaField, Check, Choices, Form, SelectField, TextField, value } from '../../ui/field'
import { KeptForm } from '../../ui/kept-form'
import { Notice } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { useSayFault, useToast } from '../../ui/toast'
import { UnsavedNotice, UnsavedState } from '../../ui/unsaved'
import { Words, WordsList } from './draft-fields'
import { FileRows } from './draft-files'
import { LessonRows } from './draft-lessons'
import { ResourceRows, StepRows } from './draft-rows'
import { competences, isSection, licences, linkKinds, topics } from './lists'
import './practice.css'
import { Credits } from './credits'
import { useChangePractice, useDraft } from './queries'

/** The form in which a practice card is written, alone or by several, in one language beside another. */
export default function DraftPage({ id }: { id: string }) {
  return (
    <Loaded query={useDraft(id)} page>
      {(d) => <Editor key={d.id} draft={d} />}
    </Loaded>
  )
}

type Set = (change: Partial<PracticeContent>) => void

function Editor({ draft: d }: { draft: PracticeDraft }) {
  const { t, words } = useI18n()
  const unsaved = useUnsaved(`practice.${d.id}`, d.edition, d.content)
  const { value: c, touched, put: set } = unsaved
  const spoken = c.languages.filter(isLocale)
  const first = spoken[0] ?? 'en'
  const [chosen, setLanguage] = useState<Locale>(first)
  const language = spoken.includes(chosen) ? chosen : first
  const { save } = useChangePractice()
  const toast = useToast()
  const title = words(c.title) || t('practice.untitled')
  const props = { content: c, set, language, first }
  const send = () =>
    void save.mutateAsync({ p: d.id, edition: unsaved.of, body: c }).then(
      (now) => {
        unsaved.saved(c, String(now.edition))
        toast(t('state.saved'))
      },
      () => undefined, // the form says it
    )
  return (
    <>
      <PageHead title={title} crumb={<Link href="/practices">{t('practice.title')}</Link>} lead={t('practice.draft.lead')} />
      <div className="two">
        <Form className="form wide" error={unsaved.stale ? undefined : save.error} onSubmit={send}>
          <UnsavedNotice of={unsaved} busy={save.isPending} />
          <Languages {...props} onLanguage={setLanguage} />
          <Part name="title">
            <Words label={t('practice.section.title')} text={c.title} {...props} onText={(v) => set({ title: v })} maxLength={200} />
            <Words label={t('practice.section.summary')} hint={t('practice.summary.hint')} text={c.summary} {...props} onText={(v) => set({ summary: v })} rows={3} maxLength={600} />
          </Part>
          <Part name="territory">
            <Territory {...props} />
          </Part>
          <Part name="objectives">
            <WordsList label={t('practice.section.objectives')} hint={t('practice.objectives.hint')} list={c.objectives} {...props} onList={(v) => set({ objectives: v })} />
          </Part>
          <Part name="description">
            <Words label={t('practice.section.description')} hint={t('practice.markdown')} text={c.description} {...props} onText={(v) => set({ description: v })} rows={8} maxLength={20_000} />
          </Part>
          <Part name="conditions">
            <WordsList label={t('practice.section.conditions')} hint={t('practice.conditions.hint')} list={c.conditions} {...props} onList={(v) => set({ conditions: v })} />
          </Part>
          <Part name="steps">
            <StepRows {...props} />
          </Part>
          <Part name="difficulties">
            <WordsList label={t('practice.section.difficulties')} hint={t('practice.difficulties.hint')} list={c.difficulties} {...props} onList={(v) => set({ difficulties: v })} />
          </Part>
          <Part name="resources">
            <ResourceRows {...props} />
          </Part>
          <Part name="evidence">
            <Words label={t('practice.section.evidence')} hint={t('practice.evidence.hint')} text={c.evidence} {...props} onText={(v) => set({ evidence: v })} rows={4} maxLength={8000} />
          </Part>
          <Part name="transfer">
            <Words label={t('practice.section.transfer')} hint={t('practice.transfer.hint')} text={c.transfer} {...props} onText={(v) => set({ transfer: v })} rows={4} maxLength={8000} />
            <Words label={t('practice.section.legal')} hint={t('practice.markdown')} text={c.legal} {...props} onText={(v) => set({ legal: v })} rows={3} maxLength={8000} />
          </Part>
          <Part name="costs">
            <Costs {...props} />
          </Part>
          <Part name="topics">
            <Finding {...props} />
          </Part>
          <Part name="lessons">
            <LessonRows content={c} set={set} />
          </Part>
          <Part name="links">
            <Links {...props} />
          </Part>
          <Part name="files">
            <FileRows practice={d.id} {...props} />
          </Part>
          <Part name="licence">
            <SelectField label={t('practice.section.licence')} hint={t('practice.licence.hint')} name="licence" value={c.licence ?? ''} onChange={(e) => set({ licence: e.target.value })}>
              <option value="">{t('practice.choose')}</option>
              {licences.map((l) => (
                <option key={l}>{l}</option>
              ))}
            </SelectField>
          </Part>
          <div className="row keep">
            <Button kind="main" type="submit" busy={save.isPending}>
              {t('action.save')}
            </Button>
            <UnsavedState of={unsaved} />
          </div>
        </Form>
        <aside className="column">
          <State draft={d} touched={touched} onGone={unsaved.drop} />
          <Credits credits={d.credits} />
          <Authors draft={d} />
        </aside>
      </div>
    </>
  )
}

/** A part of the form to which the list of what is missing leads. */
function Part({ name, children }: { name: string; children: ReactNode }) {
  return (
    <div id={`part-${name}`} className="stack part" tabIndex={-1}>
      {children}
    </div>
  )
}

interface PartProps {
  content: PracticeContent
  set: Set
  language: Locale
  first: Locale
}

function Languages({ content: c, set, language, onLanguage }: PartProps & { onLanguage: (l: Locale) => void }) {
  const { t } = useI18n()
  return (
    <div className="stack-2 part">
      <SelectField label={t('practice.write.in')} hint={c.languages.length > 1 ? t('practice.write.beside') : undefined} value={language} onChange={(e) => isLocale(e.target.value) && onLanguage(e.target.value)}>
        {c.languages.filter(isLocale).map((l) => (
          <option key={l} value={l} lang={l}>
            {localeNames[l]}
          </option>
        ))}
      </SelectField>
      <details>
        <summary>{t('practice.languages')}</summary>
        <Choices legend={t('practice.languages')} hint={t('practice.languages.hint')}>
          <div className="three tight">
            {locales.map((l) => (
              <Check
                key={l}
                checked={c.languages.includes(l)}
                disabled={c.languages[0] === l}
                label={<span lang={l}>{localeNames[l]}</span>}
                onChange={(e) => {
                  set({ languages: e.target.checked ? [...c.languages, l] : c.languages.filter((x) => x !== l) })
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

type Where = PracticeContent['territory']
const withoutLat = ({ name, country, residents, region, code, lon }: Where): Where => ({ name, country, residents, ...(region ? { region } : {}), ...(code ? { code } : {}), ...(lon === undefined ? {} : { lon }) })
const withoutLon = ({ name, country, residents, region, code, lat }: Where): Where => ({ name, country, residents, ...(region ? { region } : {}), ...(code ? { code } : {}), ...(lat === undefined ? {} : { lat }) })

function Territory({ content: c, set }: PartProps) {
  const { t } = useI18n()
  const x = c.territory
  const countries = useCountries(x.country)
  const put = (change: Partial<typeof x>) => set({ territory: { ...x, ...change } })
  const position = (name: 'lat' | 'lon', v: string) => {
    set({ territory: { ...(name === 'lat' ? withoutLat(x) : withoutLon(x)), ...(v === '' ? {} : { [name]: Number(v) }) } })
  }
  return (
    <fieldset className="field stack-2">
      <legend>{t('practice.section.territory')}</legend>
      <div className="pair">
        <TextField label={t('practice.territory.name')} maxLength={120} value={x.name} onChange={(e) => put({ name: e.target.value })} />
        <SelectField label={t('practice.country')} name="territory" value={x.country} onChange={(e) => put({ country: e.target.value })}>
          <option value="">{t('practice.choose')}</option>
          {countries.map((o) => (
            <option key={o.code} value={o.code}>
              {o.name}
            </option>
          ))}
        </SelectField>
      </div>
      <div className="pair">
        <TextField label={t('practice.territory.region')} maxLength={120} value={x.region ?? ''} onChange={(e) => put({ region: e.target.value })} />
        <TextField label={t('practice.territory.residents')} type="number" min={0} value={x.residents || ''} onChange={(e) => put({ residents: Number(e.target.value) })} />
      </div>
      <details>
        <summary>{t('practice.territory.more')}</summary>
        <div className="stack-2">
          <TextField label={t('practice.territory.code')} maxLength={16} value={x.code ?? ''} onChange={(e) => put({ code: e.target.value })} />
          <div className="pair">
            <TextField label={t('practice.territory.lat')} type="number" step="any" min={-90} max={90} value={x.lat ?? ''} onChange={(e) => position('lat', e.target.value)} />
            <TextField label={t('practice.territory.lon')} type="number" step="any" min={-180} max={180} value={x.lon ?? ''} onChange={(e) => position('lon', e.target.value)} />
          </div>
        </div>
      </details>
    </fieldset>
  )
}

function Costs({ content: c, set }: PartProps) {
  const { t } = useI18n()
  const put = (change: Partial<typeof c.costs>) => set({ costs: { ...c.costs, ...change } })
  return (
    <fieldset className="field stack-2">
      <legend>{t('practice.section.costs')}</legend>
      <div className="pair">
        <TextField label={t('practice.costs.from')} name="costs" type="number" min={0} value={c.costs.from || ''} onChange={(e) => put({ from: Number(e.target.value) })} />
        <TextField label={t('practice.costs.to')} type="number" min={0} value={c.costs.to || ''} onChange={(e) => put({ to: Number(e.target.value) })} />
        <SelectField label={t('practice.costs.per')} value={c.costs.per ?? 'year'} onChange={(e) => put({ per: e.target.value === 'once' ? 'once' : 'year' })}>
          <option value="year">{t('practice.costs.per.year')}</option>
          <option value="once">{t('practice.costs.per.once')}</option>
        </SelectField>
      </div>
    </fieldset>
  )
}

const lines = (text: string) => text.split('\n')

/** By what the card is found. */
function Finding({ content: c, set }: PartProps) {
  const { t } = useI18n()
  const toggle = (list: string[], x: string, on: boolean) => (on ? [...list, x] : list.filter((y) => y !== x))
  return (
    <div className="stack">
      <Choices legend={t('practice.section.topics')} hint={t('practice.topics.hint')}>
        <div className="chips">
          {topics.map((x) => (
            <Check key={x} label={t(`practice.topic.${x}`)} checked={c.topics.includes(x)} onChange={(e) => set({ topics: toggle(c.topics, x, e.target.checked) })} />
          ))}
        </div>
      </Choices>
      <AreaField label={t('practice.section.personas')} hint={t('practice.personas.hint')} rows={2} value={c.personas.join('\n')} onChange={(e) => set({ personas: lines(e.target.value) })} />
      <AreaField label={t('practice.section.technologies')} hint={t('practice.lines')} rows={2} value={c.technologies.join('\n')} onChange={(e) => set({ technologies: lines(e.target.value) })} />
      <AreaField label={t('practice.section.labels')} hint={t('practice.lines')} rows={2} value={c.labels.join('\n')} onChange={(e) => set({ labels: lines(e.target.value) })} />
      <details>
        <summary>{t('practice.section.competences')}</summary>
        <Choices legend={t('practice.section.competences')} hint={t('practice.competences.hint')}>
          {competences.map((x) => (
            <Check key={x} label={`${x} ${t(`practice.competence.${x}`)}`} checked={c.competences.includes(x)} onChange={(e) => set({ competences: toggle(c.competences, x, e.target.checked) })} />
          ))}
        </Choices>
      </details>
    </div>
  )
}

function Links({ content: c, set }: PartProps) {
  const { t } = useI18n()
  const put = (i: number, change: Partial<(typeof c.links)[number]>) => set({ links: c.links.map((l, j) => (i === j ? { ...l, ...change } : l)) })
  return (
    <fieldset className="field stack-2">
      <legend>{t('practice.section.links')}</legend>
      <span className="hint">{t('practice.links.hint')}</span>
      <ul className="plain items">
        {c.links.map((l, i) => (
          <li key={i}>
            <div className="pair">
              <SelectField label={t('practice.link.kind')} value={l.kind} onChange={(e) => put(i, { kind: linkKinds.find((k) => k === e.target.value) ?? 'page' })}>
                {linkKinds.map((k) => (
                  <option key={k} value={k}>
                    {t(`practice.link.${k}`)}
                  </option>
                ))}
              </SelectField>
              <TextField label={t('practice.link.title')} maxLength={120} value={l.title} onChange={(e) => put(i, { title: e.target.value })} />
            </div>
            <div className="row">
              <div className="grow">
                <TextField label={t('practice.link.url')} name="links" type="url" maxLength={2000} value={l.url} onChange={(e) => put(i, { url: e.target.value })} />
              </div>
              <IconButton icon="trash" label={t('practice.remove', { what: l.title || l.url })} onClick={() => set({ links: c.links.filter((_, j) => j !== i) })} />
            </div>
          </li>
        ))}
      </ul>
      <div>
        <Button icon="plus" onClick={() => set({ links: [...c.links, { kind: 'page', title: '', url: '' }] })}>
          {t('practice.link.add')}
        </Button>
      </div>
    </fieldset>
  )
}

/** What is missing, and the way out: publish, look, withdraw, delete. */
function State({ draft: d, touched, onGone }: { draft: PracticeDraft; touched: boolean; onGone: () => void }) {
  const { t, languageName } = useI18n()
  const [asking, setAsking] = useState<'publish' | 'withdraw' | 'delete'>()
  const { publish, withdraw, remove } = useChangePractice()
  const [, navigate] = useLocation()
  const gone = () => {
    onGone()
    navigate('/practices')
  }
  const toast = useToast()
  const close = () => setAsking(undefined)
  const behind = Object.entries(d.untranslated).filter(([, list]) => list.length > 0)
  return (
    <section className="card stack-2" aria-labelledby="state">
      <h2 id="state">{t(`practice.state.${d.state === 'published' && d.changed ? 'changed' : d.state}`)}</h2>
      {d.version > 0 ? (
        <p className="small">
          <Link href={`/practices/${d.id}`}>{t('practice.look', { number: d.version })}</Link>
        </p>
      ) : null}
      {d.missing.length > 0 ? (
        <>
          <p>{t('practice.missing')}</p>
          <ul className="points small">
            {d.missing.filter(isSection).map((s) => (
              <li key={s}>
                <a
                  href={`#part-${s === 'summary' ? 'title' : s}`}
                  onClick={(e) => {
                    e.preventDefault()
                    const part = document.getElementById(`part-${s === 'summary' ? 'title' : s}`)
                    part?.scrollIntoView()
                    part?.querySelector<HTMLElement>('input, textarea, select, button')?.focus({ preventScroll: true })
                  }}
                >
                  {t(`practice.section.${s}`)}
                </a>
              </li>
            ))}
          </ul>
        </>
      ) : (
        <Notice kind="good">{t('practice.complete')}</Notice>
      )}
      {behind.map(([l, list]) => (
        <p key={l} className="small soft">
          {t('practice.untranslated', { language: languageName(l), count: list.length })}
        </p>
      ))}
      {touched ? <p className="small">{t('practice.save.first')}</p> : null}
      {d.missing.length === 0 && !touched && (d.changed || d.state !== 'published') ? (
        <Button kind="main" onClick={() => setAsking('publish')}>
          {t('practice.publish')}
        </Button>
      ) : null}
      {d.state === 'published' ? (
        <Button kind="quiet" onClick={() => setAsking('withdraw')}>
          {t('practice.withdraw')}
        </Button>
      ) : null}
      {d.version === 0 ? (
        <Button kind="quiet" onClick={() => setAsking('delete')}>
          {t('practice.delete')}
        </Button>
      ) : null}
      {asking === 'publish' && (
        <Dialog title={t('practice.publish')} onClose={close}>
          <KeptForm
            name={`practice.publish.${d.id}`}
            error={publish.error}
            onSubmit={(f) => publish.mutateAsync({ of: d, summary: value(f, 'summary') })}
            onSent={() => {
              toast(t('practice.is.published'))
              navigate(`/practices/${d.id}`)
            }}
          >
            <p>{t('practice.publish.text')}</p>
            {d.version > 0 ? <AreaField label={t('practice.publish.changed')} name="summary" rows={2} maxLength={1000} /> : null}
            <Ends does={t('practice.publish')} busy={publish.isPending} onClose={close} />
          </KeptForm>
        </Dialog>
      )}
      {asking === 'withdraw' && (
        <Confirm title={t('practice.withdraw')} does={t('practice.withdraw')} error={withdraw.error} busy={withdraw.isPending} onClose={close} onDo={() => withdraw.mutate(d, { onSuccess: close })}>
          {t('practice.withdraw.text')}
        </Confirm>
      )}
      {asking === 'delete' && (
        <Confirm title={t('practice.delete')} does={t('practice.delete')} error={remove.error} busy={remove.isPending} onClose={close} onDo={() => remove.mutate(d.id, { onSuccess: gone })}>
          {t('practice.delete.text')}
        </Confirm>
      )}
    </section>
  )
}

function Authors({ draft: d }: { draft: PracticeDraft }) {
  const { t } = useI18n()
  const { addAuthor, removeAuthor } = useChangePractice()
  const sayFault = useSayFault()
  return (
    <section className="card stack-2" aria-labelledby="authors">
      <h2 id="authors">{t('practice.authors')}</h2>
      <ul className="plain list people">
        {d.authors.map((a) => (
          <li key={a.person ?? a.name}>
            <span className="grow">{a.name}</span>
            {d.authors.length > 1 ? <IconButton icon="close" label={t('practice.remove', { what: a.name })} onClick={() => removeAuthor.mutate({ p: d.id, person: a.person ?? '' }, { onError: sayFault })} /> : null}
          </li>
        ))}
      </ul>
      <Form key={d.authors.length} error={addAuthor.error} onSubmit={(f) => addAuthor.mutate({ p: d.id, email: value(f, 'email') })}>
        <TextField label={t('practice.authors.email')} hint={t('practice.authors.hint')} name="email" type="email" required maxLength={254} />
        <div>
          <Button type="submit" icon="plus" busy={addAuthor.isPending}>
            {t('practice.authors.add')}
          </Button>
        </div>
      </Form>
      <ButtonLink kind="quiet" href="/practices">
        {t('practice.back')}
      </ButtonLink>
    </section>
  )
}
