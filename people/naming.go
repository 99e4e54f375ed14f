package people

import (
	"context"
	"errors"
	"slices"
	"time"

	"palestra/internal/store"
)

// namesSettle is how long after a change of name everything is looked through a second time: whatever was being written with
// the former name at that moment is written by then.
const namesSettle = 10 * time.Minute

// rename gives a person another name, and notes in the same document that the copies of it are to follow.
func (p *Person) rename(name string, now time.Time) {
	if p.Name != name {
		p.Name, p.Renamed, p.Naming = name, &now, &now
	}
}

// OnRenamed sets who is told, after the change, that a person has another name and TellName waits for her. Call it before
// the service is used.
func (s *Service) OnRenamed(f func(ctx context.Context, person string)) { s.onRenamed = f }

// DueNames lists the persons whose change of name is to be told.
func (s *Service) DueNames(ctx context.Context, now time.Time, limit int) ([]string, error) {
	p, err := s.persons.Find(ctx, store.Query{Index: "byNaming", To: now.UTC().Truncate(time.Millisecond), Limit: limit})
	ids := make([]string, 0, len(p.Docs))
	for _, d := range p.Docs {
		ids = append(ids, d.ID)
	}
	return ids, s.wrap("DueNames", err)
}

// TellName brings the copies of a person's name, wherever she is or was a member, up to what she is called now. It may die
// anywhere and begins again; what bears her name already is not written again.
func (s *Service) TellName(ctx context.Context, id string) error {
	p, err := s.persons.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return nil // erased
	}
	began := s.now()
	if err != nil || p.Naming == nil || p.Naming.After(began) {
		return s.wrap("TellName", err)
	}
	for _, org := range p.Organisations {
		if err := s.tellNameIn(ctx, p, org); err != nil {
			return s.wrap("TellName", err)
		}
	}
	if err := s.nameInvitations(ctx, p); err != nil {
		return s.wrap("TellName", err)
	}
	_, err = s.persons.Update(ctx, id, func(d *Person) error {
		if d.Naming == nil || d.Renamed == nil || !d.Renamed.Equal(*p.Renamed) {
			return store.ErrKeep // she has changed it once more
		}
		if last := d.Renamed.Add(namesSettle); began.Before(last) {
			d.Naming = &last
		} else {
			d.Renamed, d.Naming = nil, nil
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return s.wrap("TellName", err)
}

func (s *Service) tellNameIn(ctx context.Context, p Person, org string) error {
	m, err := s.nameMember(ctx, org, p)
	if errors.Is(err, store.ErrNotFound) {
		return nil // an erasure has begun there: what is left is her heir's
	}
	if err != nil {
		return err
	}
	for _, k := range s.keepers {
		if err := k.Rename(ctx, subject(m, org)); err != nil {
			return err
		}
	}
	return nil
}

// nameMember lets a membership bear the person's name.
func (s *Service) nameMember(ctx context.Context, org string, p Person) (Member, error) {
	return s.members.Update(ctx, org, p.ID, func(m *Member) error {
		if m.Name == p.Name {
			return store.ErrKeep
		}
		m.Name, m.Sort = p.Name, Fold(p.Name)
		return nil
	})
}

// nameInvitations lets the invitations that she has accepted bear her name. What she has not accepted names her as its
// town does: it learns nothing of her before she comes.
func (s *Service) nameInvitations(ctx context.Context, p Person) error {
	normal, err := Address(p.Email)
	if err != nil {
		return err
	}
	found, err := s.invitations.Across(ctx, store.Query{Index: "byAddress", Equal: []any{normal}, Limit: store.MaxLimit})
	if err != nil {
		return err
	}
	for _, i := range found.Docs {
		if i.Doc.State != InvitationAccepted || i.Doc.Name == p.Name || !slices.Contains(p.Organisations, i.Org) {
			continue
		}
		_, err := s.invitations.Update(ctx, i.Org, i.Doc.ID, func(d *Invitation) error { d.Name = p.Name; return nil })
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}
