package bootcamp_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	"palestra/bootcamp"
	"palestra/course"
	"palestra/internal/store"
	"palestra/people"
)

// Who is given the role that she has keeps her seat, or her place in the queue: a button that is pressed twice gives
// nobody's seat away.
func TestTheSameRoleKeepsThePlace(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinOpen, 1)
	for _, by := range []people.Actor{w.ada, w.rosa, w.ville} {
		_, err := w.Join(ctx, by, b.ID, c.ID)
		ok(t, err)
		w.pass(time.Second)
	}
	for _, x := range []struct {
		by   people.Actor
		want string
	}{{w.ada, bootcamp.Joined}, {w.rosa, bootcamp.Waiting}} {
		m, err := w.SetRole(ctx, w.faye, b.ID, c.ID, x.by.Person, bootcamp.RoleParticipant)
		if ok(t, err); m.State != x.want || m.Role != bootcamp.RoleParticipant {
			t.Errorf("%s is %s as %s, want %s", x.by.Name, m.State, m.Role, x.want)
		}
		w.pass(time.Second)
	}
	ok(t, w.Leave(ctx, w.ada, b.ID, c.ID))
	if rosa, ville := w.state(w.rosa, b), w.state(w.ville, b); rosa != bootcamp.Joined || ville != bootcamp.Waiting {
		t.Errorf("rosa is %s and ville is %s, want that who waited longer has the seat", rosa, ville)
	}
}

// An address that stands twice in one request is written to once.
func TestAnAddressTwiceInOneRequest(t *testing.T) {
	t.Parallel()
	w := open(t)
	b, c := w.camp(bootcamp.JoinInvitation, 10)
	list, err := w.Invite(t.Context(), w.faye, b.ID, c.ID, bootcamp.RoleParticipant, []bootcamp.Guest{{Email: "new@uni.example"}, {Email: "New@Uni.example"}})
	ok(t, err)
	if len(list) != 2 || list[0].State != bootcamp.InvitedNew || list[1].State != bootcamp.InvitedAlready {
		t.Errorf("got %v, want that the second is invited already", list)
	}
	n := 0
	for _, l := range w.sent {
		if l.to == "new@uni.example" || l.to == "New@Uni.example" {
			n++
		}
	}
	if n != 1 {
		t.Errorf("%d letters, want one", n)
	}
}

// Who was invited, has made her account and never came in is erased from the list of who is expected.
func TestWhoIsExpectedIsErased(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinInvitation, 10)
	_, err := w.Invite(ctx, w.faye, b.ID, c.ID, bootcamp.RoleParticipant, []bootcamp.Guest{{Email: "other@uni.example"}, {Email: "Nuria@uni.example", Name: "Nuria"}})
	ok(t, err)
	nuria := w.accept("Nuria")
	ok(t, w.Erase(ctx, people.Subject{Organisation: nuria.Organisation, Person: nuria.Person, Email: "Nuria@uni.example"}, "heir", true))
	list, err := w.Cohorts(ctx, w.faye, b.ID)
	ok(t, err)
	if e := list[0].Expected; len(e) != 1 || e[0].Address != "other@uni.example" {
		t.Errorf("expected are %+v, want only the other", e)
	}
}

// Who has left the town for which she came is not written to about her place.
func TestAPlaceOfWhoHasLeft(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinOpen, 1)
	for _, by := range []people.Actor{w.rosa, w.ada} {
		_, err := w.Join(ctx, by, b.ID, c.ID)
		ok(t, err)
	}
	ok(t, w.people.Leave(ctx, w.anna, w.ada.Person))
	ok(t, w.Leave(ctx, w.rosa, b.ID, c.ID))
	for _, l := range w.sent {
		if l.kind == "cohort_seat" {
			t.Errorf("a letter to %s, who has left her town", l.to)
		}
	}
}

