package course

import (
	"context"
	"encoding/json"
	"errors"
	"maps"
	"slices"
	"time"

	"palestra/course/ledger"
	"palestra/internal/fault"
	"palestra/internal/store"
)

// Need is one lesson of a course as the learner is told about it: done and how, or what is missing.
type Need struct {
	Lesson           string
	Kind             string
	Title            Text
	Optional         bool
	Done             *time.Time
	Begun            bool
	How              string    // seen, transcript, read, passed; "" while not done
	Length           int64     // video: milliseconds
	Seen             Intervals // video
	Required         int64     // video: milliseconds that must be seen
	Missing          Intervals // video
	TranscriptCounts bool
	Questions        int // quiz
	Pass             int
	Best             int
	Attempts         int // used
	AttemptsLeft     int // -1 for any number
	Asked            int // video: questions in it that must be answered
	Answered         int // of these
}

// needs explains an enrolment: one Need a lesson, in the order of the course.
func needs(e *Enrolment, v *Version) []Need {
	var out []Need
	for _, m := range v.Modules {
		for _, ref := range m.Lessons {
			l := v.lesson(ref.ID)
			if l == nil {
				continue
			}
			ev := e.Lessons[l.ID]
			if ev == nil {
				ev = &Evidence{}
			}
			n := Need{Lesson: l.ID, Kind: l.Kind, Title: l.Title, Optional: l.Optional, Done: ev.Done, How: ev.How, Begun: ev.Opened != nil || len(ev.Seen) > 0 || ev.Attempts > 0 || len(ev.Stops) > 0}
			switch l.Kind {
			case KindVideo:
				n.Length = length(v, l, ev)
				n.Seen = ev.Seen.Within(0, n.Length)
				n.Required = required(v, l, ev)
				n.Missing = n.Seen.Gaps(n.Length)
				n.TranscriptCounts = l.TranscriptCounts
				n.Asked, n.Answered = l.asked(ev)
			case KindQuiz:
				n.Questions, n.Pass, n.Best, n.Attempts, n.AttemptsLeft = len(l.Quiz.Questions), l.Quiz.Pass, ev.Best, ev.Attempts, -1
				if l.Quiz.Attempts > 0 {
					n.AttemptsLeft = max(0, l.Quiz.Attempts-ev.Attempts)
				}
			}
			out = append(out, n)
		}
	}
	return out
}

// required returns how many milliseconds of a lesson's video must be seen.
func required(v *Version, l *Lesson, ev *Evidence) int64 {
	return length(v, l, ev) * int64(v.Rule.Video) / 100
}

// length returns of how many milliseconds of a lesson's video the rule speaks: those that it had when the version was
// published, or fewer if it has become shorter since.
func length(v *Version, l *Lesson, ev *Evidence) int64 {
	n := v.clip(l.Video)
	if ev.Lasts > 0 {
		n = min(n, ev.Lasts)
	}
	return n
}

// met says whether and how a lesson's evidence meets the rule.
func met(v *Version, l *Lesson, ev *Evidence) (how string, ok bool) {
	switch l.Kind {
	case KindVideo:
		if all, answered := l.asked(ev); answered < all {
			return "", false
		}
		if n := required(v, l, ev); n > 0 && ev.Seen.Within(0, length(v, l, ev)).Length() >= n {
			return "seen", true
		}
		if l.TranscriptCounts && ev.TranscriptRead != nil {
			return "transcript", true
		}
	case KindText:
		return "read", ev.Read != nil
	case KindQuiz:
		return "passed", ev.Passed != nil
	}
	return "", false
}

// Decision is the server's word that a course is complete, and what it rests on. It is written into the enrolment in
// the same moment as the evidence that made it true.
type Decision struct {
	ID         string    `bson:"id"` // of the completion
	At         time.Time `bson:"at"`
	Version    int       `bson:"version"`
	Rule       Rule      `bson:"rule"`
	Statements []string  `bson:"statements"` // in the record store
	Evidence   []byte    `bson:"evidence"`   // JSON, see evidence
	Hash       string    `bson:"hash"`       // of Evidence: ledger.EvidenceHash
	Score      *float64  `bson:"score,omitempty"`
	Earned     []Earned  `bson:"earned,omitempty"` // of a programme: the courses that it rests on
	// Certificate is the code in the certificate's address: random, so that who reads a ledger cannot guess it.
	Certificate string `bson:"certificate"`
}

