package course

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Limits of questions in a video.
const (
	maxStops   = 50
	firstStop  = 1000             // milliseconds: before that nobody has seen anything
	lastStop   = 24 * 3600 * 1000 // milliseconds
	maxReplies = 20               // to one question that are kept and told; what comes after is graded only
)

// Stop is a question at which a lesson's video stops. It is asked and graded as those of a quiz are.
type Stop struct {
	At       int64    `bson:"at"`       // milliseconds
	Required bool     `bson:"required"` // the video goes on, and the lesson is done, only when it has been answered
	Question Question `bson:"question"` // its id is the stop's
}

// Reply is what a learner has answered to a question in a video.
type Reply struct {
	First     time.Time `bson:"first"`            // when it was answered for the first time: from then on it counts
	Count     int       `bson:"count"`            // how often
	Right     bool      `bson:"right"`            // the latest answer is
	Answer    Answer    `bson:"answer"`           // the latest
	Statement string    `bson:"statement"`        // that tells the first answer
	Solved    bool      `bson:"solved,omitempty"` // some answer was right
}

// stopKinds are the kinds of questions that fit beside a picture.
func stopKinds() []string { return []string{QuestionSingle, QuestionMultiple, QuestionText} }

// checkStops refuses what cannot be asked, fills ids in and brings the questions into order.
func checkStops(stops []Stop, newID func() string) error {
	if len(stops) > maxStops {
		return fault.New(fault.Invalid, "course.stops", "a video has at most %d questions", maxStops).With("max", maxStops).At("body.stops", "course.stops")
	}
	seen := map[string]bool{}
	for i := range stops {
		s := &stops[i]
		path := "body.stops[" + strconv.Itoa(i) + "]"
		if s.At < firstStop || s.At > lastStop {
			return fault.New(fault.Invalid, "course.stop_at", "a video stops after its first second").At(path+".at", "course.stop_at")
		}
		if !slices.Contains(stopKinds(), s.Question.Kind) {
			return fault.New(fault.Invalid, "course.stop_kind", "a video can stop for a choice or a short text").At(path+".question.kind", "course.stop_kind")
		}
		if err := s.Question.check(path+".question", newID); err != nil {
			return err
		}
		if seen[s.Question.ID] {
			return fault.New(fault.Invalid, "course.quiz_ids", "two questions have one id").At(path+".question.id", "course.quiz_ids")
		}
		seen[s.Question.ID] = true
	}
	slices.SortStableFunc(stops, func(a, b Stop) int { return int(a.At - b.At) })
	return nil
}

// stopGaps lists what the questions in a lesson's video lack to be published.
func (l *Lesson) stopGaps(languages []string, length int64) (gaps []Gap) {
	for i := range l.Stops {
		if l.Stops[i].At > length {
			gaps = append(gaps, Gap{Lesson: l.ID, Code: "stop_late", Question: i + 1})
		}
		for _, lang := range languages {
			for _, g := range l.Stops[i].Question.gaps(lang) {
				gaps = append(gaps, Gap{Lesson: l.ID, Language: lang, Code: "question_" + g, Question: i + 1})
			}
		}
	}
	return gaps
}

func (l *Lesson) stop(id string) *Stop {
	for i := range l.Stops {
		if l.Stops[i].Question.ID == id {
			return &l.Stops[i]
		}
	}
	return nil
}

// sheet shows a question of a video as a quiz of one question, which knows all that is to be known once it is answered.
func (p *Stop) sheet(l *Lesson, course string) Sheet {
	order := make([]string, len(p.Question.Choices))
	for i, c := range p.Question.Choices {
		order[i] = c.ID
	}
	id := p.Question.ID
	return Sheet{Attempt: Attempt{Lesson: l.ID, Number: 1, Questions: []string{id}, Choices: map[string][]string{id: order}, Answers: []Answer{}, Right: []string{}},
		Quiz: &Quiz{Pass: 1, Questions: []Question{p.Question}}, Lesson: l, course: course}
}

// graded is the sheet with an answer on it.
func (p *Stop) graded(l *Lesson, course string, a Answer, at time.Time) Sheet {
	sh := p.sheet(l, course)
	sh.Attempt.HandedIn = &at
	sh.Attempt.Answers, sh.Attempt.Right = []Answer{a}, []string{}
	if p.Question.right(a) {
		sh.Attempt.Right, sh.Attempt.Passed = []string{p.Question.ID}, true
	}
	return sh
}

// Stopped is a question of a video as its learner meets it.
type Stopped struct {
	Stop  *Stop
	Reply *Reply // nil: not answered yet
	Sheet Sheet  // graded if it was answered
}

// Stopped lists the questions of a lesson's video, with what was answered.
func (st *Study) Stopped(l *Lesson, ev *Evidence) []Stopped {
	out := make([]Stopped, 0, len(l.Stops))
	for i := range l.Stops {
		p := &l.Stops[i]
		x := Stopped{Stop: p, Sheet: p.sheet(l, st.Version.Course)}
		if r := ev.Stops[p.Question.ID]; r != nil {
			x.Reply, x.Sheet = r, p.graded(l, st.Version.Course, r.Answer, r.First)
		}
		out = append(out, x)
	}
	return out
}

