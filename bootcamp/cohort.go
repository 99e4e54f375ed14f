package bootcamp

import (
	"context"
	"errors"
	"slices"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/lang"
	"palestra/internal/store"
	"palestra/people"
)

// How people come into a cohort.
const (
	JoinOpen       = "open"       // whoever may see the bootcamp takes a seat
	JoinApproval   = "approval"   // a facilitator says yes
	JoinInvitation = "invitation" // who is invited, or has the link
)

// Limits of a cohort.
const (
	maxSeats   = 1000
	maxWaiting = 1000
	maxCohorts = 100 // of a bootcamp
)

// Cohort is the people who go through a bootcamp together. It is the truth about seats: who has one and who waits for
// one, in order. What follows from a change of them (the member's document, a letter, a statement) is written into the
// same document first (Moves) and done afterwards, so that a run that dies loses nothing.
type Cohort struct {
	store.Meta `bson:",inline"`
	Edition    int64      `bson:"edition"` // grows with each change by a facilitator; who comes and goes leaves it
	Bootcamp   string     `bson:"bootcamp"`
	Name       string     `bson:"name"`
	Sort       string     `bson:"sort"` // people.Fold(Name)
	Language   string     `bson:"language"`
	Joining    string     `bson:"joining"`
	Seats      int        `bson:"seats"`
	Seated     []string   `bson:"seated"`         // persons with a seat; facilitators need none
	Waiting    []string   `bson:"waiting"`        // persons, the first waits longest
	Expected   []Expected `bson:"expected"`       // who was invited and is not known yet
	Ends       *time.Time `bson:"ends,omitempty"` // when the first of them is not expected any more
	Link       string     `bson:"link"`           // digest of the secret by which one joins; "" for none
	Moves      []Move     `bson:"moves,omitempty"`
	Off        *time.Time `bson:"off,omitempty"`   // what was planned by then and has not begun is still to be cancelled
	Whole      bool       `bson:"whole,omitempty"` // and that of all other cohorts of the bootcamp
	Due        *time.Time `bson:"due,omitempty"`   // since when something of this waits
	Created    time.Time  `bson:"created"`
}

// Expected is somebody who was invited by an e-mail address that nobody has signed in with yet.
type Expected struct {
	Address string    `bson:"address"`
	Role    string    `bson:"role"`
	At      time.Time `bson:"at"`
	Welcome *Welcome  `bson:"welcome,omitempty"` // still to be invited into the host's organisation
}

// expectedLives is how long somebody is expected, counted from her invitation: time to come in for who has made her account.
const expectedLives = 60 * 24 * time.Hour

// waits reports whether the letter by which she makes her account still works.
func (e Expected) waits(now time.Time) bool { return now.Before(e.At.Add(people.InvitationLives)) }

// expects reports whether an address was invited and its letter still works.
func (c *Cohort) expects(address string, now time.Time) bool {
	return slices.ContainsFunc(c.Expected, func(e Expected) bool { return e.Address == address && e.waits(now) })
}

// expect notes that somebody is expected, anew if she was before.
func (c *Cohort) expect(e Expected) {
	c.Expected = append(slices.DeleteFunc(c.Expected, func(o Expected) bool { return o.Address == e.Address }), e)
}

// derive notes what follows from the rest of the document: when the first of those who are expected is not any more, and
// that nothing waits if nothing is left to do.
func (c *Cohort) derive() {
	c.Ends = nil
	for _, e := range c.Expected {
		if at := e.At.Add(expectedLives); c.Ends == nil || at.Before(*c.Ends) {
			c.Ends = &at
		}
	}
	if len(c.Moves) == 0 && !c.welcomes() && c.Off == nil {
		c.Due = nil
	}
}

// Welcome is an invitation into the host's organisation that is still to be written.
type Welcome struct {
	Email  string `bson:"email"` // as it was entered
	Name   string `bson:"name"`
	Locale string `bson:"locale"`
	By     string `bson:"by"` // person
	ByName string `bson:"byName"`
}

