package count

import (
	"context"
	"errors"
	"time"

	"palestra/internal/store"
)

// hold is one worker's hold on the counters of an organisation.
type hold struct {
	s      *Service
	org    string
	holder string
	zone   *time.Location
	p      position
}

var errLost = errors.New("count: another worker counts")

// position returns how far counting has come; where nobody has counted yet it is at the beginning.
func (s *Service) position(ctx context.Context, org string) (position, error) {
	p, err := s.positions.Get(ctx, org, positionID)
	if errors.Is(err, store.ErrNotFound) {
		p = position{Meta: store.Meta{ID: positionID}, Now: progress{Gen: 1}, Since: s.now()}
		return p, nil
	}
	return p, err
}

// take holds the counters for this worker, unless another one has them.
func (s *Service) take(ctx context.Context, org string) (*hold, bool, error) {
	h := &hold{s: s, org: org, holder: s.c.NewID()}
	var err error
	if h.zone, err = s.c.Zone(ctx, org); err != nil {
		return nil, false, err
	}
	for {
		taken := false
		h.p, err = s.positions.Update(ctx, org, positionID, func(p *position) error {
			now := s.now()
			if taken = p.Holder == "" || !p.Lease.After(now); !taken {
				return store.ErrKeep
			}
			p.Holder, p.Lease = h.holder, now.Add(lease)
			return nil
		})
		if !errors.Is(err, store.ErrNotFound) {
			return h, taken, err
		}
		p, err := s.position(ctx, org)
		if err != nil {
			return nil, false, err
		}
		if err := s.positions.Insert(ctx, org, p); err != nil && !errors.Is(err, store.ErrDuplicate) {
			return nil, false, err
		}
	}
}

func (h *hold) save(ctx context.Context, change func(*position)) error {
	p, err := h.s.positions.Update(ctx, h.org, positionID, func(p *position) error {
		if p.Holder != h.holder {
			return errLost
		}
		p.Lease = h.s.now().Add(lease)
		change(p)
		return nil
	})
	if err == nil {
		h.p = p
	}
	return err
}

// CatchUp counts what has been stored, goes on with a recount that has begun, and removes what one has replaced. It
// takes turns with other processes, and its time is bounded.
func (s *Service) CatchUp(ctx context.Context, org string) error {
	if idle, err := s.idle(ctx, org); idle || err != nil {
		return wrap("CatchUp", err)
	}
	h, ok, err := s.take(ctx, org)
	if !ok || err != nil {
		return wrap("CatchUp", err)
	}
	err = h.work(ctx)
	if err != nil {
		s.mu.Lock()
		delete(s.windows, org) // the stream has what was in it
		s.mu.Unlock()
	}
	if errors.Is(err, errLost) {
		return nil
	}
	return wrap("CatchUp", errors.Join(err, h.save(context.WithoutCancel(ctx), func(p *position) { p.Holder, p.Lease = "", time.Time{} })))
}

// idle reports whether nothing is to be done: most towns are quiet most of the time.
func (s *Service) idle(ctx context.Context, org string) (bool, error) {
	p, err := s.position(ctx, org)
	if err != nil {
		return false, err
	}
	head, err := s.c.Records.Head(ctx, org)
	return p.Now.UpTo >= head && p.Now.Target == p.Now.UpTo && p.Next == nil && p.Trash == 0, err
}

func (h *hold) work(ctx context.Context) error {
	ends := h.s.c.Now().Add(maxTurn)
	for {
		more, err := h.advance(ctx, func(p *position) *progress { return &p.Now })
		if err != nil {
			return err
		}
		if !more {
			break
		}
		if !h.s.c.Now().Before(ends) {
			return nil
		}
	}
	for h.p.Next != nil {
		more, err := h.advance(ctx, func(p *position) *progress { return p.Next })
		if err != nil {
			return err
		}
		if !more {
			if err := h.replace(ctx); err != nil {
				return err
			}
		}
		if !h.s.c.Now().Before(ends) {
			return nil
		}
	}
	return h.sweep(ctx)
}

// replace puts a recount that has reached the head in the place of what was there.
func (h *hold) replace(ctx context.Context) error {
	err := h.save(ctx, func(p *position) {
		if p.Next != nil {
			p.Trash, p.Now, p.Next, p.Since = p.Now.Gen, *p.Next, nil, h.s.now()
		}
	})
	h.s.mu.Lock()
	delete(h.s.windows, h.org) // its pending ones were of the generation before
	h.s.mu.Unlock()
	return err
}

// sweep removes the generation that was replaced.
func (h *hold) sweep(ctx context.Context) error {
	if h.p.Trash == 0 {
		return nil
	}
	gen := h.p.Trash
	del := func(err error) error {
		if errors.Is(err, store.ErrNotFound) {
			return nil
		}
		return err
	}
	for {
		p, err := h.s.counters.Find(ctx, h.org, store.Query{Index: "byTotal", Equal: []any{gen}, Limit: store.MaxLimit})
		if err != nil {
			return err
		}
		for _, c := range p.Docs {
			if err := del(h.s.counters.Delete(ctx, h.org, c.ID)); err != nil {
				return err
			}
		}
		if len(p.Docs) == 0 {
			break
		}
		if err := h.save(ctx, func(*position) {}); err != nil {
			return err
		}
	}
	err := h.s.voids.Each(ctx, h.org, store.Query{Index: "byPending", Equal: []any{gen}}, func(v void) error { return del(h.s.voids.Delete(ctx, h.org, v.ID)) })
	if err != nil {
		return err
	}
	return h.save(ctx, func(p *position) { p.Trash = 0 })
}

// Rebuild begins to count all statements that are kept anew. The figures stay as they are until that is done, by the
// next rounds of CatchUp.
func (s *Service) Rebuild(ctx context.Context, org string) error {
	begin := func(p *position) error {
		if p.Next == nil {
			p.Next = &progress{Gen: p.Now.Gen + 1}
		}
		return nil
	}
	_, err := s.positions.Update(ctx, org, positionID, begin)
	if errors.Is(err, store.ErrNotFound) {
		return nil // nothing has been counted yet
	}
	return wrap("Rebuild", err)
}

// Rebuilding reports whether a recount is under way.
func (s *Service) Rebuilding(ctx context.Context, org string) (bool, error) {
	p, err := s.position(ctx, org)
	return p.Next != nil, wrap("Rebuilding", err)
}