func stopNotFound(id string) error {
	return fault.New(fault.NotFound, "course.stop_not_found", "the video has no question %.64s", id)
}

// replied reads an answer as that question can have it. fault course.stop_empty
func (p *Stop) replied(a Answer) (Answer, error) {
	a.Question = p.Question.ID
	sh := p.sheet(&Lesson{}, "")
	kept, _ := grade(sh.Quiz, &sh.Attempt, []Answer{a})
	a = Answer{Question: p.Question.ID, Choices: slices.Compact(slices.Sorted(slices.Values(kept[0].Choices)))}
	if p.Question.Kind == QuestionText {
		a.Text = strings.TrimSpace(kept[0].Text)
	}
	if len(a.Choices) == 0 && a.Text == "" {
		return a, fault.New(fault.Invalid, "course.stop_empty", "this is no answer to the question").At("body", "course.stop_empty")
	}
	return a, nil
}

// AnswerStop grades what a learner answers to a question in a video. The first answer, right or not, is what counts; the
// same answer again changes nothing. Faults: course.stop_not_found, course.stop_empty
func (s *Service) AnswerStop(ctx context.Context, by people.Actor, enrolment, lesson, stop string, a Answer) (Stopped, error) {
	st, l, _, err := s.lesson(ctx, by, enrolment, lesson)
	if err != nil {
		return Stopped{}, err
	}
	p := l.stop(stop)
	if p == nil {
		return Stopped{}, stopNotFound(stop)
	}
	if a, err = p.replied(a); err != nil {
		return Stopped{}, err
	}
	now := s.now()
	graded := p.graded(l, st.Version.Course, a, now)
	e, err := s.enrolments.Update(ctx, by.Organisation, enrolment, func(e *Enrolment) error {
		ev := e.evidence(lesson)
		if ev.Stops == nil {
			ev.Stops = map[string]*Reply{}
		}
		r := ev.Stops[stop]
		if r == nil {
			r = &Reply{First: now}
			ev.Stops[stop] = r
		} else if r.Count >= maxReplies || r.Answer.Text == a.Text && slices.Equal(r.Answer.Choices, a.Choices) {
			return store.ErrKeep
		}
		r.Count++
		r.Answer, r.Right = a, graded.Attempt.Passed
		r.Solved = r.Solved || r.Right
		id := eventID(by.Organisation, "stopped", enrolment, lesson, stop, strconv.Itoa(r.Count))
		if r.Count == 1 {
			r.Statement = id
		}
		right := r.Right
		e.tell(Event{ID: id, Account: by.Account, Verb: verbAnswered, Activity: p.activity(st.Enrolment.Course, l), Enrolment: enrolment, At: now, Success: &right, Response: response(a)})
		e.Updated = now
		s.decide(e, &st.Version)
		return nil
	})
	if err != nil {
		return Stopped{}, s.wrap("AnswerStop", err)
	}
	if e, err = s.settle(ctx, by.Organisation, e); err != nil {
		return Stopped{}, err
	}
	return Stopped{Stop: p, Reply: e.evidence(lesson).Stops[stop], Sheet: graded}, nil
}

// TryStop grades an answer to a question in the video of a draft, without a trace. Authors may.
func (s *Service) TryStop(ctx context.Context, by people.Actor, course, lesson, stop string, a Answer) (Stopped, error) {
	l, err := s.Lesson(ctx, by, course, lesson)
	if err != nil {
		return Stopped{}, err
	}
	p := l.stop(stop)
	if p == nil {
		return Stopped{}, stopNotFound(stop)
	}
	if a, err = p.replied(a); err != nil {
		return Stopped{}, err
	}
	now := s.now()
	sh := p.graded(&l, course, a, now)
	return Stopped{Stop: p, Reply: &Reply{First: now, Count: 1, Right: sh.Attempt.Passed, Answer: a}, Sheet: sh}, nil
}

// activity is the question in the record store. What would be right is not told there.
func (p *Stop) activity(course string, l *Lesson) Activity {
	a := questionActivity(course, l, &p.Question)
	a.Interaction = "choice"
	if p.Question.Kind == QuestionText {
		a.Interaction = "fill-in"
	}
	return a
}

// response writes an answer as xAPI does (1.0.3 Data §2.4.4.1): choices by their ids, joined by [,].
func response(a Answer) string {
	if a.Text != "" {
		return a.Text
	}
	return strings.Join(a.Choices, "[,]")
}

// asked says how many questions of a video must be answered, and how many of these are.
func (l *Lesson) asked(ev *Evidence) (all, answered int) {
	for i := range l.Stops {
		if !l.Stops[i].Required {
			continue
		}
		all++
		if ev.Stops[l.Stops[i].Question.ID] != nil {
			answered++
		}
	}
	return all, answered
}