// Move is what becomes of a person in a cohort, still to be written into her own document.
type Move struct {
	Person string    `bson:"person"`
	Town   string    `bson:"town"` // for which she comes; "" keeps it
	State  string    `bson:"state"`
	Role   string    `bson:"role"` // "" keeps it
	Letter string    `bson:"letter,omitempty"`
	At     time.Time `bson:"at"`
}

// free returns how many seats are left.
func (c *Cohort) free() int { return max(0, c.Seats-len(c.Seated)) }

func (c *Cohort) seated(person string) bool  { return slices.Contains(c.Seated, person) }
func (c *Cohort) waiting(person string) bool { return slices.Contains(c.Waiting, person) }

// leave takes a person's seat or place in the queue away.
func (c *Cohort) leave(person string) {
	is := func(p string) bool { return p == person }
	c.Seated, c.Waiting = slices.DeleteFunc(c.Seated, is), slices.DeleteFunc(c.Waiting, is)
}

// move notes what is to be done outside of the document.
func (c *Cohort) move(m Move) {
	c.Moves = append(c.Moves, m)
	if c.Due == nil {
		c.Due = &m.At
	}
}

// welcomes reports whether somebody is still to be invited into the host's organisation.
func (c *Cohort) welcomes() bool {
	return slices.ContainsFunc(c.Expected, func(e Expected) bool { return e.Welcome != nil })
}

// next lists who waits longest, as many as there are free seats.
func (c *Cohort) next() []string { return c.Waiting[:min(c.free(), len(c.Waiting))] }

// moveUp gives free seats to those who wait longest. here says of each whether she is still of the town for which she came:
// who is not leaves the queue. It returns those of whom it does not say so; then nothing that it did counts.
func (c *Cohort) moveUp(here map[string]bool, now time.Time) (unsure []string) {
	for next := c.next(); len(next) > 0; next = c.next() {
		for _, person := range next {
			still, ok := here[person]
			switch {
			case !ok:
				unsure = append(unsure, person)
			case still:
				c.Seated = append(c.Seated, person)
				c.move(Move{Person: person, State: Joined, Letter: "seat", At: now})
			default:
				c.move(Move{Person: person, State: Left, At: now})
			}
		}
		if c.Waiting = slices.Clone(c.Waiting[len(next):]); unsure != nil {
			return unsure
		}
	}
	return nil
}

// CohortChange is what a facilitator sets; nil keeps what is there.
type CohortChange struct {
	Name     *string
	Language *string
	Joining  *string
	Seats    *int
}

func (c *Cohort) set(ch CohortChange) (err error) {
	if ch.Name != nil {
		if c.Name, err = short("name", *ch.Name); err != nil {
			return err
		}
		c.Sort = people.Fold(c.Name)
	}
	if ch.Language != nil {
		c.Language = *ch.Language
	}
	if ch.Joining != nil {
		c.Joining = *ch.Joining
	}
	if ch.Seats != nil {
		c.Seats = *ch.Seats
	}
	switch {
	case !slices.Contains(lang.Locales(), c.Language):
		return invalid("language", "bootcamp.choice", "%q is not a language of the platform", c.Language)
	case !slices.Contains([]string{JoinOpen, JoinApproval, JoinInvitation}, c.Joining):
		return invalid("joining", "bootcamp.choice", "no such way to join")
	case c.Seats < 1 || c.Seats > maxSeats:
		return invalid("seats", "bootcamp.seats", "a cohort has 1 to %d seats", maxSeats).With("max", maxSeats)
	}
	return nil
}

