import { useState } from 'react'
import type { Organisation } from '../../../api/types'
import { guessCountry, useCountries } from '../../../lib/countries'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Dialog } from '../../../ui/dialog'
import { Ends } from '../../../ui/ends'
import { AreaField, Form, SelectField, TextField, value } from '../../../ui/field'
import { More } from '../../../ui/more'
import { Notice, Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useSayFault, useToast } from '../../../ui/toast'
import { EmailField, LocaleField, NameField } from '../account-fields'
import { useAppoint, useClosing, useNewTown, useTowns } from './queries'

export default function TownsPage() {
  const { t, date, countryName } = useI18n()
  const towns = useTowns()
  const [adding, setAdding] = useState(false)
  const [appointing, setAppointing] = useState<Organisation>()
  const [closing, setClosing] = useState<Organisation>()
  const { reopen } = useClosing()
  const sayFault = useSayFault()
  const toast = useToast()
  return (
    <>
      <PageHead
        title={t('towns.title')}
        lead={t('towns.lead')}
        action={
          <Button kind="main" icon="plus" onClick={() => setAdding(true)}>
            {t('towns.new')}
          </Button>
        }
      />
      <Loaded query={towns}>
        {({ items }) =>
          items.length === 0 ? (
            <Empty icon="town" title={t('towns.empty')} action={<Button onClick={() => setAdding(true)}>{t('towns.new')}</Button>}>
              {t('towns.empty.text')}
            </Empty>
          ) : (
            <table className="table">
              <thead>
                <tr>
                  <th scope="col">{t('towns.name')}</th>
                  <th scope="col">{t('towns.kind')}</th>
                  <th scope="col">{t('towns.country')}</th>
                  <th scope="col">{t('towns.since')}</th>
                  <th>
                    <span className="hidden">{t('table.actions')}</span>
                  </th>
                </tr>
              </thead>
              <tbody>
                {items.map((o) => (
                  <tr key={o.id}>
                    <th scope="row">
                      {o.name} <span className="soft small">{o.slug}</span>
                      {o.closed ? (
                        <p>
                          <Tag kind="caution">{t('towns.closed', { date: date(o.closed) })}</Tag>
                        </p>
                      ) : null}
                    </th>
                    <td data-label={t('towns.kind')}>{t(`towns.kind.${o.kind}`)}</td>
                    <td data-label={t('towns.country')}>{countryName(o.country)}</td>
                    <td className="day" data-label={t('towns.since')}>{date(o.created)}</td>
                    <td className="acts">
                      {o.closed ? (
                        <Button tight busy={reopen.isPending} onClick={() => reopen.mutate(o.id, { onError: sayFault, onSuccess: () => toast(t('towns.reopened', { town: o.name })) })}>
                          {t('towns.reopen')}
                          <span className="hidden">: {o.name}</span>
                        </Button>
                      ) : (
                        <span className="row">
                          <Button tight onClick={() => setAppointing(o)}>
                            {t('towns.appoint')}
                            <span className="hidden">: {o.name}</span>
                          </Button>
                          <Button tight kind="quiet" onClick={() => setClosing(o)}>
                            {t('towns.close')}
                            <span className="hidden">: {o.name}</span>
                          </Button>
                        </span>
                      )}
                    </td>
                  </tr>
                ))}
              </tbody>
            </table>
          )
        }
      </Loaded>
      <More pages={towns} />
      {adding && (
        <NewTown
          onClose={() => setAdding(false)}
          onMade={(o) => {
            setAdding(false)
            setAppointing(o)
          }}
        />
      )}
      {appointing && <Appoint town={appointing} onClose={() => setAppointing(undefined)} />}
      {closing && <CloseTown town={closing} onClose={() => setClosing(undefined)} />}
    </>
  )
}

const kinds = ['municipality', 'network', 'lab', 'ngo', 'university', 'association', 'other'] as const

/** "Val d’Orme" → "val-d-orme": a first idea for the short name in addresses. */
function slugOf(name: string): string {
  return name
    .normalize('NFD')
    .replace(/\p{M}/gu, '')
    .toLowerCase()
    .replace(/[^a-z0-9]+/g, '-')
    .replace(/^-|-$/g, '')
    .slice(0, 40)
}

