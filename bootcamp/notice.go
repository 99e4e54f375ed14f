package bootcamp

import (
	"context"
	"errors"
	"strconv"
	"time"

	"palestra/bootcamp/ical"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/mail"
	"palestra/internal/store"
)

// DueSessions lists sessions of which somebody must be told by now, in all organisations.
func (s *Service) DueSessions(ctx context.Context, now time.Time, limit int) ([]store.Ref, error) {
	list, err := s.sessions.Due(ctx, "byDue", now, limit)
	return list, wrap("DueSessions", err)
}

// plan sets when somebody must be told of a session next: of what has changed once it has rested, at once of a
// cancellation, and of its beginning the day before.
func (e *Session) plan(now time.Time) {
	e.Due, e.Round = nil, ""
	var due time.Time
	switch {
	case e.Told <= e.Sequence && e.State == SessionCancelled && e.Told == 0:
		return // nobody knew of it
	case e.Told <= e.Sequence && e.State == SessionCancelled:
		due = now
	case e.Told <= e.Sequence:
		due = e.Updated.Add(quiet)
	case e.State == SessionCancelled || e.Reminded != nil && e.Reminded.Equal(e.Starts) || !e.Starts.After(now):
		return
	default:
		if due = e.Starts.Add(-ahead); due.Before(now) {
			due = now
		}
	}
	e.Due = &due
}

// Tell writes to the members of a session's cohort what is due: that it was planned, changed or cancelled, with a message
// for their calendars, or that it begins tomorrow. It may be called at any time and several times.
func (s *Service) Tell(ctx context.Context, org, id string) error {
	e, err := s.sessions.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	if err != nil {
		return wrap("Tell", err)
	}
	now := s.now()
	if e.Due == nil || e.Due.After(now) {
		return nil
	}
	// Who calls a cohort off says so before the first session is cancelled: all are, before members hear of one.
	if again, err := s.overtaken(ctx, org, e); err != nil {
		return wrap("Tell", err)
	} else if again {
		return s.Tell(ctx, org, id)
	}
	b, err := s.bootcamps.Get(ctx, org, e.Bootcamp)
	if err != nil {
		return wrap("Tell", err)
	}
	if b.State == StateDraft {
		return s.undue(ctx, org, e, func(e *Session) { e.Due = nil }) // publishing plans again
	}
	if e.Ends().Before(now) { // nobody needs to be told any more
		return s.undue(ctx, org, e, func(e *Session) { e.Told, e.Reminded = e.Sequence+1, &e.Starts; e.plan(now) })
	}
	if e.new() || e.off() {
		round, err := s.round(ctx, org, e, now)
		if err != nil || len(round) == 0 || round[0].ID != e.ID {
			return wrap("Tell", err)
		}
		if len(round) > 1 || round[0].Round != "" {
			return wrap("Tell", s.tellRound(ctx, b, round))
		}
	}
	letter, key := "session_reminder", "reminder."+e.Starts.Format(time.RFC3339)
	if e.Told <= e.Sequence {
		letter, key = "session_planned", strconv.Itoa(e.Sequence)
		switch {
		case e.State == SessionCancelled:
			letter = "session_cancelled"
		case e.Told > 0:
			letter = "session_changed"
		}
	}
	err = s.members.Each(ctx, org, store.Query{Index: "byCohort", Equal: []any{e.Cohort, Joined}}, func(m Member) error {
		return s.write(ctx, b, e, m, letter, key)
	})
	if err != nil {
		return wrap("Tell", err)
	}
	return s.told(ctx, org, e, func(d *Session) {
		if letter == "session_reminder" {
			d.Reminded = &e.Starts
			return
		}
		d.Told = max(d.Told, e.Sequence+1)
		if e.Starts.Sub(now) < ahead { // who has just been told needs no reminder
			d.Reminded = &e.Starts
		}
	})
}

// undue writes down that nobody is to be told of a session as it was read. Who has planned it anew meanwhile, by publishing its
// bootcamp or with another beginning, has left it due for the next run.
func (s *Service) undue(ctx context.Context, org string, e Session, f func(*Session)) error {
	_, err := s.sessions.Update(ctx, org, e.ID, func(d *Session) error {
		if d.Rev != e.Rev {
			return store.ErrKeep
		}
		f(d)
		return nil
	})
	return wrap("undue", err)
}

// told writes down what members know and plans what comes next.
func (s *Service) told(ctx context.Context, org string, e Session, f func(*Session)) error {
	_, err := s.sessions.Update(ctx, org, e.ID, func(d *Session) error {
		f(d)
		d.plan(s.now())
		return nil
	})
	return wrap("told", err)
}

// write sends one member a letter about a session. Its id follows from what it says, so that it comes once.
func (s *Service) write(ctx context.Context, b Bootcamp, e Session, m Member, letter, key string) error {
	known, err := s.c.People.Known(ctx, m.Person)
	if fault.KindOf(err) == fault.NotFound {
		return nil // erased
	}
	if err != nil {
		return err
	}
	if hears, err := s.hears(ctx, known, m, e.State == SessionCancelled); err != nil || !hears {
		return err
	}
	l, err := zone(e.Zone)
	if err != nil {
		return err
	}
	method := ical.Request
	if e.State == SessionCancelled {
		method = ical.Cancel
	}
	var parts []mail.Part
	if letter != "session_reminder" {
		event := s.event(b, e, known.Locale)
		event.Organizer, event.Attendee = ical.Person{Name: "Palestra", Address: s.c.From}, ical.Person{Name: known.Name, Address: known.Address}
		data, err := ical.Calendar{Method: method, Stamp: s.now(), Events: []ical.Event{event}}.Write()
		if err != nil {
			return err
		}
		parts = []mail.Part{{Type: calendarType(method), Data: data}}
	}
	title, _ := b.Title.In(append([]string{known.Locale}, b.Languages...)...)
	return s.c.Mail.SendWith(ctx, course.EventID("letter", "session", e.ID, m.Person, key), known.Address, known.Locale, letter, map[string]any{
		"name": known.Name, "session": e.Title, "bootcamp": title, "when": s.c.When(known.Locale, e.Starts.In(l)), "zone": e.Zone,
		"link": s.c.PublicURL + "/bootcamps/" + b.ID + "/sessions/" + e.ID}, parts)
}