// CreateCohort adds a cohort. Facilitators of the host may.
func (s *Service) CreateCohort(ctx context.Context, by people.Actor, bootcamp string, ch CohortChange) (Cohort, error) {
	b, err := s.hosted(ctx, by, bootcamp)
	if err != nil {
		return Cohort{}, err
	}
	n, err := s.cohorts.Count(ctx, b.Owner, store.Query{Index: "byBootcamp", Equal: []any{b.ID}}, maxCohorts)
	if err != nil {
		return Cohort{}, wrap("CreateCohort", err)
	}
	if n >= maxCohorts {
		return Cohort{}, fault.New(fault.Conflict, "bootcamp.entries", "a bootcamp has at most %d cohorts", maxCohorts).With("max", maxCohorts)
	}
	c := Cohort{Meta: store.Meta{ID: s.c.NewID()}, Edition: 1, Bootcamp: b.ID, Language: b.Languages[0], Joining: JoinApproval, Seats: 30,
		Seated: []string{}, Waiting: []string{}, Expected: []Expected{}, Created: s.now()}
	if ch.Name == nil {
		ch.Name = new(string)
	}
	if err := c.set(ch); err != nil {
		return Cohort{}, err
	}
	if err := s.cohorts.Insert(ctx, b.Owner, c); err != nil {
		return Cohort{}, wrap("CreateCohort", err)
	}
	return c, wrap("CreateCohort", s.c.People.Note(ctx, b.Owner, by, "cohort.created", c.ID, ""))
}

// UpdateCohort changes a cohort. More seats move up those who wait; fewer take none away. Facilitators may.
func (s *Service) UpdateCohort(ctx context.Context, by people.Actor, bootcamp, id string, rev int64, ch CohortChange) (Cohort, error) {
	b, _, err := s.facilitated(ctx, by, bootcamp, id)
	if err != nil {
		return Cohort{}, err
	}
	return s.change(ctx, b, id, func(c *Cohort) error {
		if err := fresh(rev, c.Edition); err != nil {
			return err
		}
		if err := c.set(ch); err != nil {
			return err
		}
		c.Edition++
		return nil
	})
}

// DeleteCohort removes a cohort in which nobody ever was and nothing is planned. Facilitators of the host may.
func (s *Service) DeleteCohort(ctx context.Context, by people.Actor, bootcamp, id string) error {
	b, err := s.hosted(ctx, by, bootcamp)
	if err != nil {
		return err
	}
	c, err := s.cohort(ctx, b, id)
	if err != nil {
		return err
	}
	err = s.cohorts.DeleteIf(ctx, b.Owner, id, func(newest *Cohort) error {
		c = *newest
		return s.unused(ctx, b, c)
	})
	if err != nil {
		return wrap("DeleteCohort", orGone(err, "bootcamp.not_found", "cohort", id))
	}
	return s.unlink(ctx, c)
}

// unused refuses a cohort in which somebody is or was, or something is planned.
func (s *Service) unused(ctx context.Context, b Bootcamp, c Cohort) error {
	members, err := s.members.Count(ctx, b.Owner, store.Query{Index: "byCohort", Equal: []any{c.ID}}, 1)
	if err != nil {
		return wrap("unused", err)
	}
	sessions, err := s.sessions.Count(ctx, b.Owner, store.Query{Index: "byCohort", Equal: []any{c.ID}}, 1)
	if err != nil {
		return wrap("unused", err)
	}
	if members > 0 || sessions > 0 || len(c.Moves) > 0 {
		return fault.New(fault.Conflict, "bootcamp.cohort_used", "there are people or sessions in this cohort")
	}
	return nil
}

// Cohorts lists a bootcamp's cohorts by name to whoever sees it.
func (s *Service) Cohorts(ctx context.Context, by people.Actor, bootcamp string) ([]Cohort, error) {
	b, err := s.Bootcamp(ctx, by, bootcamp)
	if err != nil {
		return nil, err
	}
	p, err := s.cohorts.Find(ctx, b.Owner, store.Query{Index: "byBootcamp", Equal: []any{b.ID}, Limit: maxCohorts})
	return p.Docs, wrap("Cohorts", err)
}

// cohort returns a cohort of a bootcamp.
func (s *Service) cohort(ctx context.Context, b Bootcamp, id string) (Cohort, error) {
	c, err := s.cohorts.Get(ctx, b.Owner, id)
	if err == nil && c.Bootcamp != b.ID {
		err = store.ErrNotFound
	}
	return c, wrap("cohort", orGone(err, "bootcamp.not_found", "cohort", id))
}

