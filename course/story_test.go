package course_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"palestra/course"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/internal/id"
	"palestra/people"
)

const (
	paused    = "https://w3id.org/xapi/video/verbs/paused"
	completed = "http://adlnet.gov/expapi/verbs/completed"
)

// learner is somebody who has begun the course.
type learner struct {
	*coursetest.Town
	by                people.Actor
	enrolment         string
	course            string
	video, text, quiz string
}

func begin(t *testing.T, w *coursetest.Town, by people.Actor) *learner {
	t.Helper()
	c := w.Course(t)
	e, err := w.Courses.Enrol(t.Context(), by, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	ls := c.Modules[0].Lessons
	return &learner{w, by, e.ID, c.ID, ls[0].ID, ls[1].ID, ls[2].ID}
}

// says stores a claim and observes it.
func (l *learner) says(t *testing.T, session string, o course.Observed, spans ...[2]int64) {
	t.Helper()
	o.Account, o.Enrolment, o.Playback = l.by.Account, l.enrolment, session
	if o.Verb == "" {
		o.Verb = paused
	}
	for i := range spans {
		spans[i][0] *= 1000
		spans[i][1] *= 1000
	}
	o.Segments = course.Normal(spans...)
	l.Records.Say(l.ID, o)
	if err := l.Courses.CatchUp(t.Context(), l.ID); err != nil {
		t.Fatal(err)
	}
}

func (l *learner) play(t *testing.T) string {
	t.Helper()
	p, err := l.Courses.Play(t.Context(), l.by, l.enrolment, l.video)
	if err != nil {
		t.Fatal(err)
	}
	return p.Session
}

func (l *learner) study(t *testing.T) course.Study {
	t.Helper()
	st, err := l.Courses.Study(t.Context(), l.by, l.enrolment)
	if err != nil {
		t.Fatal(err)
	}
	return st
}

func (l *learner) seen(t *testing.T) int64 {
	t.Helper()
	return l.study(t).Needs[0].Seen.Length() / 1000
}

func TestStory(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	l := begin(t, w, w.Ada)
	session := l.play(t)

	w.Clock.Pass(7 * time.Minute)
	l.says(t, session, course.Observed{}, [2]int64{0, 252}, [2]int64{360, 520})
	st := l.study(t)
	if got := st.Needs[0]; got.Done != nil || len(got.Missing) != 2 || got.Missing[0] != [2]int64{252_000, 360_000} {
		t.Fatalf("after seven minutes: done %v, missing %v", got.Done, got.Missing)
	}
	w.Clock.Pass(3 * time.Minute)
	l.says(t, session, course.Observed{}, [2]int64{0, 600})
	if st = l.study(t); st.Needs[0].Done == nil || st.Needs[0].How != "seen" {
		t.Fatalf("the whole video is seen, and the need is %+v", st.Needs[0])
	}

	if _, _, _, err := w.Courses.Open(t.Context(), l.by, l.enrolment, l.text); err != nil {
		t.Fatal(err)
	}
	w.Clock.Pass(10 * time.Second)
	if _, err := w.Courses.Read(t.Context(), l.by, l.enrolment, l.text); err != nil {
		t.Fatal(err)
	}

	sh, err := w.Courses.Begin(t.Context(), l.by, l.enrolment, l.quiz)
	if err != nil {
		t.Fatal(err)
	}
	sh, st, err = w.Courses.HandIn(t.Context(), l.by, sh.Attempt.ID, rightAnswers(sh))
	if err != nil || !sh.Attempt.Passed || len(sh.Attempt.Right) != 6 {
		t.Fatalf("six right answers gave %v, passed %v, %v", sh.Attempt.Right, sh.Attempt.Passed, err)
	}
	if st.Enrolment.State != course.Completed || st.Completion == nil || st.Completion.Ledger != 1 {
		t.Fatalf("the course is complete, and the enrolment says %q, %+v", st.Enrolment.State, st.Completion)
	}
	if len(st.Completion.Statements) != 3 || *st.Completion.Score != 1 {
		t.Errorf("evidence: %v, score %v", st.Completion.Statements, *st.Completion.Score)
	}
	letters := 0
	for _, letter := range w.Letters.Sent {
		if letter.Kind == "completed" && letter.To == "ada@castelverde.example" && strings.HasSuffix(letter.Params["link"].(string), "/c/"+st.Completion.Certificate) {
			letters++
		}
	}
	if letters != 1 {
		t.Errorf("%d letters say that the course is complete, want 1", letters)
	}

	// HR sees it, and everything agrees.
	lines, _, err := w.Courses.Records(t.Context(), w.Hedy, false, "", "", "", 50)
	if err != nil || len(lines) != 1 || lines[0].Name != "ada" {
		t.Fatalf("HR sees %+v, %v", lines, err)
	}
	agree(t, w, 1, 0)

	// A mistake is put right by further entries.
	minutes := 30
	c, err := w.Courses.Correct(t.Context(), w.Hedy, st.Completion.ID, course.Fix{Kind: "correction", Reason: "counted twice", Minutes: &minutes})
	if err != nil || c.MinutesNow() != 30 || c.Corrections[0].Ledger != 2 || c.Pending {
		t.Fatalf("corrected to %+v, %v", c, err)
	}
	if c, err = w.Courses.Correct(t.Context(), w.Hedy, c.ID, course.Fix{Kind: "withdrawal", Reason: "somebody else learnt"}); err != nil || !c.Withdrawn || c.Corrections[1].Ledger != 3 {
		t.Fatalf("withdrawn: %+v, %v", c, err)
	}
	if _, err = w.Courses.Correct(t.Context(), w.Hedy, c.ID, course.Fix{Kind: "correction", Reason: "after all"}); !fault.Is(err, "course.withdrawn") {
		t.Errorf("a withdrawn record was corrected: %v", err)
	}
	agree(t, w, 3, 0)
	w.Records.Lose(w.ID, c.Statements[0])
	agree(t, w, 3, 1)
}

func agree(t *testing.T, w *coursetest.Town, entries int64, differences int) {
	t.Helper()
	r, err := w.Courses.Reconcile(t.Context(), w.Hedy)
	if err != nil || len(r.Differences) != differences || r.Entries != entries {
		t.Errorf("reconciliation: %+v, %v; want %d entries and %d differences", r, err, entries, differences)
	}
}

func rightAnswers(sh course.Sheet) []course.Answer {
	var as []course.Answer
	for _, q := range sh.Quiz.Questions {
		a := course.Answer{Question: q.ID}
		switch q.Kind {
		case course.QuestionSingle, course.QuestionMultiple:
			for _, c := range q.Choices {
				if c.Right {
					a.Choices = append(a.Choices, c.ID)
				}
			}
		case course.QuestionOrder:
			for _, c := range q.Choices {
				a.Choices = append(a.Choices, c.ID)
			}
		case course.QuestionText:
			a.Text = " Dati  APERTI. "
		case course.QuestionNumber:
			a.Text = "1.234,7"
		case course.QuestionMatch:
			a.Pairs = map[string]string{}
			for i, id := range sh.Attempt.Choices[q.ID+"/partners"] {
				a.Pairs[id] = "p" + string(rune('0'+i))
			}
		}
		as = append(as, a)
	}
	return as
}

// What a script may try: each claim is stored and decides nothing.
func TestClaimsThatDecideNothing(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct {
		name string
		try  func(t *testing.T, l *learner)
		want int64 // seconds seen
	}{
		{"ten minutes in one", func(t *testing.T, l *learner) {
			s := l.play(t)
			l.Clock.Pass(time.Minute)
			l.says(t, s, course.Observed{}, [2]int64{0, 600})
		}, 0},
		{"ten minutes in one at claimed speed two", func(t *testing.T, l *learner) {
			s := l.play(t)
			l.Clock.Pass(time.Minute)
			l.says(t, s, course.Observed{Speed: 2}, [2]int64{0, 600})
		}, 0},
		{"speed a hundred", func(t *testing.T, l *learner) {
			s := l.play(t)
			l.Clock.Pass(time.Minute)
			l.says(t, s, course.Observed{Speed: 100}, [2]int64{0, 600})
		}, 0},
		{"completed, posted", func(t *testing.T, l *learner) {
			s := l.play(t)
			l.Clock.Pass(time.Minute)
			l.says(t, s, course.Observed{Verb: completed})
		}, 0},
		{"a session replayed", func(t *testing.T, l *learner) {
			s := l.play(t)
			l.Clock.Pass(time.Minute)
			for range 20 {
				l.says(t, s, course.Observed{}, [2]int64{0, 60})
			}
		}, 60},
		{"ten sessions at once", func(t *testing.T, l *learner) {
			var ss []string
			for range 10 {
				ss = append(ss, l.play(t))
			}
			l.Clock.Pass(time.Minute)
			for i, s := range ss {
				l.says(t, s, course.Observed{}, [2]int64{int64(i) * 60, int64(i+1) * 60})
			}
		}, 60},
		{"another's account", func(t *testing.T, l *learner) {
			s := l.play(t)
			l.Clock.Pass(10 * time.Minute)
			l.by.Account = l.Lin.Account
			l.says(t, s, course.Observed{}, [2]int64{0, 600})
			l.by = l.Ada
		}, 0},
		{"an unknown session", func(t *testing.T, l *learner) {
			l.Clock.Pass(10 * time.Minute)
			l.says(t, id.Random(), course.Observed{}, [2]int64{0, 600})
		}, 0},
		{"beyond the end", func(t *testing.T, l *learner) {
			s := l.play(t)
			l.Clock.Pass(time.Hour)
			l.says(t, s, course.Observed{}, [2]int64{0, 3600})
		}, 0},
		{"late from the outbox, honest", func(t *testing.T, l *learner) {
			s := l.play(t)
			l.Clock.Pass(26 * time.Hour)
			l.says(t, s, course.Observed{}, [2]int64{0, 300})
		}, 300},
		{"twice the speed, honest", func(t *testing.T, l *learner) {
			s := l.play(t)
			l.Clock.Pass(5 * time.Minute)
			l.says(t, s, course.Observed{Speed: 2}, [2]int64{0, 600})
		}, 600},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			w := coursetest.New(t)
			l := begin(t, w, w.Ada)
			tc.try(t, l)
			if got := l.seen(t); got != tc.want {
				t.Errorf("%d seconds are believed, want %d", got, tc.want)
			}
			if l.study(t).Enrolment.State != course.Active {
				t.Error("the course is complete")
			}
		})
	}
}

