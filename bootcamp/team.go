package bootcamp

import (
	"context"
	"errors"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Led returns a cohort to who leads it: facilitators and administrators of the host, and its own facilitators.
func (s *Service) Led(ctx context.Context, by people.Actor, bootcamp, cohort string) (Bootcamp, Cohort, error) {
	return s.facilitated(ctx, by, bootcamp, cohort)
}

// Placed returns those of some persons, each with a place in a cohort, for a room that has decided who may. fault
// bootcamp.no_member
func (s *Service) Placed(ctx context.Context, host, cohort string, persons []string) ([]Member, error) {
	var list []Member
	for _, p := range persons {
		m, err := s.members.Get(ctx, host, memberID(cohort, p))
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return nil, wrap("Placed", err)
		}
		if err != nil || m.State != Joined {
			return nil, fault.New(fault.Invalid, "bootcamp.no_member", "she has no place in this cohort").At("body.members", "bootcamp.no_member")
		}
		list = append(list, m)
	}
	return list, nil
}
