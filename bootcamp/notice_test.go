package bootcamp_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"palestra/bootcamp"
	"palestra/internal/mail"
)

const rosaAt, adaAt = "rosa@tammela.example", "ada@castelverde.example"

// sheet copies a run-sheet of n sessions, a day each, into a cohort in which Rosa and Ada are.
func (w *valley) sheet(n int) (bootcamp.Bootcamp, []bootcamp.SheetLine) {
	w.t.Helper()
	ctx := context.WithoutCancel(w.t.Context())
	b, c := w.camp(bootcamp.JoinOpen, 5)
	var when []string
	for i := range n {
		when = append(when, time.Date(2026, 11, 24+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)+"T09:30 Europe/Rome")
	}
	w.plan(b, c, when...)
	to, into := w.another("2027-02-01")
	_, err := w.Join(ctx, w.rosa, to.ID, into.ID)
	ok(w.t, err)
	_, err = w.Join(ctx, w.ada, to.ID, into.ID)
	ok(w.t, err)
	made, err := w.CopySheet(ctx, w.faye, to.ID, into.ID, of(b, c), "2027-02-01", "a key of a page")
	ok(w.t, err)
	return to, made
}

// sessionLetters returns what somebody was told of sessions.
func (w *valley) sessionLetters(to string) []string {
	return slices.DeleteFunc(w.kinds(to), func(kind string) bool { return !strings.HasPrefix(kind, "session") })
}

// calendars goes through the calendars that came with letters of some kinds to somebody, and returns how many letters these
// were.
func (w *valley) calendars(to string, kinds []string, f func(letter, mail.Part, *ics.Calendar)) (letters int) {
	w.t.Helper()
	for _, l := range w.sent {
		if l.to != to || !slices.Contains(kinds, l.kind) {
			continue
		}
		letters++
		for _, part := range l.with {
			cal, err := ics.ParseCalendar(strings.NewReader(string(part.Data)))
			ok(w.t, err)
			f(l, part, cal)
		}
	}
	return letters
}

// planned returns how often somebody was told of each event that it is planned.
func (w *valley) planned(to string) map[string]int {
	w.t.Helper()
	events := map[string]int{}
	w.calendars(to, []string{"sessions_planned", "session_planned"}, func(_ letter, _ mail.Part, cal *ics.Calendar) {
		for _, e := range cal.Events() {
			events[e.Id()]++
		}
	})
	return events
}

// tellAtOnce tells what is due, everything at the same time.
func (w *valley) tellAtOnce() {
	w.t.Helper()
	list, err := w.DueSessions(w.t.Context(), w.now(), 200)
	ok(w.t, err)
	var workers sync.WaitGroup
	for _, r := range list {
		workers.Go(func() {
			if err := w.Tell(w.t.Context(), r.Org, r.ID); err != nil {
				w.t.Error(err)
			}
		})
	}
	workers.Wait()
}

// die lets the process die at its n-th step from now, which is a write or a letter.
func (w *valley) die(n int) {
	if n%2 == 0 {
		w.process.Die(n / 2)
		return
	}
	letters := 0
	w.post = func() error {
		if letters++; letters > n/2 {
			return errors.New("the process is gone")
		}
		return nil
	}
}

// live ends it.
func (w *valley) live() {
	w.process.Live()
	w.post = nil
}