// decide marks lessons whose evidence meets the rule as done, and the course as complete once all that are needed are.
// Nothing that is done is ever undone.
func (s *Service) decide(e *Enrolment, v *Version) {
	now := s.now()
	complete := true
	for i := range v.Lessons {
		l := &v.Lessons[i]
		ev := e.Lessons[l.ID]
		if ev != nil && ev.Done == nil {
			if how, ok := met(v, l, ev); ok {
				ev.Done, ev.How = &now, how
			}
		}
		if !l.Optional && (ev == nil || ev.Done == nil) {
			complete = false
		}
	}
	if !complete || e.Decision != nil || len(v.Lessons) == 0 {
		return
	}
	proof := evidence(e, v)
	hash, err := ledger.EvidenceHash(proof)
	if err != nil { // only for what is not JSON
		panic(err)
	}
	e.Decision = &Decision{ID: s.c.NewName(), At: now, Version: v.Number, Rule: v.Rule, Statements: statements(e), Evidence: proof, Hash: hash, Score: score(e, v), Certificate: s.c.NewName()}
	e.State, e.Pending, e.Updated = Completed, true, now
}

// statements lists the statements that an enrolment's evidence comes from, each once, in order.
func statements(e *Enrolment) []string {
	ids := []string{}
	for _, ev := range e.Lessons {
		for _, id := range ev.Sessions {
			ids = append(ids, id)
		}
		if ev.Statement != "" {
			ids = append(ids, ev.Statement)
		}
		for _, r := range ev.Stops {
			ids = append(ids, r.Statement)
		}
	}
	slices.Sort(ids)
	return slices.Compact(ids)
}

// score returns the share of right answers over all quizzes of the version, nil if it has none.
func score(e *Enrolment, v *Version) *float64 {
	right, all := 0, 0
	for i := range v.Lessons {
		if l := &v.Lessons[i]; l.Kind == KindQuiz && l.Quiz != nil {
			all += len(l.Quiz.Questions)
			if ev := e.Lessons[l.ID]; ev != nil {
				right += ev.Best
			}
		}
	}
	if all == 0 {
		return nil
	}
	f := float64(right) / float64(all)
	return &f
}

// evidence returns what a decision rests on as JSON, so that an auditor can read it and reckon its hash again
// (ledger.EvidenceHash, RFC 8785): the rule, the version, the statements, and for each lesson of the course in order how
// and when it was done, what was seen of it in milliseconds and the best result.
func evidence(e *Enrolment, v *Version) []byte {
	type item struct {
		Lesson   string    `json:"lesson"`
		How      string    `json:"how"`
		Done     string    `json:"done"`
		Seen     Intervals `json:"seen"`
		Best     int       `json:"best"`
		Answered []string  `json:"answered,omitempty"` // ids of questions in the video
	}
	type whole struct {
		Format     string   `json:"format"`
		Enrolment  string   `json:"enrolment"`
		Course     string   `json:"course"`
		Version    int      `json:"courseVersion"`
		Rule       string   `json:"rule"`
		Lessons    []item   `json:"lessons"`
		Statements []string `json:"statements"`
	}
	w := whole{Format: "palestra-evidence/1", Enrolment: e.ID, Course: e.Course, Version: v.Number, Rule: v.Rule.Name(), Lessons: []item{}, Statements: statements(e)}
	for i := range v.Lessons {
		if ev := e.Lessons[v.Lessons[i].ID]; ev != nil && ev.Done != nil {
			seen := ev.Seen
			if seen == nil {
				seen = Intervals{}
			}
			w.Lessons = append(w.Lessons, item{v.Lessons[i].ID, ev.How, ev.Done.UTC().Format(time.RFC3339Nano), seen, ev.Best, slices.Sorted(maps.Keys(ev.Stops))})
		}
	}
	b, err := json.Marshal(w)
	if err != nil { // only for kinds of values that these are not
		panic(err)
	}
	return b
}

