package bootcamp

import (
	"context"
	"errors"
	"time"

	"palestra/internal/store"
	"palestra/people"
)

// mark writes down that what a cohort has planned by an instant does not take place.
func (s *Service) mark(ctx context.Context, org, cohort string, at time.Time) (Cohort, error) {
	return s.cohorts.Update(ctx, org, cohort, func(c *Cohort) error {
		if c.Off != nil && !c.Off.Before(at) {
			return store.ErrKeep
		}
		if c.Off = &at; c.Due == nil {
			c.Due = &at
		}
		return nil
	})
}

// callOff cancels the sessions of a cohort that was marked so: those that were planned by then and have not begun. It may
// run twice, and may have died in the middle.
func (s *Service) callOff(ctx context.Context, org string, c Cohort) (Cohort, error) {
	if c.Off == nil {
		return c, nil
	}
	at := *c.Off
	err := s.sessions.Each(ctx, org, store.Query{Index: "byCohort", Equal: []any{c.ID}, From: s.now()}, func(e Session) error {
		if e.Created.After(at) || e.State == SessionCancelled {
			return nil
		}
		_, err := s.cancel(ctx, org, e.ID)
		return err
	})
	if err != nil {
		return c, err
	}
	return s.cohorts.Update(ctx, org, c.ID, func(c *Cohort) error {
		if c.Off == nil || !c.Off.Equal(at) {
			return store.ErrKeep
		}
		c.Off = nil
		c.rests()
		return nil
	})
}

// overtaken calls the cohort of a session off if that is still to be done, and reports whether it was: then the session is
// another one now.
func (s *Service) overtaken(ctx context.Context, org string, e Session) (bool, error) {
	c, err := s.cohorts.Get(ctx, org, e.Cohort)
	if errors.Is(err, store.ErrNotFound) || err == nil && c.Off == nil {
		return false, nil
	}
	if err == nil {
		_, err = s.callOff(ctx, org, c)
	}
	return true, err
}

// Abandon cancels what a closed town has planned in its bootcamps: nobody leads it. Sessions that members of other towns
// who lead a cohort have planned since then take place, and what is in cohorts stays. It may be called again and again.
func (s *Service) Abandon(ctx context.Context, org string) error {
	o, err := s.c.People.Organisation(ctx, org)
	if err != nil || o.Closed == nil {
		return err
	}
	since := s.now().AddDate(0, 0, -maxDays).Format(dayForm)
	err = s.bootcamps.Each(ctx, org, store.Query{Index: "byDay", From: since}, func(b Bootcamp) error {
		if b.Owner != org {
			return nil
		}
		return s.cohorts.Each(ctx, org, store.Query{Index: "byBootcamp", Equal: []any{b.ID}}, func(c Cohort) error {
			open := false
			err := s.sessions.Each(ctx, org, store.Query{Index: "byCohort", Equal: []any{c.ID}, From: s.now()}, func(e Session) error {
				open = open || e.State == SessionPlanned && !e.Created.After(*o.Closed)
				return nil
			})
			if err != nil || !open {
				return err
			}
			if c, err = s.mark(ctx, org, c.ID, *o.Closed); err != nil {
				return err
			}
			_, err = s.callOff(ctx, org, c)
			return err
		})
	})
	return wrap("Abandon", err)
}

// eachToCome does something with every session of a bootcamp that has not begun.
func (s *Service) eachToCome(ctx context.Context, by people.Actor, b Bootcamp, f func(Session) error) error {
	cohorts, err := s.Cohorts(ctx, by, b.ID)
	if err != nil {
		return err
	}
	for _, c := range cohorts {
		err := s.sessions.Each(ctx, b.Owner, store.Query{Index: "byCohort", Equal: []any{c.ID}, From: s.now()}, f)
		if err != nil {
			return wrap("eachToCome", err)
		}
	}
	return nil
}
