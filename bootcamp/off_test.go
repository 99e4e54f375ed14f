package bootcamp_test

import (
	"context"
	"errors"
	"maps"
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"palestra/bootcamp"
	"palestra/internal/mail"
	"palestra/internal/store"
	"palestra/people"
)

// heard plans n sessions in a cohort, and lets its people hear of them.
func (w *valley) heard(n int) (bootcamp.Bootcamp, []bootcamp.SheetLine) {
	w.t.Helper()
	b, made := w.sheet(n)
	w.pass(11 * time.Minute)
	w.tell()
	w.tell()
	return b, made
}

// cancelled returns how often each event was cancelled for somebody, and how many letters said so. Each file is a CANCEL of
// one event (RFC 5546 §3.2.5), for who reads it.
func (w *valley) cancelled(to string) (events map[string]int, letters int) {
	w.t.Helper()
	events = map[string]int{}
	letters = w.calendars(to, []string{"sessions_cancelled", "session_cancelled"}, func(l letter, part mail.Part, cal *ics.Calendar) {
		if m := cal.CalendarProperties; !slices.ContainsFunc(m, func(p ics.CalendarProperty) bool { return p.IANAToken == "METHOD" && p.Value == "CANCEL" }) {
			w.t.Errorf("not a CANCEL: %v", m)
		}
		same := slices.DeleteFunc(slices.Clone(l.with), func(p mail.Part) bool { return p.Name != part.Name })
		if !strings.HasSuffix(part.Type, "method=CANCEL") || l.kind == "sessions_cancelled" && (!strings.HasSuffix(part.Name, ".ics") || len(same) != 1) {
			w.t.Errorf("the part is %s, %q", part.Type, part.Name)
		}
		list := cal.Events()
		if len(list) != 1 {
			w.t.Fatalf("%d events in one CANCEL", len(list))
		}
		e := list[0]
		if len(e.Attendees()) != 1 || !strings.Contains(e.Attendees()[0].Value, to) || e.GetProperty(ics.ComponentPropertyOrganizer) == nil || e.GetProperty(ics.ComponentPropertySequence).Value == "0" ||
			e.GetProperty(ics.ComponentPropertyStatus).Value != "CANCELLED" {
			w.t.Errorf("a cancellation has its organizer, its reader and a greater number: %s", e.Serialize(&ics.SerializationConfiguration{MaxLength: 75, NewLine: "\n"}))
		}
		events[e.Id()]++
	})
	return events, letters
}

// second adds a cohort with n sessions to a bootcamp, at the times of the first one's; Rosa is in it too, and hears of them.
func (w *valley) second(b bootcamp.Bootcamp, n int) bootcamp.Cohort {
	w.t.Helper()
	c, err := w.CreateCohort(w.t.Context(), w.faye, b.ID, bootcamp.CohortChange{Name: p("A second one"), Joining: p(bootcamp.JoinOpen)})
	ok(w.t, err)
	_, err = w.Join(w.t.Context(), w.rosa, b.ID, c.ID)
	ok(w.t, err)
	for i := range n {
		w.plan(b, c, time.Date(2027, 2, 1+i, 0, 0, 0, 0, time.UTC).Format(time.DateOnly)+"T09:30 Europe/Rome")
	}
	w.pass(11 * time.Minute)
	w.tell()
	return c
}

// TestOneLetterForABootcampThatIsCancelled cancels a bootcamp of forty sessions, of which one is not known to anybody: each
// member gets one letter, by however many workers, with a cancellation of each of the others.
func TestOneLetterForABootcampThatIsCancelled(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, made := w.heard(40)
	_, err := w.AddSession(ctx, w.faye, b.ID, made[0].Cohort, bootcamp.SessionChange{Title: p("Nobody knows"), Local: p("2027-02-20T09:30")})
	ok(t, err)
	w.pass(time.Minute)
	_, err = w.Cancel(ctx, w.rosa, b.ID)
	refused(t, "a member", "people.forbidden", err)
	_, err = w.Cancel(ctx, w.zoe, b.ID)
	refused(t, "another town", "bootcamp.not_found", err)
	_, err = w.Cancel(ctx, people.Actor{}, b.ID)
	refused(t, "nobody", "people.unsigned", err)
	if list, err := w.DueSessions(ctx, w.now(), 100); err != nil || len(list) != 0 {
		t.Fatalf("who may not has cancelled %v, %v", list, err)
	}
	for range 2 { // twice cancels once
		_, err = w.Cancel(ctx, w.faye, b.ID)
		ok(t, err)
	}
	w.pass(time.Millisecond)
	w.tellAtOnce()
	w.tell()
	for _, to := range []string{rosaAt, adaAt} {
		events, letters := w.cancelled(to)
		if planned := w.planned(to); letters != 1 || len(planned) != 40 || !maps.Equal(planned, events) {
			t.Errorf("%s was told of %d in %d letters that were %d before: %v", to, len(events), letters, len(planned), events)
		}
	}
	list, err := w.DueSessions(ctx, w.now().Add(10000*time.Hour), 200)
	if ok(t, err); slices.ContainsFunc(list, func(r store.Ref) bool {
		return slices.ContainsFunc(made, func(l bootcamp.SheetLine) bool { return l.ID == r.ID })
	}) {
		t.Errorf("still due: %v", list)
	}
	_, err = w.Publish(ctx, w.faye, b.ID)
	ok(t, err)
	_, err = w.AddSession(ctx, w.faye, b.ID, made[0].Cohort, bootcamp.SessionChange{Title: p("Again"), Local: p("2027-02-21T09:30")})
	ok(t, err)
	w.pass(11 * time.Minute)
	w.tell()
	ok(t, w.SettleDue(ctx, w.now()))
	if got := w.sessionLetters(rosaAt); !slices.Equal(got, []string{"sessions_planned", "sessions_cancelled", "session_planned"}) {
		t.Errorf("what is planned once it is open again: %v", got)
	}
}

