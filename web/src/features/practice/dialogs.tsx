import { useLocation } from 'wouter'
import type { Adopter, Practice } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Dialog } from '../../ui/dialog'
import { Ends } from '../../ui/ends'
import { AreaField, Check, Choices, Form, value, values } from '../../ui/field'
import { KeptForm, useBegun } from '../../ui/kept-form'
import { useToast } from '../../ui/toast'
import { rubric } from './lists'
import { useLineage, useUsePractice } from './queries'

interface Props {
  practice: Practice
  onClose: () => void
}

/** The town looks at the practice: from the card, or from a town that does it its own way. */
export function AdoptDialog({ practice: p, onClose }: Props) {
  const { t } = useI18n()
  const { adopt } = useUsePractice(p.id)
  const lineage = useLineage(p.id, 0)
  const [, navigate] = useLocation()
  const others: Adopter[] = []
  const walk = (list: Adopter[]) => {
    for (const b of list) {
      if (b.state !== 'interested') others.push(b)
      walk(b.branches)
    }
  }
  walk(lineage.data?.branches ?? [])
  return (
    <Dialog title={t('practice.adopt')} onClose={onClose}>
      <Form error={adopt.error} onSubmit={(f) => adopt.mutate(values(f, 'from')[0] ?? '', { onSuccess: () => navigate(`/practices/${p.id}/adoption`) })}>
        <p>{t('practice.adopt.text', { town: p.townName })}</p>
        {others.length > 0 ? (
          <Choices legend={t('practice.adopt.from')}>
            <Check type="radio" name="from" value="" label={p.townName} hint={t('practice.adopt.card')} defaultChecked />
            {others.map((b) => (
              <Check key={b.id} type="radio" name="from" value={b.id} label={b.townName} hint={b.summary} />
            ))}
          </Choices>
        ) : null}
        <Ends does={t('practice.adopt.do')} busy={adopt.isPending} onClose={onClose} />
      </Form>
    </Dialog>
  )
}

/** A question to the authors. */
export function AskDialog({ practice: p, onClose }: Props) {
  const { t } = useI18n()
  const { ask } = useUsePractice(p.id)
  const toast = useToast()
  const sent = () => {
    toast(t('practice.asked'))
    onClose()
  }
  return (
    <Dialog title={t('practice.ask')} onClose={onClose}>
      <KeptForm name={`practice.ask.${p.id}`} error={ask.error} onSubmit={(f) => ask.mutateAsync(value(f, 'words'))} onSent={sent}>
        <AreaField label={t('practice.ask.words')} hint={t('practice.ask.hint')} name="words" rows={5} required maxLength={4000} />
        <Ends does={t('practice.ask.send')} busy={ask.isPending} onClose={onClose} />
      </KeptForm>
    </Dialog>
  )
}

function Reasons() {
  const { t } = useI18n()
  const [words, setWords] = useBegun('words', '')
  return (
    <AreaField
      label={t('practice.review.words')} hint={t('practice.review.words.hint', { count: Math.max(0, 40 - words.trim().length) })} name="words" rows={4} required minLength={40} maxLength={8000}
      value={words} onChange={(e) => setWords(e.target.value)}
    />
  )
}

/** What one's own town says of this version. */
export function ReviewDialog({ practice: p, onClose }: Props) {
  const { t } = useI18n()
  const { review } = useUsePractice(p.id)
  const toast = useToast()
  const sent = () => {
    toast(t('practice.reviewed'))
    onClose()
  }
  return (
    <Dialog title={t('practice.review')} onClose={onClose} wide>
      <KeptForm
        name={`review.${p.id}`}
        error={review.error}
        onSubmit={(f) => {
          const marks = Object.fromEntries(rubric.map((k) => [k, Number(value(f, k))]))
          return review.mutateAsync({ marks, recommends: value(f, 'recommends') === 'yes', words: value(f, 'words') })
        }}
        onSent={sent}
      >
        <p className="soft">{t('practice.review.text')}</p>
        {rubric.map((k) => (
          <fieldset key={k} className="field rubric">
            <legend>{t(`practice.rubric.${k}`)}</legend>
            <span className="hint">{t(`practice.rubric.${k}.text`)}</span>
            <div className="row">
              {([1, 2, 3, 4] as const).map((n) => (
                <Check key={n} type="radio" name={k} value={n} required label={t(`practice.rubric.mark.${n}`)} />
              ))}
            </div>
          </fieldset>
        ))}
        <Reasons />
        <Choices legend={t('practice.review.question')}>
          <Check type="radio" name="recommends" value="yes" label={t('practice.review.recommends')} required />
          <Check type="radio" name="recommends" value="no" label={t('practice.review.hesitates')} />
        </Choices>
        <Ends does={t('practice.review.send')} busy={review.isPending} onClose={onClose} />
      </KeptForm>
    </Dialog>
  )
}
