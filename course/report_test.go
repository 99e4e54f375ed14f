package course_test

import (
	"strconv"
	"testing"
	"time"

	"palestra/course/coursetest"
	"palestra/internal/fault"
	"palestra/people"
)

// The latest reports come first, whichever of however many courses they are of.
func TestLatestReports(t *testing.T) {
	t.Parallel()
	w := coursetest.New(t)
	ctx := t.Context()
	m := w.OtherTown(t)
	for i := range 14 {
		c := short(t, w, w.Grace, "Course "+strconv.Itoa(i), nil)
		if i%3 > 0 {
			continue // most courses have no fault
		}
		e, err := w.Courses.Enrol(ctx, w.Ada, c.ID)
		ok(t, err)
		w.Clock.Pass(time.Minute)
		ok(t, w.Courses.Report(ctx, w.Ada, e.ID, c.Modules[0].Lessons[0].ID, "A word is missing "+strconv.Itoa(i), nil))
	}
	var told []string
	for cursor := ""; ; {
		list, next, err := w.Courses.LatestReports(ctx, w.Grace, cursor, 2)
		ok(t, err)
		for _, r := range list {
			told = append(told, r.Title["en"])
		}
		if cursor = next; cursor == "" {
			break
		}
	}
	if len(told) != 5 || told[0] != "Course 12" || told[4] != "Course 0" {
		t.Errorf("told: %v", told)
	}
	if list, _, err := w.Courses.LatestReports(ctx, m, "", 10); err != nil || len(list) != 0 {
		t.Errorf("another town: %v, %v", list, err)
	}
	for _, by := range []people.Actor{w.Ada, w.Hedy, w.Anna, w.Olga} {
		if _, _, err := w.Courses.LatestReports(ctx, by, "", 10); fault.KindOf(err) != fault.Forbidden {
			t.Errorf("%s: %v", by.Name, err)
		}
	}
}
