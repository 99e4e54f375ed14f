package course_test

import (
	"errors"
	"strings"
	"testing"
	"time"

	"palestra/course"
	"palestra/course/coursetest"
	"palestra/people"
)

// A day that was said to people stays the day that was said when their town's clocks are set to another zone, to the east or
// to the west: in letters that are written afterwards, and in what HR exports.
func TestADayStaysTheDayThatWasSaid(t *testing.T) {
	t.Parallel()
	const day = "2026-11-30"
	for _, zone := range []string{"Europe/Rome", "Europe/Lisbon", "Europe/Helsinki", "Pacific/Auckland"} {
		t.Run(zone, func(t *testing.T) {
			t.Parallel()
			w := coursetest.New(t)
			ctx := t.Context()
			p, cs := programme(t, w)
			_, err := w.Courses.Assign(ctx, w.Hedy, course.Target{Programme: p.ID}, day, course.Whom{Persons: []string{w.Ada.Person}})
			ok(t, err)
			for _, i := range []int{0, 1, 3} {
				ok(t, finish(ctx, t, w, w.Ada, cs[i]))
			}
			w.Records.Fail = func(e course.Event) error {
				if strings.HasSuffix(e.Verb, "/assigned") {
					return errors.New("out of order")
				}
				return nil
			}
			if _, err := w.Courses.Assign(ctx, w.Hedy, course.Target{Programme: p.ID}, day, course.Whom{Persons: []string{w.Lin.Person}}); err == nil {
				t.Fatal("it was told to nobody")
			}
			w.Records.Fail = nil
			_, err = w.People.UpdateOrganisation(ctx, w.Anna, w.ID, func(o *people.Organisation) { o.Zone = zone })
			ok(t, err)
			w.Clock.Pass(time.Minute)
			sent := len(w.Letters.Sent)
			ok(t, w.Courses.SettlePending(ctx, w.ID))
			told := 0
			for _, l := range w.Letters.Sent[sent:] {
				if l.Kind != "assigned" {
					continue
				}
				if told++; l.Params["due"] != day {
					t.Errorf("the letter says %v, want %s", l.Params["due"], day)
				}
			}
			if told != 1 {
				t.Errorf("%d letters, want one", told)
			}
			followers, err := w.Courses.ExportFollowers(ctx, w.Hedy, p.ID, "csv")
			ok(t, err)
			rows := 0
			for r, err := range followers.Rows {
				ok(t, err)
				if rows++; string(r.Due) != day {
					t.Errorf("%s is to be done by %s, want %s", r.Name, r.Due, day)
				}
			}
			done, err := w.Courses.ExportOf(ctx, w.ID)
			ok(t, err)
			dated := 0
			for r, err := range done.Rows {
				ok(t, err)
				if r.Due == "" {
					continue
				}
				if dated++; string(r.Due) != day {
					t.Errorf("the record of %s says %s, want %s", r.Name, r.Due, day)
				}
			}
			if rows != 2 || dated == 0 {
				t.Errorf("%d followers and %d records with a day, want two and some", rows, dated)
			}
		})
	}
}
