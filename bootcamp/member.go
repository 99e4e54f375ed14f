package bootcamp

import (
	"context"
	"errors"
	"slices"
	"time"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// What somebody is to a cohort.
const (
	Invited  = "invited"  // she has not answered yet
	Asked    = "asked"    // a facilitator has not answered yet
	Waiting  = "waiting"  // for a seat
	Joined   = "joined"   // she has a seat, or facilitates
	Left     = "left"     // she gave it back
	Removed  = "removed"  // a facilitator took it away
	Declined = "declined" // a facilitator said no, or she did
)

// What somebody does in a cohort.
const (
	RoleParticipant = "participant"
	RoleFacilitator = "facilitator" // leads it with the host's; needs no seat
	RoleObserver    = "observer"    // reads along; needs no seat
)

// Roles lists what somebody can do in a cohort.
func Roles() []string { return []string{RoleParticipant, RoleFacilitator, RoleObserver} }

// needsSeat reports whether who has a role takes one of the cohort's seats.
func needsSeat(role string) bool { return role == RoleParticipant }

// Member is somebody's place in a cohort. The host owns it; the town for which she came sees it too.
type Member struct {
	store.SharedMeta `bson:",inline"` // id: cohort.person
	Bootcamp         string           `bson:"bootcamp"`
	Cohort           string           `bson:"cohort"`
	Person           string           `bson:"person"`
	Town             string           `bson:"town"` // for which she came: her evidence goes there
	Name             string           `bson:"name"`
	Sort             string           `bson:"sort"`
	Role             string           `bson:"role"`
	State            string           `bson:"state"`
	Since            time.Time        `bson:"since"` // in this state
	Joined           *time.Time       `bson:"joined,omitempty"`
}

// mayJoin refuses to whom a bootcamp is not open.
func mayJoin(b Bootcamp) error {
	if b.State != StateOpen {
		return fault.New(fault.Conflict, "bootcamp.not_open", "nobody can join now")
	}
	return nil
}

// Join takes a seat for the actor, asks for one, or waits for one, as the cohort wants it. Whoever sees the bootcamp may;
// it can be repeated.
func (s *Service) Join(ctx context.Context, by people.Actor, bootcamp, cohort string) (Member, error) {
	b, err := s.Bootcamp(ctx, by, bootcamp)
	if err != nil {
		return Member{}, err
	}
	c, err := s.cohort(ctx, b, cohort)
	if err != nil {
		return Member{}, err
	}
	invited := ""
	m, err := s.members.Get(ctx, b.Owner, memberID(cohort, by.Person))
	switch {
	case errors.Is(err, store.ErrNotFound):
		if invited, err = s.expected(ctx, by, c); err != nil {
			return Member{}, err
		}
	case err != nil:
		return Member{}, wrap("Join", err)
	case m.State == Joined || m.State == Waiting || m.State == Asked:
		return m, nil
	case m.State == Invited:
		invited = m.Role
	case m.State == Removed:
		return Member{}, fault.New(fault.Forbidden, "bootcamp.removed", "a facilitator has removed you from this cohort")
	}
	return s.enter(ctx, by, b, cohort, invited, invited != "")
}

// expected returns the role for which the actor was invited by her e-mail address, or "".
func (s *Service) expected(ctx context.Context, by people.Actor, c Cohort) (string, error) {
	if len(c.Expected) == 0 {
		return "", nil
	}
	known, err := s.c.People.Known(ctx, by.Person)
	if err != nil {
		return "", err
	}
	for _, e := range c.Expected {
		if e.Address == known.Address {
			return e.Role, nil
		}
	}
	return "", nil
}

// enter puts the actor into a cohort. sure: nobody has to be asked.
func (s *Service) enter(ctx context.Context, by people.Actor, b Bootcamp, cohort, role string, sure bool) (Member, error) {
	if err := mayJoin(b); err != nil {
		return Member{}, err
	}
	host, err := s.c.People.Organisation(ctx, b.Owner)
	if err != nil {
		return Member{}, err
	}
	if err := host.Gone(); err != nil {
		return Member{}, err
	}
	known, err := s.c.People.Known(ctx, by.Person)
	if err != nil {
		return Member{}, err
	}
	if role == "" {
		role = RoleParticipant
	}
	_, err = s.change(ctx, b, cohort, func(c *Cohort) error {
		if c.seated(by.Person) || c.waiting(by.Person) {
			return nil // twice at once
		}
		state, err := c.place(by.Person, role, sure)
		if err != nil {
			return err
		}
		c.Expected = slices.DeleteFunc(c.Expected, func(e Expected) bool { return e.Address == known.Address })
		c.move(Move{Person: by.Person, Town: by.Organisation, State: state, Role: role, At: s.now()})
		return nil
	})
	if err != nil {
		return Member{}, err
	}
	m, err := s.members.Get(ctx, b.Owner, memberID(cohort, by.Person))
	return m, wrap("enter", err)
}

// place decides what becomes of somebody who wants to come in.
func (c *Cohort) place(person, role string, sure bool) (string, error) {
	switch {
	case !sure && c.Joining == JoinInvitation:
		return "", fault.New(fault.Forbidden, "bootcamp.by_invitation", "one joins this cohort by invitation")
	case !sure && c.Joining == JoinApproval:
		return Asked, nil
	case !needsSeat(role):
		return Joined, nil
	case c.free() > 0 && len(c.Waiting) == 0:
		c.Seated = append(c.Seated, person)
		return Joined, nil
	case len(c.Waiting) >= maxWaiting:
		return "", fault.New(fault.Conflict, "bootcamp.queue_full", "too many people wait already")
	}
	c.Waiting = append(c.Waiting, person)
	return Waiting, nil
}

// Leave gives the actor's seat or place in the queue back, takes a request back, or declines an invitation. It can be
// repeated.
func (s *Service) Leave(ctx context.Context, by people.Actor, bootcamp, cohort string) error {
	b, err := s.Bootcamp(ctx, by, bootcamp)
	if err != nil {
		return err
	}
	m, err := s.members.Get(ctx, b.Owner, memberID(cohort, by.Person))
	if errors.Is(err, store.ErrNotFound) || err == nil && m.Bootcamp != b.ID {
		return nil
	}
	if err != nil {
		return wrap("Leave", err)
	}
	state := Left
	switch m.State {
	case Invited:
		state = Declined
	case Left, Removed, Declined:
		return nil
	}
	return s.part(ctx, b, cohort, Move{Person: by.Person, State: state})
}

// part takes somebody out of a cohort; who waits moves up.
func (s *Service) part(ctx context.Context, b Bootcamp, cohort string, m Move) error {
	_, err := s.change(ctx, b, cohort, func(c *Cohort) error {
		m.At = s.now()
		c.leave(m.Person)
		c.move(m)
		return nil
	})
	return err
}

// Answer lets somebody in who has asked, or not. Facilitators may. On a full cohort who is let in waits.
func (s *Service) Answer(ctx context.Context, by people.Actor, bootcamp, cohort, person string, yes bool) (Member, error) {
	b, _, err := s.facilitated(ctx, by, bootcamp, cohort)
	if err != nil {
		return Member{}, err
	}
	m, err := s.memberIn(ctx, b, cohort, person)
	if err != nil {
		return Member{}, err
	}
	if m.State != Asked {
		return m, fault.New(fault.Conflict, "bootcamp.not_asked", "this person does not wait for an answer")
	}
	_, err = s.change(ctx, b, cohort, func(c *Cohort) error {
		if c.seated(person) || c.waiting(person) {
			return nil
		}
		move := Move{Person: person, State: Declined, Letter: "declined", At: s.now()}
		if yes {
			if move.State, err = c.place(person, m.Role, true); err != nil {
				return err
			}
			move.Letter = map[string]string{Joined: "seat", Waiting: "waiting"}[move.State]
		}
		c.move(move)
		return nil
	})
	if err != nil {
		return Member{}, err
	}
	return s.memberIn(ctx, b, cohort, person)
}

// Remove takes somebody's place away. Facilitators may. What she has done stays hers.
func (s *Service) Remove(ctx context.Context, by people.Actor, bootcamp, cohort, person string) error {
	b, _, err := s.facilitated(ctx, by, bootcamp, cohort)
	if err != nil {
		return err
	}
	if _, err := s.memberIn(ctx, b, cohort, person); err != nil {
		return err
	}
	if err := s.part(ctx, b, cohort, Move{Person: person, State: Removed}); err != nil {
		return err
	}
	return wrap("Remove", s.c.People.Note(ctx, b.Owner, by, "cohort.member_removed", cohort, person))
}

// SetRole changes what somebody does in a cohort. Facilitators may. Who becomes a participant takes a seat, or waits.
func (s *Service) SetRole(ctx context.Context, by people.Actor, bootcamp, cohort, person, role string) (Member, error) {
	b, _, err := s.facilitated(ctx, by, bootcamp, cohort)
	if err != nil {
		return Member{}, err
	}
	if !slices.Contains(Roles(), role) {
		return Member{}, invalid("role", "bootcamp.choice", "no such role in a cohort")
	}
	m, err := s.memberIn(ctx, b, cohort, person)
	if err != nil {
		return m, err
	}
	if m.State != Joined && m.State != Waiting {
		return m, fault.New(fault.Conflict, "bootcamp.not_inside", "only who is in the cohort has a role")
	}
	_, err = s.change(ctx, b, cohort, func(c *Cohort) error {
		if needsSeat(role) && (c.seated(person) || c.waiting(person)) {
			return store.ErrKeep // she has it already: nobody else gets her seat
		}
		c.leave(person)
		state, err := c.place(person, role, true)
		if err != nil {
			return err
		}
		c.move(Move{Person: person, State: state, Role: role, At: s.now()})
		return nil
	})
	if err != nil {
		return Member{}, err
	}
	return s.memberIn(ctx, b, cohort, person)
}

// Members lists people of a cohort in a state, by name: those who joined to everybody inside, all others to who leads.
func (s *Service) Members(ctx context.Context, by people.Actor, bootcamp, cohort, state, cursor string, limit int) (store.Page[Member], error) {
	b, c, leads, err := s.inside(ctx, by, bootcamp, cohort)
	if err != nil {
		return store.Page[Member]{}, err
	}
	if state != Joined && !leads {
		return store.Page[Member]{}, fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")
	}
	p, err := s.members.Find(ctx, b.Owner, store.Query{Index: "byCohort", Equal: []any{c.ID, state}, Cursor: cursor, Limit: limit})
	return p, wrap("Members", err)
}

// Memberships lists the actor's own places in cohorts that her organisation sees.
func (s *Service) Memberships(ctx context.Context, by people.Actor, cursor string, limit int) (store.Page[Member], error) {
	if err := by.Must(people.Roles()...); err != nil {
		return store.Page[Member]{}, err
	}
	p, err := s.members.Find(ctx, by.Organisation, store.Query{Index: "byPerson", Equal: []any{by.Person}, Cursor: cursor, Limit: limit})
	return p, wrap("Memberships", err)
}

// Mine returns the actor's places in the cohorts of one bootcamp.
func (s *Service) Mine(ctx context.Context, by people.Actor, bootcamp string) ([]Member, error) {
	if _, err := s.Bootcamp(ctx, by, bootcamp); err != nil {
		return nil, err
	}
	p, err := s.members.Find(ctx, by.Organisation, store.Query{Index: "byPerson", Equal: []any{by.Person, bootcamp}, Limit: maxCohorts})
	return p.Docs, wrap("Mine", err)
}

// memberIn returns somebody's place for who leads the cohort.
func (s *Service) memberIn(ctx context.Context, b Bootcamp, cohort, person string) (Member, error) {
	m, err := s.members.Get(ctx, b.Owner, memberID(cohort, person))
	if err == nil && m.Bootcamp != b.ID {
		err = store.ErrNotFound
	}
	return m, wrap("memberIn", orGone(err, "bootcamp.not_found", "member", person))
}

// settle does what follows from a cohort's moves: members' documents, who sees the bootcamp, statements and letters. Each
// step may run again.
func (s *Service) settle(ctx context.Context, b Bootcamp, c Cohort) (Cohort, error) {
	for _, m := range c.Moves {
		if err := s.carryOut(ctx, b, c, m); err != nil {
			return c, wrap("settle", err)
		}
	}
	if err := s.welcome(ctx, b, c); err != nil {
		return c, err
	}
	if _, err := s.callOff(ctx, b.Owner, c); err != nil {
		return c, wrap("settle", err)
	}
	done := len(c.Moves)
	c, err := s.revise(ctx, b.Owner, c.ID, func(d *Cohort) error {
		if len(d.Moves) < done || !slices.EqualFunc(d.Moves[:done], c.Moves, Move.is) {
			return nil // another has done them
		}
		if d.Moves = slices.Clone(d.Moves[done:]); len(d.Moves) == 0 {
			d.Moves = nil
		}
		return nil
	})
	return c, wrap("settle", err)
}

func (s *Service) carryOut(ctx context.Context, b Bootcamp, c Cohort, move Move) error {
	known, err := s.c.People.Known(ctx, move.Person)
	if fault.KindOf(err) == fault.NotFound {
		return nil // erased meanwhile
	}
	if err != nil {
		return err
	}
	m, err := s.members.Get(ctx, b.Owner, memberID(c.ID, move.Person))
	switch {
	case errors.Is(err, store.ErrNotFound):
		m = Member{SharedMeta: store.SharedMeta{Meta: store.Meta{ID: memberID(c.ID, move.Person)}, Towns: []string{move.Town}}, Bootcamp: b.ID, Cohort: c.ID, Person: move.Person, Role: RoleParticipant}
		m.take(move, known.Name)
		if err := s.members.Insert(ctx, b.Owner, m); err != nil && !errors.Is(err, store.ErrDuplicate) {
			return err
		}
	case err != nil:
		return err
	default:
		if m, err = s.members.Update(ctx, b.Owner, m.ID, func(m *Member) error { m.take(move, known.Name); return nil }); err != nil {
			return err
		}
	}
	if !slices.Contains(b.Towns, m.Town) { // who joined by a link or an invitation sees it from then on
		if _, err := s.bootcamps.Update(ctx, b.Owner, b.ID, func(d *Bootcamp) error { d.Towns = append(d.Towns, m.Town); return nil }); err != nil {
			return err
		}
	}
	if err := s.moved(ctx, b.Owner, c.ID, m.Person, m.State == Joined); err != nil {
		return err
	}
	if err := s.tellMove(ctx, b, c, m, move); err != nil {
		return err
	}
	if move.Letter == "" || !known.Of(m.Town) { // not of the town any more for which she came
		return nil
	}
	title, _ := b.Title.In(append([]string{known.Locale}, b.Languages...)...)
	return s.c.Mail.SendWith(ctx, course.EventID("letter", "cohort", m.ID, move.At.Format(time.RFC3339Nano)), known.Address, known.Locale, "cohort_"+move.Letter,
		map[string]any{"name": known.Name, "bootcamp": title, "cohort": c.Name, "link": s.c.PublicURL + "/bootcamps/" + b.ID}, nil)
}

// is reports whether two moves are the same one.
func (m Move) is(o Move) bool {
	return m.Person == o.Person && m.State == o.State && m.Role == o.Role && m.At.Equal(o.At)
}

// take sets what a move says. A move that is older than what is there changes nothing.
func (m *Member) take(move Move, name string) {
	if move.At.Before(m.Since) {
		return
	}
	if move.Town != "" {
		m.Town, m.Towns = move.Town, []string{m.Owner, move.Town}
		if m.Owner == "" {
			m.Towns = []string{move.Town}
		}
	}
	if move.Role != "" {
		m.Role = move.Role
	}
	m.Name, m.Sort, m.State, m.Since = name, people.Fold(name), move.State, move.At
	if move.State == Joined && m.Joined == nil {
		m.Joined = &move.At
	}
}

const (
	verbRegistered   = "http://adlnet.gov/expapi/verbs/registered"
	verbUnregistered = "http://id.tincanapi.com/verb/unregistered"
	typeCohort       = "https://schema.org/EducationEvent"
)

// tellMove writes into the record store of the member's town that she came or went.
func (s *Service) tellMove(ctx context.Context, b Bootcamp, c Cohort, m Member, move Move) error {
	verb := map[string]string{Joined: verbRegistered, Left: verbUnregistered, Removed: verbUnregistered}[move.State]
	if verb == "" || m.Joined == nil {
		return nil
	}
	in, err := s.c.People.MemberOf(ctx, m.Town, m.Person)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	return s.c.Records.Record(ctx, m.Town, course.Event{ID: course.EventID(m.Town, "cohort", m.ID, move.State, move.At.Format(time.RFC3339Nano)), Account: in.Account, Verb: verb,
		Activity: course.Activity{Path: "/xapi/bootcamps/" + b.ID + "/cohorts/" + c.ID, Type: typeCohort, Name: b.Title}, At: move.At})
}

// SettleDue does what follows from changes of cohorts whose run died; the sweep calls it.
func (s *Service) SettleDue(ctx context.Context, now time.Time) error {
	p, err := s.cohorts.Across(ctx, store.Query{Index: "byDue", To: now, Limit: 100})
	errs := []error{err}
	for _, d := range p.Docs {
		b, err := s.bootcamps.Get(ctx, d.Org, d.Doc.Bootcamp)
		if err == nil {
			_, err = s.settle(ctx, b, d.Doc)
		}
		errs = append(errs, err)
	}
	return wrap("SettleDue", errors.Join(append(errs, s.unexpect(ctx, now))...))
}

// DateExpected notes when the first of those is forgotten whom cohorts of an organisation expect, where a program did not that knew
// of no end: the index by which they are forgotten does not lead to these. The sweep calls it for every organisation.
func (s *Service) DateExpected(ctx context.Context, org string) error {
	undated := func(c *Cohort) bool { return c.Ends == nil && len(c.Expected) > 0 }
	var ids []string
	err := s.cohorts.Each(ctx, org, store.Query{Index: "byBootcamp"}, func(c Cohort) error {
		if undated(&c) {
			ids = append(ids, c.ID)
		}
		return ctx.Err()
	})
	errs := []error{err}
	for _, id := range ids {
		_, err := s.revise(ctx, org, id, func(c *Cohort) error {
			if !undated(c) {
				return store.ErrKeep
			}
			return nil // what is derived from it is all that changes
		})
		if !errors.Is(err, store.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	return wrap("DateExpected", errors.Join(errs...))
}

// unexpect forgets the addresses of those who have not come.
func (s *Service) unexpect(ctx context.Context, now time.Time) error {
	p, err := s.cohorts.Across(ctx, store.Query{Index: "byEnds", To: now, Limit: 100})
	errs := []error{err}
	for _, d := range p.Docs {
		_, err := s.revise(ctx, d.Org, d.Doc.ID, func(c *Cohort) error {
			c.Expected = slices.DeleteFunc(c.Expected, func(e Expected) bool { return !now.Before(e.At.Add(expectedLives)) })
			return nil
		})
		if !errors.Is(err, store.ErrNotFound) {
			errs = append(errs, err)
		}
	}
	return errors.Join(errs...)
}
