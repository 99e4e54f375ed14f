package course_test

import (
	"testing"
	"time"

	"palestra/course"
	"palestra/course/coursetest"
)

func ada(t *testing.T) *learner {
	t.Helper()
	w := coursetest.New(t)
	return begin(t, w, w.Ada)
}

// another begins one more course as the same person.
func (l *learner) another(t *testing.T) *learner {
	t.Helper()
	c := l.Course(t)
	e, err := l.Courses.Enrol(t.Context(), l.by, c.ID)
	ok(t, err)
	ls := c.Modules[0].Lessons
	return &learner{l.Town, l.by, e.ID, c.ID, ls[0].ID, ls[1].ID, ls[2].ID}
}

// A person has one clock: two courses at once pay with the same seconds.
func TestTwoCoursesAtOnce(t *testing.T) {
	t.Parallel()
	one := ada(t)
	two := one.another(t)
	a, b := one.play(t), two.play(t)
	one.Clock.Pass(time.Minute)
	one.says(t, a, course.Observed{}, [2]int64{0, 60})
	two.says(t, b, course.Observed{}, [2]int64{0, 60})
	if one.seen(t) != 60 || two.seen(t) != 0 {
		t.Errorf("one minute paid for %d and %d seconds", one.seen(t), two.seen(t))
	}
	// Somebody else has her own.
	lin := begin(t, one.Town, one.Lin)
	c := lin.play(t)
	lin.Clock.Pass(time.Minute)
	lin.says(t, c, course.Observed{}, [2]int64{0, 60})
	two.says(t, b, course.Observed{}, [2]int64{0, 60})
	if lin.seen(t) != 60 || two.seen(t) != 60 {
		t.Errorf("the next minute: lin %d seconds, ada's other course %d", lin.seen(t), two.seen(t))
	}
}

// Whoever watches three lessons one after the other without a line, and sends all of it together, loses nothing, in
// whatever order it arrives.
func TestWatchedWithoutALine(t *testing.T) {
	t.Parallel()
	for _, order := range [][]int{{0, 1, 2}, {2, 1, 0}, {1, 0, 2}} {
		ls := []*learner{ada(t)}
		ls = append(ls, ls[0].another(t), ls[0].another(t))
		var sessions []string
		for _, l := range ls {
			sessions = append(sessions, l.play(t))
			l.Clock.Pass(10 * time.Minute)
		}
		for _, i := range order {
			ls[i].says(t, sessions[i], course.Observed{}, [2]int64{0, 600})
		}
		for i, l := range ls {
			if l.seen(t) != 600 {
				t.Errorf("order %v: of course %d only %d seconds count", order, i, l.seen(t))
			}
		}
	}
}

// Time is spent in one document and becomes evidence in another: wherever the process dies, it is spent once.
func TestTimeIsSpentOnce(t *testing.T) {
	t.Parallel()
	for writes := 0; ; writes++ {
		l := ada(t)
		s := l.play(t)
		l.Clock.Pass(time.Minute)
		l.Records.Say(l.ID, course.Observed{Account: l.by.Account, Enrolment: l.enrolment, Playback: s, Verb: paused, Segments: course.Normal([2]int64{0, 60_000})})
		l.Process.Die(writes)
		err := l.Courses.CatchUp(t.Context(), l.ID)
		died := l.Process.Live()
		ok(t, l.Courses.CatchUp(t.Context(), l.ID))
		if l.seen(t) != 60 {
			t.Errorf("after %d writes %d of 60 seconds count", writes, l.seen(t))
		}
		if !died {
			ok(t, err)
			return
		}
	}
}

// What is lent is lent once: many small claims gain no more than one.
func TestManySmallClaims(t *testing.T) {
	t.Parallel()
	l := ada(t)
	s := l.play(t)
	l.Clock.Pass(10 * time.Second)
	for i := range int64(100) {
		l.says(t, s, course.Observed{}, [2]int64{2 * i, 2 * (i + 1)})
	}
	if got := l.seen(t); got > 12 {
		t.Errorf("ten seconds paid for %d", got)
	}
	for range 10 { // and what was lent is paid back
		l.Clock.Pass(10 * time.Second)
		l.says(t, s, course.Observed{}, [2]int64{0, l.seen(t) + 10})
	}
	if got := l.seen(t); got > 112 || got < 100 {
		t.Errorf("110 seconds paid for %d", got)
	}
}
