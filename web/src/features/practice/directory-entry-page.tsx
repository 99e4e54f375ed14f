import { useState } from 'react'
import { Link } from 'wouter'
import type { DirectoryEntry } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import { Button, ButtonLink } from '../../ui/button'
import { Dialog } from '../../ui/dialog'
import { Ends } from '../../ui/ends'
import { AreaField, value } from '../../ui/field'
import { KeptForm } from '../../ui/kept-form'
import { More } from '../../ui/more'
import { Tag } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import { useToast } from '../../ui/toast'
import { Conversation } from './conversation'
import { useChangeDirectory, useEntry, useExpertQuestions } from './directory-queries'
import { isCompetence, isTopic } from './lists'
import './practice.css'

/** One entry of the directory; an expert can be asked. */
export default function DirectoryEntryPage({ id }: { id: string }) {
  return (
    <Loaded query={useEntry(id)} page>
      {(e) => <Shown entry={e} />}
    </Loaded>
  )
}

function Shown({ entry: e }: { entry: DirectoryEntry }) {
  const { t, list, languageName, countryName } = useI18n()
  const [asking, setAsking] = useState(false)
  const c = e.content
  return (
    <>
      <PageHead
        title={c.name ?? ''}
        crumb={<Link href="/directory">{t('directory.title')}</Link>}
        action={
          e.own ? (
            <ButtonLink icon="edit" href="/directory/own/expert">
              {t('challenge.edit')}
            </ButtonLink>
          ) : e.kind === 'expert' ? (
            <Button kind="main" onClick={() => setAsking(true)}>
              {t('directory.question')}
            </Button>
          ) : undefined
        }
      />
      <article className="fiche">
        <div className="stack-2 opening">
          <p className="row small">
            <Tag kind="civic">{t(`directory.kind.${e.kind}`)}</Tag>
            {c.topics.filter(isTopic).map((x) => (
              <Tag key={x}>{t(`practice.topic.${x}`)}</Tag>
            ))}
          </p>
          <p className="lead words" lang={c.language}>
            {c.about}
          </p>
          <p className="small soft">
            {[e.kind === 'expert' ? e.townName : '', c.country ? countryName(c.country) : '', c.languages.length > 0 ? t('directory.speaks', { languages: list(c.languages.map(languageName)) }) : ''].filter(Boolean).join(' · ')}
          </p>
          {c.page ? (
            <p>
              <a href={c.page} rel="nofollow noreferrer">
                {c.page}
              </a>
            </p>
          ) : null}
        </div>
        {c.ask ? (
          <section>
            <h2>{t('directory.ask')}</h2>
            <p className="words" lang={c.language}>
              {c.ask}
            </p>
          </section>
        ) : null}
        <Points title={t('practice.section.competences')} of={c.competences.filter(isCompetence).map((x) => t(`practice.competence.${x}`))} />
        <Points title={t('practice.section.labels')} of={c.labels} />
        {e.kind === 'expert' ? <Conversations entry={e} /> : null}
      </article>
      {asking && <AskDialog entry={e} onClose={() => setAsking(false)} />}
    </>
  )
}

function AskDialog({ entry: e, onClose }: { entry: DirectoryEntry; onClose: () => void }) {
  const { t } = useI18n()
  const { ask } = useChangeDirectory()
  const toast = useToast()
  const sent = () => {
    toast(t('practice.asked'))
    onClose()
  }
  return (
    <Dialog title={t('directory.question')} onClose={onClose}>
      <KeptForm name={`expert.ask.${e.id}`} error={ask.error} onSubmit={(f) => ask.mutateAsync({ e: e.id, words: value(f, 'words') })} onSent={sent}>
        <AreaField label={t('practice.ask.words')} hint={t('practice.ask.hint')} name="words" rows={5} required maxLength={4000} />
        <Ends does={t('practice.ask.send')} busy={ask.isPending} onClose={onClose} />
      </KeptForm>
    </Dialog>
  )
}

/** To the expert all conversations, to others their own. */
function Conversations({ entry: e }: { entry: DirectoryEntry }) {
  const { t } = useI18n()
  const questions = useExpertQuestions(e.id)
  const { answer } = useChangeDirectory()
  if (!questions.data || questions.data.items.length === 0) return null
  return (
    <section>
      <h2>{t(e.own ? 'practice.questions' : 'practice.questions.mine')}</h2>
      <ul className="plain stack">
        {questions.data.items.map((q) => (
          <li key={q.id} className="card stack-2">
            <Conversation of={q} error={answer.error} busy={answer.isPending} onAnswer={(words) => answer.mutateAsync({ e: e.id, q: q.id, words })} />
          </li>
        ))}
      </ul>
      <More pages={questions} />
    </section>
  )
}

function Points({ title, of }: { title: string; of: readonly string[] }) {
  if (of.length === 0) return null
  return (
    <section>
      <h2>{title}</h2>
      <ul className="points">
        {of.map((x) => (
          <li key={x}>{x}</li>
        ))}
      </ul>
    </section>
  )
}
