package course_test

import (
	"errors"
	"maps"
	"slices"
	"sync"
	"testing"
	"time"

	"palestra/course"
	"palestra/course/coursetest"
	"palestra/internal/fault"
)

// together runs f n times at the same moment and returns what each answered.
func together(n int, f func(i int) error) []error {
	errs := make([]error, n)
	var wg sync.WaitGroup
	gate := make(chan struct{})
	for i := range n {
		wg.Go(func() {
			<-gate
			errs[i] = f(i)
		})
	}
	close(gate)
	wg.Wait()
	return errs
}

// entries returns the lines of the town's ledger.
func entries(t *testing.T, w *coursetest.Town) int {
	t.Helper()
	n := 0
	if err := w.Courses.Ledger(t.Context(), w.ID, func([]byte) error { n++; return nil }); err != nil {
		t.Fatal(err)
	}
	return n
}

func TestEnrollingTwiceAtOnce(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	c := w.Course(t)
	ids := make([]string, 8)
	errs := together(len(ids), func(i int) error {
		e, err := w.Courses.Enrol(t.Context(), w.Ada, c.ID)
		ids[i] = e.ID
		return err
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if n := len(slices.Compact(slices.Sorted(slices.Values(ids)))); n != 1 {
		t.Errorf("enrolling %d times at once makes %d enrolments", len(ids), n)
	}
}

func TestPublishingTwiceAtOnce(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	c := w.Course(t)
	minutes := 46
	if _, err := w.Courses.Update(t.Context(), w.Grace, c.ID, 0, course.Change{Minutes: &minutes}); err != nil {
		t.Fatal(err)
	}
	done := 0
	for _, err := range together(6, func(int) error {
		_, err := w.Courses.Publish(t.Context(), w.Grace, c.ID, 0, "")
		return err
	}) {
		switch {
		case err == nil:
			done++
		case fault.KindOf(err) == 0:
			t.Errorf("an accident: %v", err)
		}
	}
	vs, err := w.Courses.Versions(t.Context(), w.Grace, c.ID)
	if done != 1 || err != nil || len(vs) != 2 {
		t.Errorf("%d of 6 published, and there are %d versions, %v; want 1 and 2", done, len(vs), err)
	}
}

// Two processes take in the same statements, the learner hands the quiz in from two tabs, and the sweep runs, all at
// the moment at which the course gets complete.
func TestCompletingAtOnce(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	l := begin(t, w, w.Ada)
	session := l.play(t)
	if _, _, _, err := w.Courses.Open(t.Context(), l.by, l.enrolment, l.text); err != nil {
		t.Fatal(err)
	}
	w.Clock.Pass(10 * time.Minute)
	if _, err := w.Courses.Read(t.Context(), l.by, l.enrolment, l.text); err != nil {
		t.Fatal(err)
	}
	sh, err := w.Courses.Begin(t.Context(), l.by, l.enrolment, l.quiz)
	if err != nil {
		t.Fatal(err)
	}
	w.Records.Say(w.ID, course.Observed{Account: l.by.Account, Enrolment: l.enrolment, Playback: session, Verb: paused, Segments: course.Normal([2]int64{0, 600_000})})
	answers := rightAnswers(sh)
	errs := together(12, func(i int) error {
		switch i % 3 {
		case 0:
			return w.Courses.CatchUp(t.Context(), w.ID)
		case 1:
			_, _, err := w.Courses.HandIn(t.Context(), l.by, sh.Attempt.ID, answers)
			return err
		default:
			return w.Courses.SettlePending(t.Context(), w.ID)
		}
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if err := w.Courses.SettlePending(t.Context(), w.ID); err != nil {
		t.Fatal(err)
	}
	st := l.study(t)
	if st.Enrolment.State != course.Completed || st.Completion == nil {
		t.Fatalf("the course is not complete: %+v", st.Needs)
	}
	if n := entries(t, w); n != 1 {
		t.Errorf("the ledger has %d entries, want 1", n)
	}
	letters := 0
	for _, letter := range w.Letters.Sent {
		if letter.Kind == "completed" {
			letters++
		}
	}
	if letters != 1 {
		t.Errorf("%d letters, want 1", letters)
	}
	agree(t, w, 1, 0)
	// Two officers correct it at once: each correction is an entry, and all agree.
	minutes := []int{10, 20, 30, 40}
	errs = together(len(minutes), func(i int) error {
		_, err := w.Courses.Correct(t.Context(), w.Hedy, st.Completion.ID, course.Fix{Kind: "correction", Reason: "counted wrongly", Minutes: &minutes[i]})
		return err
	})
	if err := errors.Join(errs...); err != nil {
		t.Fatal(err)
	}
	if err := w.Courses.SettlePending(t.Context(), w.ID); err != nil {
		t.Fatal(err)
	}
	if n := entries(t, w); n != 1+len(minutes) {
		t.Errorf("the ledger has %d entries, want %d", n, 1+len(minutes))
	}
	agree(t, w, int64(1+len(minutes)), 0)
}

// Who ticks every box of a question with one answer learns nothing of any of them.
func TestOneAnswerToASingleChoice(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	l := begin(t, w, w.Ada)
	sh, err := w.Courses.Begin(t.Context(), l.by, l.enrolment, l.quiz)
	if err != nil {
		t.Fatal(err)
	}
	sh, _, err = w.Courses.HandIn(t.Context(), l.by, sh.Attempt.ID, []course.Answer{
		{Question: "q1", Choices: []string{"a", "b"}},
		{Question: "q6", Choices: []string{"i", "j"}, Pairs: map[string]string{"i": "i", "j": "p99", "x": "p0"}},
		{Question: "q4", Choices: []string{"a"}, Text: "NaN"},
		{Question: "of another quiz", Text: "x"},
	})
	if err != nil {
		t.Fatal(err)
	}
	if len(sh.Attempt.Right) != 0 || sh.Reveal() {
		t.Errorf("right: %v, revealed: %v", sh.Attempt.Right, sh.Reveal())
	}
	for _, a := range sh.Attempt.Answers {
		if len(a.Choices) != 0 || len(a.Pairs) != 0 {
			t.Errorf("of %s the answer keeps %v %v", a.Question, a.Choices, slices.Collect(maps.Keys(a.Pairs)))
		}
	}
	// The second and last attempt may tell.
	again, err := w.Courses.Begin(t.Context(), l.by, l.enrolment, l.quiz)
	if err != nil {
		t.Fatal(err)
	}
	if again, _, err = w.Courses.HandIn(t.Context(), l.by, again.Attempt.ID, nil); err != nil || !again.Reveal() {
		t.Errorf("after the last attempt: revealed %v, %v", again.Reveal(), err)
	}
	if _, err := w.Courses.Begin(t.Context(), l.by, l.enrolment, l.quiz); !fault.Is(err, "course.no_attempts_left") {
		t.Errorf("a third attempt of two: %v", err)
	}
}

// Every id of another town is no id, in every place that names one.
func TestIdsOfAnotherTown(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	l := begin(t, w, w.Ada)
	c := w.Course(t)
	m := w.OtherTown(t)
	own, err := w.Courses.Create(t.Context(), m, course.Text{"en": "Mine"}, []string{"en"})
	if err != nil {
		t.Fatal(err)
	}
	lesson := c.Modules[0].Lessons[0].ID
	ctx := t.Context()
	for name, ask := range map[string]func() error{
		"lesson of the other course": func() error { _, err := w.Courses.Lesson(ctx, m, own.ID, lesson); return err },
		"save a foreign lesson": func() error {
			x := course.Lesson{Course: own.ID, Title: course.Text{"en": "x"}}
			x.ID = lesson
			_, err := w.Courses.SaveLesson(ctx, m, 0, x)
			return err
		},
		"delete a foreign lesson": func() error { return w.Courses.DeleteLesson(ctx, m, own.ID, lesson) },
		"lesson in foreign module": func() error {
			_, err := w.Courses.AddLesson(ctx, m, own.ID, c.Modules[0].ID, course.KindText, course.Text{"en": "x"})
			return err
		},
		"duplicate":     func() error { _, err := w.Courses.Duplicate(ctx, m, c.ID, nil); return err },
		"move learners": func() error { _, err := w.Courses.MoveLearners(ctx, m, c.ID, 1); return err },
		"try a quiz":    func() error { _, err := w.Courses.Try(ctx, m, c.ID, lesson, nil); return err },
		"assign to a foreigner": func() error {
			_, err := w.Courses.Assign(ctx, w.Hedy, course.Target{Course: c.ID}, "2027-01-31", course.Whom{Persons: []string{w.Ada.Person, m.Person}})
			return err
		},
		"assign a foreign course": func() error {
			_, err := w.Courses.Assign(ctx, m, course.Target{Course: c.ID}, "2027-01-31", course.Whom{Persons: []string{m.Person}})
			return err
		},
		"play":                     func() error { _, err := w.Courses.Play(ctx, m, l.enrolment, l.video); return err },
		"a colleague's enrolment":  func() error { _, err := w.Courses.Play(ctx, w.Lin, l.enrolment, l.video); return err },
		"lesson of another course": func() error { _, err := w.Courses.Play(ctx, w.Ada, l.enrolment, lesson); return err },
	} {
		if err := ask(); fault.KindOf(err) != fault.NotFound {
			t.Errorf("%s: got %v, want a fault of kind NotFound", name, err)
		}
	}
	if as, err := w.Courses.Assignments(ctx, w.Hedy, course.AssignmentOpen, "", 50); err != nil || len(as.Docs) != 0 {
		t.Errorf("a refused assignment was made for some: %d, %v", len(as.Docs), err)
	}
}