// Completion is a completed course or programme as HR and the learner see it. It is written once; corrections are added.
type Completion struct {
	store.Meta  `bson:",inline"`
	Kind        string       `bson:"kind,omitempty"`   // KindProgramme; "" for a course
	Terms       string       `bson:"terms,omitempty"`  // of a programme: its rule in one word
	Earned      []Earned     `bson:"earned,omitempty"` // of a programme: the courses that it rests on
	Enrolment   string       `bson:"enrolment"`        // or pursuit
	Person      string       `bson:"person"`
	Account     string       `bson:"account"`
	Course      string       `bson:"course"` // or programme
	Owner       string       `bson:"owner"`
	Title       Text         `bson:"title"`
	Version     int          `bson:"version"`
	Rule        Rule         `bson:"rule"`
	Minutes     int          `bson:"minutes"`
	Via         string       `bson:"via"`
	Enrolled    time.Time    `bson:"enrolled"`
	At          time.Time    `bson:"at"`
	Due         *time.Time   `bson:"due,omitempty"`
	Score       *float64     `bson:"score,omitempty"`
	Statement   string       `bson:"statement"`  // the platform's own: completed
	Statements  []string     `bson:"statements"` // the evidence
	Hash        string       `bson:"hash"`       // of the evidence
	Ledger      int64        `bson:"ledger"`     // number of its entry
	LedgerHash  string       `bson:"ledgerHash"`
	Certificate string       `bson:"certificate"` // code in its address
	Corrections []Correction `bson:"corrections"`
	Withdrawn   bool         `bson:"withdrawn"`
	Pending     bool         `bson:"pending"` // a correction is not in the ledger yet
}

// certificateAddress leads from the code in a certificate's address to its completion.
type certificateAddress struct {
	store.Meta   `bson:",inline"`
	Organisation string `bson:"organisation"`
	Completion   string `bson:"completion"`
}

// settle tells the record store what is untold of an enrolment, and writes the consequences of its decision: the sealed
// completion, the assignment that is done, the programmes that ask for the course. Settling again after a crash, or twice
// at once, writes nothing twice.
func (s *Service) settle(ctx context.Context, org string, e Enrolment) (Enrolment, error) {
	if !e.Pending {
		return e, nil
	}
	if err := s.tellAll(ctx, org, e.Untold); err != nil {
		return e, err
	}
	if err := s.keepViews(ctx, e.Owner, e.Uncounted); err != nil {
		return e, err
	}
	if e.Decision != nil {
		if err := s.conclude(ctx, org, e); err != nil {
			return e, err
		}
	}
	next, err := s.enrolments.Update(ctx, org, e.ID, func(d *Enrolment) error {
		o := Outbox{Untold: d.Untold}
		o.told(e.Untold)
		d.Untold = o.Untold
		d.Uncounted = slices.DeleteFunc(d.Uncounted, func(v view) bool {
			return slices.ContainsFunc(e.Uncounted, func(w view) bool { return w.ID == v.ID })
		})
		d.Pending = o.Pending || len(d.Uncounted) > 0 || (d.Decision != nil) != (e.Decision != nil) // somebody else has more to write
		return nil
	})
	return next, s.wrap("settle", err)
}

// conclude writes the consequences of an enrolment's decision.
func (s *Service) conclude(ctx context.Context, org string, e Enrolment) error {
	v, err := s.version(ctx, e)
	if err != nil {
		return err
	}
	d := e.Decision
	c := Completion{Meta: store.Meta{ID: d.ID}, Enrolment: e.ID, Person: e.Person, Account: e.Account, Course: e.Course, Owner: e.Owner, Title: v.Title,
		Version: d.Version, Rule: d.Rule, Minutes: v.Minutes, Via: e.Via, Enrolled: e.Created, At: d.At, Due: e.Due, Score: d.Score,
		Statement: eventID(org, "completed", d.ID), Statements: d.Statements, Hash: d.Hash,
		Certificate: d.Certificate, Corrections: []Correction{}}
	if err := s.seal(ctx, org, c); err != nil {
		return err
	}
	if err := s.closeAssignment(ctx, org, e.Account, e.Course); err != nil {
		return err
	}
	return s.advance(ctx, org, e.Person, e.Course)
}

