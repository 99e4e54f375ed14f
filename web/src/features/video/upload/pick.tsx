import { useI18n } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { Form, SelectField, value } from '../../../ui/field'
import { useVideos } from './queries'

/** Takes a video that the town has already: it was sent with others, or another lesson shows it. */
export function Pick({ onVideo }: { onVideo: (id: string) => void }) {
  const { t, bytes } = useI18n()
  const videos = useVideos()
  const there = videos.data?.items.filter((v) => v.state !== 'failed' && !(v.state === 'uploading' && !v.upload)) ?? []
  if (there.length === 0) return null
  return (
    <details>
      <summary>{t('pick.title')}</summary>
      <Form
        onSubmit={(f) => {
          const id = value(f, 'video')
          if (id !== '') onVideo(id)
        }}
      >
        <SelectField label={t('pick.video')} name="video" required>
          {there.map((v) => (
            <option key={v.id} value={v.id}>
              {`${v.name} · ${bytes(v.size)} · ${t(`video.state.${v.state}`)}`}
            </option>
          ))}
        </SelectField>
        <div className="row">
          <Button type="submit">{t('pick.do')}</Button>
          {videos.more ? (
            <Button kind="quiet" onClick={videos.more}>
              {t('list.more')}
            </Button>
          ) : null}
        </div>
      </Form>
    </details>
  )
}
