import { useState } from 'react'
import type { Challenge } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Dialog } from '../../ui/dialog'
import { Ends } from '../../ui/ends'
import { AreaField, Check, Choices, Form, SelectField, TextField, value, values } from '../../ui/field'
import { KeptForm } from '../../ui/kept-form'
import { useToast } from '../../ui/toast'
import { useCamp, useCamps, useChangeChallenge, usePlaced } from './challenge-queries'
import { reasons } from './lists'

interface Props {
  challenge: Challenge
  onClose: () => void
}

/** One's own town has the problem, too, and brings something. */
export function SponsorDialog({ challenge: c, onClose }: Props) {
  const { t } = useI18n()
  const { sponsor } = useChangeChallenge()
  const toast = useToast()
  const done = () => {
    toast(t('challenge.sponsor.done'))
    onClose()
  }
  return (
    <Dialog title={t(c.sponsored ? 'challenge.sponsor.change' : 'challenge.sponsor')} onClose={onClose}>
      <KeptForm name={`sponsor.${c.id}`} error={sponsor.error} onSubmit={(f) => sponsor.mutateAsync({ c: c.id, offer: value(f, 'offer') })} onSent={done}>
        <p>{t('challenge.sponsor.text', { town: c.townName })}</p>
        <AreaField label={t('challenge.offer')} hint={t('challenge.offer.hint')} name="offer" rows={3} maxLength={1000} />
        <Ends does={t('challenge.sponsor.do')} busy={sponsor.isPending} onClose={onClose} />
      </KeptForm>
    </Dialog>
  )
}

/** A team of a cohort takes it in hand. */
export function TakeDialog({ challenge: c, onClose }: Props) {
  const { t, words } = useI18n()
  const { take } = useChangeChallenge()
  const camps = useCamps()
  const [bootcamp, setBootcamp] = useState('')
  const [cohort, setCohort] = useState('')
  const camp = useCamp(bootcamp)
  const led = camp.data?.cohorts.filter((x) => x.leads) ?? []
  const chosen = led.find((x) => x.id === cohort)?.id ?? led[0]?.id ?? ''
  const placed = usePlaced(bootcamp, chosen)
  const open = camps.data?.items.filter((b) => b.state === 'open') ?? []
  return (
    <Dialog title={t('challenge.take')} onClose={onClose}>
      <Form error={take.error ?? camps.error ?? camp.error ?? placed.error} onSubmit={(f) => take.mutate({ c: c.id, bootcamp, cohort: chosen, name: value(f, 'name'), members: values(f, 'members') }, { onSuccess: onClose })}>
        <p>{t('challenge.take.text')}</p>
        <SelectField label={t('challenge.take.bootcamp')} value={bootcamp} required onChange={(e) => { setBootcamp(e.target.value); setCohort('') }}>
          <option value="">{t('practice.choose')}</option>
          {open.map((b) => (
            <option key={b.id} value={b.id}>
              {words(b.title)}
            </option>
          ))}
        </SelectField>
        {bootcamp && camp.data && led.length === 0 ? <p className="small">{t('challenge.take.none')}</p> : null}
        {led.length > 0 ? (
          <SelectField label={t('challenge.take.cohort')} value={chosen} onChange={(e) => setCohort(e.target.value)}>
            {led.map((x) => (
              <option key={x.id} value={x.id}>
                {x.name}
              </option>
            ))}
          </SelectField>
        ) : null}
        {placed.data ? (
          <Choices legend={t('challenge.take.members')}>
            {placed.data.items.map((m) => (
              <Check key={m.person} name="members" value={m.person} label={m.name} hint={m.town.name} />
            ))}
          </Choices>
        ) : null}
        <TextField label={t('challenge.take.name')} name="name" required maxLength={120} />
        <Ends does={t('challenge.take.do')} busy={take.isPending} onClose={onClose} />
      </Form>
    </Dialog>
  )
}

/** It ends: as a practice, or not solved, with reasons. */
export function EndDialog({ challenge: c, solved, onClose }: Props & { solved: boolean }) {
  const { t } = useI18n()
  const { end } = useChangeChallenge()
  const title = t(solved ? 'challenge.end.solved' : 'challenge.end.unsolved')
  return (
    <Dialog title={title} onClose={onClose} wide>
      <KeptForm name={`challenge.end.${c.id}.${String(solved)}`} error={end.error} onSubmit={(f) => end.mutateAsync({ c: c.id, solved, reasons: values(f, 'reasons'), words: value(f, 'words') })} onSent={onClose}>
        <p>{t(solved ? 'challenge.end.solved.text' : 'challenge.end.unsolved.text')}</p>
        {solved ? null : (
          <Choices legend={t('challenge.reasons')}>
            {reasons.map((r) => (
              <Check key={r} name="reasons" value={r} label={t(`challenge.reason.${r}`)} />
            ))}
          </Choices>
        )}
        <AreaField label={t(solved ? 'challenge.answer' : 'challenge.because')} hint={solved ? undefined : t('challenge.because.hint')} name="words" rows={5} required minLength={solved ? 1 : 40} maxLength={4000} />
        <Ends does={title} busy={end.isPending} onClose={onClose} />
      </KeptForm>
    </Dialog>
  )
}
