package bootcamp_test

import (
	"context"
	"errors"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"palestra/bootcamp"
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
	for _, l := range w.sent {
		if l.to != to || l.kind != "sessions_cancelled" && l.kind != "session_cancelled" {
			continue
		}
		letters++
		for _, part := range l.with {
			cal, err := ics.ParseCalendar(strings.NewReader(string(part.Data)))
			ok(w.t, err)
			if m := cal.CalendarProperties; !slices.ContainsFunc(m, func(p ics.CalendarProperty) bool { return p.IANAToken == "METHOD" && p.Value == "CANCEL" }) {
				w.t.Errorf("not a CANCEL: %v", m)
			}
			if !strings.HasSuffix(part.Type, "method=CANCEL") || l.kind == "sessions_cancelled" && !strings.HasSuffix(part.Name, ".ics") {
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
		}
	}
	return events, letters
}

// uids returns the events that somebody was told of as planned.
func (w *valley) uids(to string) (list []string) {
	w.t.Helper()
	for _, l := range w.sent {
		if l.to != to || l.kind != "sessions_planned" && l.kind != "session_planned" {
			continue
		}
		cal, err := ics.ParseCalendar(strings.NewReader(string(l.with[0].Data)))
		ok(w.t, err)
		for _, e := range cal.Events() {
			list = append(list, e.Id())
		}
	}
	return list
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
	list, err := w.DueSessions(ctx, w.now(), 100)
	ok(t, err)
	var workers sync.WaitGroup
	for _, r := range list {
		workers.Go(func() {
			if err := w.Tell(ctx, r.Org, r.ID); err != nil {
				t.Error(err)
			}
		})
	}
	workers.Wait()
	w.tell()
	for _, to := range []string{rosaAt, adaAt} {
		events, letters := w.cancelled(to)
		if planned := w.uids(to); letters != 1 || len(planned) != 40 || len(events) != 40 || slices.ContainsFunc(planned, func(id string) bool { return events[id] != 1 }) {
			t.Errorf("%s was told of %d in %d letters that were %d before: %v", to, len(events), letters, len(planned), events)
		}
	}
	list, err = w.DueSessions(ctx, w.now().Add(10000*time.Hour), 200)
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

// TestCancellingDies kills the process at each write and each letter of cancelling a bootcamp and of telling it: nobody is
// told twice, and of nothing less than all.
func TestCancellingDies(t *testing.T) {
	t.Parallel()
	gone := errors.New("the process is gone")
	died := 0
	for n := 0; ; n++ {
		if n > 80 {
			t.Fatal("it died at each step: more have to be tried")
		}
		w := open(t)
		ctx := context.WithoutCancel(t.Context())
		b, _ := w.heard(4)
		letters := 0
		if n%2 == 0 {
			w.process.Die(n / 2)
		} else {
			w.post = func() error {
				if letters++; letters > n/2 {
					return gone
				}
				return nil
			}
		}
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
		w.process.Live()
		w.post = nil
		if broke {
			died++
		}
		if first != nil { // her page says that it did not work
			ok(t, sweep())
			_, err := w.Cancel(ctx, w.faye, b.ID)
			ok(t, err)
		}
		for range 3 {
			ok(t, sweep())
		}
		for _, to := range []string{rosaAt, adaAt} {
			events, letters := w.cancelled(to)
			for id, times := range events {
				if times != 1 {
					t.Errorf("step %d: %s was told %d times of %s", n, to, times, id)
				}
			}
			if len(events) != 4 || letters != 1 {
				t.Errorf("step %d: %s was told of %d sessions in %d letters, want 4 in one", n, to, len(events), letters)
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