// TestWhoIsInTwoCohorts is told once that a bootcamp does not take place, whatever she would have done in it; also by a town
// that is closed.
func TestWhoIsInTwoCohorts(t *testing.T) {
	t.Parallel()
	for name, off := range map[string]func(*valley, bootcamp.Bootcamp){
		"cancelled": func(w *valley, b bootcamp.Bootcamp) {
			_, err := w.Cancel(t.Context(), w.faye, b.ID)
			ok(t, err)
		},
		"closed": func(w *valley, _ bootcamp.Bootcamp) {
			_, err := w.people.CloseOrganisation(t.Context(), w.olga, w.castelverde, "castelverde", "It has merged.")
			ok(t, err)
			ok(t, w.Abandon(t.Context(), w.castelverde))
		},
	} {
		w := open(t)
		b, made := w.heard(3)
		second := w.second(b, 2)
		_, err := w.Join(t.Context(), w.ada, b.ID, second.ID)
		ok(t, err)
		ok(t, w.Leave(t.Context(), w.ada, b.ID, made[0].Cohort)) // she is in the second one only
		w.pass(time.Minute)
		off(w, b)
		w.pass(time.Second)
		w.tellAtOnce()
		w.tell()
		ok(t, w.SettleDue(t.Context(), w.now()))
		w.tell()
		events, letters := w.cancelled(rosaAt)
		if planned := w.planned(rosaAt); letters != 1 || len(events) != 5 || !maps.Equal(events, planned) {
			t.Errorf("%s: Rosa was told of %v in %d letters; planned were %v", name, events, letters, planned)
		}
		if events, letters := w.cancelled(adaAt); letters != 1 || len(events) != 2 {
			t.Errorf("%s: Ada was told of %d in %d letters, want 2 in one", name, len(events), letters)
		}
	}
}

// TestOneOfSeveral tells who holds one of many sessions that are cancelled of that one.
func TestOneOfSeveral(t *testing.T) {
	t.Parallel()
	w := open(t)
	b, made := w.heard(3)
	second := w.second(b, 1)
	_, err := w.Join(t.Context(), w.ada, b.ID, second.ID)
	ok(t, err)
	ok(t, w.Leave(t.Context(), w.ada, b.ID, made[0].Cohort))
	_, err = w.Cancel(t.Context(), w.faye, b.ID)
	ok(t, err)
	w.pass(time.Second)
	w.tell()
	if got := w.sessionLetters(adaAt); got[len(got)-1] != "session_cancelled" {
		t.Errorf("Ada got %v", got)
	}
	if events, letters := w.cancelled(adaAt); letters != 1 || len(events) != 1 {
		t.Errorf("Ada was told of %d in %d letters", len(events), letters)
	}
	if events, letters := w.cancelled(rosaAt); letters != 1 || len(events) != 4 {
		t.Errorf("Rosa was told of %d in %d letters", len(events), letters)
	}
}

