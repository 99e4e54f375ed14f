package people

import (
	"cmp"
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// ErasureDays is for how many days an erasure can be undone.
const ErasureDays = 7

const erasureWaits = ErasureDays * 24 * time.Hour

// erasure asks that what connects a person with her records be destroyed: everywhere, or in one organisation. Its id is
// the person's, with the organisation behind it unless it is everywhere. It is gone when it has been carried out.
type erasure struct {
	store.Meta    `bson:",inline"`
	Person        string    `bson:"person"`
	Organisation  string    `bson:"organisation"`  // "" for everywhere
	Organisations []string  `bson:"organisations"` // whose administrators see it
	Own           bool      `bson:"own"`           // she asked herself
	By            string    `bson:"by"`            // id of who asked
	Asked         time.Time `bson:"asked"`
	Due           time.Time `bson:"due"` // when it is carried out; then, when it is tried again
	Begun         bool      `bson:"begun"`
	Heirs         []heir    `bson:"heirs"` // while it is carried out
}

// heir is who has a person's records in an organisation after her: a new random id. Nothing leads from her to it once
// the erasure has been carried out.
type heir struct {
	Organisation string    `bson:"organisation"`
	ID           string    `bson:"id"`
	Account      string    `bson:"account"`
	Name         string    `bson:"name"`
	Unit         string    `bson:"unit"`
	Joined       time.Time `bson:"joined"`
	Until        time.Time `bson:"until"` // how long the organisation must know whose records they are; zero: not at all
}

func erasureID(person, org string) string {
	if org == "" {
		return person
	}
	return person + "@" + org
}

// ErasureTown is what an erasure means in one organisation.
type ErasureTown struct {
	Organisation Organisation
	Until        *time.Time // the name stays with the records until then; nil: it goes at once
	Kept         []Held
}

// Erasure is an erasure as people are asked for it, or while it can be undone.
type Erasure struct {
	Person       string
	Name         string
	Organisation string     // "" for everywhere
	Own          bool       // she asked herself
	Asked        *time.Time // nil: nobody has asked yet
	Final        *time.Time // when it will be carried out
	Begun        bool       // it is being carried out, and can no longer be undone
	Everywhere   bool       // the person goes, too: she is known nowhere else
	Towns        []ErasureTown
}

// subjects returns the memberships, former ones too, that an erasure is about; and whether she is known nowhere else.
func (s *Service) subjects(ctx context.Context, p Person, org string) (list []Member, orgs []string, everywhere bool, err error) {
	everywhere = org == "" || !p.Operator
	for _, o := range p.Organisations {
		m, err := s.members.Get(ctx, o, p.ID)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return nil, nil, false, err
		}
		if org != "" && o != org {
			everywhere = false
			continue
		}
		list, orgs = append(list, m), append(orgs, o)
	}
	return list, orgs, everywhere, nil
}

func subject(m Member, org string) Subject {
	return Subject{Organisation: org, Person: m.ID, Account: m.Account, Name: m.Name, Email: m.Email}
}

// describe says what an erasure would do, and what has been asked already.
func (s *Service) describe(ctx context.Context, person, org string) (Erasure, error) {
	p, err := s.person(ctx, person)
	if err != nil {
		return Erasure{}, err
	}
	e := Erasure{Person: person, Name: p.Name, Organisation: org, Towns: []ErasureTown{}}
	list, orgs, everywhere, err := s.subjects(ctx, p, org)
	if err != nil {
		return e, err
	}
	e.Everywhere = everywhere
	for i, m := range list {
		o, err := s.organisations.Get(ctx, orgs[i])
		if err != nil {
			return e, err
		}
		t := ErasureTown{Organisation: o, Kept: []Held{}}
		t.Kept = append(t.Kept, Held{What: "membership", Count: 1})
		until, err := s.until(ctx, subject(m, o.ID))
		if err != nil {
			return e, err
		}
		if !until.IsZero() {
			t.Until = &until
		}
		for _, k := range s.keepers {
			held, err := k.Holds(ctx, subject(m, o.ID))
			if err != nil {
				return e, err
			}
			t.Kept = append(t.Kept, held...)
		}
		e.Towns = append(e.Towns, t)
	}
	for _, id := range []string{erasureID(person, org), erasureID(person, "")} {
		d, err := s.erasures.Get(ctx, id)
		if errors.Is(err, store.ErrNotFound) {
			continue
		}
		if err != nil {
			return e, err
		}
		e.Own, e.Asked, e.Final, e.Begun = d.Own, &d.Asked, &d.Due, d.Begun
		break
	}
	return e, nil
}

