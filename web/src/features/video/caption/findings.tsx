import type { CaptionReview } from '../../../api/types'
import { clock } from '../../../lib/format'
import { useI18n } from '../../../lib/i18n'
import { Notice } from '../../../ui/notice'
import type { Line } from './edit'
import type { Kind } from './queries'

interface FindingsProps {
  review: CaptionReview | undefined
  kind: Kind
  lines: readonly Line[]
  onGo: (key: number) => void
  onSeek: (to: number) => void
}

const most = 100 // findings that are listed

/** What the server finds in the cues as they are now; each finding leads to its place. */
export function Findings({ review: r, kind, lines, onGo, onSeek }: FindingsProps) {
  const { t, number, percent, languageName } = useI18n()
  const filled = lines.filter((l) => l.text.trim() !== '')
  return (
    <section className="card stack-2" aria-labelledby="findings">
      <h2 id="findings">{t('cue.findings')}</h2>
      {!r || filled.length === 0 ? (
        <p className="soft small">{t('cue.findings.wait')}</p>
      ) : (
        <>
          {r.errors > 0 ? <Notice kind="wrong">{t('cue.findings.errors', { count: r.errors })}</Notice> : <Notice kind="good">{r.findings.length === 0 ? t('cue.findings.none') : t('cue.findings.advice', { count: r.findings.length })}</Notice>}
          {kind === 'captions' ? (
            <p className="small soft">
              {t(r.ofSpeech ? 'cue.coverage.speech' : 'cue.coverage', { share: percent(r.coverage) })} {t('cue.speed', { mean: number(Math.round(r.speed)), top: number(Math.round(r.top)) })}
            </p>
          ) : null}
          <ul className="plain findings">
            {r.findings.slice(0, most).map((f, i) => (
              <li key={i}>
                <button
                  type="button"
                  className={f.error ? 'error' : ''}
                  onClick={() => {
                    const line = filled[f.cue]
                    if (line) onGo(line.key)
                    else onSeek(f.at)
                  }}
                >
                  <span className="num">{f.cue < 0 && f.at === 0 ? '–' : clock(f.at)}</span>
                  <span>
                    {t(`cue.found.${f.code}`, {
                      value: f.code === 'coverage' ? percent(f.value) : number(Math.round(f.value * 10) / 10),
                      limit: f.code === 'coverage' ? percent(f.limit) : number(Math.round(f.limit * 100) / 100),
                      lang: f.lang ? languageName(f.lang) : '',
                    })}
                  </span>
                </button>
              </li>
            ))}
          </ul>
          {r.findings.length > most ? <p className="small soft">{t('cue.findings.more', { count: r.findings.length - most })}</p> : null}
        </>
      )}
    </section>
  )
}