// TestCancellingDies kills the process at each write and each letter of cancelling a bootcamp of two cohorts and of telling
// it: nobody is told twice, and of nothing less than all.
func TestCancellingDies(t *testing.T) {
	t.Parallel()
	died := 0
	for n := 0; ; n++ {
		if n > 120 {
			t.Fatal("it died at each step: more have to be tried")
		}
		w := open(t)
		ctx := context.WithoutCancel(t.Context())
		b, _ := w.heard(3)
		w.second(b, 2)
		w.die(n)
		sweep := func() error {
			w.pass(time.Second)
			list, err := w.DueSessions(ctx, w.now(), 100)
			errs := []error{err, w.SettleDue(ctx, w.now())}
			for _, r := range list {
				errs = append(errs, w.Tell(ctx, r.Org, r.ID))
			}
			return errors.Join(errs...)
		}
		_, first := w.Cancel(ctx, w.faye, b.ID)
		broke := first != nil || sweep() != nil
		w.live()
		if broke {
			died++
		}
		if first != nil { // her page says that it did not work
			ok(t, sweep())
			ok(t, sweep()) // she tries again after a while
			_, err := w.Cancel(ctx, w.faye, b.ID)
			ok(t, err)
		}
		for range 3 {
			ok(t, sweep())
		}
		for to, want := range map[string]int{rosaAt: 5, adaAt: 3} {
			events, letters := w.cancelled(to)
			for id, times := range events {
				if times != 1 {
					t.Errorf("step %d: %s was told %d times of %s", n, to, times, id)
				}
			}
			if len(events) != want || letters != 1 {
				t.Errorf("step %d: %s was told of %d sessions in %d letters, want %d in one", n, to, len(events), letters, want)
			}
		}
		if !broke && n > 12 {
			break
		}
	}
	if died < 8 {
		t.Errorf("it died %d times only", died)
	}
}

// TestAClosedTownCallsItsSessionsOff closes the host: what it has planned leaves the calendars of all who hold it, in one
// letter; what a member of another town plans afterwards takes place; nothing of other hosts changes.
func TestAClosedTownCallsItsSessionsOff(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, made := w.heard(3)
	cohort := made[0].Cohort
	_, err := w.SetRole(ctx, w.faye, b.ID, cohort, w.rosa.Person, bootcamp.RoleFacilitator)
	ok(t, err)
	ok(t, w.Abandon(ctx, w.castelverde))
	w.tell()
	if _, letters := w.cancelled(rosaAt); letters != 0 {
		t.Fatal("cancelled by a town that is open")
	}
	_, err = w.people.CloseOrganisation(ctx, w.olga, w.castelverde, "castelverde", "It has merged.")
	ok(t, err)
	w.pass(time.Second)
	own, err := w.AddSession(ctx, w.rosa, b.ID, cohort, bootcamp.SessionChange{Title: p("Ours"), Local: p("2027-02-20T09:30")})
	ok(t, err)
	for range 2 {
		ok(t, w.Abandon(ctx, w.castelverde))
		ok(t, w.Abandon(ctx, w.tammela))
		w.pass(11 * time.Minute)
		w.tell()
		ok(t, w.SettleDue(ctx, w.now()))
	}
	for _, to := range []string{rosaAt, adaAt} { // Ada has left with her town, and holds them too
		if events, letters := w.cancelled(to); letters != 1 || len(events) != 3 {
			t.Errorf("%s was told of %d in %d letters, want 3 in one", to, len(events), letters)
		}
	}
	if got := w.sessionLetters(rosaAt); !slices.Equal(got, []string{"sessions_planned", "sessions_cancelled", "session_planned"}) {
		t.Errorf("Rosa got %v", got)
	}
	if got := w.sessionLetters(adaAt); !slices.Equal(got, []string{"sessions_planned", "sessions_cancelled"}) {
		t.Errorf("Ada, who could not come in, got %v", got)
	}
	if e, _, err := w.Session(ctx, w.rosa, b.ID, own.ID); err != nil || e.State != bootcamp.SessionPlanned {
		t.Errorf("what another town has planned since: %s %v", e.State, err)
	}
	if e, _, err := w.Session(ctx, w.rosa, b.ID, made[0].ID); err != nil || e.State != bootcamp.SessionCancelled {
		t.Errorf("what the closed town had planned: %s %v", e.State, err)
	}
}

// TestWhoHadLeftBeforeIsNotTold closes a town of which one had left: she had given her place up with it.
func TestWhoHadLeftBeforeIsNotTold(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	w.heard(2)
	ok(t, w.people.Leave(ctx, w.anna, w.ada.Person))
	w.pass(time.Minute)
	_, err := w.people.CloseOrganisation(ctx, w.olga, w.castelverde, "castelverde", "It has merged.")
	ok(t, err)
	ok(t, w.Abandon(ctx, w.castelverde))
	w.pass(time.Minute)
	w.tell()
	if _, letters := w.cancelled(adaAt); letters != 0 {
		t.Errorf("who had left got %d letters", letters)
	}
	if events, letters := w.cancelled(rosaAt); letters != 1 || len(events) != 2 {
		t.Errorf("Rosa was told of %d in %d letters", len(events), letters)
	}
}
