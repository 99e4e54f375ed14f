package people

import (
	"context"
	"errors"
	"slices"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// Known is what other rooms may know of a person when they have decided who may ask.
type Known struct {
	ID            string
	Name          string
	Address       string // normal form of her e-mail address
	Locale        string // of her letters
	Organisations []string
}

// Of reports whether she is active in an organisation.
func (k Known) Of(org string) bool { return slices.Contains(k.Organisations, org) }

// StillOf returns a person for what she once did in the name of an organisation, and whether she is still of it: she may have
// left it, or be erased.
func StillOf(ctx context.Context, from interface {
	Known(ctx context.Context, person string) (Known, error)
}, person, org string) (Known, bool, error) {
	k, err := from.Known(ctx, person)
	if fault.KindOf(err) == fault.NotFound {
		return Known{}, false, nil
	}
	return k, err == nil && k.Of(org), err
}

// Known returns a person and the organisations in which she is active. fault people.person_not_found
func (s *Service) Known(ctx context.Context, person string) (Known, error) {
	p, err := s.person(ctx, person)
	if err != nil {
		return Known{}, s.wrap("Known", err)
	}
	return s.known(ctx, p)
}

// ByAddress is Known by an e-mail address.
func (s *Service) ByAddress(ctx context.Context, email string) (Known, error) {
	normal, err := Address(email)
	if err != nil {
		return Known{}, err
	}
	p, err := s.byAddress(ctx, normal)
	if errors.Is(err, store.ErrNotFound) {
		return Known{}, fault.New(fault.NotFound, "people.person_not_found", "nobody has this e-mail address")
	}
	if err != nil {
		return Known{}, s.wrap("ByAddress", err)
	}
	return s.known(ctx, p)
}

func (s *Service) known(ctx context.Context, p Person) (Known, error) {
	ms, err := s.memberships(ctx, p)
	if err != nil {
		return Known{}, s.wrap("known", err)
	}
	normal, err := Address(p.Email)
	if err != nil {
		return Known{}, err
	}
	k := Known{ID: p.ID, Name: p.Name, Address: normal, Locale: p.Locale}
	for _, m := range ms {
		if k.Organisations = append(k.Organisations, m.Organisation.ID); k.Locale == "" {
			k.Locale = m.Organisation.Locale
		}
	}
	return k, nil
}

// InvitedBy lists the organisations that keep an invitation to an e-mail address, for rooms that keep it with theirs.
func (s *Service) InvitedBy(ctx context.Context, email string) ([]string, error) {
	normal, err := Address(email)
	if err != nil {
		return nil, err
	}
	p, err := s.invitations.Across(ctx, store.Query{Index: "byAddress", Equal: []any{normal}, Limit: store.MaxLimit})
	var orgs []string
	for _, i := range p.Docs {
		if !slices.Contains(orgs, i.Org) {
			orgs = append(orgs, i.Org)
		}
	}
	return orgs, s.wrap("InvitedBy", err)
}

// Welcome invites somebody into an organisation as a learner, for a room that has decided who may.
func (s *Service) Welcome(ctx context.Context, by Actor, org, name, email, locale string) error {
	_, err := s.invite(ctx, by, org, Invitation{Name: name, Email: email, Locale: locale, Roles: []Role{Learner}})
	return err
}
