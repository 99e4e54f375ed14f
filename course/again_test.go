package course_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"palestra/course"
	"palestra/course/coursetest"
)

// A date that was set before, and a wish that was taken back, are told and written of again.
func TestADateThatComesBack(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	c := w.Course(t)
	assign := func(day string) course.Assignment {
		t.Helper()
		asked, err := w.Courses.Assign(ctx, w.Hedy, course.Target{Course: c.ID}, day, course.Whom{Persons: []string{w.Lin.Person}})
		ok(t, err)
		return asked.Assignments[0]
	}
	var a course.Assignment
	for n, day := range []string{"2026-11-30", "2026-12-31", "2026-12-31", "2026-11-30"} {
		a = assign(day)
		if want := []int{1, 2, 2, 3}[n]; letters(w, "assigned") != want {
			t.Errorf("%s: %d letters, want %d", day, letters(w, "assigned"), want)
		}
	}
	ok(t, w.Courses.CancelAssignment(ctx, w.Hedy, a.ID))
	if a = assign("2026-11-30"); a.State != course.AssignmentOpen || letters(w, "assigned") != 4 {
		t.Errorf("asked again: %s with %d letters, want 4", a.State, letters(w, "assigned"))
	}
	var told []string
	for _, e := range w.Records.Events {
		if e.Account == w.Lin.Account && strings.HasSuffix(e.Verb, "/assigned") || strings.HasSuffix(e.Verb, "/cancel") {
			told = append(told, e.Verb[strings.LastIndexByte(e.Verb, '/')+1:])
		}
	}
	if got := strings.Join(told, " "); got != "assigned assigned assigned cancel assigned" {
		t.Errorf("the record store heard %q", got)
	}
}

// HR takes a course back while the record store is out of order: nobody is late for it afterwards.
func TestACancelledDayIsGoneAfterAFailure(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	c := w.Course(t)
	asked, err := w.Courses.Assign(ctx, w.Hedy, course.Target{Course: c.ID}, "2026-11-30", course.Whom{Persons: []string{w.Lin.Person}})
	ok(t, err)
	w.Records.Fail = func(course.Event) error { return errors.New("out of order") }
	if err := w.Courses.CancelAssignment(ctx, w.Hedy, asked.Assignments[0].ID); err == nil {
		t.Fatal("it was told to nobody")
	}
	w.Records.Fail = nil
	ok(t, w.Courses.SettlePending(ctx, w.Hedy.Organisation))
	w.Clock.Pass(60 * 24 * time.Hour)
	lines, _, err := w.Courses.Staff(ctx, w.Hedy, "lin", true, "", 10)
	ok(t, err)
	if len(lines) != 1 || lines[0].Begun != 1 || lines[0].Dated != 0 || lines[0].Overdue != 0 {
		t.Errorf("HR sees %+v", lines)
	}
}
