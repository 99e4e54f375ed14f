package bootcamp

import (
	"context"
	"errors"
	"time"

	"palestra/internal/store"
	"palestra/people"
)

// mark writes down that what a cohort has planned by an instant does not take place, or what all of the bootcamp have.
func (s *Service) mark(ctx context.Context, org, cohort string, at time.Time, whole bool) (Cohort, error) {
	return s.revise(ctx, org, cohort, func(c *Cohort) error {
		later := c.Off == nil || c.Off.Before(at)
		if !later && (c.Whole || !whole) {
			return store.ErrKeep
		}
		if later {
			c.Off = &at
		}
		if c.Whole = c.Whole || whole; c.Due == nil {
			c.Due = &at
		}
		return nil
	})
}

// callOff cancels the sessions of a cohort that was marked so: those that were planned by then and have not begun. If it was
// marked for the whole bootcamp, the other cohorts are marked before the first session is cancelled. It may run twice, and
// may have died in the middle.
func (s *Service) callOff(ctx context.Context, org string, c Cohort) (Cohort, error) {
	if c.Off == nil {
		return c, nil
	}
	if !c.Whole {
		return s.cancelAll(ctx, org, c)
	}
	p, err := s.cohorts.Find(ctx, org, store.Query{Index: "byBootcamp", Equal: []any{c.Bootcamp}, Limit: maxCohorts})
	if err != nil {
		return c, err
	}
	var marked []Cohort
	for _, o := range p.Docs {
		o, err := s.mark(ctx, org, o.ID, *c.Off, false)
		if errors.Is(err, store.ErrNotFound) {
			continue // deleted meanwhile: nothing was planned in it
		}
		if err != nil {
			return c, err
		}
		marked = append(marked, o)
	}
	for _, o := range marked {
		done, err := s.cancelAll(ctx, org, o)
		if err != nil {
			return c, err
		}
		if o.ID == c.ID {
			c = done
		}
	}
	return c, nil
}

func (s *Service) cancelAll(ctx context.Context, org string, c Cohort) (Cohort, error) {
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
	return s.revise(ctx, org, c.ID, func(c *Cohort) error {
		if c.Off == nil || !c.Off.Equal(at) {
			return store.ErrKeep
		}
		c.Off, c.Whole = nil, false
		return nil
	})
}

// overtaken calls off what is still to be called off before members may hear of a session: its cohort, and of one that is
// cancelled all cohorts of the bootcamp, so that everybody is told of all at once. It reports whether there was something:
// then the session is another one now.
func (s *Service) overtaken(ctx context.Context, org string, e Session) (bool, error) {
	p, err := s.cohorts.Find(ctx, org, store.Query{Index: "byBootcamp", Equal: []any{e.Bootcamp}, Limit: maxCohorts})
	if err != nil {
		return false, err
	}
	some := false
	for _, c := range p.Docs {
		if c.Off == nil || c.ID != e.Cohort && !e.off() {
			continue
		}
		some = true
		if _, err := s.callOff(ctx, org, c); err != nil {
			return true, err
		}
	}
	return some, nil
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
		var last Cohort
		open := false
		err := s.cohorts.Each(ctx, org, store.Query{Index: "byBootcamp", Equal: []any{b.ID}}, func(c Cohort) error {
			last = c
			return s.sessions.Each(ctx, org, store.Query{Index: "byCohort", Equal: []any{c.ID}, From: s.now()}, func(e Session) error {
				open = open || e.State == SessionPlanned && !e.Created.After(*o.Closed)
				return nil
			})
		})
		if err != nil || !open {
			return err
		}
		if last, err = s.mark(ctx, org, last.ID, *o.Closed, true); err != nil {
			return err
		}
		_, err = s.callOff(ctx, org, last)
		return err
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
