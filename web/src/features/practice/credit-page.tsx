import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import { client, content } from '../../api/client'
import type { Credit } from '../../api/types'
import { say } from '../../lib/fault'
import { useI18n } from '../../lib/i18n'
import { Button } from '../../ui/button'
import { Confirm } from '../../ui/confirm'
import { Notice } from '../../ui/notice'
import { PageHead } from '../../ui/page-head'
import { Loaded } from '../../ui/states'
import './practice.css'

type Answer = 'agreed' | 'nameless' | 'declined'

/** Asks somebody whose words became a draft whether she agrees. */
export default function CreditPage({ id }: { id: string }) {
  const query = useQuery({ queryKey: ['credits', id], queryFn: () => content(client.GET('/credits/{c}', { params: { path: { c: id } } })) })
  return (
    <Loaded query={query} page>
      {(c) => <View id={id} credit={c} />}
    </Loaded>
  )
}

function View({ id, credit: c }: { id: string; credit: Credit }) {
  const i18n = useI18n()
  const { t, date } = i18n
  const queries = useQueryClient()
  const [declining, setDeclining] = useState(false)
  const answer = useMutation({
    mutationFn: (a: Answer) => content(client.PUT('/credits/{c}', { params: { path: { c: id } }, body: { answer: a } })),
    onSuccess: (now) => {
      queries.setQueryData(['credits', id], now)
      setDeclining(false)
    },
  })
  return (
    <>
      <PageHead title={t('credit.title')} lead={t(c.into === 'practice' ? 'credit.practice' : 'credit.challenge', { by: c.by || t('credit.somebody') })} />
      <div className="stack measure">
        {c.state === 'asked' ? null : (
          <Notice kind="good" alert>
            {t(`credit.is.${c.state}`)}
          </Notice>
        )}
        {answer.error && !declining ? (
          <Notice kind="wrong" alert>
            {say(answer.error, i18n)}
          </Notice>
        ) : null}
        {c.html ? (
          <section className="card stack-2" aria-labelledby="words">
            <h2 id="words">{t('credit.words')}</h2>
            <div className="prose" lang={c.language} dangerouslySetInnerHTML={{ __html: c.html }} />
            <p className="small soft">
              <Link href={c.path}>{t('credit.where')}</Link>, {date(c.at)}
            </p>
          </section>
        ) : null}
        {c.state === 'declined' ? null : (
          <>
            <div className="row">
              {c.state === 'agreed' ? null : (
                <Button kind={c.state === 'asked' ? 'main' : 'plain'} busy={answer.isPending} onClick={() => answer.mutate('agreed')}>
                  {t('credit.agree')}
                </Button>
              )}
              {c.state === 'nameless' ? null : (
                <Button busy={answer.isPending} onClick={() => answer.mutate('nameless')}>
                  {t('credit.nameless')}
                </Button>
              )}
              <Button onClick={() => setDeclining(true)}>{t('credit.decline')}</Button>
            </div>
            <p className="small soft">{t('credit.hint')}</p>
          </>
        )}
      </div>
      {declining ? (
        <Confirm title={t('credit.decline')} does={t('credit.decline')} error={answer.error} busy={answer.isPending} onClose={() => setDeclining(false)} onDo={() => answer.mutate('declined')}>
          {t('credit.decline.text')}
        </Confirm>
      ) : null}
    </>
  )
}
