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

// A cohort is deleted with nothing in it, or stays with the session that somebody plans meanwhile: whoever writes first.
func TestASessionIsPlannedWhileItsCohortIsDeleted(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinOpen, 5)
	session := bootcamp.SessionChange{Title: p("Late"), Local: p("2026-12-20T09:30")}
	w.process.Between("cohorts", func() { // the deletion has read, and found no session
		_, err := w.AddSession(ctx, w.faye, b.ID, c.ID, session)
		ok(t, err)
	})
	refused(t, "a session is planned in it", "bootcamp.cohort_used", w.DeleteCohort(ctx, w.faye, b.ID, c.ID))
	if n := w.stored("cohortSessions"); n != 1 {
		t.Errorf("%d sessions, want the one that was planned", n)
	}

	for name, plan := range map[string]func(cohort string) error{
		"a session": func(cohort string) error {
			_, err := w.AddSession(ctx, w.faye, b.ID, cohort, session)
			return err
		},
		"a run-sheet": func(cohort string) error {
			_, err := w.CopySheet(ctx, w.faye, b.ID, cohort, bootcamp.Source{Bootcamp: b.ID, Cohort: c.ID}, "2026-12-21", "a key of its own")
			return err
		},
	} {
		d, err := w.CreateCohort(ctx, w.faye, b.ID, bootcamp.CohortChange{Name: &name, Seats: p(5)})
		ok(t, err)
		w.process.Between("cohortSessions", func() { ok(t, w.DeleteCohort(ctx, w.faye, b.ID, d.ID)) })
		refused(t, name+" of a cohort that is gone", "bootcamp.not_found", plan(d.ID))
		if n := w.stored("cohortSessions"); n != 1 {
			t.Errorf("%s: %d sessions, want only that of the other cohort", name, n)
		}
	}
}

// stored returns how many documents a collection has.
func (w *valley) stored(collection string) (n int) {
	w.t.Helper()
	snap, err := w.process.Snapshot(w.t.Context())
	ok(w.t, err)
	defer func() { ok(w.t, snap.Close()) }()
	all, err := snap.Collections(w.t.Context())
	ok(w.t, err)
	for _, c := range all {
		if c.Name != collection {
			continue
		}
		for _, err := range snap.Docs(w.t.Context(), &c) {
			ok(w.t, err)
			n++
		}
	}
	return n
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