// Who has left the town for which she came does not move up, and who waits behind her does: when a seat is given back, and when
// there are more.
func TestASeatIsNotForWhoHasLeft(t *testing.T) {
	t.Parallel()
	for _, more := range []bool{false, true} {
		w := open(t)
		ctx := t.Context()
		b, c := w.camp(bootcamp.JoinOpen, 1)
		lin := w.invite(w.anna, "castelverde", "lin", people.Learner)
		for _, by := range []people.Actor{w.rosa, w.ada, lin, w.ville} {
			_, err := w.Join(ctx, by, b.ID, c.ID)
			ok(t, err)
			w.pass(time.Second)
		}
		for _, gone := range []people.Actor{w.ada, lin} {
			ok(t, w.people.Leave(ctx, w.anna, gone.Person))
		}
		if more {
			two := 2
			_, err := w.UpdateCohort(ctx, w.faye, b.ID, c.ID, 0, bootcamp.CohortChange{Seats: &two})
			ok(t, err)
		} else {
			ok(t, w.Leave(ctx, w.rosa, b.ID, c.ID))
		}
		if ada, ville := w.state(w.ada, b), w.state(w.ville, b); ada != bootcamp.Left || ville != bootcamp.Joined {
			t.Errorf("more seats %t: ada is %s and ville is %s, want that she has left and the next one has the seat", more, ada, ville)
		}
		list, err := w.Cohorts(ctx, w.faye, b.ID)
		ok(t, err)
		if c := list[0]; len(c.Waiting) != 0 || len(c.Moves) != 0 || c.Due != nil || !slices.Contains(c.Seated, w.ville.Person) || slices.Contains(c.Seated, w.ada.Person) {
			t.Errorf("more seats %t: the cohort is %+v", more, c)
		}
	}
}

// Who was invited to cohorts of two towns and came into one of them is erased from both when she goes as a whole, and only
// from that of the town in which she is erased if she stays elsewhere.
func TestWhoIsExpectedElsewhereIsErased(t *testing.T) {
	t.Parallel()
	for _, whole := range []bool{true, false} {
		w := open(t)
		ctx := t.Context()
		b, c := w.camp(bootcamp.JoinInvitation, 10)
		name, joining := "Winter", bootcamp.JoinInvitation
		there, err := w.Create(ctx, w.zoe, bootcamp.Change{Title: course.Text{"en": "By the lake"}, Languages: []string{"en"}})
		ok(t, err)
		lake, err := w.CreateCohort(ctx, w.zoe, there.ID, bootcamp.CohortChange{Name: &name, Joining: &joining})
		ok(t, err)
		guests := []bootcamp.Guest{{Email: "Nuria@uni.example", Name: "Nuria"}}
		_, err = w.Invite(ctx, w.zoe, there.ID, lake.ID, bootcamp.RoleParticipant, guests)
		ok(t, err)
		_, err = w.Invite(ctx, w.faye, b.ID, c.ID, bootcamp.RoleParticipant, guests)
		ok(t, err)
		nuria := w.accept("Nuria")
		ok(t, w.Erase(ctx, people.Subject{Organisation: nuria.Organisation, Person: nuria.Person, Email: "Nuria@uni.example"}, "heir", whole))
		own, err := w.Cohorts(ctx, w.faye, b.ID)
		ok(t, err)
		other, err := w.Cohorts(ctx, w.zoe, there.ID)
		ok(t, err)
		want := 0
		if !whole {
			want = 1
		}
		if len(own[0].Expected) != 0 || len(other[0].Expected) != want {
			t.Errorf("whole %t: expected are %+v and elsewhere %+v, want none and %d", whole, own[0].Expected, other[0].Expected, want)
		}
	}
}

