package people

import (
	"context"
	"errors"
	"slices"
	"strings"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// Membership is one of a person's organisations with her roles there.
type Membership struct {
	Organisation Organisation
	Roles        []Role
}

// Self is everything a signed-in person may know of herself.
type Self struct {
	Person       Person
	Organisation *Organisation  // for which she speaks
	Memberships  []Membership   // active ones
	Closed       []Organisation // in which she would be active, were they not closed
}

// Self returns the actor's own person.
func (s *Service) Self(ctx context.Context, by Actor) (Self, error) {
	if by.Person == "" {
		return Self{}, by.Must()
	}
	p, err := s.person(ctx, by.Person)
	if err != nil {
		return Self{}, s.wrap("Self", err)
	}
	self := Self{Person: p}
	if self.Memberships, self.Closed, err = s.everywhere(ctx, p); err != nil {
		return Self{}, s.wrap("Self", err)
	}
	for _, m := range self.Memberships {
		if m.Organisation.ID == by.Organisation {
			self.Organisation = &m.Organisation
		}
	}
	return self, nil
}

func (s *Service) memberships(ctx context.Context, p Person) ([]Membership, error) {
	ms, _, err := s.everywhere(ctx, p)
	return ms, err
}

// everywhere returns where somebody is active, and the closed towns in which she would be.
func (s *Service) everywhere(ctx context.Context, p Person) (ms []Membership, closed []Organisation, err error) {
	for _, org := range p.Organisations {
		m, err := s.members.Get(ctx, org, p.ID)
		if errors.Is(err, store.ErrNotFound) || err == nil && !m.Active {
			continue
		}
		if err != nil {
			return nil, nil, err
		}
		o, err := s.organisations.Get(ctx, org)
		switch {
		case errors.Is(err, store.ErrNotFound):
		case err != nil:
			return nil, nil, err
		case o.Closed != nil:
			closed = append(closed, o)
		default:
			ms = append(ms, Membership{Organisation: o, Roles: m.Roles})
		}
	}
	return ms, closed, nil
}

// UpdateSelf changes the actor's own name and locale, everywhere she is a member; what other rooms hold of her name follows
// (TellName).
func (s *Service) UpdateSelf(ctx context.Context, by Actor, name, locale *string) error {
	if by.Person == "" {
		return by.Must()
	}
	if name != nil {
		*name = cleanName(*name)
		if err := checkName(*name, "body.name"); err != nil {
			return err
		}
	}
	if locale != nil && s.locale(*locale) != *locale {
		return fault.New(fault.Invalid, "people.locale", "there are no pages in this language").At("body.locale", "people.locale")
	}
	p, err := s.persons.Update(ctx, by.Person, func(p *Person) error {
		if name != nil {
			p.rename(*name, s.now())
		}
		if locale != nil {
			p.Locale = *locale
		}
		return nil
	})
	if err != nil {
		return s.wrap("UpdateSelf", err)
	}
	if name == nil || p.Naming == nil {
		return nil
	}
	for _, org := range p.Organisations { // her own towns see it at once
		if _, err := s.nameMember(ctx, org, p); err != nil && !errors.Is(err, store.ErrNotFound) {
			return s.wrap("UpdateSelf", err)
		}
	}
	if s.onRenamed != nil {
		s.onRenamed(ctx, p.ID)
	}
	return nil
}

// Members lists people of the actor's organisation by name: all active ones, or those with a role, or those whose name or
// e-mail address contains a text. A text may be rare: after some pages the answer is short, with a cursor.
// Administrators and HR may.
func (s *Service) Members(ctx context.Context, by Actor, role Role, text string, active bool, cursor string, limit int) (store.Page[Member], error) {
	if err := by.Must(Administrator, HR); err != nil {
		return store.Page[Member]{}, err
	}
	q := store.Query{Index: "byName", Equal: []any{active}, Cursor: cursor, Limit: limit}
	if role != "" {
		q = store.Query{Index: "byRole", Equal: []any{string(role), active}, Cursor: cursor, Limit: limit}
	}
	if text = Fold(text); text == "" {
		p, err := s.members.Find(ctx, by.Organisation, q)
		return p, s.wrap("Members", err)
	}
	if limit < 1 || limit > 200 {
		limit = 50
	}
	var found store.Page[Member]
	for range 20 {
		q.Limit = limit - len(found.Docs)
		p, err := s.members.Find(ctx, by.Organisation, q)
		if err != nil {
			return store.Page[Member]{}, s.wrap("Members", err)
		}
		for _, m := range p.Docs {
			if strings.Contains(m.Sort, text) || strings.Contains(Fold(m.Email), text) {
				found.Docs = append(found.Docs, m)
			}
		}
		if found.Next, q.Cursor = p.Next, p.Next; p.Next == "" || len(found.Docs) >= limit {
			break
		}
	}
	return found, nil
}

// Member returns one person of the actor's organisation. Administrators and HR may, and she herself.
func (s *Service) Member(ctx context.Context, by Actor, id string) (Member, error) {
	if by.Person == "" || by.Person != id {
		if err := by.Must(Administrator, HR); err != nil {
			return Member{}, err
		}
	}
	return s.MemberOf(ctx, by.Organisation, id)
}

// MemberOf returns one person of an organisation, for other rooms that have decided who may ask. In a closed one everybody
// has left.
func (s *Service) MemberOf(ctx context.Context, org, id string) (Member, error) {
	m, err := s.members.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) {
		return m, fault.New(fault.NotFound, "people.member_not_found", "no member %s", id)
	}
	if err != nil {
		return m, s.wrap("MemberOf", err)
	}
	at, err := s.closed(ctx, org)
	return m.left(at), s.wrap("MemberOf", err)
}

