import { useState } from 'react'
import { Link } from 'wouter'
import type { BootcampOutput } from '../../../api/types'
import { useZone } from '../../../api/zone'
import { today } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'
import { isLocale, locales } from '../../../lib/locale'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { SelectField, TextField, value } from '../../../ui/field'
import { KeptForm, useBegun } from '../../../ui/kept-form'
import { More } from '../../../ui/more'
import { Tag } from '../../../ui/notice'
import { Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import { CohortField } from './cohort-field'
import { PracticeChoice } from './practice-choice'
import { useEnter, useOutputs } from './queries'
import { outputs as kinds } from './value'
import { Withdraw } from './withdraw'

/** What a bootcamp has brought forth, or one of its cohorts; who may note it also puts it right. */
export function Outputs({ bootcamp, cohort = '', hosting }: { bootcamp: string; cohort?: string; hosting: boolean }) {
  const { t, day } = useI18n()
  const outputs = useOutputs(bootcamp, cohort)
  const { endOutput } = useEnter(bootcamp)
  const [open, setOpen] = useState<BootcampOutput | 'new'>()
  const [ending, setEnding] = useState<BootcampOutput>()
  return (
    <div className="stack-2">
      <div className="row between">
        <h3>{t('fig.outputs.noted')}</h3>
        {hosting ? (
          <Button icon="plus" onClick={() => setOpen('new')}>
            {t('fig.output.new')}
          </Button>
        ) : null}
      </div>
      <Loaded query={outputs}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="soft">{t('fig.outputs.none')}</p>
          ) : (
            <ul className="plain list">
              {items.map((o) => (
                <li key={o.id}>
                  <span className="grow">
                    {o.url ? (
                      <a href={o.url} lang={o.language} rel="noreferrer">
                        {o.title}
                      </a>
                    ) : (
                      <span lang={o.language}>{o.title}</span>
                    )}
                    <span className="small soft">
                      {' '}
                      {o.practice ? (
                        <Link href={`/practices/${o.practice}`}>
                          {t('fig.output.card')}
                          <span className="hidden">: {o.title}</span>
                        </Link>
                      ) : (
                        t(`fig.output.${o.kind}`)
                      )}{' '}
                      · {day(o.on)}
                    </span>
                  </span>
                  {o.gone ? (
                    <Tag kind="caution">{t('fig.gone', { reason: o.gone })}</Tag>
                  ) : hosting ? (
                    <span className="row no-print">
                      <Button tight onClick={() => setOpen(o)}>
                        {t('action.change')}
                        <span className="hidden">: {o.title}</span>
                      </Button>
                      <Button tight onClick={() => setEnding(o)}>
                        {t('fig.withdraw')}
                        <span className="hidden">: {o.title}</span>
                      </Button>
                    </span>
                  ) : null}
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
      <More pages={outputs} />
      {open ? <OutputForm bootcamp={bootcamp} fixed={cohort} of={open === 'new' ? undefined : open} onClose={() => setOpen(undefined)} /> : null}
      {ending ? (
        <Withdraw id={ending.id} error={endOutput.error} busy={endOutput.isPending} onClose={() => setEnding(undefined)} onDo={(reason) => endOutput.mutateAsync({ o: ending.id, reason })} />
      ) : null}
    </div>
  )
}

function OutputFields({ bootcamp: b, fixed, of }: { bootcamp: string; fixed: string; of: BootcampOutput | undefined }) {
  const zone = useZone()
  const { t, locale, languageName } = useI18n()
  const [cohort, setCohort] = useBegun('cohort', of?.cohort ?? fixed)
  const [kind, setKind] = useBegun('kind', of?.kind ?? 'document', kinds)
  const [practice, setPractice] = useBegun('practice', of?.practice ?? '')
  return (
    <>
      <SelectField label={t('fig.part.kind')} name="kind" value={kind} onChange={(e) => setKind(kinds.find((x) => x === e.target.value) ?? 'document')}>
        {kinds.map((x) => (
          <option key={x} value={x}>
            {t(`fig.output.${x}`)}
          </option>
        ))}
      </SelectField>
      {kind === 'practice' || practice ? <PracticeChoice chosen={practice} of={of} onChoose={setPractice} /> : null}
      <input type="hidden" name="practice" value={practice} readOnly />
      <TextField label={t('fig.output.title')} {...(practice ? { hint: t('fig.output.title.hint') } : {})} name="title" required={!practice} maxLength={200} defaultValue={of?.title ?? ''} />
      <div className="pair">
        <SelectField label={t('meet.language')} name="language" defaultValue={of?.language ?? locale}>
          {locales.map((x) => (
            <option key={x} value={x}>
              {languageName(x)}
            </option>
          ))}
        </SelectField>
        <TextField label={t('fig.on')} name="on" type="date" required defaultValue={of?.on ?? today(zone)} />
      </div>
      {fixed ? null : <CohortField bootcamp={b} value={cohort} onChange={setCohort} />}
      <TextField label={t('fig.output.url')} hint={t('meet.link.hint')} name="url" type="url" maxLength={2000} defaultValue={of?.url ?? ''} />
    </>
  )
}

export function OutputForm({ bootcamp: b, fixed, of, onClose }: { bootcamp: string; fixed: string; of: BootcampOutput | undefined; onClose: () => void }) {
  const { t, locale } = useI18n()
  const { addOutput, changeOutput } = useEnter(b)
  const toast = useToast()
  const done = () => {
    toast(t('state.saved'))
    onClose()
  }
  return (
    <Dialog title={t(of ? 'fig.output.edit' : 'fig.output.new')} onClose={onClose}>
      <KeptForm
        name={`output.${of?.id ?? `${b}.${fixed}`}`}
        of={of?.edition ?? ''}
        error={addOutput.error ?? changeOutput.error}
        onSent={done}
        onSubmit={(f) => {
          const [language, cohort, practice] = [value(f, 'language'), value(f, 'cohort') || fixed, value(f, 'practice')]
          const body = {
            on: value(f, 'on'), kind: kinds.find((x) => x === value(f, 'kind')) ?? 'document', title: value(f, 'title'), language: isLocale(language) ? language : locale,
            ...(cohort ? { cohort } : {}), ...(value(f, 'url') ? { url: value(f, 'url') } : {}), ...(practice ? { practice } : {}),
          }
          return of ? changeOutput.mutateAsync({ of, ...body }) : addOutput.mutateAsync(body)
        }}
      >
        <OutputFields bootcamp={b} fixed={fixed} of={of} />
        <Ends does={t('action.save')} busy={addOutput.isPending || changeOutput.isPending} onClose={onClose} />
      </KeptForm>
    </Dialog>
  )
}
