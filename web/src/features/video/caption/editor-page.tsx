import { use, useState } from 'react'
import type { Cues, Preview, Video } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { readKept } from '../../../lib/unsaved'
import { Writer } from '../../../lib/writer'
import { Notice } from '../../../ui/notice'
import { ErrorState, Loaded } from '../../../ui/states'
import { useVideo } from '../upload/queries'
import { areLines, draftOf } from './draft'
import { Editor } from './editor'
import { isKind, type Kind, useCues, useVideoPlayback } from './queries'

/** The editor of one text track beside its video. */
export default function CaptionEditorPage({ video, kind, lang }: { video: string; kind: string; lang: string }) {
  const { t } = useI18n()
  if (!isKind(kind)) return <Notice kind="wrong">{t('lost.title')}</Notice>
  return <Opened video={video} kind={kind} lang={lang} />
}

function Opened({ video, kind, lang }: { video: string; kind: Kind; lang: string }) {
  const { t } = useI18n()
  const about = useVideo(video)
  const cues = useCues(video, kind, lang)
  const playback = useVideoPlayback(video)
  const [round, setRound] = useState(0)
  const who = use(Writer)
  const all: { data: { about: Video; cues: Cues | null; playback: Preview } | undefined; error: unknown; refetch: () => unknown } = {
    data: about.data && cues.data !== undefined && playback.data ? { about: about.data, cues: cues.data, playback: playback.data } : undefined,
    error: about.error ?? cues.error,
    refetch: () => Promise.all([about.refetch(), cues.refetch(), playback.refetch()]),
  }
  if (!all.data && playback.error && !all.error) return <ErrorState error={playback.error} page onRetry={() => void playback.refetch()} />
  return (
    <Loaded query={all} page>
      {(d) => (
        <Editor
          key={`${kind}.${lang}.${round}`}
          video={d.about}
          kind={kind}
          lang={lang}
          stored={d.cues}
          playback={d.playback}
          draft={readKept(who, draftOf(video, kind, lang), areLines)}
          title={t(`cue.title.${kind}`)}
          onReload={() => void cues.refetch().then(() => setRound(round + 1))}
        />
      )}
    </Loaded>
  )
}
