import { useState } from 'react'
import { Link } from 'wouter'
import type { RunSheetLine } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Confirm } from '../../ui/confirm'
import { Dialog } from '../../ui/dialog'
import { Ends } from '../../ui/ends'
import { Form, TextField, value } from '../../ui/field'
import { Icon } from '../../ui/icon'
import { Menu, MenuButton } from '../../ui/menu'
import { More } from '../../ui/more'
import { PageHead } from '../../ui/page-head'
import { Empty, Loaded } from '../../ui/states'
import './bootcamp.css'
import { useChangeSheets, useSheet, useSheets } from './queries'

/** The run-sheets that one's town keeps to plan from them again. */
export default function SheetsPage() {
  const { t } = useI18n()
  const sheets = useSheets()
  return (
    <>
      <PageHead title={t('sheet.title')} lead={t('sheet.lead')} crumb={<Link href="/bootcamps">{t('camp.title')}</Link>} />
      <div className="stack">
        <Loaded query={sheets}>
          {({ items }) =>
            items.length === 0 ? (
              <Empty icon="list" title={t('sheet.none')}>
                {t('sheet.none.text')}
              </Empty>
            ) : (
              <ul className="plain stack">
                {items.map((s) => (
                  <Kept key={s.id} sheet={s} />
                ))}
              </ul>
            )
          }
        </Loaded>
        <More pages={sheets} />
      </div>
    </>
  )
}

function Kept({ sheet: s }: { sheet: RunSheetLine }) {
  const { t } = useI18n()
  const [open, setOpen] = useState(false)
  const [doing, setDoing] = useState<'rename' | 'drop'>()
  const { drop } = useChangeSheets()
  const shut = () => setDoing(undefined)
  return (
    <li className="card stack-2">
      <div className="row between kept">
        <h2>{s.name}</h2>
        <Menu label={t('sheet.more', { name: s.name })} face={<Icon name="more" />}>
          <MenuButton icon="edit" onClick={() => setDoing('rename')}>
            {t('action.rename')}
          </MenuButton>
          <MenuButton icon="trash" onClick={() => setDoing('drop')}>
            {t('sheet.drop')}
          </MenuButton>
        </Menu>
      </div>
      <p className="soft small">{t('sheet.size', { sessions: s.sessions, days: s.days })}</p>
      <details onToggle={(e) => setOpen(e.currentTarget.open)}>
        <summary>
          {t('sheet.show')}
          <span className="hidden">: {s.name}</span>
        </summary>
        {open ? <Sheet id={s.id} /> : null}
      </details>
      {doing === 'rename' ? <Rename sheet={s} onClose={shut} /> : null}
      {doing === 'drop' ? (
        <Confirm title={t('sheet.drop')} does={t('sheet.drop')} error={drop.error} busy={drop.isPending} onClose={shut} onDo={() => drop.mutate(s.id, { onSuccess: shut })}>
          {t('sheet.drop.text')}
        </Confirm>
      ) : null}
    </li>
  )
}

function Sheet({ id }: { id: string }) {
  const { t } = useI18n()
  return (
    <Loaded query={useSheet(id)}>
      {({ sheet }) => (
        <ol className="plain list">
          {sheet.map((p, i) => (
            <li key={i}>
              <div className="grow">
                <b lang={p.language}>{p.title}</b>
                <p className="soft small">
                  {[t('sheet.day', { number: p.day + 1 }), `${p.clock} (${p.zone})`, t('minutes', { count: p.minutes }), t(`meet.kind.${p.kind}`), t(`meet.mode.${p.mode}`)].join(' · ')}
                </p>
              </div>
            </li>
          ))}
        </ol>
      )}
    </Loaded>
  )
}

function Rename({ sheet: s, onClose }: { sheet: RunSheetLine; onClose: () => void }) {
  const { t } = useI18n()
  const { rename } = useChangeSheets()
  return (
    <Dialog title={t('action.rename')} onClose={onClose}>
      <Form error={rename.error} onSubmit={(f) => rename.mutate({ of: s, name: value(f, 'name') }, { onSuccess: onClose })}>
        <TextField label={t('sheet.name')} name="name" required maxLength={200} defaultValue={s.name} />
        <Ends does={t('action.save')} busy={rename.isPending} onClose={onClose} />
      </Form>
    </Dialog>
  )
}
