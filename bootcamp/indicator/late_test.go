package indicator_test

import (
	"testing"

	"palestra/bootcamp"
	"palestra/bootcamp/indicator"
	"palestra/internal/id"
)

// Whoever comes late to count a visit that was put right meanwhile does not count what it said before.
func TestLateToCount(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	w.members[first+".lena"] = bootcamp.Member{Person: "lena", Town: w.mallory.Organisation, Role: bootcamp.RoleParticipant}
	visit := indicator.VisitChange{On: w.today(), Mode: "online", Topic: "data", Outcome: "solved", Minutes: 10, Person: "lena", Cohort: first}
	meanwhile := func() {}
	slow, err := indicator.New(indicator.Config{DB: w.DB, Camps: w, People: w.Town.People, Courses: w.Courses, Practices: func() indicator.Practices { return w }, Now: w.Clock.Now, NewID: id.New,
		NewName: func() string { meanwhile(); return id.Random() }})
	ok(t, err)
	meanwhile = func() { // between the visit and its figures, in another process
		meanwhile = func() {}
		v, there, err := w.stored()
		if ok(t, err); !there {
			t.Fatal("the visit is not stored before it is counted")
		}
		right := visit
		right.Person, right.Minutes = "", 30
		_, err = w.ChangeVisit(ctx, w.fay, camp, v.ID, v.Edition, right)
		ok(t, err)
	}
	_, err = slow.AddVisit(ctx, w.fay, camp, visit)
	ok(t, err)
	w.want(w.figures(w.fay, camp, ""), "visit", "", "", triple{1, 30, 0})
}