// Named returns at most limit members of an organisation whose name or e-mail address contains a text, those who are
// there before those who have left, for other rooms that have decided who may ask. Of a large organisation it looks at
// the first thousands.
func (s *Service) Named(ctx context.Context, org, text string, limit int) ([]Member, error) {
	var found []Member
	if text = Fold(text); text == "" {
		return nil, nil
	}
	for _, active := range []bool{true, false} {
		q := store.Query{Index: "byName", Equal: []any{active}, Limit: 200}
		for range 20 {
			p, err := s.members.Find(ctx, org, q)
			if err != nil {
				return nil, s.wrap("Named", err)
			}
			for _, m := range p.Docs {
				if len(found) < limit && (strings.Contains(m.Sort, text) || strings.Contains(Fold(m.Email), text)) {
					found = append(found, m)
				}
			}
			if q.Cursor = p.Next; p.Next == "" || len(found) >= limit {
				break
			}
		}
	}
	return found, nil
}

// Administrators lists at most limit of those who administrate an organisation, by name, for other rooms that have something
// to tell whoever answers for it. In a closed one nobody does.
func (s *Service) Administrators(ctx context.Context, org string, limit int) ([]Member, error) {
	if at, err := s.closed(ctx, org); err != nil || at != nil {
		return nil, s.wrap("Administrators", err)
	}
	p, err := s.members.Find(ctx, org, store.Query{Index: "byRole", Equal: []any{string(Administrator), true}, Limit: limit})
	return p.Docs, s.wrap("Administrators", err)
}

// MembersIn lists the active members of a unit, or of the whole organisation if unit is empty, by name, for other rooms
// that have decided who may ask. A page may be short; in a closed organisation nobody is active.
func (s *Service) MembersIn(ctx context.Context, org, unit, cursor string, limit int) (store.Page[Member], error) {
	q := store.Query{Index: "byName", Equal: []any{true}, Cursor: cursor, Limit: limit}
	if unit != "" {
		q.Index, q.Equal = "byUnit", []any{unit}
	}
	if at, err := s.closed(ctx, org); err != nil || at != nil {
		return store.Page[Member]{}, s.wrap("MembersIn", err)
	}
	p, err := s.members.Find(ctx, org, q)
	p.Docs = slices.DeleteFunc(p.Docs, func(m Member) bool { return !m.Active })
	return p, s.wrap("MembersIn", err)
}

