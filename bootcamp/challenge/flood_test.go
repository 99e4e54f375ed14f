package challenge_test

import (
	"testing"

	"palestra/bootcamp/challenge"
	"palestra/internal/fault"
)

// A town that comes and goes and comes again, and a cohort that takes a challenge and gives it back, are stopped before
// what has happened fills up: the challenge can still be ended, and nobody's post is flooded.
func TestComingAndGoing(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	c := w.stated()
	stopped := func(what string, f func() error) {
		t.Helper()
		for range 600 {
			if err := f(); err != nil {
				if !fault.Is(err, "challenge.entries") {
					t.Errorf("%s: %v", what, err)
				}
				return
			}
		}
		t.Errorf("%s: 600 times", what)
	}
	stopped("a town that joins and leaves", func() error {
		if _, err := w.Sponsor(ctx, w.ville, c.ID, ""); err != nil {
			return err
		}
		_, err := w.Unsponsor(ctx, w.ville, c.ID)
		return err
	})
	if n := len(w.letters("challenge_sponsored")); n > 20 {
		t.Errorf("%d letters to who stated it", n)
	}
	stopped("a cohort that takes it and gives it back", func() error {
		if _, err := w.Take(ctx, w.Anna, c.ID, w.team(w.Ada.Person)); err != nil {
			return err
		}
		_, err := w.Return(ctx, w.Ada, c.ID)
		return err
	})
	_, err := w.Sponsor(ctx, w.mallory, c.ID, "Twelve gauges")
	ok(t, err)
	c, err = w.End(ctx, w.Grace, c.ID, challenge.Outcome{Reasons: []string{"money"}, Words: "There is no money for gauges in any of the budgets of the valley."})
	if ok(t, err); c.State != challenge.StateUnsolved {
		t.Errorf("it is %s, want ended", c.State)
	}
}

// Who has left her town is not written to any more.
func TestWhoHasLeftIsNotTold(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	c := w.stated()
	ok(t, w.People.Leave(ctx, w.Anna, w.Grace.Person))
	_, err := w.Sponsor(ctx, w.ville, c.ID, "")
	ok(t, err)
	if got := w.letters("challenge_sponsored"); len(got) != 0 {
		t.Errorf("letters to %v, who has left", got)
	}
}