// Who is invited by her address and does not come can be invited again once her letter does not work any more, and is
// forgotten in the end.
func TestWhoIsExpectedForLong(t *testing.T) {
	t.Parallel()
	const day = 24 * time.Hour
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinInvitation, 10)
	sent := len(w.sent)
	for n, x := range []struct {
		pass    time.Duration
		state   string
		letters int
	}{{0, bootcamp.InvitedNew, 1}, {13 * day, bootcamp.InvitedAlready, 1}, {2 * day, bootcamp.InvitedNew, 2}, {day, bootcamp.InvitedAlready, 2}} {
		w.pass(x.pass)
		list, err := w.Invite(ctx, w.faye, b.ID, c.ID, bootcamp.RoleParticipant, []bootcamp.Guest{{Email: "Nuria@uni.example", Name: "Nuria"}})
		ok(t, err)
		if got := len(w.sent) - sent; list[0].State != x.state || got != x.letters {
			t.Errorf("invitation %d: %s after %d letters, want %s after %d", n, list[0].State, got, x.state, x.letters)
		}
	}
	for _, x := range []struct {
		pass time.Duration
		want int
	}{{50 * day, 1}, {10 * day, 0}} {
		w.pass(x.pass)
		ok(t, w.SettleDue(ctx, w.now()))
		list, err := w.Cohorts(ctx, w.faye, b.ID)
		ok(t, err)
		if len(list[0].Expected) != x.want {
			t.Errorf("%s later expected are %+v, want %d", x.pass, list[0].Expected, x.want)
		}
	}
}

// Who was expected by a program that knew of no end is forgotten, too, though nobody changes her cohort, and on her own day.
func TestWhoIsExpectedSinceBefore(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinInvitation, 5)
	_, err := w.Invite(ctx, w.faye, b.ID, c.ID, bootcamp.RoleParticipant, []bootcamp.Guest{{Email: "first@uni.example"}})
	ok(t, err)
	w.pass(30 * 24 * time.Hour)
	_, err = w.Invite(ctx, w.faye, b.ID, c.ID, bootcamp.RoleParticipant, []bootcamp.Guest{{Email: "second@uni.example"}})
	ok(t, err)
	cohorts, err := store.NewTown[bootcamp.Cohort](w.db, "cohorts", 1, store.On("byBootcamp", store.Str("bootcamp"), store.Str("sort")),
		store.On("byDue", store.Time("due")).AsSparse().AsAcross(), store.On("byEnds", store.Time("ends")).AsSparse().AsAcross())
	ok(t, err)
	_, err = cohorts.Update(ctx, w.castelverde, c.ID, func(c *bootcamp.Cohort) error { c.Ends = nil; return nil }) // as it was written then
	ok(t, err)
	expected := func() string {
		t.Helper()
		ok(t, w.DateExpected(ctx, w.castelverde))
		ok(t, w.SettleDue(ctx, w.now()))
		d, err := cohorts.Get(ctx, w.castelverde, c.ID)
		ok(t, err)
		var list []string
		for _, e := range d.Expected {
			list = append(list, e.Address)
		}
		return strings.Join(list, " ")
	}
	before, err := cohorts.Get(ctx, w.castelverde, c.ID)
	ok(t, err)
	if got := expected(); got != "first@uni.example second@uni.example" {
		t.Errorf("after 30 days %q are expected", got)
	}
	dated, err := cohorts.Get(ctx, w.castelverde, c.ID)
	if err != nil || dated.Ends == nil || dated.Edition != before.Edition {
		t.Errorf("dated: %v, edition %d instead of %d, %v", dated.Ends, dated.Edition, before.Edition, err)
	}
	w.pass(30*24*time.Hour + time.Minute)
	if got := expected(); got != "second@uni.example" {
		t.Errorf("after 60 days %q are expected", got)
	}
	w.pass(30 * 24 * time.Hour)
	if got := expected(); got != "" {
		t.Errorf("after 90 days %q are expected", got)
	}
	last, err := cohorts.Get(ctx, w.castelverde, c.ID)
	ok(t, err)
	ok(t, w.DateExpected(ctx, w.castelverde))
	if again, err := cohorts.Get(ctx, w.castelverde, c.ID); err != nil || again.Rev != last.Rev || again.Ends != nil {
		t.Errorf("a cohort that expects nobody was written again: %+v, %v", again, err)
	}
}