// until returns how long an organisation must know whose records a member's are; zero if it need not, or no longer.
func (s *Service) until(ctx context.Context, sub Subject) (time.Time, error) {
	var until time.Time
	for _, k := range s.keepers {
		t, err := k.Until(ctx, sub)
		if err != nil {
			return until, err
		}
		if t.After(until) {
			until = t
		}
	}
	if !until.After(s.now()) {
		return time.Time{}, nil
	}
	return until.UTC().Truncate(time.Millisecond), nil
}

// OwnErasure says what it would mean to erase the actor: everywhere, or in one of her organisations. Nothing is changed.
func (s *Service) OwnErasure(ctx context.Context, by Actor, org string) (Erasure, error) {
	if err := s.mayOwn(ctx, by, org); err != nil {
		return Erasure{}, s.wrap("OwnErasure", err)
	}
	e, err := s.describe(ctx, by.Person, org)
	return e, s.wrap("OwnErasure", err)
}

// mayOwn refuses nobodies, and organisations to which the actor never belonged.
func (s *Service) mayOwn(ctx context.Context, by Actor, org string) error {
	if by.Person == "" {
		return by.Must()
	}
	if org == "" {
		return nil
	}
	p, err := s.person(ctx, by.Person)
	if err == nil && !slices.Contains(p.Organisations, org) {
		return fault.New(fault.NotFound, "people.organisation_not_found", "no organisation %s", org)
	}
	return err
}

// EraseMe asks that the actor be erased, everywhere or in one of her organisations; she proves by her password that it is
// her. It can be undone for a week. Faults: people.password_wrong, people.too_many, people.erasure_asked,
// people.last_administrator, people.last_operator
func (s *Service) EraseMe(ctx context.Context, by Actor, org, password string) (Erasure, error) {
	if err := s.mayOwn(ctx, by, org); err != nil {
		return Erasure{}, s.wrap("EraseMe", err)
	}
	if err := s.allow(ctx, "password|"+by.Person, 10, time.Hour); err != nil {
		return Erasure{}, err
	}
	p, err := s.person(ctx, by.Person)
	if err != nil {
		return Erasure{}, s.wrap("EraseMe", err)
	}
	if len(password) > 4*MaxPassword || !s.passwords.matches(password, p.Password) {
		return Erasure{}, fault.New(fault.Invalid, "people.password_wrong", "the current password is not right").At("body.password", "people.password_wrong")
	}
	return s.askErasure(ctx, by, p, org, true)
}

// MemberErasure says what it would mean to erase a member, former ones too, of the actor's organisation. Administrators
// may ask.
func (s *Service) MemberErasure(ctx context.Context, by Actor, id string) (Erasure, error) {
	if _, err := s.erasable(ctx, by, id); err != nil {
		return Erasure{}, err
	}
	e, err := s.describe(ctx, id, by.Organisation)
	return e, s.wrap("MemberErasure", err)
}

// erasable returns a member of the actor's organisation whom she may erase. Administrators may.
func (s *Service) erasable(ctx context.Context, by Actor, id string) (Member, error) {
	if err := by.Must(Administrator); err != nil {
		return Member{}, err
	}
	m, err := s.MemberOf(ctx, by.Organisation, id)
	if err == nil && m.Held != nil {
		err = fault.New(fault.NotFound, "people.member_not_found", "no member %s", id) // erased already; the term ends it
	}
	return m, err
}

// EraseMember asks that a member of the actor's organisation be erased there, and everywhere if she is known nowhere else.
// email must be the member's, so that nobody erases somebody else by mistake. It can be undone for a week. Administrators
// may. Faults: people.erasure_email, people.erasure_asked, people.last_administrator, people.last_operator
func (s *Service) EraseMember(ctx context.Context, by Actor, id, email string) (Erasure, error) {
	m, err := s.erasable(ctx, by, id)
	if err != nil {
		return Erasure{}, err
	}
	given, err := Address(email)
	known, err2 := Address(m.Email)
	if err != nil || err2 != nil || given != known {
		return Erasure{}, fault.New(fault.Invalid, "people.erasure_email", "this is not the e-mail address of the person who is to be erased").At("body.email", "people.erasure_email")
	}
	p, err := s.person(ctx, id)
	if err != nil {
		return Erasure{}, s.wrap("EraseMember", err)
	}
	return s.askErasure(ctx, by, p, by.Organisation, false)
}

