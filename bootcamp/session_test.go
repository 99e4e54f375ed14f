package bootcamp_test

import (
	"slices"
	"strings"
	"testing"
	"time"

	ics "github.com/arran4/golang-ical"

	"palestra/bootcamp"
	"palestra/people"
)

func p[T any](v T) *T { return &v }

func TestTimesOnTheWall(t *testing.T) {
	t.Parallel()
	w := open(t)
	b, c := w.camp(bootcamp.JoinOpen, 5)
	for _, tt := range []struct {
		name, local, zone string
		later             bool
		want              string // instant in UTC, or the fault
		twice             bool
	}{
		{"winter", "2026-11-24T09:30", "Europe/Rome", false, "2026-11-24T08:30:00Z", false},
		{"summer", "2026-07-01T09:30", "Europe/Helsinki", false, "2026-07-01T06:30:00Z", false},
		{"clocks go forward", "2026-03-29T02:30", "Europe/Rome", false, "bootcamp.no_such_time", false},
		{"clocks go back, first", "2026-10-25T02:30", "Europe/Rome", false, "2026-10-25T00:30:00Z", true},
		{"clocks go back, second", "2026-10-25T02:30", "Europe/Rome", true, "2026-10-25T01:30:00Z", true},
		{"an island that crossed the date line", "2026-11-24T09:30", "Pacific/Apia", false, "2026-11-23T20:30:00Z", false},
		{"a wrong zone", "2026-11-24T09:30", "Local", false, "bootcamp.zone", false},
		{"a wrong time", "2026-11-24 9:30", "Europe/Rome", false, "bootcamp.time", false},
		{"long ago", "0001-01-01T00:00", "Europe/Rome", false, "bootcamp.time", false},
	} {
		t.Run(tt.name, func(t *testing.T) {
			t.Parallel()
			e, err := w.AddSession(t.Context(), w.faye, b.ID, c.ID, bootcamp.SessionChange{Title: p("Session"), Local: &tt.local, Zone: &tt.zone, Later: &tt.later})
			if strings.HasPrefix(tt.want, "bootcamp.") {
				refused(t, tt.name, tt.want, err)
				return
			}
			if ok(t, err); e.Starts.UTC().Format(time.RFC3339) != tt.want || e.Twice() != tt.twice {
				t.Errorf("got %s, twice %v; want %s, %v", e.Starts.UTC().Format(time.RFC3339), e.Twice(), tt.want, tt.twice)
			}
		})
	}
}

func TestSessionsRefuse(t *testing.T) {
	t.Parallel()
	w := open(t)
	b, c := w.camp(bootcamp.JoinOpen, 5)
	good := bootcamp.SessionChange{Title: p("Session")}
	for code, ch := range map[string]bootcamp.SessionChange{
		"bootcamp.choice":      {Title: p("S"), Kind: p("party")},
		"bootcamp.minutes":     {Title: p("S"), Minutes: p(0)},
		"bootcamp.short":       {Title: p(" \n ")},
		"bootcamp.url":         {Title: p("S"), Link: p("javascript:alert(1)")},
		"bootcamp.agenda_long": {Title: p("S"), Minutes: p(30), Agenda: &[]bootcamp.Item{{Title: "a", Minutes: 20}, {Title: "b", Minutes: 20}}},
		"bootcamp.number":      {Title: p("S"), Place: &bootcamp.Place{Capacity: -1}},
		"bootcamp.long":        {Title: p("S"), Description: p(strings.Repeat("x", 5000))},
	} {
		_, err := w.AddSession(t.Context(), w.faye, b.ID, c.ID, ch)
		refused(t, code, code, err)
	}
	_, err := w.AddSession(t.Context(), w.ada, b.ID, c.ID, good)
	refused(t, "a learner", "people.forbidden", err)
	_, err = w.AddSession(t.Context(), w.zoe, b.ID, c.ID, good)
	refused(t, "another town", "bootcamp.not_found", err)
	e, err := w.AddSession(t.Context(), w.faye, b.ID, c.ID, bootcamp.SessionChange{Title: p("S"), Agenda: &[]bootcamp.Item{{Title: "a", Minutes: 20, Notes: "bring cake"}}})
	ok(t, err)
	_, _, err = w.Session(t.Context(), w.ada, b.ID, e.ID)
	refused(t, "who is not inside", "bootcamp.not_inside", err)
	_, err = w.Join(t.Context(), w.ada, b.ID, c.ID)
	ok(t, err)
	seen, leads, err := w.Session(t.Context(), w.ada, b.ID, e.ID)
	if ok(t, err); leads || seen.Agenda[0].Notes != "" {
		t.Errorf("a participant reads %q, which is for facilitators", seen.Agenda[0].Notes)
	}
	other, _ := w.camp(bootcamp.JoinOpen, 5)
	_, _, err = w.Session(t.Context(), w.faye, other.ID, e.ID)
	refused(t, "a session of another bootcamp", "bootcamp.not_found", err)
	_, err = w.UpdateSession(t.Context(), w.faye, b.ID, e.ID, e.Edition+1, good)
	refused(t, "another revision", "bootcamp.changed_elsewhere", err)
}

