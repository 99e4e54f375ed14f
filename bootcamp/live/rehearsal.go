package live

import (
	"context"
	"errors"

	"palestra/internal/store"
	"palestra/people"
)

// EndRehearsal forgets what was rehearsed. Who leads may; it can be repeated.
func (s *Service) EndRehearsal(ctx context.Context, by people.Actor, d Door) error {
	d.Rehearsal = true
	r, err := s.enter(ctx, by, d)
	if err != nil {
		return err
	}
	return s.forgetRehearsal(ctx, r.Host, d.stream())
}

// forgetRehearsal clears a stream of rehearsals: who is there begins anew, and everything that was said, asked and voted
// goes. A run that dies is finished by the next.
func (s *Service) forgetRehearsal(ctx context.Context, host, stream string) error {
	number, _, err := s.events.Head(ctx, host, stream)
	if err != nil {
		return wrap("forgetRehearsal", err)
	}
	if number == 0 {
		return nil
	}
	h, err := s.hub(ctx, host, stream)
	if err != nil {
		return err
	}
	defer s.leave(h)
	last, err := h.note(ctx, "", Act{Kind: Cleared})
	if err != nil {
		return err
	}
	for after := int64(0); after < last-1; {
		list, err := s.events.Read(ctx, host, stream, after, readAtOnce)
		if err != nil {
			return wrap("forgetRehearsal", err)
		}
		var numbers []int64
		for _, e := range list {
			if after = e.Number; e.Number < last {
				numbers = append(numbers, e.Number)
			}
		}
		if len(numbers) == 0 {
			break
		}
		if _, err := s.events.Drop(ctx, host, stream, numbers...); err != nil {
			return wrap("forgetRehearsal", err)
		}
	}
	var errs []error
	err = s.boxes.Each(ctx, host, store.Query{Index: "byStream", Equal: []any{stream}}, func(b Box) error {
		errs = append(errs, gone(s.boxes.Delete(ctx, host, b.ID)))
		return nil
	})
	errs = append(errs, err, s.packs.Each(ctx, host, store.Query{Index: "byEnd", Equal: []any{stream}}, func(p pack) error {
		errs = append(errs, gone(s.packs.Delete(ctx, host, p.ID)))
		return nil
	}))
	h.cutAll(ErrRestart)
	errs = append(errs, s.guests.Each(ctx, host, store.Query{Index: "byStream", Equal: []any{stream}}, func(g Guest) error {
		errs = append(errs, gone(s.guests.Delete(ctx, host, g.ID)))
		return nil
	}))
	errs = append(errs, s.forgetFiles(ctx, host, stream))
	return wrap("forgetRehearsal", errors.Join(errs...))
}

func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}
