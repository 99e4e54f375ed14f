import { useState } from 'react'
import { Link } from 'wouter'
import type { Adoption, AdoptionDifference } from '../../api/types'
import { useZone } from '../../api/zone'
import { today } from '../../lib/format'
import { useI18n } from '../../lib/i18n'
import { useUnsaved } from '../../lib/unsaved'
import { Button, IconButton } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Ends } from '../../ui/ends'
import { AreaField, Check, Form, SelectField, TextField, value } from '../../ui/field'
import { KeptForm, useBegun } from '../../ui/kept-form'
import { Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { useToast } from '../../ui/toast'
import { UnsavedNotice, UnsavedState } from '../../ui/unsaved'
import { ResourceFields } from './draft-rows'
import { isSection, sections, stages } from './lists'
import { StageTag } from './parts'
import './practice.css'
import { useLineage, useOwnAdoption, usePractice, useUsePractice } from './queries'

/** What one's own town does with a practice of another. */
export default function AdoptionPage({ practice }: { practice: string }) {
  return (
    <Loaded query={useOwnAdoption(practice)} page>
      {(a) => <View key={a.id} adoption={a} />}
    </Loaded>
  )
}

function View({ adoption: a }: { adoption: Adoption }) {
  const { t, words } = useI18n()
  const card = usePractice(a.practice)
  const [moving, setMoving] = useState(false)
  const title = words(card.data?.content?.title) || t('practice.adoption')
  return (
    <>
      <PageHead
        title={title}
        crumb={
          <>
            <Link href="/practices">{t('practice.title')}</Link> · <Link href={`/practices/${a.practice}`}>{t('practice.card')}</Link>
          </>
        }
        lead={t('practice.adoption.lead')}
        action={
          <div className="row">
            <StageTag state={a.state} />
            <Button kind="main" onClick={() => setMoving(true)}>
              {t('practice.move')}
            </Button>
          </div>
        }
      />
      <div className="two">
        <Describe adoption={a} />
        <aside className="column">
          <StageList adoption={a} />
          <Like adoption={a} />
        </aside>
      </div>
      {moving && <MoveDialog adoption={a} onClose={() => setMoving(false)} />}
    </>
  )
}

export function StageList({ adoption: a }: { adoption: Pick<Adoption, 'stages'> }) {
  const { t, day } = useI18n()
  return (
    <section className="card stack-2" aria-labelledby="stages">
      <h2 id="stages">{t('practice.stages')}</h2>
      <ol className="plain steps">
        {a.stages.map((s, i) => (
          <li key={i}>
            <time dateTime={s.on}>{day(s.on)}</time>
            {t(`practice.stage.${s.state}`)}
            {s.note ? <p className="small">{s.note}</p> : null}
          </li>
        ))}
      </ol>
    </section>
  )
}

/** How it went in towns of about this size. */
function Like({ adoption: a }: { adoption: Adoption }) {
  const { t, number } = useI18n()
  const lineage = useLineage(a.practice, a.residents)
  const like = lineage.data?.like
  if (!like || like.towns === 0) return null
  return (
    <section className="card stack-2" aria-labelledby="like">
      <h2 id="like">{t('practice.like')}</h2>
      <p className="small">{t('practice.like.towns', { count: like.towns, from: number(like.from), to: number(like.to) })}</p>
      {like.months > 0 ? <p className="small">{t('practice.like.months', { count: Math.round(like.months) })}</p> : null}
      <p className="small">{t('practice.like.changes', { count: Math.round(like.changes) })}</p>
    </section>
  )
}

function Move({ adoption: a }: { adoption: Adoption }) {
  const { t } = useI18n()
  const next = stages[Math.min(stages.indexOf(a.state) + 1, 3)] ?? 'using'
  const [state, setState] = useBegun('state', a.state === next || a.state === 'dropped' ? 'adapting' : next, stages)
  const day = today(useZone())
  return (
    <>
      <SelectField label={t('practice.move.to')} name="state" value={state} onChange={(e) => setState(stages.find((s) => s === e.target.value) ?? 'adapting')}>
        {stages
          .filter((s) => s !== a.state)
          .map((s) => (
            <option key={s} value={s}>
              {t(`practice.stage.${s}`)}
            </option>
          ))}
      </SelectField>
      <TextField label={t('practice.move.on')} name="on" type="date" required max={day} min={a.stages.at(-1)?.on} defaultValue={day} />
      <AreaField label={t(state === 'dropped' ? 'practice.move.why' : 'practice.move.note')} name="note" rows={3} maxLength={1000} required={state === 'dropped'} />
      <p className="small soft">{t(state === 'interested' ? 'practice.move.private' : 'practice.move.public')}</p>
    </>
  )
}

function MoveDialog({ adoption: a, onClose }: { adoption: Adoption; onClose: () => void }) {
  const { t } = useI18n()
  const { move } = useUsePractice(a.practice)
  return (
    <Dialog title={t('practice.move')} onClose={onClose}>
      <KeptForm name={`adoption.move.${a.id}`} of={a.edition} error={move.error} onSubmit={(f) => move.mutateAsync({ of: a, state: stages.find((s) => s === value(f, 'state')) ?? a.state, on: value(f, 'on'), note: value(f, 'note') })} onSent={onClose}>
        <Move adoption={a} />
        <Ends does={t('action.save')} busy={move.isPending} onClose={onClose} />
      </KeptForm>
    </Dialog>
  )
}

/** What is done otherwise than the card says, what it needed, what was learned. */
function Describe({ adoption: a }: { adoption: Adoption }) {
  const { t, locale } = useI18n()
  const { describe } = useUsePractice(a.practice)
  const unsaved = useUnsaved(`adoption.${a.id}`, a.edition, { changes: a.changes, resources: a.resources, summary: a.summary, evidence: a.evidence, lessons: a.lessons, residents: a.residents })
  const { value: x, put: set } = unsaved
  const { changes } = x
  const toast = useToast()
  const setChanges = (next: AdoptionDifference[]) => set({ changes: next })
  const put = (i: number, change: Partial<AdoptionDifference>) => setChanges(changes.map((c, j) => (i === j ? { ...c, ...change } : c)))
  return (
    <Form
      className="form wide"
      error={unsaved.stale ? undefined : describe.error}
      onSubmit={() =>
        void describe.mutateAsync({ edition: unsaved.of, body: x }).then(
          (now) => {
            unsaved.saved(x, String(now.edition))
            toast(t('state.saved'))
          },
          () => undefined, // the form says it
        )
      }
    >
      <UnsavedNotice of={unsaved} busy={describe.isPending} />
      <AreaField label={t('practice.adoption.summary')} hint={t('practice.adoption.summary.hint')} name="summary" rows={2} maxLength={600} value={x.summary} onChange={(e) => set({ summary: e.target.value })} />
      <TextField label={t('practice.territory.residents')} name="residents" type="number" min={0} value={x.residents || ''} onChange={(e) => set({ residents: Number(e.target.value) })} />
      <fieldset className="field stack-2">
        <legend>{t('practice.adoption.changes')}</legend>
        <span className="hint">{t('practice.adoption.changes.hint')}</span>
        <ul className="plain items">
          {changes.map((c, i) => (
            <li key={i}>
              <div className="row start">
                <div className="grow">
                  <SelectField label={t('practice.change.section')} value={c.section} onChange={(e) => put(i, { section: e.target.value })}>
                    {sections.map((s) => (
                      <option key={s} value={s}>
                        {t(`practice.section.${s}`)}
                      </option>
                    ))}
                  </SelectField>
                </div>
                <IconButton icon="trash" label={t('practice.remove', { what: c.here || c.card })} onClick={() => setChanges(changes.filter((_, j) => j !== i))} />
              </div>
              <div className="pair">
                <AreaField label={t('practice.change.card')} rows={2} maxLength={1000} value={c.card} onChange={(e) => put(i, { card: e.target.value })} />
                <AreaField label={t('practice.change.here')} rows={2} maxLength={1000} value={c.here} onChange={(e) => put(i, { here: e.target.value })} />
              </div>
              {c.offer === 'taken' || c.offer === 'declined' ? (
                <p>
                  <Tag kind={c.offer === 'taken' ? 'good' : 'caution'}>{t(`practice.offer.${c.offer}`)}</Tag>
                </p>
              ) : (
                <Check
                  label={t('practice.offer')}
                  hint={t('practice.offer.hint')}
                  checked={c.offer === 'offered'}
                  onChange={(e) => {
                    const { section, card, here } = c
                    setChanges(changes.map((x, j) => (i !== j ? x : e.target.checked ? { ...c, offer: 'offered' } : { section, card, here })))
                  }}
                />
              )}
            </li>
          ))}
        </ul>
        <div>
          <Button icon="plus" onClick={() => setChanges([...changes, { section: 'steps', card: '', here: '' }])}>
            {t('practice.add')}
          </Button>
        </div>
      </fieldset>
      <ResourceFields list={x.resources} onList={(resources) => set({ resources })} language={locale} first={locale} />
      <AreaField label={t('practice.section.evidence')} hint={t('practice.evidence.hint')} name="evidence" rows={3} maxLength={8000} value={x.evidence} onChange={(e) => set({ evidence: e.target.value })} />
      <AreaField label={t('practice.adoption.lessons')} hint={t('practice.adoption.lessons.hint')} name="lessons" rows={3} maxLength={8000} value={x.lessons} onChange={(e) => set({ lessons: e.target.value })} />
      <div className="row">
        <Button kind="main" type="submit" busy={describe.isPending}>
          {t('action.save')}
        </Button>
        <UnsavedState of={unsaved} />
      </div>
    </Form>
  )
}

/** The differences of an adoption, for who reads them; the authors decide on what is offered. */
export function Differences({ changes, decide }: { changes: AdoptionDifference[]; decide?: (index: number, take: boolean) => void }) {
  const { t } = useI18n()
  return (
    <ul className="plain stack">
      {changes.map((c, i) => (
        <li key={i} className="difference stack-2">
          <p className="small soft">{isSection(c.section) ? t(`practice.section.${c.section}`) : c.section}</p>
          {c.card ? (
            <p>
              <del>{c.card}</del>
            </p>
          ) : null}
          {c.here ? (
            <p>
              <ins>{c.here}</ins>
            </p>
          ) : null}
          {c.offer ? <Tag kind={c.offer === 'taken' ? 'good' : c.offer === 'declined' ? 'caution' : 'civic'}>{t(`practice.offer.${c.offer}`)}</Tag> : null}
          {c.offer === 'offered' && decide ? (
            <span className="row">
              <Button tight onClick={() => decide(i, true)}>
                {t('practice.offer.take')}
              </Button>
              <Button tight onClick={() => decide(i, false)}>
                {t('practice.offer.decline')}
              </Button>
            </span>
          ) : null}
        </li>
      ))}
    </ul>
  )
}
