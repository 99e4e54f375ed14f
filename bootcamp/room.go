package bootcamp

import (
	"context"
	"errors"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Room is what a live room must know of a session and of who comes to it.
type Room struct {
	Host    string      // organisation; what is said in the room belongs to it
	Title   course.Text // of the bootcamp
	Funding []Funding   // of the bootcamp
	Session Session     // with the notes for facilitators only if she leads
	Leads   bool        // a facilitator
	Reads   bool        // an observer: she reads along
}

// Room returns what the actor is in a session's room. Faults: bootcamp.not_found, bootcamp.not_inside,
// bootcamp.session_cancelled.
func (s *Service) Room(ctx context.Context, by people.Actor, bootcamp, session string) (Room, error) {
	b, err := s.Bootcamp(ctx, by, bootcamp)
	if err != nil {
		return Room{}, err
	}
	e, err := s.sessions.Get(ctx, b.Owner, session)
	if err == nil && e.Bootcamp != b.ID {
		err = store.ErrNotFound
	}
	if err != nil {
		return Room{}, wrap("Room", orGone(err, "bootcamp.not_found", "session", session))
	}
	r := Room{Host: b.Owner, Title: b.Title, Funding: b.Funding, Session: e, Leads: s.Hosts(by, b)}
	if !r.Leads {
		m, err := s.membership(ctx, by, b, e.Cohort)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return Room{}, wrap("Room", err)
		}
		if err != nil || m.State != Joined {
			return Room{}, fault.New(fault.Forbidden, "bootcamp.not_inside", "only who is in the cohort may see this")
		}
		r.Leads, r.Reads = m.Role == RoleFacilitator, m.Role == RoleObserver
	}
	if e.State == SessionCancelled {
		return Room{}, fault.New(fault.Conflict, "bootcamp.session_cancelled", "this session was cancelled")
	}
	if !r.Leads {
		r.Session.hide()
	}
	return r, nil
}

// Planned returns a session to the platform itself. fault bootcamp.not_found
func (s *Service) Planned(ctx context.Context, host, session string) (Session, error) {
	e, err := s.sessions.Get(ctx, host, session)
	return e, wrap("Planned", orGone(err, "bootcamp.not_found", "session", session))
}

// EachMember calls f for each participant with a place in a cohort, for a room that has decided who may.
func (s *Service) EachMember(ctx context.Context, host, cohort string, f func(Member) error) error {
	return wrap("EachMember", s.members.Each(ctx, host, store.Query{Index: "byCohort", Equal: []any{cohort, Joined}}, func(m Member) error {
		if m.Role != RoleParticipant {
			return nil
		}
		return f(m)
	}))
}

// Facilitates refuses who does not lead a cohort.
func (s *Service) Facilitates(ctx context.Context, by people.Actor, bootcamp, cohort string) error {
	_, _, err := s.facilitated(ctx, by, bootcamp, cohort)
	return err
}

// Place returns what somebody is or was in a cohort, for a room that has decided who may know; false for nothing.
func (s *Service) Place(ctx context.Context, host, cohort, person string) (Member, bool, error) {
	m, err := s.members.Get(ctx, host, memberID(cohort, person))
	if errors.Is(err, store.ErrNotFound) {
		return m, false, nil
	}
	return m, err == nil, wrap("Place", err)
}

// Named returns a bootcamp to the platform itself. fault bootcamp.not_found
func (s *Service) Named(ctx context.Context, host, id string) (Bootcamp, error) {
	b, err := s.bootcamps.Get(ctx, host, id)
	return b, wrap("Named", orGone(err, "bootcamp.not_found", "bootcamp", id))
}

// Watcher is told what becomes of people in cohorts, before the call that caused it returns; a run that died tells it
// again.
type Watcher interface {
	// Moved says that somebody is in a cohort now, or is not.
	Moved(ctx context.Context, host, cohort, person string, inside bool) error
}

// Watch sets who is told. Call it before the service is used.
func (s *Service) Watch(w Watcher) { s.watcher = w }

func (s *Service) moved(ctx context.Context, host, cohort, person string, inside bool) error {
	if s.watcher == nil {
		return nil
	}
	return s.watcher.Moved(ctx, host, cohort, person, inside)
}
