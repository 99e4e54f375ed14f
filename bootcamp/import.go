package bootcamp

import (
	"context"
	"errors"
	"slices"

	"palestra/bootcamp/roster"
	"palestra/internal/fault"
	"palestra/internal/lang"
	"palestra/internal/store"
	"palestra/people"
)

// What is wrong with a line of a list beside what roster says of it.
const (
	WrongAddress  = "address"      // this is not an e-mail address
	WrongTwice    = "twice"        // it stands in a line above
	WrongName     = "name"         // longer than names are
	WrongLanguage = "language"     // not one of the platform
	WrongTown     = "organisation" // not the host, nor a town of the bootcamp
	WrongMember   = "member"       // she has an account, but not in that organisation
	WrongStranger = "stranger"     // she has no account, and only her own town can make her one
)

// Listed is a line of a list of people, and what becomes of it.
type Listed struct {
	roster.Person
	State string // InvitedNow, InvitedNew or InvitedAlready; "" if something is wrong
}

// listed is a line that can be done.
type listed struct {
	known    people.Known // without an id: she is new
	town     string
	expected Expected
}

// TryImport says what importing a list of people into a cohort would do with each of its lines. Who leads the cohort may.
func (s *Service) TryImport(ctx context.Context, by people.Actor, bootcamp, cohort, role string, file []byte) ([]Listed, error) {
	_, _, lines, _, err := s.list(ctx, by, bootcamp, cohort, role, file)
	return lines, err
}

// Import invites the people of a list into a cohort: all of them, or none if something is wrong with a line. Sent again it
// invites nobody twice. Who leads the cohort may.
func (s *Service) Import(ctx context.Context, by people.Actor, bootcamp, cohort, role string, file []byte) ([]Listed, error) {
	b, c, lines, todo, err := s.list(ctx, by, bootcamp, cohort, role, file)
	if err != nil {
		return nil, err
	}
	wrong := 0
	for _, l := range lines {
		if l.Wrong != "" {
			wrong++
		}
	}
	if wrong > 0 {
		return nil, fault.New(fault.Conflict, "bootcamp.import_wrong", "%d lines cannot be taken; nobody was invited", wrong).With("number", wrong)
	}
	// Everybody comes into the cohort's document at once; what follows is done from it, by this run or by a later one.
	if _, err := s.change(ctx, b, c.ID, func(c *Cohort) error { return s.takeList(c, role, todo) }); err != nil {
		return nil, err
	}
	return lines, wrap("Import", s.c.People.Note(ctx, b.Owner, by, "cohort.invited", c.ID, ""))
}

// takeList writes into a cohort whom a list names and who is not there yet.
func (s *Service) takeList(c *Cohort, role string, todo []listed) error {
	now := s.now()
	for _, l := range todo {
		if l.known.ID == "" {
			if !c.expects(l.expected.Address, now) {
				c.expect(l.expected)
			}
			continue
		}
		if c.seated(l.known.ID) || c.waiting(l.known.ID) || slices.ContainsFunc(c.Moves, func(m Move) bool { return m.Person == l.known.ID && m.State == Invited }) {
			continue // twice at once
		}
		c.move(Move{Person: l.known.ID, Town: l.town, State: Invited, Role: role, Letter: "invited", At: now})
	}
	if len(c.Expected) > 5*maxInvited {
		return invalid("file", "bootcamp.entries", "at most %d people are expected at a time", 5*maxInvited).With("max", 5*maxInvited)
	}
	if c.Due == nil && c.welcomes() {
		c.Due = &now
	}
	return nil
}

// list reads a list and decides what becomes of each line; todo are those with which something is to be done.
func (s *Service) list(ctx context.Context, by people.Actor, bootcamp, cohort, role string, file []byte) (b Bootcamp, c Cohort, lines []Listed, todo []listed, err error) {
	if b, c, err = s.facilitated(ctx, by, bootcamp, cohort); err != nil {
		return b, c, nil, nil, err
	}
	if !slices.Contains(Roles(), role) {
		return b, c, nil, nil, invalid("role", "bootcamp.choice", "no such role in a cohort")
	}
	if b.State != StateOpen && b.State != StateDraft {
		return b, c, nil, nil, mayJoin(b)
	}
	named, err := roster.Read(file)
	if err != nil {
		return b, c, nil, nil, refuse(err)
	}
	towns, err := s.townNames(ctx, b)
	if err != nil {
		return b, c, nil, nil, err
	}
	seen := map[string]bool{}
	for _, p := range named {
		l := Listed{Person: p}
		if l.Wrong == "" {
			do, state, wrong, err := s.listOne(ctx, by, b, c, role, towns, p, seen)
			if err != nil {
				return b, c, nil, nil, wrap("list", err)
			}
			if l.State, l.Wrong = state, wrong; wrong == "" && state != InvitedAlready {
				todo = append(todo, do)
			}
		}
		lines = append(lines, l)
	}
	return b, c, lines, todo, nil
}