// TestOneLetterForARunSheet copies forty sessions: each member gets one letter with all of them, by however many workers; what
// changes afterwards is told by itself, of the same event.
func TestOneLetterForARunSheet(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, made := w.sheet(40)
	w.tell()
	if got := w.sessionLetters(rosaAt); len(got) != 0 {
		t.Errorf("before the plan has rested: %v", got)
	}
	w.pass(11 * time.Minute)
	w.tellAtOnce()
	w.tell()
	for _, to := range []string{rosaAt, adaAt} {
		if got := w.sessionLetters(to); !slices.Equal(got, []string{"sessions_planned"}) {
			t.Fatalf("%s got %v, want one letter", to, got)
		}
	}
	cal := w.last("sessions_planned")
	if m := cal.CalendarProperties; !slices.ContainsFunc(m, func(p ics.CalendarProperty) bool { return p.IANAToken == "METHOD" && p.Value == "PUBLISH" }) {
		t.Errorf("several events are published: %v", m)
	}
	uids := map[string]bool{}
	for _, e := range cal.Events() {
		uids[e.Id()] = true
		if len(e.Attendees()) != 0 || e.GetProperty(ics.ComponentPropertyOrganizer) == nil {
			t.Errorf("a published event has an organizer and no attendees: %v", e)
		}
	}
	if len(uids) != 40 {
		t.Errorf("%d events, want 40", len(uids))
	}
	e, err := w.UpdateSession(ctx, w.faye, b.ID, made[7].ID, 0, bootcamp.SessionChange{Title: p("Another one")})
	ok(t, err)
	w.pass(11 * time.Minute)
	w.tell()
	if got := w.sessionLetters(rosaAt); !slices.Equal(got, []string{"sessions_planned", "session_changed"}) {
		t.Fatalf("after a change: %v", got)
	}
	changed := w.last("session_changed").Events()[0]
	if !uids[changed.Id()] || changed.GetProperty(ics.ComponentPropertySequence).Value != fmt.Sprint(e.Sequence) || e.Sequence == 0 {
		t.Errorf("the change is of %s, %v", changed.Id(), changed.GetProperty(ics.ComponentPropertySequence))
	}
	w.pass(made[0].Starts.Add(-23 * time.Hour).Sub(w.now()))
	w.tell()
	if got := w.sessionLetters(rosaAt); got[len(got)-1] != "session_reminder" || len(got) != 3 {
		t.Errorf("the day before: %v", got)
	}
}

// TestALetterForSomeOfARunSheet changes a session while it rests: it is told by itself, later.
func TestALetterForSomeOfARunSheet(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, made := w.sheet(3)
	w.pass(9 * time.Minute)
	_, err := w.UpdateSession(ctx, w.faye, b.ID, made[0].ID, 0, bootcamp.SessionChange{Title: p("Another one")})
	ok(t, err)
	_, err = w.CancelSession(ctx, w.faye, b.ID, made[1].ID)
	ok(t, err)
	w.pass(2 * time.Minute)
	w.tell()
	if got := w.sessionLetters(rosaAt); !slices.Equal(got, []string{"session_planned"}) {
		t.Errorf("of three, one changed and one cancelled: %v", got)
	}
	w.pass(10 * time.Minute)
	w.tell()
	w.tell()
	if got := w.sessionLetters(rosaAt); !slices.Equal(got, []string{"session_planned", "session_planned"}) {
		t.Errorf("later: %v", got)
	}
}

// TestTellingOfARunSheetDies kills the process at each write and at each letter: nobody gets a second one.
func TestTellingOfARunSheetDies(t *testing.T) {
	t.Parallel()
	died := 0
	for n := 0; ; n++ {
		if n > 60 {
			t.Fatal("it died at each step: more have to be tried")
		}
		w := open(t)
		ctx := context.WithoutCancel(t.Context())
		_, made := w.sheet(3)
		w.pass(11 * time.Minute)
		list, err := w.DueSessions(ctx, w.now(), 100)
		ok(t, err)
		w.die(n)
		broke := false
		for _, r := range list {
			broke = w.Tell(ctx, r.Org, r.ID) != nil || broke
		}
		w.live()
		if broke {
			died++
		}
		// Another one is planned before the sweep comes again: it is no part of the letter that was begun.
		_, err = w.AddSession(ctx, w.faye, made[0].Bootcamp, made[0].Cohort, bootcamp.SessionChange{Title: p("Late"), Local: p("2027-01-20T09:30")})
		ok(t, err)
		w.pass(11 * time.Minute)
		w.tell()
		w.tell()
		for _, to := range []string{rosaAt, adaAt} {
			told := w.planned(to)
			for id, times := range told {
				if times != 1 {
					t.Errorf("step %d: %s was told %d times of %s", n, to, times, id)
				}
			}
			if len(told) != 4 {
				t.Errorf("step %d: %s was told of %d sessions, want 4", n, to, len(told))
			}
		}
		if !broke && n > 10 {
			break
		}
	}
	if died < 5 {
		t.Errorf("it died %d times only", died)
	}
}
