package browse

import (
	"strings"
	"testing"

	"palestra/internal/fault"
	"palestra/lrs/lrstest"
	"palestra/lrs/xapi"
	"palestra/people"
)

// Where a statement came from is told to who may be told names, and to nobody else.
func TestOriginsAreTold(t *testing.T) {
	t.Parallel()
	q := newSquare(t)
	own := xapi.Course(lrstest.Home, "open-data")
	raw := foreign(mbox, "did", own)
	raw = strings.Replace(raw, raw[len(`{"id":"`):len(`{"id":"`)+len(imported)], imported, 1)
	st := append(q.put(t, q.out, raw), q.put(t, q.out, foreign(mbox, "did", own))...)
	for _, tc := range []struct {
		name, id string
		by       people.Actor
		filter   Filter
		want     bool
	}{
		{"HR", st[0], q.hedy, Filter{}, true},
		{"an operator", st[0], q.olga, Filter{Organisation: "acme"}, true},
		{"HR, made here", st[1], q.hedy, Filter{}, false},
		{"an author", st[0], q.grace, Filter{Course: "open-data"}, false},
	} {
		s, err := q.Statement(t.Context(), tc.by, tc.filter, tc.id)
		must(t, err)
		if (s.Origin != nil) != tc.want || tc.want && s.Origin.Said != "Region" {
			t.Errorf("%s: %+v", tc.name, s.Origin)
		}
	}
}

// Courses to search by are the town's that is looked at.
func TestCoursesOfATown(t *testing.T) {
	t.Parallel()
	q := newSquare(t)
	for name, tc := range map[string]struct {
		by   people.Actor
		org  string
		want string // title, or code of the fault
	}{
		"HR": {q.hedy, "", "Of acme"}, "an operator": {q.olga, "blue", "Of blue"}, "HR, another town": {q.hedy, "blue", "people.organisation_not_found"},
		"an author": {q.grace, "", "people.forbidden"}, "an administrator": {q.anna, "", "people.forbidden"}, "nobody": {q.nobody, "", "people.unsigned"},
		"an operator who says no town": {q.olga, "", "course.browse_town"},
	} {
		list, _, err := q.Courses(t.Context(), tc.by, tc.org, "", 10)
		if err != nil && !fault.Is(err, tc.want) || err == nil && (len(list) != 1 || list[0].Title["en"] != tc.want) {
			t.Errorf("%s: %v, %v", name, list, err)
		}
	}
}