// refuse says in a person's words what is wrong with a whole file.
func refuse(err error) error {
	switch {
	case errors.Is(err, roster.ErrLarge):
		return fault.New(fault.TooLarge, "bootcamp.import_large", "a list has at most %d lines", roster.MaxLines).With("max", roster.MaxLines).With("size", roster.MaxFile)
	case errors.Is(err, roster.ErrEmpty):
		return invalid("file", "bootcamp.import_empty", "there is nobody in this file")
	case errors.Is(err, roster.ErrColumns):
		return invalid("file", "bootcamp.import_columns", "no column of e-mail addresses was found")
	}
	return fault.New(fault.Unsupported, "bootcamp.import_format", "this is neither CSV nor XLSX").Because(err)
}

// townNames returns the organisations of a bootcamp by what people call them: their name, their short name or their id.
func (s *Service) townNames(ctx context.Context, b Bootcamp) (map[string]string, error) {
	names := map[string]string{}
	for _, id := range append([]string{b.Owner}, b.Towns...) {
		o, err := s.c.People.Organisation(ctx, id)
		if fault.KindOf(err) == fault.NotFound {
			continue
		}
		if err != nil {
			return nil, err
		}
		for _, n := range []string{o.Name, o.Slug, o.ID} {
			if n = people.Fold(n); names[n] == "" && n != "" {
				names[n] = id
			}
		}
	}
	return names, nil
}

func (s *Service) listOne(ctx context.Context, by people.Actor, b Bootcamp, c Cohort, role string, towns map[string]string, p roster.Person, seen map[string]bool) (do listed, state, wrong string, err error) {
	address, err := people.Address(p.Address)
	town, named := towns[people.Fold(p.Organisation)]
	switch {
	case err != nil:
		return do, "", WrongAddress, nil //nolint:nilerr // the line says it
	case seen[address]:
		return do, "", WrongTwice, nil
	case len([]rune(p.Name)) > maxShort:
		return do, "", WrongName, nil
	case p.Language != "" && !slices.Contains(lang.Locales(), people.Fold(p.Language)):
		return do, "", WrongLanguage, nil
	case p.Organisation != "" && !named:
		return do, "", WrongTown, nil
	}
	seen[address] = true
	known, err := s.c.People.ByAddress(ctx, address)
	if fault.KindOf(err) == fault.NotFound || err == nil && len(known.Organisations) == 0 {
		if named && town != b.Owner {
			return do, "", WrongStranger, nil
		}
		if c.expects(address, s.now()) {
			return do, InvitedAlready, "", nil
		}
		w := Welcome{Email: p.Address, Name: p.Name, Locale: people.Fold(p.Language), By: by.Person, ByName: by.Name}
		if w.Name == "" {
			w.Name = address
		}
		if w.Locale == "" {
			w.Locale = c.Language
		}
		return listed{expected: Expected{Address: address, Role: role, At: s.now(), Welcome: &w}}, InvitedNew, "", nil
	}
	if err != nil {
		return do, "", "", err
	}
	if named && !known.Of(town) {
		return do, "", WrongMember, nil
	}
	m, err := s.members.Get(ctx, b.Owner, memberID(c.ID, known.ID))
	if err == nil && slices.Contains([]string{Joined, Waiting, Invited, Asked}, m.State) {
		return do, InvitedAlready, "", nil
	}
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return do, "", "", err
	}
	if town == "" {
		town = townOf(b, known)
	}
	return listed{known: known, town: town}, InvitedNow, "", nil
}

// welcome invites into the host's organisation whom a list has named, one after the other: each is crossed out as soon as
// she has her letter.
func (s *Service) welcome(ctx context.Context, b Bootcamp, c Cohort) error {
	for _, e := range c.Expected {
		if e.Welcome == nil {
			continue
		}
		w := *e.Welcome
		err := s.c.People.Welcome(ctx, people.Actor{Person: w.By, Name: w.ByName, Organisation: b.Owner}, b.Owner, w.Name, w.Email, w.Locale)
		if k := fault.KindOf(err); err != nil && k != fault.Conflict && k != fault.Invalid && k != fault.NotFound { // she is in it meanwhile, or the town is gone
			return wrap("welcome", err)
		}
		_, err = s.revise(ctx, b.Owner, c.ID, func(d *Cohort) error {
			for i := range d.Expected {
				if d.Expected[i].Address == e.Address {
					d.Expected[i].Welcome = nil
				}
			}
			return nil
		})
		if err != nil {
			return wrap("welcome", err)
		}
	}
	return nil
}
