package course_test

import (
	"context"
	"strings"
	"testing"
	"time"

	"palestra/course"
	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/internal/store"
)

// Wherever a process dies while something happens, the record store is told of it if and only if it has happened, once.
func TestWhatHappensIsToldAfterACrash(t *testing.T) {
	t.Parallel()
	type deed struct {
		name     string
		verb     string // the end of it
		about    string // a part of the activity's path
		prepare  func(*learner) error
		do       func(context.Context, *learner) error
		happened func(*learner) bool
	}
	enrolled := func(l *learner) bool {
		_, err := l.Courses.Study(t.Context(), l.by, l.enrolment)
		return err == nil
	}
	draft := func(l *learner) course.Course {
		c, err := l.Courses.Course(t.Context(), l.Grace, l.course)
		ok(t, err)
		return c
	}
	var title = course.Text{"en": "Another name", "it": "Un altro nome"}
	sheet := func(l *learner) (course.Sheet, bool) {
		_, open, err := l.Courses.Attempts(t.Context(), l.by, l.enrolment, l.quiz)
		if err != nil || open == "" {
			return course.Sheet{}, false
		}
		sh, err := l.Courses.Sheet(t.Context(), l.by, open)
		return sh, err == nil
	}
	assigned := func(state string) func(*learner) bool {
		return func(l *learner) bool {
			p, err := l.Courses.Assignments(t.Context(), l.Hedy, state, "", 10)
			ok(t, err)
			return len(p.Docs) == 1
		}
	}
	assign := func(ctx context.Context, l *learner) error {
		_, err := l.Courses.Assign(ctx, l.Hedy, course.Target{Course: l.course}, "2026-12-31", course.Whom{Persons: []string{l.Lin.Person}})
		return err
	}
	for _, d := range []deed{
		{"a course is made", "/create", "/courses/", nil, func(ctx context.Context, l *learner) error {
			_, err := l.Courses.Create(ctx, l.Grace, title, []string{"en"})
			return err
		}, func(l *learner) bool {
			p, err := l.Courses.Courses(t.Context(), l.Grace, "", 10)
			ok(t, err)
			return len(p.Docs) == 2
		}},
		{"a draft is changed", "/update", "/courses/", nil, func(ctx context.Context, l *learner) error {
			_, err := l.Courses.Update(ctx, l.Grace, l.course, 0, course.Change{Title: title})
			return err
		}, func(l *learner) bool { return draft(l).Title["en"] == title["en"] }},
		{"a lesson is added", "/add", "/lessons/", nil, func(ctx context.Context, l *learner) error {
			_, err := l.Courses.AddLesson(ctx, l.Grace, l.course, draft(l).Modules[0].ID, course.KindText, title)
			return err
		}, func(l *learner) bool { return len(draft(l).Modules[0].Lessons) == 4 }},
		{"a lesson is saved", "/update", "/lessons/", nil, func(ctx context.Context, l *learner) error {
			_, err := l.Courses.SaveLesson(ctx, l.Grace, 0, course.Lesson{Meta: meta(l.text), Course: l.course, Title: title})
			return err
		}, func(l *learner) bool {
			x, err := l.Courses.Lesson(t.Context(), l.Grace, l.course, l.text)
			ok(t, err)
			return x.Title["en"] == title["en"]
		}},
		{"a lesson is removed", "/remove", "/lessons/", nil, func(ctx context.Context, l *learner) error {
			return l.Courses.DeleteLesson(ctx, l.Grace, l.course, l.text)
		}, func(l *learner) bool { return len(draft(l).Modules[0].Lessons) == 2 }},
		{"a version is published", "/published", "/courses/", func(l *learner) error {
			_, err := l.Courses.Update(t.Context(), l.Grace, l.course, 0, course.Change{Title: title})
			return err
		}, func(ctx context.Context, l *learner) error {
			_, err := l.Courses.Publish(ctx, l.Grace, l.course, 0, "")
			return err
		}, func(l *learner) bool {
			published := draft(l).Version == 2
			if o, err := l.Courses.Offer(t.Context(), l.Lin, l.course); err != nil || (o.Version == 2) != published {
				t.Errorf("version 2 is published: %v, and the catalogue says %d, %v", published, o.Version, err)
			}
			return published
		}},
		{"a course is withdrawn", "/unpublished", "/courses/", nil, func(ctx context.Context, l *learner) error {
			_, err := l.Courses.Unpublish(ctx, l.Grace, l.course)
			return err
		}, func(l *learner) bool {
			gone := draft(l).State == course.StateUnpublished
			if _, err := l.Courses.Offer(t.Context(), l.Lin, l.course); (err != nil) != gone {
				t.Errorf("withdrawn: %v, and the catalogue says %v", gone, err)
			}
			return gone
		}},
		{"somebody enrols", "/registered", "/courses/", nil, func(ctx context.Context, l *learner) error {
			_, err := l.Courses.Enrol(ctx, l.by, l.course)
			return err
		}, enrolled},
		{"a lesson is opened", "/launched", "/lessons/", begun, func(ctx context.Context, l *learner) error {
			_, _, _, err := l.Courses.Open(ctx, l.by, l.enrolment, l.text)
			return err
		}, func(l *learner) bool {
			st, err := l.Courses.Study(t.Context(), l.by, l.enrolment)
			return err == nil && st.Enrolment.Lessons[l.text] != nil
		}},
		{"an attempt is begun", "/attempted", "/lessons/", begun, func(ctx context.Context, l *learner) error {
			_, err := l.Courses.Begin(ctx, l.by, l.enrolment, l.quiz)
			return err
		}, func(l *learner) bool { _, is := sheet(l); return is }},
		{"an attempt is passed", "/passed", "/lessons/", func(l *learner) error {
			if err := begun(l); err != nil {
				return err
			}
			_, err := l.Courses.Begin(t.Context(), l.by, l.enrolment, l.quiz)
			return err
		}, func(ctx context.Context, l *learner) error {
			sh, is := sheet(l)
			if !is {
				t.Fatal("no attempt")
			}
			_, _, err := l.Courses.HandIn(ctx, l.by, sh.Attempt.ID, rightAnswers(sh))
			return err
		}, func(l *learner) bool {
			_, open := sheet(l)
			st, err := l.Courses.Study(t.Context(), l.by, l.enrolment)
			ok(t, err)
			if passed := st.Needs[2].Done != nil; passed == open {
				t.Errorf("handed in: %v, evidence: %v", !open, passed)
			}
			if n := len(told(l, "/answered", "/questions/")); (n == 6) == open {
				t.Errorf("handed in: %v, and %d answers are told", !open, n)
			}
			return !open
		}},
		{"a fault is reported", "/reported", "/lessons/", begun, func(ctx context.Context, l *learner) error {
			return l.Courses.Report(ctx, l.by, l.enrolment, l.text, "A word is missing", nil)
		}, func(l *learner) bool {
			p, err := l.Courses.Reports(t.Context(), l.Grace, l.course, "", 10)
			ok(t, err)
			return len(p.Docs) == 1
		}},
		{"a course is assigned", "/assigned", "/courses/", nil, assign, func(l *learner) bool {
			is := assigned(course.AssignmentOpen)(l)
			if n := letters(l.Town, "assigned"); (n == 1) != is {
				t.Errorf("assigned: %v, letters: %d", is, n)
			}
			return is
		}},
		{"an assignment is taken back", "/cancel", "/courses/", func(l *learner) error { return assign(t.Context(), l) }, func(ctx context.Context, l *learner) error {
			p, err := l.Courses.Assignments(t.Context(), l.Hedy, course.AssignmentOpen, "", 10)
			ok(t, err)
			return l.Courses.CancelAssignment(ctx, l.Hedy, p.Docs[0].ID)
		}, assigned(course.AssignmentCancelled)},
	} {
		t.Run(d.name, func(t *testing.T) {
			t.Parallel()
			seen := map[bool]bool{}
			for writes := 0; ; writes++ {
				w := coursetest.New(t)
				c := w.Course(t)
				ls := c.Modules[0].Lessons
				l := &learner{w, w.Ada, course.EnrolmentID(w.Ada.Account, c.ID), c.ID, ls[0].ID, ls[1].ID, ls[2].ID}
				if d.prepare != nil {
					ok(t, d.prepare(l))
				}
				before := len(told(l, d.verb, d.about))
				w.Clock.Pass(time.Second)
				w.Process.Die(writes)
				err := d.do(t.Context(), l)
				died := w.Process.Live()
				if err != nil && !died {
					t.Fatal(err)
				}
				ok(t, w.Courses.SettlePending(t.Context(), w.ID))
				ok(t, w.Courses.SettlePending(t.Context(), w.ID))
				happened := d.happened(l)
				if n := len(told(l, d.verb, d.about)) - before; n > 1 || (n == 1) != happened {
					t.Errorf("after %d writes: happened %v, told %d times", writes, happened, n)
				}
				seen[happened] = true
				if !died {
					break
				}
			}
			if !seen[true] || !seen[false] {
				t.Errorf("it never happened, or always: %v", seen)
			}
		})
	}
}

