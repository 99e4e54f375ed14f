import { useState } from 'react'
import { Link } from 'wouter'
import type { Course, Text } from '../../../api/types'
import { say } from '../../../lib/fault'
import { useI18n, Words } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { SelectField } from '../../../ui/field'
import { Icon } from '../../../ui/icon'
import { Notice, Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import '../parts/course.css'
import { kindIcons } from '../parts/requirement'
import { SideBySide } from './side-by-side'
import { useCourse, useRenameModule, useSaveCourse } from './queries'

/** All short texts of a course, the first language beside another one; lessons are translated in their editors. */
export default function TranslatePage({ id }: { id: string }) {
  const { t } = useI18n()
  const course = useCourse(id)
  return (
    <>
      <PageHead
        title={t('translate.title')}
        lead={t('translate.lead')}
        crumb={
          course.data ? (
            <Link href={`/${id}`}>
              <Words text={course.data.title} />
            </Link>
          ) : undefined
        }
      />
      <Loaded query={course} block>
        {(c) =>
          c.languages.length < 2 ? (
            <Empty icon="globe" title={t('translate.one')}>
              {t('translate.one.text')}
            </Empty>
          ) : (
            <Translate course={c} />
          )
        }
      </Loaded>
    </>
  )
}

function Translate({ course: c }: { course: Course }) {
  const i18n = useI18n()
  const { t, languageName } = i18n
  const [first = 'en', ...others] = c.languages
  const [lang, setLang] = useState(others[0] ?? first)
  const [texts, setTexts] = useState<Record<string, string>>({})
  const saveCourse = useSaveCourse(c.id)
  const saveModule = useRenameModule(c.id)
  const toast = useToast()
  const error = saveCourse.error ?? saveModule.error
  const key = (what: string) => `${lang}/${what}`
  const field = (what: string, label: string, text: Text, long = false) => (
    <SideBySide
      key={key(what)}
      label={label}
      text={text}
      from={first}
      to={lang}
      long={long}
      value={texts[key(what)] ?? text[lang] ?? ''}
      onChange={(v) => setTexts((all) => ({ ...all, [key(what)]: v }))}
    />
  )
  const changed = (what: string, text: Text) => {
    const v = texts[key(what)]
    return v !== undefined && v !== (text[lang] ?? '') ? { ...text, [lang]: v } : undefined
  }
  const save = async () => {
    const title = changed('title', c.title)
    const summary = changed('summary', c.summary)
    if (title || summary) await saveCourse.mutateAsync({ ...(title ? { title } : {}), ...(summary ? { summary } : {}) })
    for (const m of c.modules) {
      const next = changed(m.id, m.title)
      if (next) await saveModule.mutateAsync({ m: m.id, title: next })
    }
    toast(t('state.saved'))
  }
  return (
    <div className="stack-6">
      <SelectField label={t('translate.into')} value={lang} onChange={(e) => setLang(e.target.value)} className="input short">
        {others.map((l) => (
          <option key={l} value={l}>
            {languageName(l)}
          </option>
        ))}
      </SelectField>
      {error ? (
        <Notice kind="wrong" alert>
          {say(error, i18n)}
        </Notice>
      ) : null}
      <section className="card stack" aria-labelledby="short">
        <h2 id="short">{t('translate.short')}</h2>
        {field('title', t('author.name'), c.title)}
        {field('summary', t('author.summary'), c.summary, true)}
        {c.modules.map((m, i) => field(m.id, t('translate.module', { number: i + 1 }), m.title))}
        <div>
          <Button kind="main" busy={saveCourse.isPending || saveModule.isPending} onClick={() => void save().catch(() => undefined)}>
            {t('action.save')}
          </Button>
        </div>
      </section>
      <section aria-labelledby="lessons" className="stack-2">
        <h2 id="lessons">{t('course.lessons')}</h2>
        <ul className="plain list">
          {c.modules
            .flatMap((m) => m.lessons)
            .map((l) => (
              <li key={l.id}>
                <Icon name={kindIcons[l.kind]} />
                <span className="grow">
                  <Link href={`/${c.id}/lessons/${l.id}?lang=${lang}`}>
                    <Words text={l.title} order={c.languages} />
                  </Link>
                </span>
                {l.title[lang] && !c.problems.some((p) => p.lesson === l.id && p.lang === lang) ? <Tag kind="good">{t('translate.done')}</Tag> : <Tag kind="caution">{t('translate.missing')}</Tag>}
              </li>
            ))}
        </ul>
      </section>
    </div>
  )
}