func (s *Service) askErasure(ctx context.Context, by Actor, p Person, org string, own bool) (Erasure, error) {
	list, orgs, everywhere, err := s.subjects(ctx, p, org)
	if err != nil {
		return Erasure{}, s.wrap("askErasure", err)
	}
	for i, m := range list {
		if !m.Active {
			continue
		}
		if err := s.notLastAdministrator(ctx, orgs[i], p.ID); err != nil {
			return Erasure{}, err
		}
	}
	if p.Operator && everywhere {
		n, err := s.persons.Count(ctx, store.Query{Index: "byOperator", Equal: []any{true}}, 2)
		if err != nil {
			return Erasure{}, s.wrap("askErasure", err)
		}
		if n < 2 {
			return Erasure{}, fault.New(fault.Conflict, "people.last_operator", "an installation keeps at least one operator")
		}
	}
	asked := fault.New(fault.Conflict, "people.erasure_asked", "this has been asked for already")
	if _, err := s.erasures.Get(ctx, erasureID(p.ID, "")); err == nil {
		return Erasure{}, asked
	} else if !errors.Is(err, store.ErrNotFound) {
		return Erasure{}, s.wrap("askErasure", err)
	}
	now := s.now()
	e := erasure{Meta: store.Meta{ID: erasureID(p.ID, org)}, Person: p.ID, Organisation: org, Organisations: orgs, Own: own, By: by.Person,
		Asked: now, Due: now.Add(erasureWaits), Heirs: []heir{}}
	if err := s.erasures.Insert(ctx, e); errors.Is(err, store.ErrDuplicate) {
		return Erasure{}, asked
	} else if err != nil {
		return Erasure{}, s.wrap("askErasure", err)
	}
	for _, o := range orgs {
		if err := s.Note(ctx, o, by, "erasure.asked", p.ID, ""); err != nil {
			return Erasure{}, err
		}
	}
	if err := s.tellErasure(ctx, p, e); err != nil {
		return Erasure{}, s.wrap("askErasure", err)
	}
	d, err := s.describe(ctx, p.ID, org)
	return d, s.wrap("askErasure", err)
}

// UndoMine takes back what the actor asked for herself. Faults: people.erasure_not_asked, people.erasure_begun
func (s *Service) UndoMine(ctx context.Context, by Actor, org string) error {
	if by.Person == "" {
		return by.Must()
	}
	if err := s.mayOwn(ctx, by, org); err != nil {
		return s.wrap("UndoMine", err)
	}
	return s.undo(ctx, by, by.Person, org, func(e erasure) bool { return e.Own })
}

// UndoMember takes back what an administrator of the actor's organisation asked for. Administrators may. Faults as above
func (s *Service) UndoMember(ctx context.Context, by Actor, id string) error {
	if _, err := s.erasable(ctx, by, id); err != nil {
		return err
	}
	return s.undo(ctx, by, id, by.Organisation, func(e erasure) bool { return !e.Own })
}

func (s *Service) undo(ctx context.Context, by Actor, person, org string, mine func(erasure) bool) error {
	e, err := s.erasures.Get(ctx, erasureID(person, org))
	if errors.Is(err, store.ErrNotFound) || err == nil && !mine(e) {
		return fault.New(fault.NotFound, "people.erasure_not_asked", "nobody has asked for this, or somebody else has")
	}
	if err != nil {
		return s.wrap("undo", err)
	}
	begun := fault.New(fault.Conflict, "people.erasure_begun", "this is being carried out and can no longer be undone")
	if e.Begun || !e.Due.After(s.now()) {
		return begun
	}
	err = s.erasures.DeleteAt(ctx, e.ID, e.Rev)
	if errors.Is(err, store.ErrConflict) || errors.Is(err, store.ErrNotFound) {
		return begun
	}
	if err != nil {
		return s.wrap("undo", err)
	}
	for _, o := range e.Organisations {
		if err := s.Note(ctx, o, by, "erasure.undone", person, ""); err != nil {
			return err
		}
	}
	return nil
}

