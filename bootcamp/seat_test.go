package bootcamp_test

import (
	"testing"
	"time"

	"palestra/bootcamp"
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
