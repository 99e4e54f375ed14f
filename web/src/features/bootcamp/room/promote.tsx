import { useMutation } from '@tanstack/react-query'
import { client, content } from '../../../api/client'
import { useI18n } from '../../../lib/i18n'
import { AreaField, Check, Choices, value, values } from '../../../ui/field'
import { Promote } from '../../../ui/promote'
import { useRoom } from './use-room'

/** What a draft is made of: something with a number, or a passage of the notes. */
export type Said = { kind: 'message' | 'decision'; number: number } | { kind: 'notes'; words: string }

/** Makes a draft of what was said in a room. Of the notes one says who wrote them: the server does not read them. */
export function MakeDraft({ of, onClose }: { of: Said; onClose: () => void }) {
  const { t } = useI18n()
  const { link, session, names } = useRoom()
  const { bootcamp: b, session: s } = link.place
  const promote = useMutation({
    mutationFn: ({ into, form }: { into: 'practice' | 'challenge'; form: FormData }) =>
      content(
        client.POST('/bootcamps/{b}/sessions/{s}/room/drafts', {
          params: { path: { b, s } },
          body: of.kind === 'notes' ? { into, kind: of.kind, words: value(form, 'words'), whom: values(form, 'whom'), language: session.language } : { into, ...of },
        }),
      ),
  })
  return (
    <Promote made={promote.data} error={promote.error} busy={promote.isPending} onDo={(into, form) => promote.mutate({ into, form })} onClose={onClose}>
      {of.kind === 'notes' ? (
        <>
          <AreaField label={t('draft.words')} name="words" rows={5} required maxLength={8000} defaultValue={of.words} lang={session.language} />
          <Choices legend={t('draft.whom')} hint={t('draft.whom.hint')}>
            {Object.entries(names)
              .filter(([, n]) => n.name)
              .map(([who, n]) => (
                <Check key={who} name="whom" value={who} label={`${n.name}, ${n.town}`} />
              ))}
          </Choices>
        </>
      ) : null}
    </Promote>
  )
}
