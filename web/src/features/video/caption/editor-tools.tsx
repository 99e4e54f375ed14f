import { useState } from 'react'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { AreaField, Check, Form, TextField, value } from '../../../ui/field'
import { useToast } from '../../../ui/toast'
import { count, type Edit, type Step } from './edit'
import { useAlign } from './queries'

/** Changes of many cues at once. */
export function EditorTools({ edit, video, onStep }: { edit: Edit; video: string; onStep: (s: Step) => void }) {
  const { t } = useI18n()
  return (
    <div className="stack-2">
      <details className="card">
        <summary>{t('cue.shift')}</summary>
        <Shift onStep={onStep} picked={edit.picked.size} />
      </details>
      <details className="card">
        <summary>{t('cue.replace')}</summary>
        <Replace edit={edit} onStep={onStep} />
      </details>
      <details className="card">
        <summary>{t('cue.align')}</summary>
        <Align video={video} onStep={onStep} />
      </details>
    </div>
  )
}

function Shift({ onStep, picked }: { onStep: (s: Step) => void; picked: number }) {
  const { t } = useI18n()
  const [by, setBy] = useState('0.5')
  const seconds = Number(by.replace(',', '.'))
  const fine = Number.isFinite(seconds) && seconds !== 0
  return (
    <div className="form">
      <TextField label={t('cue.shift.by')} hint={t('cue.shift.hint')} inputMode="decimal" value={by} onChange={(e) => setBy(e.target.value)} />
      <div className="row">
        <Button disabled={!fine} onClick={() => onStep({ do: 'shift', by: seconds, all: true })}>
          {t('cue.shift.all')}
        </Button>
        <Button disabled={!fine || picked === 0} onClick={() => onStep({ do: 'shift', by: seconds, all: false })}>
          {t('cue.shift.picked', { count: picked })}
        </Button>
      </div>
    </div>
  )
}

function Replace({ edit, onStep }: { edit: Edit; onStep: (s: Step) => void }) {
  const { t } = useI18n()
  const toast = useToast()
  const [find, setFind] = useState('')
  const [by, setBy] = useState('')
  const [exact, setExact] = useState(false)
  const places = count(edit.lines, find, exact)
  return (
    <div className="form">
      <TextField label={t('cue.find')} value={find} onChange={(e) => setFind(e.target.value)} />
      <TextField label={t('cue.with')} value={by} onChange={(e) => setBy(e.target.value)} />
      <Check label={t('cue.exact')} checked={exact} onChange={(e) => setExact(e.target.checked)} />
      <div className="row">
        <Button
          disabled={places === 0}
          onClick={() => {
            onStep({ do: 'replace', find, with: by, exact })
            toast(t('cue.replaced', { count: places }))
          }}
        >
          {t('cue.replace.all')}
        </Button>
        <Button
          disabled={places === 0}
          onClick={() => {
            const from = edit.lines.findIndex((l) => l.key === edit.current)
            const next = [...edit.lines.slice(from + 1), ...edit.lines.slice(0, from + 1)].find((l) => count([l], find, exact) > 0)
            if (next) onStep({ do: 'go', key: next.key })
          }}
        >
          {t('cue.find.next')}
        </Button>
        <span className="small soft" role="status">
          {find === '' ? '' : t('transcript.found', { count: places })}
        </span>
      </div>
    </div>
  )
}

function Align({ video, onStep }: { video: string; onStep: (s: Step) => void }) {
  const { t } = useI18n()
  const toast = useToast()
  const align = useAlign(video)
  return (
    <Form
      error={align.error}
      onSubmit={(f) =>
        align.mutate(value(f, 'text'), {
          onSuccess: ({ cues }) => {
            onStep({ do: 'set', lines: cues.map((c) => ({ start: c.start, end: c.end, text: c.text, voice: '', place: '' })) })
            toast(t('cue.aligned', { count: cues.length }))
          },
        })
      }
    >
      <AreaField label={t('cue.align.text')} hint={t('cue.align.hint')} name="text" required rows={6} />
      <div>
        <Button type="submit" busy={align.isPending}>
          {t('cue.align.do')}
        </Button>
      </div>
    </Form>
  )
}
