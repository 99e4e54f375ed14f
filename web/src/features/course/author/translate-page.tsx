import { useMutation } from '@tanstack/react-query'
import { useState } from 'react'
import { Link } from 'wouter'
import type { Course } from '../../../api/types'
import { say } from '../../../lib/fault'
import { useI18n, Words } from '../../../lib/i18n'
import { Button } from '../../../ui/button'
import { SelectField } from '../../../ui/field'
import { Icon } from '../../../ui/icon'
import { Notice, Tag } from '../../../ui/notice'
import { PageHead } from '../../../ui/page-head'
import { Empty, Loaded } from '../../../ui/states'
import { useToast } from '../../../ui/toast'
import { UnsavedNotice, UnsavedState } from '../../../ui/unsaved'
import '../parts/course.css'
import { kindIcons } from '../parts/requirement'
import { SideBySide } from './side-by-side'
import { useCourse, useReadCourse, useRenameModule, useSaveCourse } from './queries'
import { saveTranslations, textsOf, useTranslations } from './translations'

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
  const [chosen, setLang] = useState(others[0] ?? first)
  const lang = others.includes(chosen) ? chosen : (others[0] ?? first)
  const saveCourse = useSaveCourse(c.id)
  const saveModule = useRenameModule(c.id)
  const readAgain = useReadCourse(c.id)
  const unsaved = useTranslations(c)
  const toast = useToast()
  const field = (what: string, label: string, long = false) => (
    <SideBySide key={`${lang}/${what}`} label={label} text={textsOf(c)[what] ?? {}} from={first} to={lang} long={long} value={unsaved.read(what, lang)} onChange={(v) => unsaved.write(what, lang, v)} />
  )
  const save = useMutation({
    mutationFn: async () => {
      const { value: sent } = unsaved
      const now = await saveTranslations(c, unsaved, {
        read: readAgain,
        write: (what, rev, text) => (what === 'title' || what === 'summary' ? saveCourse.mutateAsync({ rev, [what]: text }) : saveModule.mutateAsync({ m: what, rev, title: text })),
      })
      unsaved.saved(sent, String(now.rev))
      toast(t('state.saved'))
    },
  })
  const error = unsaved.stale ? null : save.error
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
        <UnsavedNotice of={unsaved} busy={save.isPending} />
        {field('title', t('author.name'))}
        {field('summary', t('author.summary'), true)}
        {c.modules.map((m, i) => field(m.id, t('translate.module', { number: i + 1 })))}
        <div className="row">
          <Button kind="main" busy={save.isPending} onClick={() => (unsaved.stale ? undefined : save.mutate())}>
            {t('action.save')}
          </Button>
          <UnsavedState of={unsaved} quiet />
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
