import type { Bootcamp, BootcampChange } from '../../api/types'
import { useZone } from '../../api/zone'
import { today } from '../../lib/format'
import { useI18n } from '../../lib/i18n'
import { isLocale, localeNames, locales } from '../../lib/locale'
import { useUnsaved } from '../../lib/unsaved'
import { Button } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { AreaField, Check, Choices, Form, SelectField, TextField } from '../../ui/field'
import { UnsavedNotice, UnsavedState } from '../../ui/unsaved'
import { among, written } from '../../ui/written'
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
  const zone = useZone()
  const day = today(zone)
  const start = of?.languages[0]
  const language = start && isLocale(start) ? start : locale
  const unsaved = useUnsaved(`bootcamp.${of?.id ?? 'new'}`, of?.edition ?? '', {
    language, title: of?.title[language] ?? '', summary: of?.summary[language] ?? '', languages: of?.languages ?? [language],
    first: of?.first ?? day, last: of?.last ?? day, zone: of?.zone ?? zone ?? Intl.DateTimeFormat().resolvedOptions().timeZone, towns: of?.towns.map((x) => x.id) ?? [],
    territories: of?.territories.join('\n') ?? '', partners: of?.partners.map(writePartner).join('\n') ?? '', funding: of?.funding.map((x) => `${x.kind}: ${x.code}`).join('\n') ?? '',
    persons: String(of?.targets.persons ?? 0), 'target-towns': String(of?.targets.towns ?? 0), hours: String(of?.targets.hours ?? 0), practices: String(of?.targets.practices ?? 0),
  })
  const { value: x } = unsaved
  const send = () => {
    const body: BootcampChange = {
      title: { ...of?.title, [x.language]: x.title.trim() },
      summary: { ...of?.summary, [x.language]: x.summary.trim() },
      languages: [x.language, ...locales.filter((l) => l !== x.language && x.languages.includes(l))].filter(isLocale),
      first: x.first,
      last: x.last,
      zone: x.zone,
      towns: x.towns,
      territories: lines(x.territories),
      partners: lines(x.partners).map(readPartner),
      funding: lines(x.funding).map(readFunding),
      targets: { persons: Number(x.persons), towns: Number(x['target-towns']), hours: Number(x.hours), practices: Number(x.practices) },
    }
    void (of ? change.mutateAsync({ b: of.id, edition: unsaved.of, ...body }) : make.mutateAsync(body)).then(
      (now) => {
        unsaved.saved(x, of ? String(now.edition) : '')
        onClose()
        onMade?.(now)
      },
      () => undefined, // the form says it
    )
  }
  return (
    <Dialog title={t(of ? 'camp.edit' : 'camp.new')} onClose={onClose} wide>
      <Form error={unsaved.stale ? undefined : (make.error ?? change.error)} onSubmit={send}>
        <UnsavedNotice of={unsaved} busy={change.isPending} />
        <TextField label={t('camp.name')} {...written(unsaved, 'title')} required maxLength={200} lang={x.language} />
        <AreaField label={t('camp.summary')} hint={t('camp.summary.hint')} {...written(unsaved, 'summary')} rows={5} maxLength={4000} lang={x.language} />
        <div className="pair">
          <TextField label={t('camp.first')} {...written(unsaved, 'first')} type="date" required />
          <TextField label={t('camp.last')} {...written(unsaved, 'last')} type="date" required />
        </div>
        <SelectField label={t('camp.zone')} {...written(unsaved, 'zone')}>
          {zones(x.zone).map((z) => (
            <option key={z}>{z}</option>
          ))}
        </SelectField>
        <Choices legend={t('camp.languages')}>
          <div className="three tight">
            {locales.map((l) => (
              <Check key={l} {...among(unsaved, 'languages', l)} label={<span lang={l}>{localeNames[l]}</span>} />
            ))}
          </div>
        </Choices>
        <Choices legend={t('camp.towns')} hint={t('camp.towns.hint')}>
          {(towns.data ?? []).map((o) => (
            <Check key={o.id} {...among(unsaved, 'towns', o.id)} label={o.name} />
          ))}
        </Choices>
        <AreaField label={t('camp.territories')} hint={t('camp.lines')} {...written(unsaved, 'territories')} rows={2} />
        <AreaField label={t('camp.partners')} hint={t('camp.partners.hint', { example: 'trainer: Università di Bergamo (IT)' })} {...written(unsaved, 'partners')} rows={3} />
        <AreaField label={t('camp.funding')} hint={t('camp.funding.hint', { example: 'cup: B81J22000010006' })} {...written(unsaved, 'funding')} rows={3} />
        <Choices legend={t('camp.targets')} hint={t('camp.targets.hint')}>
          <div className="pair">
            <TextField label={t('camp.targets.persons')} {...written(unsaved, 'persons')} type="number" min={0} max={1000000} />
            <TextField label={t('camp.targets.towns')} {...written(unsaved, 'target-towns')} type="number" min={0} max={1000000} />
          </div>
          <div className="pair">
            <TextField label={t('camp.targets.hours')} {...written(unsaved, 'hours')} type="number" min={0} max={1000000} />
            <TextField label={t('camp.targets.practices')} {...written(unsaved, 'practices')} type="number" min={0} max={1000000} />
          </div>
        </Choices>
        <div className="row">
          <Button kind="main" type="submit" busy={make.isPending || change.isPending}>
            {t('action.save')}
          </Button>
          <Button onClick={onClose}>{t('action.cancel')}</Button>
          <UnsavedState of={unsaved} quiet />
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