// Erasures lists what has been asked for in the actor's organisation and can still be undone, in the order in which it
// will be carried out. Administrators may.
func (s *Service) Erasures(ctx context.Context, by Actor, cursor string, limit int) (store.Page[Erasure], error) {
	if err := by.Must(Administrator); err != nil {
		return store.Page[Erasure]{}, err
	}
	p, err := s.erasures.Find(ctx, store.Query{Index: "byOrganisation", Equal: []any{by.Organisation}, Cursor: cursor, Limit: limit})
	if err != nil {
		return store.Page[Erasure]{}, s.wrap("Erasures", err)
	}
	page := store.Page[Erasure]{Next: p.Next}
	for _, d := range p.Docs {
		e := Erasure{Person: d.Person, Organisation: d.Organisation, Own: d.Own, Asked: &d.Asked, Final: &d.Due, Begun: d.Begun, Towns: []ErasureTown{}}
		m, err := s.members.Get(ctx, by.Organisation, d.Person)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return page, s.wrap("Erasures", err)
		}
		e.Name = m.Name
		page.Docs = append(page.Docs, e)
	}
	return page, nil
}

// DueErasures lists what is due: erasures whose week is over.
func (s *Service) DueErasures(ctx context.Context, now time.Time, limit int) ([]string, error) {
	p, err := s.erasures.Find(ctx, store.Query{Index: "byDue", To: now.UTC().Truncate(time.Millisecond), Limit: limit})
	ids := make([]string, 0, len(p.Docs))
	for _, d := range p.Docs {
		ids = append(ids, d.ID)
	}
	return ids, s.wrap("DueErasures", err)
}

// Erase carries out an erasure that is due. It may die anywhere and begins again; nothing is done that could not be done
// twice.
func (s *Service) Erase(ctx context.Context, id string) error {
	e, err := s.erasures.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && e.Due.After(s.now()) {
		return nil
	}
	if err != nil {
		return s.wrap("Erase", err)
	}
	p, err := s.persons.Get(ctx, e.Person)
	gone := errors.Is(err, store.ErrNotFound)
	if err != nil && !gone {
		return s.wrap("Erase", err)
	}
	everywhere := true
	if !gone {
		if _, _, everywhere, err = s.subjects(ctx, p, e.Organisation); err != nil {
			return s.wrap("Erase", err)
		}
		if e, err = s.beginErasure(ctx, e, p); err != nil {
			return s.wrap("Erase", err)
		}
	}
	for _, h := range e.Heirs {
		if err := s.eraseIn(ctx, h, p, everywhere); err != nil {
			return s.wrap("Erase", err)
		}
	}
	if !gone {
		if err := s.erasePerson(ctx, p, e, everywhere); err != nil {
			return s.wrap("Erase", err)
		}
	}
	for _, h := range e.Heirs {
		if err := s.noteErased(ctx, e, h); err != nil {
			return s.wrap("Erase", err)
		}
		by := Actor{Person: e.By}
		if e.Own {
			by = Actor{Organisation: h.Organisation, Account: h.Account}
		}
		if err := s.NoteOnce(ctx, h.Organisation, by, "erased "+h.ID, "erasure.final", h.Account, ""); err != nil {
			return s.wrap("Erase", err)
		}
	}
	if err := s.erasures.Delete(ctx, e.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return s.wrap("Erase", err)
	}
	return nil
}

// beginErasure notes who has the records afterwards, so that whoever goes on after a crash means the same.
func (s *Service) beginErasure(ctx context.Context, e erasure, p Person) (erasure, error) {
	list, orgs, _, err := s.subjects(ctx, p, e.Organisation)
	if err != nil {
		return e, err
	}
	heirs := slices.Clone(e.Heirs)
	for i, m := range list {
		if slices.ContainsFunc(heirs, func(h heir) bool { return h.Organisation == orgs[i] }) {
			continue
		}
		h := heir{Organisation: orgs[i], ID: s.c.NewName(), Account: m.Account, Name: m.Name, Unit: m.Unit, Joined: m.Joined}
		if h.Until, err = s.until(ctx, subject(m, orgs[i])); err != nil {
			return e, err
		}
		heirs = append(heirs, h)
	}
	return s.erasures.Update(ctx, e.ID, func(d *erasure) error {
		if d.Rev != e.Rev {
			return store.ErrConflict // somebody else is at it
		}
		d.Begun, d.Heirs = true, heirs
		return nil
	})
}

