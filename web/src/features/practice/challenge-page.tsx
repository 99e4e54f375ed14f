import { type ReactNode, useState } from 'react'
import { Link } from 'wouter'
import type { Challenge } from '../../api/types'
import { useI18n, Words } from '../../lib/i18n'
import { pick, type Text } from '../../lib/locale'
import { Button, ButtonLink } from '../../ui/button'
import { Confirm } from '../../ui/confirm'
import { AreaField, value } from '../../ui/field'
import { KeptForm } from '../../ui/kept-form'
import { Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { EndDialog, SponsorDialog, TakeDialog } from './challenge-dialogs'
import { useChallenge, useChangeChallenge, useKindred } from './challenge-queries'
import { useKindredExperts } from './directory-queries'
import { ChallengeTag } from './parts'
import { isCompetence, isReason, isTopic } from './lists'
import './practice.css'

/** A challenge: what is not solved, for whom, what was tried; who has it in hand, and how it ended. */
export default function ChallengePage({ id, leads }: { id: string; leads: boolean }) {
  return (
    <Loaded query={useChallenge(id)} page>
      {(c) => <Card challenge={c} leads={leads} />}
    </Loaded>
  )
}

function Card({ challenge: c, leads }: { challenge: Challenge; leads: boolean }) {
  const { t, words, locale, countryName, list } = useI18n()
  const x = c.content
  const problem = pick(c.html, locale, x.languages)
  const named = c.credits.filter((p) => p.state === 'agreed' && p.name).map((p) => p.name)
  return (
    <>
      <PageHead
        title={words(x.title) || t('practice.untitled')}
        heading={<Words text={x.title} order={x.languages} />}
        crumb={<Link href="/challenges">{t('challenge.title')}</Link>}
        action={c.writes ? <ButtonLink icon="edit" href={`/challenges/${c.id}/edit`}>{t('challenge.edit')}</ButtonLink> : undefined}
      />
      <div className="two">
        <article className="fiche">
          <div className="stack-2 opening">
            <p className="row small">
              <ChallengeTag state={c.state} />
              {x.topics.filter(isTopic).map((k) => (
                <Tag key={k}>{t(`practice.topic.${k}`)}</Tag>
              ))}
            </p>
            <p className="lead">
              <Words text={x.affected} order={x.languages} />
            </p>
            <p className="small soft">
              {[c.townName, countryName(c.country)].join(' · ')}
              {named.length > 0 ? ` · ${t('challenge.credits', { names: list(named) })}` : ''}
            </p>
          </div>
          <Endings challenge={c} />
          {problem.words ? (
            <Section title={t('challenge.problem')}>
              <div className="prose" lang={problem.lang} dangerouslySetInnerHTML={{ __html: problem.words }} />
            </Section>
          ) : null}
          <Texts title={t('challenge.constraints')} texts={x.constraints} order={x.languages} />
          <Texts title={t('challenge.tried')} texts={x.tried} order={x.languages} />
          {x.competences.length > 0 ? (
            <Texts title={t('practice.section.competences')} texts={x.competences.filter(isCompetence).map((k) => ({ [locale]: t(`practice.competence.${k}`) }))} order={[locale]} />
          ) : null}
          <Sponsors challenge={c} />
          <Notes challenge={c} />
        </article>
        <aside className="column">
          <Doing challenge={c} leads={leads} />
          <Kindred id={c.id} />
          <Experts id={c.id} />
          <Events challenge={c} />
        </aside>
      </div>
    </>
  )
}

function Section({ title, children }: { title: string; children: ReactNode }) {
  return (
    <section>
      <h2>{title}</h2>
      {children}
    </section>
  )
}

function Texts({ title, texts, order }: { title: string; texts: Text[]; order: string[] }) {
  if (texts.length === 0) return null
  return (
    <Section title={title}>
      <ul className="points">
        {texts.map((text, i) => (
          <li key={i}>
            <Words text={text} order={order} />
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** How it ended, also the times before it was opened again. */
function Endings({ challenge: c }: { challenge: Challenge }) {
  const { t, date } = useI18n()
  if (c.endings.length === 0) return null
  return (
    <>
      {c.endings.toReversed().map((e) => (
        <Section key={e.at} title={t(e.solved ? 'challenge.ended.solved' : 'challenge.ended.unsolved')}>
          <div className="stack-2">
            {e.reasons.length > 0 ? (
              <p className="row">
                {e.reasons.filter(isReason).map((r) => (
                  <Tag key={r} kind="caution">
                    {t(`challenge.reason.${r}`)}
                  </Tag>
                ))}
              </p>
            ) : null}
            <p className="words" lang={e.language}>
              {e.words}
            </p>
            {e.practice ? (
              e.published ? (
                <ButtonLink href={`/practices/${e.practice}`}>{t('challenge.practice')}</ButtonLink>
              ) : c.writes || e.solved ? (
                <p className="small">
                  {t('challenge.practice.draft')} <Link href={`/practices/${e.practice}/draft`}>{t('challenge.practice.write')}</Link>
                </p>
              ) : null
            ) : null}
            <p className="small soft">{[e.team, e.by.name, e.by.townName, date(e.at)].filter(Boolean).join(' · ')}</p>
          </div>
        </Section>
      ))}
    </>
  )
}

function Sponsors({ challenge: c }: { challenge: Challenge }) {
  const { t, countryName } = useI18n()
  if (c.sponsors.length === 0) return null
  return (
    <Section title={t('challenge.sponsors')}>
      <ul className="plain stack-2">
        {c.sponsors.map((s) => (
          <li key={s.town}>
            <b>{s.townName}</b> <span className="small soft">{[countryName(s.country), s.name].filter(Boolean).join(' · ')}</span>
            {s.offer ? (
              <p className="words" lang={s.language}>
                {s.offer}
              </p>
            ) : null}
          </li>
        ))}
      </ul>
    </Section>
  )
}

/** Where the team stands, and what the towns say to it. */
function Notes({ challenge: c }: { challenge: Challenge }) {
  const { t, dateTime } = useI18n()
  const { say } = useChangeChallenge()
  if (c.state === 'draft' || (c.notes.length === 0 && !c.maySay)) return null
  return (
    <Section title={t('challenge.notes')}>
      <div className="stack">
        <ol className="plain stack-2">
          {c.notes.map((n, i) => (
            <li key={i} className="card">
              <p className="small soft">
                {[n.name, n.townName].filter(Boolean).join(', ')} · {dateTime(n.at)} {n.team ? <Tag kind="civic">{t('challenge.team')}</Tag> : null}
              </p>
              <p className="words" lang={n.language}>
                {n.words}
              </p>
            </li>
          ))}
        </ol>
        {c.maySay ? (
          <KeptForm name={`challenge.say.${c.id}`} error={say.error} onSubmit={(f) => say.mutateAsync({ c: c.id, words: value(f, 'words') })}>
            <AreaField label={t('challenge.say')} hint={t('challenge.say.hint')} name="words" rows={3} required maxLength={4000} />
            <div>
              <Button type="submit" busy={say.isPending}>
                {t('challenge.say.do')}
              </Button>
            </div>
          </KeptForm>
        ) : null}
      </div>
    </Section>
  )
}

/** What the reader can do with it. */
function Doing({ challenge: c, leads }: { challenge: Challenge; leads: boolean }) {
  const { t, words, list } = useI18n()
  const [open, setOpen] = useState<'sponsor' | 'leave' | 'take' | 'back' | 'solved' | 'unsolved' | 'reopen' | 'publish'>()
  const { leave, giveBack, reopen, publish } = useChangeChallenge()
  const close = () => setOpen(undefined)
  const going = c.state === 'open' || c.state === 'taken'
  const ends = going && (c.inTeam || c.writes)
  return (
    <section className="card lifted stack-2" aria-labelledby="doing">
      <h2 id="doing">{t('challenge.doing')}</h2>
      {c.state === 'taken' && c.team ? (
        <p className="small">
          <b>{c.team.name}</b>: {list(c.team.members.map((m) => m.name).filter(Boolean))}
          <br />
          <Link href={`/bootcamps/${c.team.bootcamp}`}>{words(c.team.title)}</Link>, {c.team.cohortName}
        </p>
      ) : null}
      {c.state === 'draft' ? (
        c.missing.length > 0 ? (
          <p className="small">{t('challenge.draft')}</p>
        ) : (
          <Button kind="main" onClick={() => setOpen('publish')}>
            {t('challenge.publish')}
          </Button>
        )
      ) : null}
      {c.maySponsor ? (
        <Button kind={c.sponsored ? 'plain' : 'main'} onClick={() => setOpen('sponsor')}>
          {t(c.sponsored ? 'challenge.sponsor.change' : 'challenge.sponsor')}
        </Button>
      ) : null}
      {c.sponsored && c.maySponsor ? (
        <Button kind="quiet" onClick={() => setOpen('leave')}>
          {t('challenge.leave')}
        </Button>
      ) : null}
      {leads && c.state === 'open' ? <Button onClick={() => setOpen('take')}>{t('challenge.take')}</Button> : null}
      {ends ? <Button onClick={() => setOpen('solved')}>{t('challenge.end.solved')}</Button> : null}
      {ends ? <Button onClick={() => setOpen('unsolved')}>{t('challenge.end.unsolved')}</Button> : null}
      {c.state === 'taken' && (c.inTeam || c.writes) ? (
        <Button kind="quiet" onClick={() => setOpen('back')}>
          {t('challenge.back')}
        </Button>
      ) : null}
      {c.state === 'unsolved' && c.writes ? <Button onClick={() => setOpen('reopen')}>{t('challenge.reopen')}</Button> : null}
      {going || c.state === 'draft' ? null : <p className="small soft">{t('challenge.over')}</p>}
      {going && !c.maySponsor && !c.writes && !c.inTeam && !leads ? <p className="small soft">{t('challenge.office')}</p> : null}
      {open === 'sponsor' && <SponsorDialog challenge={c} onClose={close} />}
      {open === 'take' && <TakeDialog challenge={c} onClose={close} />}
      {open === 'solved' && <EndDialog challenge={c} solved onClose={close} />}
      {open === 'unsolved' && <EndDialog challenge={c} solved={false} onClose={close} />}
      {open === 'publish' && (
        <Confirm kind="main" title={t('challenge.publish')} does={t('challenge.publish')} error={publish.error} busy={publish.isPending} onClose={close} onDo={() => publish.mutate(c.id, { onSuccess: close })}>
          {t('challenge.publish.text')}
        </Confirm>
      )}
      {open === 'leave' && (
        <Confirm title={t('challenge.leave')} does={t('challenge.leave')} error={leave.error} busy={leave.isPending} onClose={close} onDo={() => leave.mutate(c.id, { onSuccess: close })}>
          {t('challenge.leave.text')}
        </Confirm>
      )}
      {open === 'back' && (
        <Confirm title={t('challenge.back')} does={t('challenge.back')} error={giveBack.error} busy={giveBack.isPending} onClose={close} onDo={() => giveBack.mutate(c.id, { onSuccess: close })}>
          {t('challenge.back.text')}
        </Confirm>
      )}
      {open === 'reopen' && (
        <Confirm kind="main" title={t('challenge.reopen')} does={t('challenge.reopen')} error={reopen.error} busy={reopen.isPending} onClose={close} onDo={() => reopen.mutate(c.id, { onSuccess: close })}>
          {t('challenge.reopen.text')}
        </Confirm>
      )}
    </section>
  )
}

/** Practices that have something in common with it, and what. */
function Kindred({ id }: { id: string }) {
  const { t, list } = useI18n()
  return (
    <section className="card stack-2" aria-labelledby="kindred">
      <h2 id="kindred">{t('challenge.kindred')}</h2>
      <Loaded query={useKindred(id)}>
        {({ items }) =>
          items.length === 0 ? (
            <p className="small soft">{t('challenge.kindred.none')}</p>
          ) : (
            <ul className="plain stack-2">
              {items.map((p) => (
                <li key={p.id}>
                  <Link href={`/practices/${p.id}`}>
                    <Words text={p.title} order={p.languages} />
                  </Link>
                  <p className="small soft">{list([...p.topics.filter(isTopic).map((x) => t(`practice.topic.${x}`)), ...p.competences, ...p.words.map((w) => `“${w}”`)])}</p>
                </li>
              ))}
            </ul>
          )
        }
      </Loaded>
    </section>
  )
}

/** Experts who have said that they can be asked about something like it. */
function Experts({ id }: { id: string }) {
  const { t } = useI18n()
  const experts = useKindredExperts(id)
  if (!experts.data || experts.data.items.length === 0) return null
  return (
    <section className="card stack-2" aria-labelledby="experts">
      <h2 id="experts">{t('challenge.experts')}</h2>
      <ul className="plain stack-2">
        {experts.data.items.map((e) => (
          <li key={e.id}>
            <Link href={`/directory/${e.id}`}>{e.name}</Link> <span className="small soft">{e.townName}</span>
            {e.ask ? (
              <p className="small" lang={e.language}>
                {e.ask}
              </p>
            ) : null}
          </li>
        ))}
      </ul>
    </section>
  )
}

/** What happened, the first thing first. */
function Events({ challenge: c }: { challenge: Challenge }) {
  const { t, date } = useI18n()
  if (c.events.length === 0) return null
  return (
    <section className="card stack-2" aria-labelledby="events">
      <h2 id="events">{t('challenge.events')}</h2>
      <ol className="plain steps small">
        {c.events.map((e, i) => (
          <li key={i}>
            <time dateTime={e.at}>{date(e.at)}</time>
            {t(`challenge.event.${e.kind}`, { town: e.townName })}
          </li>
        ))}
      </ol>
    </section>
  )
}
