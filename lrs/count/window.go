package count

import (
	"context"
	"time"

	"palestra/lrs"
)

const (
	maxEarly = 20_000 // statements that wait for one before them
	maxNames = 50_000 // counters of one segment
)

// window adds up in memory what has been announced, without gaps, from a number on.
type window struct {
	zone    *time.Location
	from    int64 // 0: being opened
	next    int64 // the first number that is not in it
	full    bool  // it takes no more
	sums    sums
	voids   []lrs.Stored         // those that void others
	early   map[int64]lrs.Stored // announced before their turn
	pending map[string]bool      // ids of statements that were voided before they came
	cancel  map[int64]lrs.Stored // statements that came and were voided before, by number
}

// Stored adds up what was stored. It implements lrs.Sink.
func (s *Service) Stored(ctx context.Context, org string, list []lrs.Stored) {
	if s.c.Several {
		return
	}
	s.mu.Lock()
	w := s.windows[org]
	opening := w == nil
	if opening {
		w = &window{sums: sums{}, early: map[int64]lrs.Stored{}, pending: map[string]bool{}, cancel: map[int64]lrs.Stored{}}
		s.windows[org] = w
	}
	for _, st := range list {
		st.Raw = nil
		w.early[st.Number] = st
	}
	s.drain(org, w)
	s.mu.Unlock()
	if !opening {
		return
	}
	if err := s.openWindow(ctx, org, w); err != nil {
		s.c.Log.Warn("statements are not counted as they arrive; the sweep will count them", "organisation", org, "error", err)
		s.close(org, w)
	}
}

// openWindow finds out from which number on everything is announced to the window: what has a number behind the head
// of this moment is announced later than now.
func (s *Service) openWindow(ctx context.Context, org string, w *window) error {
	zone, err := s.c.Zone(ctx, org)
	if err != nil {
		return err
	}
	p, err := s.position(ctx, org)
	if err != nil {
		return err
	}
	pending, err := s.pending(ctx, org, p.Now.Gen)
	if err != nil {
		return err
	}
	head, err := s.c.Records.Head(ctx, org)
	if err != nil {
		return err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.windows[org] != w {
		return nil
	}
	w.zone, w.pending, w.from, w.next = zone, pending, head+1, head+1
	s.drain(org, w)
	return nil
}

// close forgets a window; the stream has what was in it.
func (s *Service) close(org string, w *window) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.windows[org] == w {
		delete(s.windows, org)
	}
}

// drain adds up what is next in line. mu is held.
func (s *Service) drain(org string, w *window) {
	if w.from == 0 || w.full {
		if len(w.early) > maxEarly {
			delete(s.windows, org)
		}
		return
	}
	for len(w.early) > 0 {
		st, ok := w.early[w.next]
		if !ok {
			for n := range w.early {
				if n < w.next {
					delete(w.early, n)
				}
			}
			if len(w.early) > maxEarly {
				delete(s.windows, org)
			}
			return
		}
		delete(w.early, w.next)
		w.next++
		w.sums.add(s.names(st), dayOf(st.Timestamp, w.zone), 1)
		if st.Voids {
			w.voids = append(w.voids, st)
		}
		if len(w.pending) > 0 && w.pending[st.ID] {
			w.cancel[st.Number] = st
		}
		if len(w.sums) > maxNames {
			w.full = true
			return
		}
	}
}

// detach takes out what is in the window and leaves it empty behind it; nil if it does not begin at from, or is empty.
// below is the number up to which the stream is to be read, if the window begins later.
func (s *Service) detach(org string, from int64) (taken *window, below int64) {
	s.mu.Lock()
	defer s.mu.Unlock()
	w := s.windows[org]
	switch {
	case w == nil || w.from == 0:
		return nil, 0
	case w.from > from:
		return nil, w.from - 1
	case w.from < from:
		delete(s.windows, org)
		return nil, 0
	case w.next == w.from:
		return nil, 0
	}
	out := *w
	if w.full {
		delete(s.windows, org)
		return &out, 0
	}
	s.windows[org] = &window{zone: w.zone, from: w.next, next: w.next, sums: sums{}, early: w.early, pending: w.pending, cancel: map[int64]lrs.Stored{}}
	return &out, 0
}
