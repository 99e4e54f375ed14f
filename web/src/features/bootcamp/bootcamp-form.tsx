import type { Bootcamp, BootcampChange } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { isLocale, localeNames, locales } from '../../lib/locale'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { AreaField, Check, Choices, Form, SelectField, TextField, value, values } from '../../ui/field'
import { useChangeBootcamp, useTownChoices } from './queries'

const fundings = ['programme', 'call', 'grant', 'cup', 'cig', 'other'] as const
const roles = ['lead', 'partner', 'associated', 'funder', 'trainer', 'venue'] as const

/** Zones of Europe, and the one that is there. */
export function zones(own: string): string[] {
  const known = Intl.supportedValuesOf('timeZone').filter((z) => z.startsWith('Europe/') || z.startsWith('Atlantic/'))
  return known.includes(own) ? known : [own, ...known]
}

/** One entry a line: "role: Name (IT)" and "kind: code", so that a list of partners can be pasted. */
function lines(text: string): string[] {
  return text
    .split('\n')
    .map((l) => l.trim())
    .filter(Boolean)
}

/** Makes a bootcamp, or changes one. */
export function BootcampForm({ of, onClose, onMade }: { of?: Bootcamp; onClose: () => void; onMade?: (b: Bootcamp) => void }) {
  const { t, locale } = useI18n()
  const { make, change } = useChangeBootcamp()
  const towns = useTownChoices()
  const busy = make.isPending || change.isPending
  const start = of?.languages[0]
  const language = start && isLocale(start) ? start : locale
  const send = (f: FormData) => {
    const spoken = values(f, 'languages').filter(isLocale)
    const body: BootcampChange = {
      title: { ...of?.title, [language]: value(f, 'title') },
      summary: { ...of?.summary, [language]: value(f, 'summary') },
      languages: [language, ...spoken.filter((l) => l !== language)],
      first: value(f, 'first'),
      last: value(f, 'last'),
      zone: value(f, 'zone'),
      towns: values(f, 'towns'),
      territories: lines(value(f, 'territories')),
      partners: lines(value(f, 'partners')).map(readPartner),
      funding: lines(value(f, 'funding')).map(readFunding),
      targets: { persons: Number(value(f, 'persons')), towns: Number(value(f, 'target-towns')), hours: Number(value(f, 'hours')), practices: Number(value(f, 'practices')) },
    }
    if (of) change.mutate({ of, ...body }, { onSuccess: onClose })
    else make.mutate(body, { onSuccess: (b) => onMade?.(b) })
  }
  const today = new Date().toISOString().slice(0, 10)
  const zone = of?.zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone
  return (
    <Dialog title={t(of ? 'camp.edit' : 'camp.new')} onClose={onClose} wide>
      <Form error={make.error ?? change.error} onSubmit={send}>
        <TextField label={t('camp.name')} name="title" required maxLength={200} defaultValue={of?.title[language] ?? ''} lang={language} />
        <AreaField label={t('camp.summary')} hint={t('camp.summary.hint')} name="summary" rows={5} maxLength={4000} defaultValue={of?.summary[language] ?? ''} lang={language} />
        <div className="pair">
          <TextField label={t('camp.first')} name="first" type="date" required defaultValue={of?.first ?? today} />
          <TextField label={t('camp.last')} name="last" type="date" required defaultValue={of?.last ?? today} />
        </div>
        <SelectField label={t('camp.zone')} name="zone" defaultValue={zone}>
          {zones(zone).map((z) => (
            <option key={z}>{z}</option>
          ))}
        </SelectField>
        <Choices legend={t('camp.languages')}>
          <div className="three tight">
            {locales.map((l) => (
              <Check key={l} name="languages" value={l} label={<span lang={l}>{localeNames[l]}</span>} defaultChecked={of ? of.languages.includes(l) : l === language} />
            ))}
          </div>
        </Choices>
        <Choices legend={t('camp.towns')} hint={t('camp.towns.hint')}>
          {(towns.data ?? []).map((o) => (
            <Check key={o.id} name="towns" value={o.id} label={o.name} defaultChecked={of?.towns.some((x) => x.id === o.id) ?? false} />
          ))}
        </Choices>
        <AreaField label={t('camp.territories')} hint={t('camp.lines')} name="territories" rows={2} defaultValue={of?.territories.join('\n') ?? ''} />
        <AreaField label={t('camp.partners')} hint={t('camp.partners.hint', { example: 'trainer: Università di Bergamo (IT)' })} name="partners" rows={3} defaultValue={of?.partners.map(writePartner).join('\n') ?? ''} />
        <AreaField label={t('camp.funding')} hint={t('camp.funding.hint', { example: 'cup: B81J22000010006' })} name="funding" rows={3} defaultValue={of?.funding.map((x) => `${x.kind}: ${x.code}`).join('\n') ?? ''} />
        <Choices legend={t('camp.targets')} hint={t('camp.targets.hint')}>
          <div className="pair">
            <TextField label={t('camp.targets.persons')} name="persons" type="number" min={0} max={1000000} defaultValue={of?.targets.persons ?? 0} />
            <TextField label={t('camp.targets.towns')} name="target-towns" type="number" min={0} max={1000000} defaultValue={of?.targets.towns ?? 0} />
          </div>
          <div className="pair">
            <TextField label={t('camp.targets.hours')} name="hours" type="number" min={0} max={1000000} defaultValue={of?.targets.hours ?? 0} />
            <TextField label={t('camp.targets.practices')} name="practices" type="number" min={0} max={1000000} defaultValue={of?.targets.practices ?? 0} />
          </div>
        </Choices>
        <div className="row">
          <Button kind="main" type="submit" busy={busy}>
            {t('action.save')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
        </div>
      </Form>
    </Dialog>
  )
}

type Partner = Bootcamp['partners'][number]
type Funding = Bootcamp['funding'][number]

const writePartner = (p: Partner) => `${p.role}: ${p.name}${p.country ? ` (${p.country})` : ''}`

function readPartner(line: string): Partner {
  const [, role = '', rest = line] = /^(\w+)\s*:\s*(.*)$/.exec(line) ?? []
  const [, name = rest, country = ''] = /^(.*?)\s*\(([A-Za-z]{2})\)$/.exec(rest) ?? []
  return { role: roles.find((r) => r === role.toLowerCase()) ?? 'partner', name, ...(country ? { country: country.toUpperCase() } : {}) }
}

function readFunding(line: string): Funding {
  const [, kind = '', code = line] = /^(\w+)\s*:\s*(.*)$/.exec(line) ?? []
  return { kind: fundings.find((k) => k === kind.toLowerCase()) ?? 'other', code }
}
