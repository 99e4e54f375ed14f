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
	store.Meta `bson:",inline"`    // id: of enrolment, lesson, number and version
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
	Renewed    bool                `bson:"renewed,omitempty"` // the learner was moved to a later version before it was handed in: another has its number
	Outbox     `bson:",inline"`    // pending also while it is graded and not taken into the evidence
}

// Sheet is an attempt with its quiz. Nothing in it may reach a browser before the attempt's state allows: see Shown.
type Sheet struct {
	Attempt      Attempt
	Quiz         *Quiz
	Lesson       *Lesson
	AttemptsLeft int // after this one; -1 for any number
	course       string
}

// Reveal reports whether the right answers may be shown: handed in, and passed or nothing left to try.
func (sh *Sheet) Reveal() bool {
	return sh.Attempt.HandedIn != nil && (sh.Attempt.Passed || sh.AttemptsLeft == 0)
}

func attemptID(enrolment, lesson string, n, version int) string {
	return eventID("attempt", enrolment, lesson, strconv.Itoa(n), strconv.Itoa(version))
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
		last, err := s.attempts.Find(ctx, by.Organisation, store.Query{Index: "byLesson", Equal: []any{enrolment, lesson}, Reverse: true, Limit: 20})
		if err != nil {
			return Sheet{}, s.wrap("Begin", err)
		}
		n := 1
		if len(last.Docs) > 0 {
			a := last.Docs[0]
			if i := slices.IndexFunc(last.Docs, func(x Attempt) bool { return x.Number == a.Number && !x.Renewed }); i >= 0 {
				a = last.Docs[i]
			}
			if a.HandedIn == nil && a.Version == st.Enrolment.Version {
				return s.sheet(&st, l, a), nil
			}
			if n = a.Number + 1; a.HandedIn == nil {
				// Begun with an earlier version of the quiz: begins again, unless another tab hands it in at this moment.
				a, err = s.attempts.Update(ctx, by.Organisation, a.ID, func(d *Attempt) error {
					if d.HandedIn == nil {
						d.Renewed = true
					}
					return nil
				})
				if err != nil {
					return Sheet{}, s.wrap("Begin", err)
				}
				if a.HandedIn == nil {
					n = a.Number
				}
			}
		}
		if l.Quiz.Attempts > 0 && n > l.Quiz.Attempts {
			return Sheet{}, fault.New(fault.Conflict, "course.no_attempts_left", "all %d attempts are used", l.Quiz.Attempts).With("count", l.Quiz.Attempts)
		}
		a := Attempt{Meta: store.Meta{ID: attemptID(enrolment, lesson, n, st.Enrolment.Version)}, Enrolment: enrolment, Lesson: lesson, Person: by.Person, Version: st.Enrolment.Version,
			Number: n, Started: s.now(), Answers: []Answer{}, Right: []string{}}
		h := fnv.New64a()
		h.Write([]byte(a.ID + s.c.NewName()))
		a.Questions, a.Choices = l.Quiz.arrange(rand.New(rand.NewPCG(h.Sum64(), 1)))
		a.tell(Event{ID: eventID(by.Organisation, "attempted", a.ID), Account: by.Account, Verb: verbAttempted,
			Activity: lessonActivity(st.Enrolment.Course, l), Enrolment: enrolment, At: a.Started})
		if err := s.attempts.Insert(ctx, by.Organisation, a); err != nil {
			if errors.Is(err, store.ErrDuplicate) {
				continue
			}
			return Sheet{}, s.wrap("Begin", err)
		}
		a.Rev = 1
		a, err = s.settleAttempt(ctx, by.Organisation, a)
		return s.sheet(&st, l, a), err
	}
	return Sheet{}, errStale
}

func (s *Service) sheet(st *Study, l *Lesson, a Attempt) Sheet {
	sh := Sheet{Attempt: a, Quiz: l.Quiz, Lesson: l, AttemptsLeft: -1, course: st.Enrolment.Course}
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
	return s.sheetOf(ctx, by.Organisation, a)
}

// sheetOf returns an attempt with the quiz of the version in which it was begun.
func (s *Service) sheetOf(ctx context.Context, org string, a Attempt) (Sheet, error) {
	e, err := s.enrolments.Get(ctx, org, a.Enrolment)
	if err != nil {
		return Sheet{}, s.wrap("sheetOf", err)
	}
	e.Version = a.Version
	v, err := s.version(ctx, e)
	if err != nil {
		return Sheet{}, err
	}
	l := v.lesson(a.Lesson)
	if l == nil || l.Quiz == nil {
		return Sheet{}, fault.New(fault.NotFound, "course.attempt_not_found", "no attempt %s", a.ID)
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
		if a.Renewed {
			continue
		}
		if a.HandedIn == nil {
			open = a.ID
			continue
		}
		taken = append(taken, a)
	}
	return taken, open, nil
}