// revise changes a cohort's document. Every change of one goes through it.
func (s *Service) revise(ctx context.Context, org, id string, f func(*Cohort) error) (Cohort, error) {
	return s.cohorts.Update(ctx, org, id, func(c *Cohort) error {
		if err := f(c); err != nil {
			return err
		}
		c.derive()
		return nil
	})
}

// change changes a cohort, lets move up who waits, and does what follows.
func (s *Service) change(ctx context.Context, b Bootcamp, id string, f func(*Cohort) error) (Cohort, error) {
	here := map[string]bool{} // of who waits; a change cannot ask
	var c Cohort
	for {
		var unsure []string
		var err error
		c, err = s.revise(ctx, b.Owner, id, func(c *Cohort) error {
			unsure = nil
			if err := f(c); err != nil {
				return err
			}
			if unsure = c.moveUp(here, s.now()); unsure != nil {
				return store.ErrKeep
			}
			return nil
		})
		if err != nil {
			return c, wrap("change", orGone(err, "bootcamp.not_found", "cohort", id))
		}
		if unsure == nil {
			break
		}
		for _, person := range unsure {
			if here[person], err = s.stays(ctx, b, c, person); err != nil {
				return c, wrap("change", err)
			}
		}
	}
	if len(c.Moves) == 0 && !c.welcomes() {
		return c, nil
	}
	return s.settle(ctx, b, c)
}

// stays reports whether who waits is still of the town for which she came.
func (s *Service) stays(ctx context.Context, b Bootcamp, c Cohort, person string) (bool, error) {
	town := ""
	for _, m := range c.Moves { // those that her own document does not know yet
		if m.Person == person && m.Town != "" {
			town = m.Town
		}
	}
	if town == "" {
		m, err := s.members.Get(ctx, b.Owner, memberID(c.ID, person))
		if errors.Is(err, store.ErrNotFound) {
			return false, nil // erased meanwhile
		}
		if err != nil {
			return false, err
		}
		town = m.Town
	}
	_, here, err := people.StillOf(ctx, s.c.People, person, town)
	return here, err
}

// facilitated returns a cohort to who may lead it: a facilitator or administrator of the host, or a member with the role.
func (s *Service) facilitated(ctx context.Context, by people.Actor, bootcamp, id string) (Bootcamp, Cohort, error) {
	b, err := s.Bootcamp(ctx, by, bootcamp)
	if err != nil {
		return b, Cohort{}, err
	}
	c, err := s.cohort(ctx, b, id)
	if err != nil {
		return b, c, err
	}
	if !s.Hosts(by, b) {
		m, err := s.membership(ctx, by, b, id)
		if err != nil && !errors.Is(err, store.ErrNotFound) {
			return b, c, wrap("facilitated", err)
		}
		if err != nil || m.State != Joined || m.Role != RoleFacilitator {
			return b, c, fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")
		}
	}
	return b, c, nil
}

// inside returns a cohort to who is in it or leads it.
func (s *Service) inside(ctx context.Context, by people.Actor, bootcamp, id string) (b Bootcamp, c Cohort, leads bool, err error) {
	b, err = s.Bootcamp(ctx, by, bootcamp)
	if err != nil {
		return b, c, false, err
	}
	if c, err = s.cohort(ctx, b, id); err != nil {
		return b, c, false, err
	}
	if s.Hosts(by, b) {
		return b, c, true, nil
	}
	m, err := s.membership(ctx, by, b, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return b, c, false, wrap("inside", err)
	}
	if err != nil || m.State != Joined {
		return b, c, false, fault.New(fault.Forbidden, "bootcamp.not_inside", "only who is in the cohort may see this")
	}
	return b, c, m.Role == RoleFacilitator, nil
}

// membership returns the actor's place in a cohort. store.ErrNotFound
func (s *Service) membership(ctx context.Context, by people.Actor, b Bootcamp, cohort string) (Member, error) {
	m, err := s.members.Get(ctx, b.Owner, memberID(cohort, by.Person))
	if err == nil && m.Town != by.Organisation {
		return m, store.ErrNotFound // she speaks for another town now
	}
	return m, err
}

func memberID(cohort, person string) string { return strings.Join([]string{cohort, person}, ".") }