func TestReadingTakesTime(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	l := begin(t, w, w.Ada)
	if _, err := w.Courses.Read(t.Context(), l.by, l.enrolment, l.text); !fault.Is(err, "course.read_too_fast") {
		t.Errorf("a text that was never opened was read: %v", err)
	}
	if _, _, _, err := w.Courses.Open(t.Context(), l.by, l.enrolment, l.video); err != nil {
		t.Fatal(err)
	}
	w.Clock.Pass(time.Minute)
	if _, err := w.Courses.ReadTranscript(t.Context(), l.by, l.enrolment, l.video); !fault.Is(err, "course.read_too_fast") {
		t.Errorf("ten minutes of speech were read in one: %v", err)
	}
	w.Clock.Pass(time.Minute)
	st, err := w.Courses.ReadTranscript(t.Context(), l.by, l.enrolment, l.video)
	if err != nil || st.Needs[0].How != "transcript" {
		t.Errorf("the transcript was read, and the need is %+v, %v", st.Needs[0], err)
	}
}

func TestQuizAttempts(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	l := begin(t, w, w.Ada)
	ctx := t.Context()
	for n := 1; n <= 2; n++ {
		sh, err := w.Courses.Begin(ctx, l.by, l.enrolment, l.quiz)
		if err != nil {
			t.Fatal(err)
		}
		again, err := w.Courses.Begin(ctx, l.by, l.enrolment, l.quiz)
		if err != nil || again.Attempt.ID != sh.Attempt.ID {
			t.Errorf("beginning again gave another attempt, %v", err)
		}
		sh, _, err = w.Courses.HandIn(ctx, l.by, sh.Attempt.ID, []course.Answer{{Question: "q1", Choices: []string{"b"}}})
		if err != nil || sh.Attempt.Passed || sh.Reveal() != (n == 2) {
			t.Errorf("attempt %d: passed %v, reveals %v, %v", n, sh.Attempt.Passed, sh.Reveal(), err)
		}
		// A page that lost the answer hands in again, with better answers: the first grading stands.
		sh, _, err = w.Courses.HandIn(ctx, l.by, sh.Attempt.ID, rightAnswers(sh))
		if err != nil || sh.Attempt.Passed {
			t.Errorf("attempt %d was graded twice: %v", n, err)
		}
	}
	if _, err := w.Courses.Begin(ctx, l.by, l.enrolment, l.quiz); !fault.Is(err, "course.no_attempts_left") {
		t.Errorf("a third attempt: %v", err)
	}
	if got := l.study(t).Needs[2]; got.Attempts != 2 || got.AttemptsLeft != 0 || got.Best != 0 || got.Done != nil {
		t.Errorf("the need is %+v", got)
	}
}