// tell does what the sweep does.
func (w *valley) tell() {
	w.t.Helper()
	list, err := w.DueSessions(w.t.Context(), w.now(), 100)
	ok(w.t, err)
	for _, r := range list {
		ok(w.t, w.Tell(w.t.Context(), r.Org, r.ID))
		ok(w.t, w.Tell(w.t.Context(), r.Org, r.ID)) // twice tells once
	}
}

func (w *valley) last(kind string) *ics.Calendar {
	w.t.Helper()
	for _, l := range slices.Backward(w.sent) {
		if l.kind == kind {
			cal, err := ics.ParseCalendar(strings.NewReader(string(l.with[0].Data)))
			ok(w.t, err)
			return cal
		}
	}
	w.t.Fatalf("no letter %s", kind)
	return nil
}

func TestMembersAreTold(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinOpen, 5)
	_, err := w.Join(ctx, w.rosa, b.ID, c.ID)
	ok(t, err)
	e, err := w.AddSession(ctx, w.faye, b.ID, c.ID, bootcamp.SessionChange{Title: p("Opening"), Local: p("2026-11-24T09:30")})
	ok(t, err)
	const rosa = "rosa@tammela.example"
	w.tell()
	if got := w.kinds(rosa); len(got) != 0 {
		t.Errorf("got %v before the plan has rested", got)
	}
	w.pass(5 * time.Minute)
	e, err = w.UpdateSession(ctx, w.faye, b.ID, e.ID, e.Edition, bootcamp.SessionChange{Title: p("Opening together")})
	ok(t, err)
	w.pass(11 * time.Minute)
	w.tell()
	if got := w.kinds(rosa); !slices.Equal(got, []string{"session_planned"}) {
		t.Fatalf("got %v, want one letter for both", got)
	}
	first := w.last("session_planned")
	if m := first.CalendarProperties; !slices.ContainsFunc(m, func(p ics.CalendarProperty) bool { return p.IANAToken == "METHOD" && p.Value == "REQUEST" }) {
		t.Errorf("got %v, want a REQUEST", m)
	}
	w.pass(time.Hour)
	e, err = w.UpdateSession(ctx, w.faye, b.ID, e.ID, e.Edition, bootcamp.SessionChange{Agenda: &[]bootcamp.Item{{Title: "Coffee", Minutes: 10, Notes: "black"}}})
	ok(t, err)
	e, err = w.UpdateSession(ctx, w.faye, b.ID, e.ID, e.Edition, bootcamp.SessionChange{Local: p("2026-11-24T10:30")})
	ok(t, err)
	w.pass(11 * time.Minute)
	w.tell()
	if got := w.kinds(rosa); !slices.Equal(got, []string{"session_planned", "session_changed"}) {
		t.Fatalf("got %v, want one letter about the change of the time", got)
	}
	second := w.last("session_changed").Events()[0]
	if a, b := first.Events()[0], second; a.Id() != b.Id() || a.GetProperty(ics.ComponentPropertySequence).Value >= b.GetProperty(ics.ComponentPropertySequence).Value {
		t.Errorf("a change has the same UID and a greater SEQUENCE: %s %v, %s %v", a.Id(), a.GetProperty(ics.ComponentPropertySequence), b.Id(), b.GetProperty(ics.ComponentPropertySequence))
	}
	w.tell()
	w.pass(e.Starts.Add(-23 * time.Hour).Sub(w.now()))
	w.tell()
	w.tell()
	if got := w.kinds(rosa); !slices.Equal(got, []string{"session_planned", "session_changed", "session_reminder"}) {
		t.Fatalf("got %v, want to be reminded once the day before", got)
	}
	_, err = w.Cancel(ctx, w.faye, b.ID)
	ok(t, err)
	w.pass(time.Millisecond)
	w.tell()
	if got := w.kinds(rosa); got[len(got)-1] != "session_cancelled" {
		t.Errorf("got %v, want the cancellation at once", got)
	}
	if v := w.last("session_cancelled").Events()[0].GetProperty(ics.ComponentPropertyStatus).Value; v != "CANCELLED" {
		t.Errorf("got status %s", v)
	}
	if list, err := w.DueSessions(ctx, w.now().Add(1000*time.Hour), 10); err != nil || len(list) != 0 {
		t.Errorf("still due: %v, %v", list, err)
	}
	_, err = w.UpdateSession(ctx, w.faye, b.ID, e.ID, 0, bootcamp.SessionChange{Title: p("Again")})
	refused(t, "changing what was cancelled", "bootcamp.session_cancelled", err)
}