// MemberByAccount returns the person behind a random name in an organisation's learning records.
func (s *Service) MemberByAccount(ctx context.Context, org, account string) (Member, error) {
	p, err := s.members.Find(ctx, org, store.Query{Index: "byAccount", Equal: []any{account}, Limit: 1})
	if err != nil {
		return Member{}, s.wrap("MemberByAccount", err)
	}
	if len(p.Docs) == 0 {
		return Member{}, fault.New(fault.NotFound, "people.member_not_found", "no member with this account")
	}
	return p.Docs[0], nil
}

// UpdateMember sets roles and unit of a member. Administrators may; the last one cannot give the role away
// (people.last_administrator).
func (s *Service) UpdateMember(ctx context.Context, by Actor, id string, roles []Role, unit *string) (Member, error) {
	if err := by.Must(Administrator); err != nil {
		return Member{}, err
	}
	if roles != nil {
		var err error
		if roles, err = checkRoles(roles); err != nil {
			return Member{}, err
		}
		if !slices.Contains(roles, Administrator) {
			if err := s.notLastAdministrator(ctx, by.Organisation, id); err != nil {
				return Member{}, err
			}
		}
	}
	if unit != nil && *unit != "" {
		if _, err := s.units.Get(ctx, by.Organisation, *unit); errors.Is(err, store.ErrNotFound) {
			return Member{}, fault.New(fault.NotFound, "people.unit_not_found", "no unit %s", *unit)
		} else if err != nil {
			return Member{}, s.wrap("UpdateMember", err)
		}
	}
	m, err := s.members.Update(ctx, by.Organisation, id, func(m *Member) error {
		if m.Held != nil {
			return store.ErrNotFound // nobody any more
		}
		if roles != nil {
			m.Roles = roles
		}
		if unit != nil {
			m.Unit = *unit
		}
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return m, fault.New(fault.NotFound, "people.member_not_found", "no member %s", id)
	}
	if err != nil {
		return m, s.wrap("UpdateMember", err)
	}
	s.lost(ctx, id)
	return m, s.Note(ctx, by.Organisation, by, "member.changed", id, "")
}

// Leave ends a membership: the person can no longer act here, her record stays. Administrators may.
func (s *Service) Leave(ctx context.Context, by Actor, id string) error {
	if err := by.Must(Administrator); err != nil {
		return err
	}
	if err := s.notLastAdministrator(ctx, by.Organisation, id); err != nil {
		return err
	}
	now := s.now()
	_, err := s.members.Update(ctx, by.Organisation, id, func(m *Member) error {
		if !m.Active {
			return store.ErrKeep
		}
		m.Active, m.Left = false, &now
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound, "people.member_not_found", "no member %s", id)
	}
	if err != nil {
		return s.wrap("Leave", err)
	}
	s.lost(ctx, id)
	return s.Note(ctx, by.Organisation, by, "member.left", id, "")
}

func (s *Service) notLastAdministrator(ctx context.Context, org, id string) error {
	p, err := s.members.Find(ctx, org, store.Query{Index: "byRole", Equal: []any{string(Administrator), true}, Limit: 2})
	if err != nil {
		return s.wrap("notLastAdministrator", err)
	}
	if len(p.Docs) == 1 && p.Docs[0].ID == id {
		if at, err := s.closed(ctx, org); err != nil || at != nil {
			return s.wrap("notLastAdministrator", err) // nobody is needed there any more
		}
		return fault.New(fault.Conflict, "people.last_administrator", "an organisation keeps at least one administrator")
	}
	return nil
}

// Locale returns the interface language of a member: her own choice, or the organisation's.
func (s *Service) Locale(ctx context.Context, org, person string) (string, error) {
	p, err := s.person(ctx, person)
	if err != nil {
		return "", s.wrap("Locale", err)
	}
	if p.Locale != "" {
		return p.Locale, nil
	}
	o, err := s.Organisation(ctx, org)
	return o.Locale, err
}