func begun(l *learner) error {
	_, err := l.Courses.Enrol(context.Background(), l.by, l.course)
	return err
}

// told are the events of a verb about something.
func told(l *learner, verb, about string) []course.Event {
	var out []course.Event
	for _, e := range l.Records.Events {
		if strings.HasSuffix(e.Verb, verb) && strings.Contains(e.Activity.Path, about) && (about != "/courses/" || !strings.Contains(e.Activity.Path, "/lessons/")) {
			out = append(out, e)
		}
	}
	return out
}

// Whoever hands in what was begun with an earlier version is told so, whichever tab is quicker; nothing that was handed in
// is lost.
func TestAttemptsAcrossVersions(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	l := begin(t, w, w.Ada)
	ctx := t.Context()
	old, err := w.Courses.Begin(ctx, l.by, l.enrolment, l.quiz)
	ok(t, err)
	_, err = w.Courses.Update(ctx, w.Grace, l.course, 0, course.Change{Summary: course.Text{"en": "New", "it": "Nuovo"}})
	ok(t, err)
	_, err = w.Courses.Publish(ctx, w.Grace, l.course, 0, "")
	ok(t, err)
	_, err = w.Courses.MoveLearners(ctx, w.Grace, l.course, 2)
	ok(t, err)
	next, err := w.Courses.Begin(ctx, l.by, l.enrolment, l.quiz)
	ok(t, err)
	if next.Attempt.ID == old.Attempt.ID || next.Attempt.Number != 1 || next.Attempt.Version != 2 {
		t.Fatalf("begun anew: %+v", next.Attempt)
	}
	if again, err := w.Courses.Begin(ctx, l.by, l.enrolment, l.quiz); err != nil || again.Attempt.ID != next.Attempt.ID {
		t.Errorf("begun a third time: %+v, %v", again.Attempt, err)
	}
	_, _, err = w.Courses.HandIn(ctx, l.by, old.Attempt.ID, rightAnswers(old))
	faulty(t, err, "course.attempt_renewed")
	if taken, open, err := w.Courses.Attempts(ctx, l.by, l.enrolment, l.quiz); err != nil || len(taken) != 0 || open != next.Attempt.ID {
		t.Errorf("attempts: %v, %s, %v", taken, open, err)
	}
	sh, _, err := w.Courses.HandIn(ctx, l.by, next.Attempt.ID, nil)
	if err != nil || sh.Attempt.Passed || sh.AttemptsLeft != 1 {
		t.Errorf("handed in: %+v, %v", sh, err)
	}
	// Handed in before the other tab begins: it counts, and the next one is the second.
	w.Clock.Pass(time.Second)
	if third, err := w.Courses.Begin(ctx, l.by, l.enrolment, l.quiz); err != nil || third.Attempt.Number != 2 {
		t.Errorf("after one that was handed in: %+v, %v", third.Attempt, err)
	}
}

func meta(id string) store.Meta { return store.Meta{ID: id} }

func faulty(t *testing.T, err error, code string) {
	t.Helper()
	if !fault.Is(err, code) {
		t.Errorf("got %v, want %s", err, code)
	}
}
