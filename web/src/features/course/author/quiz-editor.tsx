import type { Lesson, QuestionDraft, QuestionKind } from '../../../api/types'
import { useI18n } from '../../../lib/i18n'
import { pick } from '../../../lib/locale'
import { uuid } from '../../../lib/uuid'
import { Button } from '../../../ui/button'
import { TextField } from '../../../ui/field'
import { moved, Sortable } from '../../../ui/sortable'
import { QuestionEditor } from './question-editor'

type Quiz = NonNullable<Lesson['quiz']>

interface QuizEditorProps {
  from: string
  to: string
  quiz: Quiz
  onChange: (quiz: Quiz) => void
}

const kinds: readonly QuestionKind[] = ['single', 'multiple', 'text', 'number', 'ordering', 'matching']

export function QuizEditor({ from, to, quiz, onChange }: QuizEditorProps) {
  const { t } = useI18n()
  const { questions } = quiz
  const put = (i: number, q: QuestionDraft) => onChange({ ...quiz, questions: questions.map((x, n) => (n === i ? q : x)) })
  const add = (kind: QuestionKind) => {
    const next = [...questions, blank(kind)]
    // A new question counts towards the pass mark as long as nobody has set a lower one.
    onChange({ ...quiz, questions: next, pass: quiz.pass === questions.length ? next.length : quiz.pass })
  }
  return (
    <>
      <section className="card stack" aria-labelledby="quiz-rule">
        <h2 id="quiz-rule">{t('author.rule')}</h2>
        <div className="form">
          <div className="pair">
            <TextField
              label={t('quiz.edit.pass')}
              hint={t('quiz.edit.pass.hint', { count: questions.length })}
              type="number"
              min={0}
              max={questions.length}
              value={quiz.pass}
              onChange={(e) => onChange({ ...quiz, pass: Math.min(questions.length, Math.max(0, Number(e.target.value) || 0)) })}
            />
            <TextField
              label={t('quiz.edit.attempts')}
              hint={t('quiz.edit.attempts.hint')}
              type="number"
              min={0}
              max={100}
              value={quiz.attempts}
              onChange={(e) => onChange({ ...quiz, attempts: Math.min(100, Math.max(0, Number(e.target.value) || 0)) })}
            />
          </div>
        </div>
      </section>
      <section className="stack" aria-labelledby="questions">
        <h2 id="questions">{t('kind.quiz')}</h2>
        {questions.length > 0 ? (
          <Sortable
            label={t('kind.quiz')}
            items={questions}
            id={(q) => q.id ?? ''}
            name={(q) => pick(q.prompt, from).words || t(`quiz.kind.${q.kind}`)}
            onMove={(a, b) => onChange({ ...quiz, questions: moved(questions, a, b) })}
          >
            {(q, i) => (
              <QuestionEditor
                question={q}
                number={i + 1}
                from={from}
                to={to}
                onChange={(next) => put(i, next)}
                onRemove={() => onChange({ ...quiz, pass: Math.min(quiz.pass, questions.length - 1), questions: questions.filter((_, n) => n !== i) })}
              />
            )}
          </Sortable>
        ) : (
          <p className="soft">{t('quiz.edit.none')}</p>
        )}
        <div className="row" role="group" aria-label={t('quiz.edit.add')}>
          {kinds.map((k) => (
            <Button key={k} tight icon="plus" onClick={() => add(k)}>
              {t(`quiz.kind.${k}`)}
            </Button>
          ))}
        </div>
      </section>
    </>
  )
}

function blank(kind: QuestionKind): QuestionDraft {
  const option = () => ({ id: uuid(), text: {} })
  switch (kind) {
    case 'single':
    case 'multiple':
      return { id: uuid(), kind, prompt: {}, options: [{ ...option(), right: true }, option()] }
    case 'ordering':
      return { id: uuid(), kind, prompt: {}, options: [option(), option(), option()] }
    case 'matching':
      return { id: uuid(), kind, prompt: {}, options: [{ ...option(), match: {} }, { ...option(), match: {} }] }
    case 'text':
      return { id: uuid(), kind, prompt: {}, accepted: [] }
    case 'number':
      return { id: uuid(), kind, prompt: {}, number: 0, tolerance: 0 }
  }
}
