import { useMutation } from '@tanstack/react-query'
import { practiceFilePath, sendPracticeFile } from '../../api/client'
import type { PracticeContent, PracticeFile } from '../../api/types'
import { useI18n } from '../../lib/i18n'
import type { Locale } from '../../lib/locale'
import { IconButton } from '../../ui/button'
import { SelectField } from '../../ui/field'
import { useSayFault } from '../../ui/toast'
import { Words } from './draft-fields'
import { fileKinds, licences } from './lists'
import { FilePick } from '../../ui/file-pick'

const most = 20

interface FileRowsProps {
  practice: string
  content: PracticeContent
  set: (change: Partial<PracticeContent>) => void
  language: Locale
  first: Locale
}

/** Pictures, data and other files that are kept with the card. */
export function FileRows({ practice, content: c, set, language, first }: FileRowsProps) {
  const { t, bytes } = useI18n()
  const list = c.files ?? []
  const onList = (files: PracticeFile[]) => set({ files })
  const put = (i: number, change: Partial<PracticeFile>) => onList(list.map((f, j) => (i === j ? { ...f, ...change } : f)))
  const beside = { language, first }
  return (
    <fieldset className="field stack-2">
      <legend>{t('practice.section.files')}</legend>
      <ul className="plain items">
        {list.map((f, i) => (
          <li key={f.id} className="stack-2">
            <div className="row start">
              <p className="grow">
                <b>{f.name}</b> <span className="small soft">{bytes(f.size ?? 0)}</span>
              </p>
              <IconButton icon="trash" label={t('practice.remove', { what: f.name ?? '' })} onClick={() => onList(list.filter((_, j) => j !== i))} />
            </div>
            {f.kind === 'image' ? (
              <>
                <img className="kept" src={practiceFilePath(practice, f.id)} alt={f.alt?.[language] ?? ''} />
                <Words label={t('practice.file.alt')} hint={t('practice.file.alt.hint')} text={f.alt} {...beside} onText={(alt) => put(i, { alt })} rows={2} maxLength={1000} />
              </>
            ) : null}
            <Words label={t('practice.file.title')} text={f.title} {...beside} onText={(title) => put(i, { title })} maxLength={300} />
            <div className="pair">
              <SelectField label={t('practice.link.kind')} value={f.kind} onChange={(e) => put(i, { kind: fileKinds.find((k) => k === e.target.value) ?? 'file' })}>
                {fileKinds
                  .filter((k) => k !== 'image' || f.type?.startsWith('image/'))
                  .map((k) => (
                    <option key={k} value={k}>
                      {t(`practice.link.${k}`)}
                    </option>
                  ))}
              </SelectField>
              <SelectField label={t('practice.section.licence')} value={f.licence ?? ''} onChange={(e) => put(i, { licence: e.target.value })}>
                <option value="">{t('practice.file.licence')}</option>
                {licences.map((l) => (
                  <option key={l}>{l}</option>
                ))}
              </SelectField>
            </div>
          </li>
        ))}
      </ul>
      {list.length < most ? <Add practice={practice} onMade={(f) => onList([...list, f])} /> : null}
    </fieldset>
  )
}

const kindOf = (type: string): PracticeFile['kind'] => (type.startsWith('image/') ? 'image' : /csv|json|spreadsheet/.test(type) ? 'dataset' : 'file')

function Add({ practice, onMade }: { practice: string; onMade: (f: PracticeFile) => void }) {
  const { t } = useI18n()
  const sayFault = useSayFault()
  const send = useMutation({ mutationFn: (file: File) => sendPracticeFile(practice, file), onError: sayFault })
  return (
    <FilePick
      label={t('practice.file.add')}
      hint={t('practice.file.hint')}
      accept=".png,.jpg,.jpeg,.gif,.webp,.csv,.json,.geojson,.xlsx,.ods,.pdf,.txt,.docx,.odt,.pptx,.odp"
      busy={send.isPending}
      onPick={(file) => send.mutate(file, { onSuccess: (made) => onMade({ ...made, kind: kindOf(made.type) }) })}
    >
      {send.isPending ? t('talk.file.sending') : ''}
    </FilePick>
  )
}
