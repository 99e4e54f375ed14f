package count

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"golang.org/x/sync/errgroup"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/lrs"
)

const (
	segment = 20_000 // statements that are read from the stream for one
	page    = 500
	writers = 16
)

// written is one segment on its way into the counters.
type written struct {
	gen, from, to int64
	zone          *time.Location
	sums          sums
	voids         []lrs.Stored
	cancel        []lrs.Stored // voided before they came
	fresh         []void       // that wait for their targets
}

// advance writes the next segment of a generation. It reports false if there is none.
func (h *hold) advance(ctx context.Context, which func(*position) *progress) (bool, error) {
	p := *which(&h.p)
	s := h.s
	w := written{gen: p.Gen, from: p.UpTo + 1, zone: h.zone, sums: sums{}}
	head, err := s.c.Records.Head(ctx, h.org)
	if err != nil {
		return false, err
	}
	if p.Target > p.UpTo { // somebody died while this was written
		if err := h.read(ctx, &w, p.Target, true); err != nil {
			return false, err
		}
		w.to = p.Target
	} else {
		var taken *window
		end := head
		if p.Gen == h.p.Now.Gen {
			var below int64
			if taken, below = s.detach(h.org, w.from); below > 0 {
				end = min(end, below)
			}
		}
		switch {
		case taken != nil:
			w.sums, w.voids, w.to = taken.sums, taken.voids, taken.next-1
			for n, st := range taken.cancel {
				if n >= w.from && n <= w.to {
					w.cancel = append(w.cancel, st)
				}
			}
		case w.from > end:
			return false, nil
		default:
			if err := h.read(ctx, &w, end, false); err != nil {
				return false, err
			}
		}
		if err := h.save(ctx, func(p *position) { which(p).Target = w.to }); err != nil {
			return false, err
		}
	}
	if err := h.voided(ctx, &w); err != nil {
		return false, err
	}
	if err := h.write(ctx, &w); err != nil {
		return false, err
	}
	err = h.save(ctx, func(p *position) {
		if q := which(p); q != nil {
			q.UpTo, q.Target = w.to, w.to
		}
	})
	if err != nil {
		return false, err
	}
	return true, h.resolve(ctx, &w)
}

// read adds up statements of the stream: up to and including end, or as many as one segment has. exact says that it must
// be all of them.
func (h *hold) read(ctx context.Context, w *written, end int64, exact bool) error {
	pending, err := h.s.pending(ctx, h.org, w.gen)
	if err != nil {
		return err
	}
	at := w.from - 1
	for n := 0; at < end && (exact || n < segment && len(w.sums) < maxNames); {
		list, err := h.s.c.Records.After(ctx, h.org, at, page)
		if err != nil {
			return err
		}
		if len(list) == 0 || list[0].Number > end {
			at = end // what had these numbers is not kept any more
			break
		}
		for _, st := range list {
			if st.Number > end {
				break
			}
			at, n = st.Number, n+1
			st.Raw = nil
			w.sums.add(h.s.names(st), dayOf(st.Timestamp, w.zone), 1)
			if st.Voids {
				w.voids = append(w.voids, st)
			}
			if pending[st.ID] {
				w.cancel = append(w.cancel, st)
			}
		}
	}
	w.to = at
	return nil
}

// voided takes back what does not count: statements that the segment voids, and those of it that were voided before.
func (h *hold) voided(ctx context.Context, w *written) error {
	for _, st := range w.cancel {
		if !st.Voids {
			w.sums.add(h.s.names(st), dayOf(st.Timestamp, w.zone), -1)
		}
	}
	slices.SortFunc(w.voids, func(a, b lrs.Stored) int { return int(a.Number - b.Number) })
	for _, v := range w.voids {
		id := fmt.Sprintf("%d.%s", w.gen, v.Target)
		mark := void{Meta: store.Meta{ID: id}, Gen: w.gen, Target: v.Target, By: v.Number}
		target, err := h.s.c.Records.Get(ctx, h.org, v.Target)
		switch {
		case fault.KindOf(err) == fault.NotFound:
			mark.Pending = true
		case err != nil:
			return err
		case target.Voids:
			continue // Data §2.3.2: it cannot be voided
		default:
			mark.Pending = target.Number > w.to
		}
		err = h.s.voids.Insert(ctx, h.org, mark)
		if errors.Is(err, store.ErrDuplicate) {
			was, gerr := h.s.voids.Get(ctx, h.org, id)
			if gerr != nil {
				return gerr
			}
			if was.By != v.Number {
				continue // another one was the first
			}
			mark.Pending, err = was.Pending, nil
		}
		if err != nil {
			return err
		}
		if mark.Pending {
			w.fresh = append(w.fresh, mark)
			continue
		}
		w.sums.add(h.s.names(target), dayOf(target.Timestamp, w.zone), -1)
	}
	return nil
}

// write adds the sums to the counters, to each once.
func (h *hold) write(ctx context.Context, w *written) error {
	g, ctx := errgroup.WithContext(ctx)
	g.SetLimit(writers)
	for n, x := range w.sums {
		g.Go(func() error { return h.s.addTo(ctx, h.org, w, n, x) })
	}
	return g.Wait()
}

func (s *Service) addTo(ctx context.Context, org string, w *written, n name, x *sum) error {
	for {
		_, err := s.counters.Update(ctx, org, n.id(w.gen), func(c *counter) error {
			if c.UpTo >= w.to {
				return store.ErrKeep
			}
			c.Total += x.total
			c.Days = c.Days.merge(x.days)
			c.UpTo = w.to
			return nil
		})
		if !errors.Is(err, store.ErrNotFound) {
			return err
		}
		err = s.counters.Insert(ctx, org, counter{Meta: store.Meta{ID: n.id(w.gen)}, Gen: w.gen, Kind: string(n.kind), Key: n.key, Total: x.total, UpTo: w.to, Days: days{}.merge(x.days)})
		if !errors.Is(err, store.ErrDuplicate) {
			return err
		}
	}
}

// resolve remembers statements that were voided before they came, and forgets those that have come.
func (h *hold) resolve(ctx context.Context, w *written) error {
	for _, st := range w.cancel {
		_, err := h.s.voids.Update(ctx, h.org, fmt.Sprintf("%d.%s", w.gen, st.ID), func(v *void) error {
			v.Pending = false
			return nil
		})
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	if w.gen != h.p.Now.Gen {
		return nil
	}
	s := h.s
	s.mu.Lock()
	win := s.windows[h.org]
	if win != nil {
		for _, v := range w.fresh {
			win.pending[v.Target] = true
		}
	}
	s.mu.Unlock()
	if win == nil {
		return nil
	}
	for _, v := range w.fresh { // it may have come while the segment was written
		target, err := s.c.Records.Get(ctx, h.org, v.Target)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return err
		}
		s.mu.Lock()
		if win == s.windows[h.org] && target.Number < win.next {
			win.cancel[target.Number] = target
		}
		s.mu.Unlock()
	}
	return nil
}

// pending returns the ids of statements that were voided and have not come yet.
func (s *Service) pending(ctx context.Context, org string, gen int64) (map[string]bool, error) {
	ids := map[string]bool{}
	err := s.voids.Each(ctx, org, store.Query{Index: "byPending", Equal: []any{gen, true}}, func(v void) error {
		ids[v.Target] = true
		return nil
	})
	return ids, err
}