// activity is what a completion's statements are about.
func (c *Completion) activity() Activity {
	if c.Kind == KindProgramme {
		return programmeActivity(c.Course, c.Title)
	}
	return courseActivity(c.Course, c.Title)
}

// seal writes a completion: the platform's statement, the ledger's entry, the certificate's address, the record, and the
// letter. Doing so again after a crash writes none twice.
func (s *Service) seal(ctx context.Context, org string, c Completion) error {
	yes := true
	err := s.c.Records.Record(ctx, org, Event{ID: c.Statement, Account: c.Account, Verb: verbCompleted, Activity: c.activity(),
		Enrolment: c.Enrolment, At: c.At, Complete: &yes, Score: c.Score, Duration: time.Duration(c.Minutes) * time.Minute})
	if err != nil {
		return s.wrap("seal", err)
	}
	id, entry := completionEntry(org, &c)
	if c.Ledger, c.LedgerHash, err = s.enter(ctx, org, id, entry); err != nil {
		return err
	}
	if err := s.certificates.Insert(ctx, certificateAddress{Meta: store.Meta{ID: c.Certificate}, Organisation: org, Completion: c.ID}); err != nil && !errors.Is(err, store.ErrDuplicate) {
		return s.wrap("seal", err)
	}
	err = s.c.Records.Record(ctx, org, Event{ID: eventID(org, "earned", c.ID), Account: c.Account, Verb: verbEarned, Activity: certificateActivity(c.ID, c.Title),
		Enrolment: c.Enrolment, At: c.At})
	if err != nil {
		return s.wrap("seal", err)
	}
	if err := s.completions.Insert(ctx, org, c); err != nil && !errors.Is(err, store.ErrDuplicate) {
		return s.wrap("seal", err)
	}
	return s.congratulate(ctx, org, c)
}

func (s *Service) congratulate(ctx context.Context, org string, c Completion) error {
	m, err := s.c.People.MemberOf(ctx, org, c.Person)
	if fault.KindOf(err) == fault.NotFound {
		return nil // erased meanwhile
	}
	if err != nil || m.Held != nil {
		return s.wrap("congratulate", err)
	}
	locale, err := s.c.People.Locale(ctx, org, c.Person)
	if err != nil {
		return s.wrap("congratulate", err)
	}
	title, _ := c.Title.In(locale)
	letter := "completed"
	if c.Kind == KindProgramme {
		letter = "programme"
	}
	return s.wrap("congratulate", s.c.Mail.SendOnce(ctx, eventID(org, "letter", c.ID), m.Email, locale, letter, map[string]any{
		"name": m.Name, "course": title, "link": s.c.PublicURL + "/c/" + c.Certificate}))
}

// SettlePending writes what is still missing of earlier changes of an organisation, for the sweep.
func (s *Service) SettlePending(ctx context.Context, org string) error {
	return s.wrap("SettlePending", errors.Join(
		settlePending(ctx, s.courses, org, alone(s.settleCourse)),
		settlePending(ctx, s.lessons, org, alone(s.settleLesson)),
		settlePending(ctx, s.faults, org, s.settleReport),
		settlePending(ctx, s.assignments, org, alone(s.settleAssignment)),
		settlePending(ctx, s.orders, org, s.settleOrder),
		settlePending(ctx, s.attempts, org, alone(s.settleAttempt)),
		settlePending(ctx, s.enrolments, org, alone(s.settle)),
		settlePending(ctx, s.programmes, org, alone(s.settleProgramme)),
		settlePending(ctx, s.pursuits, org, alone(s.settlePursuit)),
		settlePending(ctx, s.completions, org, s.settleCorrections),
	))
}
