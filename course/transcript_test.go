package course_test

import (
	"context"
	"testing"

	"palestra/course/coursetest"
	"palestra/internal/fault"
)

// A learner finds what is said anywhere in her course, whatever case and accents she writes; nobody finds it in another's.
func TestSearchSaid(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := context.Background()
	c := w.Course(t)
	e, err := w.Courses.Enrol(ctx, w.Ada, c.ID)
	if err != nil {
		t.Fatal(err)
	}
	for q, want := range map[string]int{"UBER akten": 1, "minute": 20, "nothing like it": 0} {
		found, more, err := w.Courses.SearchSaid(ctx, w.Ada, e.ID, q, "en")
		if err != nil || more || len(found) != want {
			t.Errorf("%q: %d places, %v, %v; want %d", q, len(found), more, err, want)
		}
		if want == 1 && len(found) == 1 && (found[0].Lesson != c.Modules[0].Lessons[0].ID || found[0].At != 90_000 || found[0].Title["en"] == "") {
			t.Errorf("%q: %+v", q, found[0])
		}
	}
	if _, _, err := w.Courses.SearchSaid(ctx, w.Ada, e.ID, " a ", "en"); !fault.Is(err, "course.query_short") {
		t.Errorf("one letter: %v", err)
	}
	if _, _, err := w.Courses.SearchSaid(ctx, w.Lin, e.ID, "minute", "en"); !fault.Is(err, "course.enrolment_not_found") {
		t.Errorf("somebody else's: %v", err)
	}
}
