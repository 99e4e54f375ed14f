package bootcamp_test

import (
	"slices"
	"testing"
	"time"

	"palestra/bootcamp"
	"palestra/course"
)

// A cohort that somebody enters while it is being deleted is not deleted, and its link still works.
func TestACohortIsEnteredWhileItIsDeleted(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinOpen, 5)
	secret, err := w.MakeLink(ctx, w.faye, b.ID, c.ID)
	ok(t, err)
	w.process.Between("cohorts", func() {
		_, err := w.Join(ctx, w.rosa, b.ID, c.ID)
		ok(t, err)
	})
	refused(t, "somebody is in it", "bootcamp.cohort_used", w.DeleteCohort(ctx, w.faye, b.ID, c.ID))
	if got := w.state(w.rosa, b); got != bootcamp.Joined {
		t.Errorf("rosa is %q, want joined", got)
	}
	m, err := w.JoinByLink(ctx, w.ada, secret)
	if ok(t, err); m.State != bootcamp.Joined {
		t.Errorf("by the link ada is %s, want joined", m.State)
	}
}

// A session that is planned anew while it is written down that nobody is to be told of it is told: by publishing its bootcamp,
// or with a beginning that lies ahead.
func TestASessionIsPlannedWhileNobodyIsTold(t *testing.T) {
	t.Parallel()
	for name, tc := range map[string]struct {
		draft bool
		pass  time.Duration // until nobody is told
		plan  func(*testing.T, *valley, bootcamp.Session)
	}{
		"published": {true, time.Hour, func(t *testing.T, w *valley, e bootcamp.Session) {
			_, err := w.Publish(t.Context(), w.faye, e.Bootcamp)
			ok(t, err)
		}},
		"moved": {false, 10 * 24 * time.Hour, func(t *testing.T, w *valley, e bootcamp.Session) {
			_, err := w.UpdateSession(t.Context(), w.faye, e.Bootcamp, e.ID, 0, bootcamp.SessionChange{Local: p("2026-12-20T09:30")})
			ok(t, err)
		}},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			w := open(t)
			ctx := t.Context()
			b, c := w.camp(bootcamp.JoinOpen, 5)
			if tc.draft {
				var err error
				b, err = w.Create(ctx, w.faye, bootcamp.Change{Title: course.Text{"en": "Later"}, Languages: []string{"en"}, Towns: &[]string{w.tammela}, First: p("2026-11-24"), Last: p("2026-12-24")})
				ok(t, err)
				c, err = w.CreateCohort(ctx, w.faye, b.ID, bootcamp.CohortChange{Name: p("Autumn"), Joining: p(bootcamp.JoinOpen)})
				ok(t, err)
			}
			e := w.plan(b, c, "2026-11-24T09:30 Europe/Rome")[0]
			w.pass(tc.pass)
			w.process.Between("cohortSessions", func() { tc.plan(t, w, e) })
			ok(t, w.Tell(ctx, b.Owner, e.ID))
			_, err := w.Join(ctx, w.rosa, b.ID, c.ID)
			ok(t, err)
			w.pass(time.Hour)
			w.tell()
			if got := w.sessionLetters(rosaAt); !slices.Equal(got, []string{"session_planned"}) {
				t.Errorf("rosa has letters %q, want that it was planned", got)
			}
		})
	}
}