// eraseIn destroys what connects a person with her records in one organisation.
func (s *Service) eraseIn(ctx context.Context, h heir, p Person, whole bool) error {
	if p.ID == "" {
		return nil // done: the person goes last
	}
	m, err := s.members.Get(ctx, h.Organisation, p.ID)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err == nil && m.Account == h.Account {
		if err := s.members.Delete(ctx, h.Organisation, p.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	sub := Subject{Organisation: h.Organisation, Person: p.ID, Account: h.Account, Name: h.Name, Email: p.Email}
	for _, k := range s.keepers {
		if err := k.Erase(ctx, sub, h.ID, whole); err != nil {
			return err
		}
	}
	if h.Until.IsZero() {
		return nil
	}
	left := s.now()
	err = s.members.Insert(ctx, h.Organisation, Member{Meta: store.Meta{ID: h.ID}, Account: h.Account, Name: h.Name, Sort: Fold(h.Name), Roles: []Role{}, Unit: h.Unit,
		Joined: h.Joined, Left: &left, Held: &h.Until})
	if errors.Is(err, store.ErrDuplicate) {
		return nil
	}
	return err
}

// erasePerson removes the person, or lets her be what she is elsewhere.
func (s *Service) erasePerson(ctx context.Context, p Person, e erasure, everywhere bool) error {
	if err := s.eraseInvitations(ctx, p, e.Organisation, everywhere); err != nil {
		return err
	}
	if !everywhere {
		err := s.eachSession(ctx, p.ID, func(d Session) error {
			if d.Organisation != e.Organisation {
				return nil
			}
			return s.deleteSession(ctx, d.ID)
		})
		if err != nil {
			return err
		}
		_, err = s.persons.Update(ctx, p.ID, func(d *Person) error {
			d.Organisations = slices.DeleteFunc(d.Organisations, func(o string) bool { return o == e.Organisation })
			return nil
		})
		return err
	}
	normal, err := Address(p.Email)
	if err != nil {
		return err
	}
	links, err := s.links.Find(ctx, store.Query{Index: "byPerson", Equal: []any{p.ID}, Limit: store.MaxLimit})
	if err != nil {
		return err
	}
	for _, l := range links.Docs {
		if err := s.links.Delete(ctx, l.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	if err := s.endSessions(ctx, p.ID, ""); err != nil {
		return err
	}
	if a, err := s.addresses.Get(ctx, normal); err == nil && a.Person == p.ID {
		if err := s.addresses.Delete(ctx, normal); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	} else if err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := s.throttles.Delete(ctx, "password|"+p.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	if err := s.persons.Delete(ctx, p.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
		return err
	}
	return s.endSessions(ctx, p.ID, "") // of who signed in a moment ago
}

// eraseInvitations removes the invitations to a person's address, with their links: of one organisation, or of all.
func (s *Service) eraseInvitations(ctx context.Context, p Person, org string, everywhere bool) error {
	normal, err := Address(p.Email)
	if err != nil {
		return err
	}
	p2, err := s.invitations.Across(ctx, store.Query{Index: "byAddress", Equal: []any{normal}, Limit: store.MaxLimit})
	if err != nil {
		return err
	}
	for _, i := range p2.Docs {
		if !everywhere && i.Org != org {
			continue
		}
		if err := s.links.Delete(ctx, i.Doc.Link); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
		if err := s.invitations.Delete(ctx, i.Org, i.Doc.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return err
		}
	}
	return nil
}

// EndTerms removes the names of erased people whose records need no longer say whose they are, some hundreds a call.
func (s *Service) EndTerms(ctx context.Context, now time.Time) error {
	p, err := s.members.Across(ctx, store.Query{Index: "byHeld", To: now.UTC().Truncate(time.Millisecond), Limit: 500})
	if err != nil {
		return s.wrap("EndTerms", err)
	}
	for _, m := range p.Docs {
		if err := s.NoteOnce(ctx, m.Org, Actor{}, "term "+m.Doc.ID, "erasure.term", m.Doc.ID, ""); err != nil {
			return err
		}
		if err := s.members.Delete(ctx, m.Org, m.Doc.ID); err != nil && !errors.Is(err, store.ErrNotFound) {
			return s.wrap("EndTerms", err)
		}
	}
	return nil
}

// tellErasure writes to the person what will be erased and how to undo it.
func (s *Service) tellErasure(ctx context.Context, p Person, e erasure) error {
	var towns []string
	locale := p.Locale
	for _, id := range e.Organisations {
		o, err := s.organisations.Get(ctx, id)
		if err != nil {
			return err
		}
		towns = append(towns, o.Name)
		locale = cmp.Or(locale, o.Locale)
	}
	return s.c.Mail.Send(ctx, p.Email, s.locale(locale), "erasure", map[string]any{
		"name": p.Name, "towns": strings.Join(towns, ", "), "days": ErasureDays, "link": s.c.PublicURL + "/profile"})
}