// Whatever dies while a decision is carried out, the next run writes what is missing and nothing twice.
func TestSettlingAfterACrash(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	l := begin(t, w, w.Ada)
	ctx := t.Context()
	s := l.play(t)
	w.Clock.Pass(10 * time.Minute)
	l.says(t, s, course.Observed{}, [2]int64{0, 600})
	if _, _, _, err := w.Courses.Open(ctx, l.by, l.enrolment, l.text); err != nil {
		t.Fatal(err)
	}
	w.Clock.Pass(time.Minute)
	if _, err := w.Courses.Read(ctx, l.by, l.enrolment, l.text); err != nil {
		t.Fatal(err)
	}
	sh, err := w.Courses.Begin(ctx, l.by, l.enrolment, l.quiz)
	if err != nil {
		t.Fatal(err)
	}
	w.Records.Fail = func(e course.Event) error {
		if e.Verb == completed {
			return context.DeadlineExceeded
		}
		return nil
	}
	if _, _, err := w.Courses.HandIn(ctx, l.by, sh.Attempt.ID, rightAnswers(sh)); err == nil {
		t.Fatal("the record store was away, and nobody noticed")
	}
	if got := l.study(t); got.Enrolment.State != course.Completed || got.Completion != nil {
		t.Fatalf("decided: %q, %+v", got.Enrolment.State, got.Completion)
	}
	w.Records.Fail = nil
	for range 3 {
		if err := w.Courses.SettlePending(ctx, w.ID); err != nil {
			t.Fatal(err)
		}
	}
	if got := l.study(t); got.Completion == nil || got.Enrolment.Pending {
		t.Errorf("not settled: %+v", got.Enrolment)
	}
	agree(t, w, 1, 0)
}

