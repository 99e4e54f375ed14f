package bootcamp

import (
	"context"
	"encoding/json"
	"errors"
	"slices"
	"time"

	"palestra/internal/store"
	"palestra/people"
)

// Holds implements people.Keeper.
func (s *Service) Holds(ctx context.Context, p people.Subject) ([]people.Held, error) {
	n, err := s.members.Count(ctx, p.Organisation, store.Query{Index: "byPerson", Equal: []any{p.Person}}, people.CountAtMost)
	var list []people.Held
	return append(list, people.Held{What: "cohorts", Count: n}), wrap("Holds", err)
}

// Until implements people.Keeper: what the record store holds of her is evidence enough.
func (s *Service) Until(context.Context, people.Subject) (time.Time, error) { return time.Time{}, nil }

// Erase implements people.Keeper: her places in cohorts go, with what they say of her, and who waits moves up.
func (s *Service) Erase(ctx context.Context, p people.Subject, _ string, whole bool) error {
	places, err := s.places(ctx, p)
	if err != nil {
		return err
	}
	for _, m := range places {
		b, err := s.bootcamps.Get(ctx, m.Owner, m.Bootcamp)
		if err != nil {
			return wrap("Erase", err)
		}
		_, err = s.change(ctx, b, m.Cohort, func(c *Cohort) error {
			c.leave(p.Person)
			c.Moves = slices.DeleteFunc(c.Moves, func(mv Move) bool { return mv.Person == p.Person })
			return nil
		})
		if err != nil {
			return err
		}
		if err := s.members.Delete(ctx, m.Owner, m.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("Erase", err)
		}
		if err := s.moved(ctx, m.Owner, m.Cohort, m.Person, false); err != nil {
			return wrap("Erase", err)
		}
	}
	if err := s.eraseExpected(ctx, p, whole); err != nil {
		return wrap("Erase", err)
	}
	if !whole {
		return nil
	}
	return s.endCalendars(ctx, p.Person)
}

// eraseExpected takes somebody's address out of the cohorts that expect her: of an organisation, and if she goes as a whole
// of all that have invited her. Who is invited to a cohort by her address is invited into its host with it.
func (s *Service) eraseExpected(ctx context.Context, p people.Subject, whole bool) error {
	address, err := people.Address(p.Email)
	if err != nil {
		return nil //nolint:nilerr // nobody is expected by what is no address
	}
	hosts := []string{p.Organisation}
	if whole {
		others, err := s.c.People.InvitedBy(ctx, address)
		if err != nil {
			return err
		}
		hosts = append(hosts, others...)
	}
	for _, h := range hosts {
		if err := s.forgetExpected(ctx, h, func(e Expected) bool { return e.Address == address }); err != nil {
			return err
		}
	}
	return nil
}

// forgetExpected takes some of those who are expected out of an organisation's cohorts.
func (s *Service) forgetExpected(ctx context.Context, host string, is func(Expected) bool) error {
	var cohorts []string
	err := s.cohorts.Each(ctx, host, store.Query{Index: "byBootcamp"}, func(c Cohort) error {
		if slices.ContainsFunc(c.Expected, is) {
			cohorts = append(cohorts, c.ID)
		}
		return nil
	})
	for _, id := range cohorts {
		if err != nil {
			break
		}
		_, err = s.revise(ctx, host, id, func(c *Cohort) error {
			c.Expected = slices.DeleteFunc(c.Expected, is)
			return nil
		})
		if errors.Is(err, store.ErrNotFound) {
			err = nil // deleted meanwhile
		}
	}
	return err
}

// places returns all of somebody's places in cohorts into which she came for an organisation.
func (s *Service) places(ctx context.Context, p people.Subject) ([]Member, error) {
	var list []Member
	err := s.members.Each(ctx, p.Organisation, store.Query{Index: "byPerson", Equal: []any{p.Person}}, func(m Member) error {
		if m.Town == p.Organisation {
			list = append(list, m)
		}
		return nil
	})
	return list, wrap("places", err)
}

// Rename implements people.Keeper.
func (s *Service) Rename(ctx context.Context, p people.Subject) error {
	places, err := s.places(ctx, p)
	if err != nil {
		return err
	}
	for _, m := range places {
		if m.Name == p.Name {
			continue
		}
		_, err := s.members.Update(ctx, m.Owner, m.ID, func(m *Member) error { m.Name, m.Sort = p.Name, people.Fold(p.Name); return nil })
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return wrap("Rename", err)
		}
	}
	return nil
}

// Copy implements people.Keeper.
func (s *Service) Copy(ctx context.Context, p people.Subject, files people.Files) error {
	w, err := files.Create("cohorts.ndjson")
	if err != nil {
		return err
	}
	places, err := s.places(ctx, p)
	if err != nil {
		return err
	}
	lines := json.NewEncoder(w)
	for _, m := range places {
		b, err := s.bootcamps.Get(ctx, m.Owner, m.Bootcamp)
		if err != nil {
			return wrap("Copy", err)
		}
		c, err := s.cohorts.Get(ctx, m.Owner, m.Cohort)
		if err != nil {
			return wrap("Copy", err)
		}
		err = lines.Encode(struct {
			Bootcamp any        `json:"bootcamp"`
			Cohort   string     `json:"cohort"`
			Role     string     `json:"role"`
			State    string     `json:"state"`
			Since    time.Time  `json:"since"`
			Joined   *time.Time `json:"joined,omitempty"`
		}{b.Title, c.Name, m.Role, m.State, m.Since, m.Joined})
		if err != nil {
			return wrap("Copy", err)
		}
	}
	return nil
}
