package flow

import (
	"context"
	"time"

	"palestra/internal/store"
	"palestra/lrs"
)

// town is what is remembered of an organisation, so that storing a statement costs next to nothing here.
type town struct {
	out    []string             // flows that are on and go out
	read   time.Time            // when out was read
	until  map[string]time.Time // a flow that was rung is rung again then at the earliest
	booked map[string]bool      // and a ring for that moment hangs already
}

const (
	remember = 10 * time.Second // other processes change flows too
	calm     = time.Second      // between two rings of one flow
)

// Stored rings for the flows that go out. It implements lrs.Sink.
func (s *Service) Stored(ctx context.Context, org string, _ []lrs.Stored) {
	if s.c.Bell == nil {
		return
	}
	for id, at := range s.rings(ctx, org) {
		s.ring(ctx, org, id, at)
	}
}

func (s *Service) ring(ctx context.Context, org, id string, at time.Time) {
	if s.c.Bell == nil {
		return
	}
	if err := s.c.Bell(context.WithoutCancel(ctx), org, id, at); err != nil {
		s.c.Log.Warn("a bell could not be rung; the sweep will", "flow", id, "error", err)
	}
}

// rings returns which flows to ring for, and when.
func (s *Service) rings(ctx context.Context, org string) map[string]time.Time {
	now := s.c.Now()
	s.mu.Lock()
	t := s.towns[org]
	stale := t == nil || now.Sub(t.read) > remember
	if stale { // the others go on with what was known
		if t == nil {
			t = &town{until: map[string]time.Time{}, booked: map[string]bool{}}
			s.towns[org] = t
		}
		t.read = now
	}
	s.mu.Unlock()
	if stale {
		list, err := s.List(ctx, org)
		if err != nil {
			s.c.Log.Warn("flows could not be read; the sweep will ring", "error", err)
		} else {
			var out []string
			for _, f := range list {
				if f.On && f.Direction == Out {
					out = append(out, f.ID)
				}
			}
			s.mu.Lock()
			t.out = out
			s.mu.Unlock()
		}
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if len(t.out) == 0 {
		return nil
	}
	rings := map[string]time.Time{}
	for _, id := range t.out {
		switch {
		case !now.Before(t.until[id]):
			t.until[id], t.booked[id] = now.Add(calm), false
			rings[id] = time.Time{}
		case !t.booked[id]:
			t.booked[id] = true
			rings[id] = t.until[id]
		}
	}
	return rings
}

func (s *Service) forget(org string) {
	s.mu.Lock()
	defer s.mu.Unlock()
	delete(s.towns, org)
}

// changed tells this process of a flow that was made or changed, and rings for it.
func (s *Service) changed(ctx context.Context, org string, f Flow) {
	s.forget(org)
	if f.On {
		s.ring(ctx, org, f.ID, time.Time{})
	}
}

// Due returns at most limit flows that are due by now in all organisations, the longest due first.
func (s *Service) Due(ctx context.Context, now time.Time, limit int) ([]store.Ref, error) {
	list, err := s.flows.Due(ctx, "due", now, limit)
	return list, wrap("Due", err)
}