// Strangers get the same answer as for what does not exist.
func TestOtherTowns(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	l := begin(t, w, w.Ada)
	m := w.OtherTown(t)
	ctx := t.Context()
	course1 := l.study(t).Enrolment.Course
	for name, err := range map[string]error{
		"course":      second(w.Courses.Course(ctx, m, course1)),
		"offer":       second(w.Courses.Offered(ctx, m, course1)),
		"enrol":       second(w.Courses.Enrol(ctx, m, course1)),
		"study":       second(w.Courses.Study(ctx, m, l.enrolment)),
		"play":        second(w.Courses.Play(ctx, m, l.enrolment, l.video)),
		"begin":       second(w.Courses.Begin(ctx, m, l.enrolment, l.quiz)),
		"publish":     second(w.Courses.Publish(ctx, m, course1, 0, "")),
		"assign":      second(w.Courses.Assign(ctx, m, course.Target{Course: course1}, "2026-12-31", course.Whom{Persons: []string{w.Ada.Person}})),
		"record":      second(w.Courses.RecordOf(ctx, m, l.enrolment)),
		"same town":   second(w.Courses.Study(ctx, w.Lin, l.enrolment)),
		"lin's draft": second(w.Courses.Course(ctx, w.Lin, course1)),
	} {
		want := fault.NotFound
		if name == "lin's draft" {
			want = fault.Forbidden
		}
		if fault.KindOf(err) != want {
			t.Errorf("%s: got %v, want kind %d", name, err, want)
		}
	}
}

