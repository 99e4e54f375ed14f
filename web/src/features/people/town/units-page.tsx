import { useState } from 'react'
import type { Unit } from '../../../api/types'
import { say } from '../../../lib/fault'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { Form, TextField, value } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import { useChangeUnits, useUnits } from './queries'

export default function UnitsPage() {
  const i18n = useI18n()
  const { t } = i18n
  const units = useUnits()
  const { add, rename, remove } = useChangeUnits()
  const toast = useToast()
  const [renaming, setRenaming] = useState<Unit>()
  const [round, setRound] = useState(0)
  return (
    <>
      <PageHead title={t('units.title')} lead={t('units.lead')} />
      <div className="two even">
        <div className="stack">
          {remove.error ? (
            <Notice kind="wrong" alert>
              {say(remove.error, i18n)}
            </Notice>
          ) : null}
          <Loaded query={units}>
            {({ items }) =>
              items.length === 0 ? (
                <Empty icon="list" title={t('units.empty')}>
                  {t('units.empty.text')}
                </Empty>
              ) : (
                <ul className="plain list">
                  {items.map((u) => (
                    <li key={u.id}>
                      <span className="grow">{u.name}</span>
                      <Button tight onClick={() => setRenaming(u)}>
                        {t('action.rename')}
                        <span className="hidden">: {u.name}</span>
                      </Button>
                      <Button tight kind="quiet" busy={remove.isPending} onClick={() => remove.mutate(u.id, { onSuccess: () => toast(t('units.removed')) })}>
                        {t('action.remove')}
                        <span className="hidden">: {u.name}</span>
                      </Button>
                    </li>
                  ))}
                </ul>
              )
            }
          </Loaded>
        </div>
        <section className="card stack" aria-labelledby="new">
          <h2 id="new">{t('units.new')}</h2>
          <Form
            key={round}
            error={add.error}
            onSubmit={(f) =>
              add.mutate(value(f, 'name'), {
                onSuccess: () => {
                  toast(t('state.saved'))
                  setRound(round + 1)
                },
              })
            }
          >
            <TextField label={t('units.name')} name="name" required maxLength={120} />
            <Button kind="main" type="submit" busy={add.isPending}>
              {t('action.add')}
            </Button>
          </Form>
        </section>
      </div>
      {renaming && (
        <Dialog title={t('action.rename')} onClose={() => setRenaming(undefined)}>
          <Form error={rename.error} onSubmit={(f) => rename.mutate({ id: renaming.id, name: value(f, 'name') }, { onSuccess: () => setRenaming(undefined) })}>
            <TextField label={t('units.name')} name="name" required maxLength={120} defaultValue={renaming.name} />
            <Ends does={t('action.save')} busy={rename.isPending} onClose={() => setRenaming(undefined)} />
          </Form>
        </Dialog>
      )}
    </>
  )
}