function NewTown({ onClose, onMade }: { onClose: () => void; onMade: (o: Organisation) => void }) {
  const { t, locale } = useI18n()
  const make = useNewTown()
  const [slug, setSlug] = useState('')
  const [touched, setTouched] = useState(false)
  const zones = Intl.supportedValuesOf('timeZone').filter((z) => z.startsWith('Europe/') || z.startsWith('Atlantic/'))
  const countries = useCountries()
  return (
    <Dialog title={t('towns.new')} onClose={onClose}>
      <Form
        error={make.error}
        onSubmit={(f) =>
          make.mutate(
            { name: value(f, 'name'), slug: value(f, 'slug'), kind: kinds.find((k) => k === value(f, 'kind')) ?? 'municipality', country: value(f, 'country'), zone: value(f, 'zone'), locale: value(f, 'locale') },
            { onSuccess: onMade },
          )
        }
      >
        <TextField label={t('towns.name')} name="name" required maxLength={120} onChange={(e) => touched || setSlug(slugOf(e.target.value))} />
        <TextField
          label={t('towns.slug')}
          hint={t('towns.slug.hint')}
          name="slug"
          required
          pattern="[a-z0-9][a-z0-9\-]*"
          value={slug}
          onChange={(e) => {
            setTouched(true)
            setSlug(e.target.value)
          }}
        />
        <div className="pair">
          <SelectField label={t('towns.kind')} name="kind">
            {kinds.map((k) => (
              <option key={k} value={k}>
                {t(`towns.kind.${k}`)}
              </option>
            ))}
          </SelectField>
          <SelectField label={t('towns.country')} name="country" defaultValue={guessCountry()}>
            {countries.map((c) => (
              <option key={c.code} value={c.code}>
                {c.name}
              </option>
            ))}
          </SelectField>
        </div>
        <div className="pair">
          <SelectField label={t('towns.zone')} name="zone" defaultValue={Intl.DateTimeFormat().resolvedOptions().timeZone}>
            {zones.map((z) => (
              <option key={z}>{z}</option>
            ))}
          </SelectField>
          <LocaleField start={locale} label={t('towns.locale')} />
        </div>
        <Ends does={t('towns.make')} busy={make.isPending} onClose={onClose} />
      </Form>
    </Dialog>
  )
}

/** Closes a town that leaves; its short name is entered, so that it is no other. */
function CloseTown({ town, onClose }: { town: Organisation; onClose: () => void }) {
  const { t } = useI18n()
  const { close } = useClosing()
  return (
    <Dialog title={t('towns.close.title', { town: town.name })} onClose={onClose}>
      <p>{t('towns.close.ends')}</p>
      <p>{t('towns.close.stays')}</p>
      <Form error={close.error} onSubmit={(f) => close.mutate({ id: town.id, slug: value(f, 'slug'), reason: value(f, 'reason') }, { onSuccess: onClose })}>
        <TextField label={t('towns.close.slug', { slug: town.slug })} name="slug" required autoComplete="off" autoCapitalize="off" spellCheck={false} />
        <AreaField label={t('towns.close.reason')} name="reason" rows={3} required maxLength={1000} />
        <Ends kind="danger" does={t('towns.close')} busy={close.isPending} onClose={onClose} />
      </Form>
    </Dialog>
  )
}

function Appoint({ town, onClose }: { town: Organisation; onClose: () => void }) {
  const { t } = useI18n()
  const appoint = useAppoint(town.id)
  return (
    <Dialog title={t('appoint.title', { town: town.name })} onClose={onClose}>
      {appoint.isSuccess ? (
        <>
          <Notice kind="good" alert>
            {t('appoint.done', { email: appoint.data.email })}
          </Notice>
          <div className="row">
            <Button kind="main" onClick={onClose}>
              {t('action.close')}
            </Button>
          </div>
        </>
      ) : (
        <>
          <p>{t('appoint.text')}</p>
          <Form error={appoint.error} onSubmit={(f) => appoint.mutate({ name: value(f, 'name'), email: value(f, 'email'), locale: value(f, 'locale') })}>
            <NameField />
            <EmailField />
            <LocaleField start={town.locale} label={t('invitations.locale')} />
            <div className="row">
              <Button kind="main" type="submit" icon="mail" busy={appoint.isPending}>
                {t('invitations.send')}
              </Button>
              <Button onClick={onClose}>{t('action.cancel')}</Button>
            </div>
          </Form>
        </>
      )}
    </Dialog>
  )
}
