package bootcamp

import (
	"context"
	"errors"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Circle is what somebody is to a cohort, for rooms in which it speaks.
type Circle struct {
	Host     string      // organisation; what is said belongs to it
	Title    course.Text // of the bootcamp
	Name     string      // of the cohort
	Language string      // of the cohort
	State    string      // of the bootcamp
	Last     string      // day of the bootcamp
	Leads    bool        // a facilitator
	Reads    bool        // an observer: she reads along
}

// Circle returns what the actor is in a cohort. Faults: bootcamp.not_found, bootcamp.not_inside.
func (s *Service) Circle(ctx context.Context, by people.Actor, bootcamp, cohort string) (Circle, error) {
	b, err := s.Bootcamp(ctx, by, bootcamp)
	if err != nil {
		return Circle{}, err
	}
	c, err := s.cohort(ctx, b, cohort)
	if err != nil {
		return Circle{}, err
	}
	r := Circle{Host: b.Owner, Title: b.Title, Name: c.Name, Language: c.Language, State: b.State, Last: b.Last, Leads: s.Hosts(by, b)}
	if r.Leads {
		return r, nil
	}
	m, err := s.membership(ctx, by, b, cohort)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return Circle{}, wrap("Circle", err)
	}
	if err != nil || m.State != Joined {
		return Circle{}, fault.New(fault.Forbidden, "bootcamp.not_inside", "only who is in the cohort may see this")
	}
	r.Leads, r.Reads = m.Role == RoleFacilitator, m.Role == RoleObserver
	return r, nil
}

// Insider returns the town for which somebody is in a cohort now, for rooms that tell her of what is said there; "" for
// nobody. Who hosts it is in it for the host.
func (s *Service) Insider(ctx context.Context, host, cohort, person string) (town string, err error) {
	m, err := s.members.Get(ctx, host, memberID(cohort, person))
	if err == nil && m.State == Joined {
		return m.Town, nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return "", wrap("Insider", err)
	}
	in, err := s.c.People.MemberOf(ctx, host, person)
	if fault.KindOf(err) == fault.NotFound {
		return "", nil
	}
	if err != nil {
		return "", err
	}
	at := people.Actor{Person: person, Organisation: host, Roles: in.Roles}
	if in.Active && in.Held == nil && at.Has(people.Facilitator, people.Administrator) {
		return host, nil
	}
	return "", nil
}

// Insiders lists who has joined a cohort, in whatever role, by name, for a room that has decided who may ask.
func (s *Service) Insiders(ctx context.Context, host, cohort, cursor string, limit int) (store.Page[Member], error) {
	p, err := s.members.Find(ctx, host, store.Query{Index: "byCohort", Equal: []any{cohort, Joined}, Cursor: cursor, Limit: limit})
	return p, wrap("Insiders", err)
}

// Called returns what a bootcamp and one of its cohorts are called, for letters of rooms that have decided who gets them.
func (s *Service) Called(ctx context.Context, host, bootcamp, cohort string) (course.Text, string, error) {
	b, err := s.bootcamps.Get(ctx, host, bootcamp)
	if err != nil {
		return nil, "", wrap("Called", orGone(err, "bootcamp.not_found", "bootcamp", bootcamp))
	}
	c, err := s.cohort(ctx, b, cohort)
	return b.Title, c.Name, err
}

// Own is a cohort in which somebody is.
type Own struct {
	Bootcamp, Cohort string // ids
	Title            course.Text
	Name             string // of the cohort
}

// mostOwn is how many of somebody's cohorts are listed: the newest.
const mostOwn = 10

// Own lists the cohorts in which the actor is for her organisation, the newest bootcamp first.
func (s *Service) Own(ctx context.Context, by people.Actor) ([]Own, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return nil, err
	}
	p, err := s.members.Find(ctx, by.Organisation, store.Query{Index: "byPerson", Equal: []any{by.Person}, Reverse: true, Limit: 3 * mostOwn})
	if err != nil {
		return nil, wrap("Own", err)
	}
	list := []Own{}
	for _, m := range p.Docs {
		if m.State != Joined || m.Town != by.Organisation || len(list) == mostOwn {
			continue
		}
		title, name, err := s.Called(ctx, m.Owner, m.Bootcamp, m.Cohort)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		list = append(list, Own{m.Bootcamp, m.Cohort, title, name})
	}
	return list, nil
}
