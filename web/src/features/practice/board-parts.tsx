import type { PostingLine } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Dialog } from '../../ui/dialog'
import { Ends } from '../../ui/ends'
import { AreaField, value } from '../../ui/field'
import { KeptForm } from '../../ui/kept-form'
import { Tag } from '../../ui/notice'
import { useChangeBoard } from './board-queries'

/** The last day, which is a day of the calendar wherever one reads. */
export function useDay() {
  const { date } = useI18n()
  return (day: string) => date(`${day}T12:00:00`)
}

/** What it is, and whether it still holds. */
export function PostingTags({ of: p }: { of: PostingLine }) {
  const { t } = useI18n()
  return (
    <>
      <Tag kind="civic">{t(`board.kind.${p.kind}`)}</Tag>
      {p.state === 'shown' ? null : <Tag kind="caution">{t(`board.state.${p.state}`)}</Tag>}
    </>
  )
}

/** When an event begins: on the reader's clock, and on that of its town if it shows another time. */
export function Begins({ of: p }: { of: PostingLine }) {
  const { t, span } = useI18n()
  if (!p.begins) return null
  const here = span(p.begins, p.begins)
  const there = span(p.begins, p.begins, p.zone)
  return (
    <>
      {here}
      {here === there ? null : <span className="soft small"> · {t('meet.there', { when: there, zone: p.zone })}</span>}
    </>
  )
}

/** Takes a notice from the board with a reason. */
export function WithdrawDialog({ id, onClose }: { id: string; onClose: () => void }) {
  const { t } = useI18n()
  const { withdraw } = useChangeBoard()
  return (
    <Dialog title={t('board.withdraw')} onClose={onClose}>
      <KeptForm name={`board.withdraw.${id}`} error={withdraw.error} onSubmit={(f) => withdraw.mutateAsync({ n: id, reason: value(f, 'reason') })} onSent={onClose}>
        <AreaField label={t('wiki.reason')} hint={t('board.withdraw.hint')} name="reason" rows={3} required maxLength={1000} />
        <Ends kind="danger" does={t('board.withdraw')} busy={withdraw.isPending} onClose={onClose} />
      </KeptForm>
    </Dialog>
  )
}