func second[T any](_ T, err error) error { return err }

func TestAssignments(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	c := w.Course(t)
	ctx := t.Context()
	asked, err := w.Courses.Assign(ctx, w.Hedy, course.Target{Course: c.ID}, "2026-11-30", course.Whom{Persons: []string{w.Lin.Person}})
	if err != nil || len(asked.Assignments) != 1 || asked.More {
		t.Fatal(asked, err)
	}
	as := asked.Assignments
	// The end of the day in Rome.
	if want := time.Date(2026, 11, 30, 23, 0, 0, 0, time.UTC); !as[0].Due.Equal(want) {
		t.Errorf("due %v, want %v", as[0].Due, want)
	}
	home, err := w.Courses.Home(ctx, w.Lin)
	if err != nil || len(home.Open) != 1 || home.Open[0].Enrolment.Due == nil || home.Open[0].Enrolment.Via != course.ViaHR {
		t.Errorf("home: %+v, %v", home, err)
	}
	if _, err := w.Courses.Assign(ctx, w.Hedy, course.Target{Course: c.ID}, "2026-11-01", course.Whom{Persons: []string{w.Lin.Person}}); !fault.Is(err, "course.due_past") {
		t.Errorf("a day in the past: %v", err)
	}
	if _, err := w.Courses.Assign(ctx, w.Grace, course.Target{Course: c.ID}, "2026-11-30", course.Whom{Persons: []string{w.Lin.Person}}); fault.KindOf(err) != fault.Forbidden {
		t.Errorf("an author assigned: %v", err)
	}
	if err := w.Courses.CancelAssignment(ctx, w.Hedy, as[0].ID); err != nil {
		t.Error(err)
	}
}

// Learners keep the version that they started unless the author moves them.
func TestVersions(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	l := begin(t, w, w.Ada)
	ctx := t.Context()
	c := l.study(t).Enrolment.Course
	if _, err := w.Courses.Publish(ctx, w.Grace, c, 0, ""); !fault.Is(err, "course.unchanged") {
		t.Errorf("published without a change: %v", err)
	}
	if err := w.Courses.DeleteLesson(ctx, w.Grace, c, l.quiz); err != nil {
		t.Fatal(err)
	}
	v, err := w.Courses.Publish(ctx, w.Grace, c, 0, "without the quiz")
	if err != nil || v.Number != 2 {
		t.Fatal(v.Number, err)
	}
	if st := l.study(t); len(st.Needs) != 3 || st.Newer != 2 {
		t.Errorf("the version changed under the learner: %d lessons, newer %d", len(st.Needs), st.Newer)
	}
	if n, err := w.Courses.MoveLearners(ctx, w.Grace, c, 2); err != nil || n != 1 {
		t.Errorf("%d learners moved, %v", n, err)
	}
	if st := l.study(t); len(st.Needs) != 2 || st.Enrolment.Version != 2 {
		t.Errorf("not moved: %d lessons", len(st.Needs))
	}
	// Two tabs edit the same course: the second to save is told.
	d, err := w.Courses.Course(ctx, w.Grace, c)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := w.Courses.Update(ctx, w.Grace, c, d.Rev, course.Change{Title: course.Text{"en": "One"}}); err != nil {
		t.Error(err)
	}
	if _, err := w.Courses.Update(ctx, w.Grace, c, d.Rev, course.Change{Title: course.Text{"en": "Two"}}); !fault.Is(err, "course.changed_elsewhere") {
		t.Errorf("the second tab overwrote the first: %v", err)
	}
	if _, err := w.Courses.RenameModule(ctx, w.Grace, c, d.Rev, d.Modules[0].ID, course.Text{"en": "Two"}); !fault.Is(err, "course.changed_elsewhere") {
		t.Errorf("a module renamed at an old revision: got %v, want course.changed_elsewhere", err)
	}
}
