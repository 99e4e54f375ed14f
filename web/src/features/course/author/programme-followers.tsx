import { useState } from 'react'
import type { Programme, ProgrammeMove } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Form } from '../../../ui/field'
import { Notice } from '../../../ui/notice'
import { Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import { useMoveFollowers, useProgrammeMove } from './programme-queries'

type Change = ProgrammeMove['changes'][number]

/** Those who follow earlier versions: they stay, or the author lets them go on with the offered one. */
export function ProgrammeFollowers({ programme: p }: { programme: Programme }) {
  const { t } = useI18n()
  const offered = p.state === 'published' && p.version > 1
  const move = useProgrammeMove(p.id, offered)
  const [asking, setAsking] = useState(false)
  if (!offered) return null
  return (
    <section className="card stack-2" aria-labelledby="followers">
      <h2 id="followers">{t('programmes.followers')}</h2>
      <Loaded query={move}>
        {(m) =>
          m.moving ? (
            <Notice>{t('programmes.move.moving', { version: m.to })}</Notice>
          ) : m.followers === 0 ? (
            <p className="small soft">{t('programmes.followers.none')}</p>
          ) : (
            <>
              <p>{t('programmes.followers.text', { count: m.followers })}</p>
              <Button onClick={() => setAsking(true)}>{t('programmes.move')}</Button>
            </>
          )
        }
      </Loaded>
      {asking && move.data ? <Preview programme={p} move={move.data} onClose={() => setAsking(false)} /> : null}
    </section>
  )
}

/** What would change for them, before it does. */
function Preview({ programme: p, move: m, onClose }: { programme: Programme; move: ProgrammeMove; onClose: () => void }) {
  const { t } = useI18n()
  const toast = useToast()
  const go = useMoveFollowers(p.id)
  return (
    <Dialog title={t('programmes.move')} onClose={onClose}>
      <Form
        error={go.error}
        onSubmit={() =>
          go.mutate(m.to, {
            onSuccess: (next) => {
              toast(next.moving ? t('programmes.move.moving', { version: next.to }) : next.followers > 0 ? t('programmes.move.some', { count: next.followers }) : t('programmes.move.done', { version: next.to }))
              onClose()
            },
          })
        }
      >
        <p>{t('programmes.move.text')}</p>
        {m.changes.map((c) => (
          <section key={c.version} className="stack-2">
            <h3>{t('programmes.move.from', { version: c.version, count: c.followers })}</h3>
            <Changes change={c} />
          </section>
        ))}
        <div className="row">
          <Button kind="main" type="submit" busy={go.isPending}>
            {t('programmes.move.do', { version: m.to })}
          </Button>
          <Button onClick={onClose}>{t('programmes.move.leave')}</Button>
        </div>
      </Form>
    </Dialog>
  )
}

function Changes({ change: c }: { change: Change }) {
  const { t, list, words } = useI18n()
  const names = (of: Change['added']) => list(of.map((x) => words(x.title)))
  const lines = [
    c.added.length > 0 ? t('programmes.move.added', { courses: names(c.added) }) : '',
    c.removed.length > 0 ? t('programmes.move.removed', { courses: names(c.removed) }) : '',
    c.required.length > 0 ? t('programmes.move.required', { courses: names(c.required) }) : '',
    c.elective.length > 0 ? t('programmes.move.elective', { courses: names(c.elective) }) : '',
    c.electivesWas !== c.electivesIs ? t('programmes.move.electives', { was: c.electivesWas, is: c.electivesIs }) : '',
  ].filter(Boolean)
  if (lines.length === 0) return <p className="small">{t('programmes.move.same')}</p>
  return (
    <ul className="small">
      {lines.map((l) => (
        <li key={l}>{l}</li>
      ))}
    </ul>
  )
}
