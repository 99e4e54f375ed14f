import { useId, useState } from 'react'
import { useI18n } from '../../../lib/i18n'
import { Icon } from '../../../ui/icon'
import './upload.css'

/** Where a file is dropped or chosen; with `several`, any number. */
export function Drop({ onFiles, label, hint, several }: { onFiles: (files: File[]) => void; label?: string; hint?: string; several?: boolean }) {
  const { t } = useI18n()
  const id = useId()
  const [over, setOver] = useState(false)
  const take = (files: FileList | null) => {
    const list = [...(files ?? [])].slice(0, several ? undefined : 1)
    if (list.length > 0) onFiles(list)
  }
  return (
    // Dropping is an addition to the button.
    // eslint-disable-next-line jsx-a11y/no-static-element-interactions
    <div
      className={`drop ${over ? 'over' : ''}`}
      onDragOver={(e) => {
        e.preventDefault()
        setOver(true)
      }}
      onDragLeave={() => setOver(false)}
      onDrop={(e) => {
        e.preventDefault()
        setOver(false)
        take(e.dataTransfer.files)
      }}
    >
      <Icon name="upload" />
      <label htmlFor={id}>{label ?? t(several ? 'upload.choose.several' : 'upload.choose')}</label>
      <p className="small soft">{hint ?? t('upload.hint')}</p>
      <input
        id={id}
        type="file"
        multiple={several === true}
        accept="video/*,.mkv,.mts,.m2ts,.mxf,.avi,.wmv,.flv,.mov"
        onChange={(e) => {
          take(e.target.files)
          e.target.value = '' // the same file may be chosen again
        }}
      />
    </div>
  )
}
