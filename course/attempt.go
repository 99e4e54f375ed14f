package course

import (
	"context"
	"errors"
	"hash/fnv"
	"math/rand/v2"
	"slices"
	"strconv"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Attempt is one attempt at a quiz. Its order is fixed when it begins; it is graded when it is handed in.
type Attempt struct {
	store.Meta `bson:",inline"`    // id: of enrolment, lesson and number
	Enrolment  string              `bson:"enrolment"`
	Lesson     string              `bson:"lesson"`
	Person     string              `bson:"person"`
	Version    int                 `bson:"version"` // of the course
	Number     int                 `bson:"number"`  // from 1
	Questions  []string            `bson:"questions"`
	Choices    map[string][]string `bson:"choices"`
	Started    time.Time           `bson:"started"`
	HandedIn   *time.Time          `bson:"handedIn,omitempty"`
	Answers    []Answer            `bson:"answers"`
	Right      []string            `bson:"right"` // ids of questions
	Passed     bool                `bson:"passed"`
}

// Sheet is an attempt with its quiz. Nothing in it may reach a browser before the attempt's state allows: see Shown.
type Sheet struct {
	Attempt      Attempt
	Quiz         *Quiz
	Lesson       *Lesson
	AttemptsLeft int // after this one; -1 for any number
}

// Reveal reports whether the right answers may be shown: handed in, and passed or nothing left to try.
func (sh *Sheet) Reveal() bool {
	return sh.Attempt.HandedIn != nil && (sh.Attempt.Passed || sh.AttemptsLeft == 0)
}

func attemptID(enrolment, lesson string, n int) string {
	return eventID("attempt", enrolment, lesson, strconv.Itoa(n))
}

// Begin begins an attempt at a quiz, or answers the one that was begun and not handed in. Fault:
// course.no_attempts_left.
func (s *Service) Begin(ctx context.Context, by people.Actor, enrolment, lesson string) (Sheet, error) {
	st, l, _, err := s.lesson(ctx, by, enrolment, lesson)
	if err != nil {
		return Sheet{}, err
	}
	if l.Kind != KindQuiz || l.Quiz == nil {
		return Sheet{}, fault.New(fault.Conflict, "course.not_quiz", "this lesson is not a quiz")
	}
	for range 10 { // two tabs may begin at once
		last, err := s.attempts.Find(ctx, by.Organisation, store.Query{Index: "byLesson", Equal: []any{enrolment, lesson}, Reverse: true, Limit: 1})
		if err != nil {
			return Sheet{}, s.wrap("Begin", err)
		}
		n := 1
		if len(last.Docs) > 0 {
			a := last.Docs[0]
			if a.HandedIn == nil && a.Version == st.Enrolment.Version {
				return s.sheet(&st, l, a), nil
			}
			n = a.Number + 1
			if a.HandedIn == nil {
				n = a.Number // begun with an earlier version of the quiz: begins again
				if err := s.attempts.Delete(ctx, by.Organisation, a.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
					return Sheet{}, s.wrap("Begin", err)
				}
			}
		}
		if l.Quiz.Attempts > 0 && n > l.Quiz.Attempts {
			return Sheet{}, fault.New(fault.Conflict, "course.no_attempts_left", "all %d attempts are used", l.Quiz.Attempts).With("count", l.Quiz.Attempts)
		}
		a := Attempt{Meta: store.Meta{ID: attemptID(enrolment, lesson, n)}, Enrolment: enrolment, Lesson: lesson, Person: by.Person, Version: st.Enrolment.Version,
			Number: n, Started: s.now(), Answers: []Answer{}, Right: []string{}}
		h := fnv.New64a()
		h.Write([]byte(a.ID + s.c.NewName()))
		a.Questions, a.Choices = l.Quiz.arrange(rand.New(rand.NewPCG(h.Sum64(), 1))) //nolint:gosec // an order, not a secret
		if err := s.attempts.Insert(ctx, by.Organisation, a); err != nil {
			if errors.Is(err, store.ErrDuplicate) {
				continue
			}
			return Sheet{}, s.wrap("Begin", err)
		}
		err = s.c.Records.Record(ctx, by.Organisation, Event{ID: eventID(by.Organisation, "attempted", a.ID), Account: by.Account, Verb: verbAttempted,
			Activity: lessonActivity(st.Enrolment.Course, l), Enrolment: enrolment, At: a.Started})
		return s.sheet(&st, l, a), s.wrap("Begin", err)
	}
	return Sheet{}, errStale
}

func (s *Service) sheet(st *Study, l *Lesson, a Attempt) Sheet {
	sh := Sheet{Attempt: a, Quiz: l.Quiz, Lesson: l, AttemptsLeft: -1}
	if l.Quiz.Attempts > 0 {
		sh.AttemptsLeft = max(0, l.Quiz.Attempts-a.Number)
	}
	return sh
}

// Sheet returns one of the actor's attempts.
func (s *Service) Sheet(ctx context.Context, by people.Actor, id string) (Sheet, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Sheet{}, err
	}
	a, err := s.attempts.Get(ctx, by.Organisation, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && a.Person != by.Person {
		return Sheet{}, fault.New(fault.NotFound, "course.attempt_not_found", "no attempt %s", id)
	}
	if err != nil {
		return Sheet{}, s.wrap("Sheet", err)
	}
	e, err := s.enrolments.Get(ctx, by.Organisation, a.Enrolment)
	if err != nil {
		return Sheet{}, s.wrap("Sheet", err)
	}
	v, err := s.versions.Get(ctx, e.Owner, versionID(e.Course, a.Version))
	if err != nil {
		return Sheet{}, s.wrap("Sheet", err)
	}
	l := v.lesson(a.Lesson)
	if l == nil || l.Quiz == nil {
		return Sheet{}, fault.New(fault.NotFound, "course.attempt_not_found", "no attempt %s", id)
	}
	return s.sheet(&Study{Enrolment: e, Version: v}, l, a), nil
}

// Attempts returns the actor's attempts at a quiz that were handed in, in order, and the id of one that is begun.
func (s *Service) Attempts(ctx context.Context, by people.Actor, enrolment, lesson string) (taken []Attempt, open string, err error) {
	if _, err := s.mine(ctx, by, enrolment); err != nil {
		return nil, "", err
	}
	p, err := s.attempts.Find(ctx, by.Organisation, store.Query{Index: "byLesson", Equal: []any{enrolment, lesson}, Limit: 200})
	if err != nil {
		return nil, "", s.wrap("Attempts", err)
	}
	for _, a := range p.Docs {
		if a.HandedIn == nil {
			open = a.ID
			continue
		}
		taken = append(taken, a)
	}
	return taken, open, nil
}

// HandIn grades an attempt. Handing in again answers the first grading.
func (s *Service) HandIn(ctx context.Context, by people.Actor, id string, answers []Answer) (Sheet, Study, error) {
	sh, err := s.Sheet(ctx, by, id)
	if err != nil {
		return sh, Study{}, err
	}
	if sh.Attempt.HandedIn == nil {
		now := s.now()
		kept, right := grade(sh.Quiz, &sh.Attempt, answers)
		sh.Attempt, err = s.attempts.Update(ctx, by.Organisation, id, func(a *Attempt) error {
			if a.HandedIn != nil {
				return store.ErrKeep
			}
			a.HandedIn, a.Answers, a.Right, a.Passed = &now, kept, right, len(right) >= sh.Quiz.Pass
			return nil
		})
		if err != nil {
			return sh, Study{}, s.wrap("HandIn", err)
		}
	}
	// Everything below follows from the graded attempt, so a run that died before this line is made up for by the next.
	st, err := s.count(ctx, by, &sh)
	return sh, st, err
}

// grade reads the answers that belong to the attempt's questions and says which are right.
func grade(q *Quiz, a *Attempt, answers []Answer) (kept []Answer, right []string) {
	kept, right = []Answer{}, []string{}
	for i := range q.Questions {
		x := &q.Questions[i]
		at := slices.IndexFunc(answers, func(a Answer) bool { return a.Question == x.ID })
		if at < 0 {
			continue
		}
		given := answers[at]
		given.Text = strings.ToValidUTF8(given.Text, "")
		if len(given.Text) > 1000 {
			given.Text = given.Text[:1000]
		}
		given.Choices = x.chosen(given.Choices)
		given.Pairs = a.partners(x, given.Pairs)
		kept = append(kept, given)
		if x.right(given) {
			right = append(right, x.ID)
		}
	}
	return kept, right
}

// chosen returns the choices that the question has. Who ticks several boxes where one is asked for, or any where none
// is, has chosen nothing: the feedback of each would tell the answer.
func (q *Question) chosen(ids []string) []string {
	if q.Kind != QuestionMultiple && q.Kind != QuestionOrder && (q.Kind != QuestionSingle || len(ids) != 1) {
		return nil
	}
	return slices.DeleteFunc(slices.Clone(ids), func(id string) bool {
		return !slices.ContainsFunc(q.Choices, func(c Choice) bool { return c.ID == id })
	})
}

// partners reads the partners that the page knew as p0, p1… in the order of this attempt as the choices that they
// belong to; by their own ids they would give the answer away.
func (a *Attempt) partners(x *Question, pairs map[string]string) map[string]string {
	shown := a.Choices[x.ID+"/partners"]
	out := map[string]string{}
	for _, c := range x.Choices {
		name, ok := pairs[c.ID]
		n, err := strconv.Atoi(strings.TrimPrefix(name, "p"))
		if ok && err == nil && strings.HasPrefix(name, "p") && n >= 0 && n < len(shown) {
			out[c.ID] = shown[n]
		}
	}
	return out
}

// count takes a graded attempt into the evidence.
func (s *Service) count(ctx context.Context, by people.Actor, sh *Sheet) (Study, error) {
	a := &sh.Attempt
	e, err := s.enrolments.Get(ctx, by.Organisation, a.Enrolment)
	if err != nil {
		return Study{}, s.wrap("count", err)
	}
	v, err := s.version(ctx, e)
	if err != nil {
		return Study{}, err
	}
	verb := verbFailed
	if a.Passed {
		verb = verbPassed
	}
	share := 0.0
	if n := len(sh.Quiz.Questions); n > 0 {
		share = float64(len(a.Right)) / float64(n)
	}
	event := Event{ID: eventID(by.Organisation, "graded", a.ID), Account: e.Account, Verb: verb, Activity: lessonActivity(e.Course, sh.Lesson),
		Enrolment: e.ID, At: *a.HandedIn, Score: &share, Success: &a.Passed, Duration: a.HandedIn.Sub(a.Started)}
	if err := s.c.Records.Record(ctx, by.Organisation, event); err != nil {
		return Study{}, s.wrap("count", err)
	}
	e, err = s.enrolments.Update(ctx, by.Organisation, e.ID, func(e *Enrolment) error {
		ev := e.evidence(a.Lesson)
		if ev.Attempts >= a.Number && ev.Best >= len(a.Right) && (ev.Passed != nil || !a.Passed) {
			return store.ErrKeep
		}
		ev.Attempts, ev.Best = max(ev.Attempts, a.Number), max(ev.Best, len(a.Right))
		if a.Passed && ev.Passed == nil {
			ev.Passed, ev.Statement = a.HandedIn, event.ID
		}
		e.Updated = s.now()
		s.decide(e, &v)
		return nil
	})
	if err != nil {
		return Study{}, s.wrap("count", err)
	}
	if err := s.settle(ctx, by.Organisation, e); err != nil {
		return Study{}, err
	}
	return s.Study(ctx, by, e.ID)
}

// Try grades answers to a draft's quiz for its author, without a trace.
func (s *Service) Try(ctx context.Context, by people.Actor, course, lesson string, answers []Answer) (Sheet, error) {
	l, err := s.Lesson(ctx, by, course, lesson)
	if err != nil {
		return Sheet{}, err
	}
	if l.Quiz == nil {
		return Sheet{}, fault.New(fault.Conflict, "course.not_quiz", "this lesson is not a quiz")
	}
	a := Attempt{Lesson: lesson, Number: 1, Started: s.now(), Answers: []Answer{}, Right: []string{}}
	h := fnv.New64a()
	h.Write([]byte(course + lesson))                                             // the same order each time: what is graded is what was shown
	a.Questions, a.Choices = l.Quiz.arrange(rand.New(rand.NewPCG(h.Sum64(), 1))) //nolint:gosec // an order, not a secret
	if answers != nil {
		now := s.now()
		a.HandedIn = &now
		a.Answers, a.Right = grade(l.Quiz, &a, answers)
		a.Passed = len(a.Right) >= l.Quiz.Pass
	}
	return Sheet{Attempt: a, Quiz: l.Quiz, Lesson: &l, AttemptsLeft: -1}, nil
}