// HandIn grades an attempt. Handing in again answers the first grading. Fault: course.attempt_renewed.
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
			if a.Renewed {
				return fault.New(fault.Conflict, "course.attempt_renewed", "the course has a later version, and the questions begin again")
			}
			a.HandedIn, a.Answers, a.Right, a.Passed = &now, kept, right, len(right) >= sh.Quiz.Pass
			a.results(by.Organisation, by.Account, &sh)
			return nil
		})
		if err != nil {
			return sh, Study{}, s.wrap("HandIn", err)
		}
	}
	// Everything below follows from the graded attempt, so the sweep makes up for a run that died before this line.
	if sh.Attempt, err = s.settleAttempt(ctx, by.Organisation, sh.Attempt); err != nil {
		return sh, Study{}, err
	}
	st, err := s.Study(ctx, by, sh.Attempt.Enrolment)
	return sh, st, err
}

// results tells how each answer was graded, and the whole.
func (a *Attempt) results(org, account string, sh *Sheet) {
	course := sh.course
	for i := range sh.Quiz.Questions {
		q := &sh.Quiz.Questions[i]
		if !slices.ContainsFunc(a.Answers, func(x Answer) bool { return x.Question == q.ID }) {
			continue
		}
		right := slices.Contains(a.Right, q.ID)
		a.tell(Event{ID: eventID(org, "answered", a.ID, q.ID), Account: account, Verb: verbAnswered, Activity: questionActivity(course, sh.Lesson, q),
			Enrolment: a.Enrolment, At: *a.HandedIn, Success: &right})
	}
	verb := verbFailed
	if a.Passed {
		verb = verbPassed
	}
	share := 0.0
	if n := len(sh.Quiz.Questions); n > 0 {
		share = float64(len(a.Right)) / float64(n)
	}
	passed := a.Passed
	a.tell(Event{ID: a.graded(org), Account: account, Verb: verb, Activity: lessonActivity(course, sh.Lesson), Enrolment: a.Enrolment, At: *a.HandedIn, Score: &share,
		Success: &passed, Duration: a.HandedIn.Sub(a.Started)})
}

// graded is the id of the statement that says how the attempt was graded.
func (a *Attempt) graded(org string) string { return eventID(org, "graded", a.ID) }

// settleAttempt tells the record store what has become of an attempt, and takes a graded one into the evidence.
func (s *Service) settleAttempt(ctx context.Context, org string, a Attempt) (Attempt, error) {
	if !a.Pending {
		return a, nil
	}
	if err := s.tellAll(ctx, org, a.Untold); err != nil {
		return a, err
	}
	if a.HandedIn != nil {
		if err := s.count(ctx, org, &a); err != nil {
			return a, err
		}
	}
	next, err := s.attempts.Update(ctx, org, a.ID, func(d *Attempt) error {
		d.told(a.Untold)
		d.Pending = d.Pending || (d.HandedIn != nil) != (a.HandedIn != nil) // handed in meanwhile
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return a, nil // begun anew with a later version
	}
	return next, s.wrap("settleAttempt", err)
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
func (s *Service) count(ctx context.Context, org string, a *Attempt) error {
	e, err := s.enrolments.Get(ctx, org, a.Enrolment)
	if err != nil {
		return s.wrap("count", err)
	}
	v, err := s.version(ctx, e)
	if err != nil {
		return err
	}
	e, err = s.enrolments.Update(ctx, org, e.ID, func(e *Enrolment) error {
		ev := e.evidence(a.Lesson)
		if ev.Attempts >= a.Number && ev.Best >= len(a.Right) && (ev.Passed != nil || !a.Passed) {
			return store.ErrKeep
		}
		ev.Attempts, ev.Best = max(ev.Attempts, a.Number), max(ev.Best, len(a.Right))
		if a.Passed && ev.Passed == nil {
			ev.Passed, ev.Statement = a.HandedIn, a.graded(org)
		}
		e.Updated = s.now()
		s.decide(e, &v)
		return nil
	})
	if err != nil {
		return s.wrap("count", err)
	}
	_, err = s.settle(ctx, org, e)
	return err
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
	h.Write([]byte(course + lesson)) // the same order each time: what is graded is what was shown
	a.Questions, a.Choices = l.Quiz.arrange(rand.New(rand.NewPCG(h.Sum64(), 1)))
	if answers != nil {
		now := s.now()
		a.HandedIn = &now
		a.Answers, a.Right = grade(l.Quiz, &a, answers)
		a.Passed = len(a.Right) >= l.Quiz.Pass
	}
	return Sheet{Attempt: a, Quiz: l.Quiz, Lesson: &l, AttemptsLeft: -1}, nil
}
