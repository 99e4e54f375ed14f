import { useMutation, useQuery, useQueryClient } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Check, Form } from '../../../ui/field'
import { PageHead } from '../../../ui/page-head'
import { Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'

/** What a town decides about the videos of its courses. */
export default function TakeawayPage() {
  const { t } = useI18n()
  const queries = useQueryClient()
  const toast = useToast()
  const setting = useQuery({ queryKey: ['takeaway'], queryFn: () => content(client.GET('/takeaway')) })
  const save = useMutation({
    mutationFn: (allowed: boolean) => content(client.PUT('/takeaway', { body: { allowed } })),
    onSuccess: (next) => {
      queries.setQueryData(['takeaway'], next)
      toast(t('state.saved'))
    },
  })
  return (
    <>
      <PageHead title={t('takeaway.title')} lead={t('takeaway.lead')} />
      <Loaded query={setting}>
        {(s) => (
          <section className="card stack measure-wide" aria-labelledby="take">
            <h2 id="take">{t('takeaway.head')}</h2>
            <Form error={save.error} onSubmit={(f) => save.mutate(f.get('allowed') !== null)}>
              <Check name="allowed" value="1" defaultChecked={s.allowed} label={t('takeaway.allow')} hint={t('takeaway.allow.hint')} />
              <div>
                <Button kind="main" type="submit" busy={save.isPending}>
                  {t('action.save')}
                </Button>
              </div>
            </Form>
          </section>
        )}
      </Loaded>
    </>
  )
}