func TestDraftsAreNotTold(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, err := w.Create(ctx, w.faye, bootcamp.Change{Title: map[string]string{"en": "Draft"}, Languages: []string{"en"}, First: p("2026-12-10"), Last: p("2026-12-10")})
	ok(t, err)
	c, err := w.CreateCohort(ctx, w.faye, b.ID, bootcamp.CohortChange{Name: p("One"), Joining: p(bootcamp.JoinOpen)})
	ok(t, err)
	_, err = w.AddSession(ctx, w.faye, b.ID, c.ID, bootcamp.SessionChange{Title: p("Opening")})
	ok(t, err)
	_, err = w.Invite(ctx, w.faye, b.ID, c.ID, bootcamp.RoleParticipant, []bootcamp.Guest{{Email: "ada@castelverde.example"}})
	ok(t, err)
	w.pass(time.Hour)
	w.tell()
	_, err = w.Publish(ctx, w.faye, b.ID)
	ok(t, err)
	_, err = w.Join(ctx, w.ada, b.ID, c.ID)
	ok(t, err)
	w.pass(time.Hour)
	w.tell()
	if got := w.kinds("ada@castelverde.example"); !slices.Equal(got, []string{"cohort_invited", "session_planned"}) {
		t.Errorf("got %v, want to be told once it is open", got)
	}
}

func TestFeed(t *testing.T) {
	t.Parallel()
	w := open(t)
	ctx := t.Context()
	b, c := w.camp(bootcamp.JoinOpen, 5)
	e, err := w.AddSession(ctx, w.faye, b.ID, c.ID, bootcamp.SessionChange{Title: p("Opening"), Mode: p(bootcamp.ModeMixed), Local: p("2026-11-24T09:30"), Link: p("https://meet.example/room"),
		Place: &bootcamp.Place{Name: "Villa Comunale", Room: "Sala 2"}})
	ok(t, err)
	secret, err := w.MakeCalendar(ctx, w.rosa)
	ok(t, err)
	events := func(secret string) []*ics.VEvent {
		t.Helper()
		data, err := w.Feed(ctx, secret)
		ok(t, err)
		cal, err := ics.ParseCalendar(strings.NewReader(string(data)))
		ok(t, err)
		return cal.Events()
	}
	if n := len(events(secret)); n != 0 {
		t.Errorf("who is in no cohort has %d events", n)
	}
	_, err = w.Join(ctx, w.rosa, b.ID, c.ID)
	ok(t, err)
	got := events(secret)
	if len(got) != 1 {
		t.Fatalf("got %d events, want 1", len(got))
	}
	if at, err := got[0].GetStartAt(); err != nil || !at.Equal(e.Starts) {
		t.Errorf("a client reads %v, %v, want %v", at, err, e.Starts)
	}
	if v := got[0].GetProperty(ics.ComponentPropertyLocation).Value; v != "Sala 2, Villa Comunale" {
		t.Errorf("got %q", v)
	}
	_, err = w.CancelSession(ctx, w.faye, b.ID, e.ID)
	ok(t, err)
	if got := events(secret); len(got) != 1 || got[0].GetProperty(ics.ComponentPropertyStatus).Value != "CANCELLED" {
		t.Error("a feed goes on to say that a session was cancelled")
	}
	second, err := w.MakeCalendar(ctx, w.rosa)
	ok(t, err)
	_, err = w.Feed(ctx, secret)
	refused(t, "the former address", "bootcamp.calendar", err)
	ok(t, w.Remove(ctx, w.faye, b.ID, c.ID, w.rosa.Person))
	if n := len(events(second)); n != 0 {
		t.Errorf("who was removed still has %d events", n)
	}
	ok(t, w.EndCalendar(ctx, w.rosa))
	_, err = w.Feed(ctx, second)
	refused(t, "an address that was revoked", "bootcamp.calendar", err)
	_, err = w.MakeCalendar(ctx, people.Actor{})
	refused(t, "nobody", "people.unsigned", err)
}
