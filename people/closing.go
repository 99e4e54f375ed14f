package people

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"palestra/internal/fault"
	"palestra/internal/store"
)

const maxClosingReason = 1000

// Gone returns a fault if the organisation is closed: who wants something of it would wait for nobody.
func (o Organisation) Gone() error {
	if o.Closed == nil {
		return nil
	}
	return fault.New(fault.Conflict, "people.organisation_closed", "%s has left, and nobody acts for it any more", o.Name).With("town", o.Name)
}

// CloseOrganisation closes a town that leaves: from then on nobody acts for it, as if all its people had left. What they
// have done stays where it is, with the town's name. slug must be the town's, so that nobody closes another one by mistake.
// It can be repeated, and taken back by ReopenOrganisation. Operators may. Faults: people.closing_slug,
// people.closing_reason
func (s *Service) CloseOrganisation(ctx context.Context, by Actor, id, slug, reason string) (Organisation, error) {
	if err := by.MustOperate(); err != nil {
		return Organisation{}, err
	}
	o, err := s.Organisation(ctx, id)
	if err != nil {
		return o, err
	}
	if strings.TrimSpace(slug) != o.Slug {
		return o, fault.New(fault.Invalid, "people.closing_slug", "this is not the short name of the town that is to be closed").At("body.slug", "people.closing_slug")
	}
	reason = strings.TrimSpace(reason)
	if reason == "" || !utf8.ValidString(reason) || utf8.RuneCountInString(reason) > maxClosingReason {
		return o, fault.New(fault.Invalid, "people.closing_reason", "say why in 1 to %d characters", maxClosingReason).With("max", maxClosingReason).At("body.reason", "people.closing_reason")
	}
	now := s.now()
	o, err = s.organisations.Update(ctx, id, func(o *Organisation) error {
		if o.Closed != nil {
			return store.ErrKeep
		}
		o.Closed = &now
		return nil
	})
	if err != nil {
		return o, s.wrap("CloseOrganisation", err)
	}
	// Once for each time that it was closed, also if this process dies before and somebody closes it again.
	if err := s.NoteOnce(ctx, id, by, id+".closed."+strconv.FormatInt(o.Closed.UnixMilli(), 10), "organisation.closed", id, reason); err != nil {
		return o, err
	}
	return o, s.wrap("CloseOrganisation", errors.Join(s.settleClosed(ctx, o), s.dismiss(ctx, id)))
}

// ReopenOrganisation takes a closing back: its people are there again, each with the roles that she had. Operators may; it
// can be repeated.
func (s *Service) ReopenOrganisation(ctx context.Context, by Actor, id string) (Organisation, error) {
	if err := by.MustOperate(); err != nil {
		return Organisation{}, err
	}
	was := false
	o, err := s.organisations.Update(ctx, id, func(o *Organisation) error {
		if was = o.Closed != nil; !was {
			return store.ErrKeep
		}
		o.Closed = nil
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return o, fault.New(fault.NotFound, "people.organisation_not_found", "no organisation %s", id)
	}
	if err != nil || !was {
		return o, s.wrap("ReopenOrganisation", err)
	}
	return o, s.Note(ctx, id, by, "organisation.reopened", id, "")
}

// OnClosed sets what else ends when a town is closed. It is called for each closed town, again and again. Call it before
// the service is used.
func (s *Service) OnClosed(f func(ctx context.Context, org string) error) { s.onClosed = f }

// SettleClosed ends what is still to end in closed towns; the sweep calls it.
func (s *Service) SettleClosed(ctx context.Context, _ time.Time) error {
	var errs []error
	err := s.EachOrganisation(ctx, func(o Organisation) error {
		if o.Closed != nil {
			errs = append(errs, s.settleClosed(ctx, o))
		}
		return ctx.Err()
	})
	return s.wrap("SettleClosed", errors.Join(append(errs, err)...))
}

func (s *Service) settleClosed(ctx context.Context, o Organisation) error {
	if s.onClosed == nil {
		return nil
	}
	return s.onClosed(ctx, o.ID)
}

// dismiss tells who is in a room that she may have lost her town.
func (s *Service) dismiss(ctx context.Context, org string) error {
	return s.members.Each(ctx, org, store.Query{Index: "byName", Equal: []any{true}}, func(m Member) error {
		s.lost(ctx, m.ID)
		return ctx.Err()
	})
}

// closed reports since when nobody acts for an organisation; nil if somebody does. One that is not there is closed, too:
// since for ever.
func (s *Service) closed(ctx context.Context, org string) (*time.Time, error) {
	o, err := s.organisations.Get(ctx, org)
	if errors.Is(err, store.ErrNotFound) {
		return &time.Time{}, nil
	}
	return o.Closed, err
}

// left is a member as she is when her town is closed.
func (m Member) left(closed *time.Time) Member {
	if closed != nil && m.Active {
		m.Active, m.Left = false, closed
	}
	return m
}

// Here returns a function that reports whether an organisation is not closed, and asks once for each: for lists.
func Here(ctx context.Context, ask func(ctx context.Context, id string) (Organisation, error)) func(org string) (bool, error) {
	known := map[string]bool{}
	return func(org string) (bool, error) {
		here, ok := known[org]
		if ok {
			return here, nil
		}
		o, err := ask(ctx, org)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return false, err
		}
		known[org] = err == nil && o.Closed == nil
		return known[org], nil
	}
}
