package challenge

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"palestra/bootcamp"
	"palestra/bootcamp/directory"
	"palestra/bootcamp/practice"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// People asks the people room.
type People interface {
	Organisation(ctx context.Context, id string) (people.Organisation, error)
	MemberOf(ctx context.Context, org, id string) (people.Member, error)
	// Known returns a person and her active organisations. fault people.person_not_found
	Known(ctx context.Context, person string) (people.Known, error)
	Note(ctx context.Context, org string, by people.Actor, action, target, detail string) error
}

// Recorder writes what the platform has seen into the record store of a town. Telling an event twice stores it once.
type Recorder interface {
	Record(ctx context.Context, org string, e course.Event) error
}

// Mailer is the post. A letter with an id that was used already is not sent again.
type Mailer interface {
	SendOnce(ctx context.Context, id, to, locale, letter string, params map[string]any) error
}

// Cohorts knows who goes through a bootcamp together.
type Cohorts interface {
	// Led returns a cohort to who leads it.
	Led(ctx context.Context, by people.Actor, bootcamp, cohort string) (bootcamp.Bootcamp, bootcamp.Cohort, error)
	// Placed returns those of some persons, each with a place in a cohort. fault bootcamp.no_member
	Placed(ctx context.Context, host, cohort string, persons []string) ([]bootcamp.Member, error)
}

// Practices are what challenges end as, and what is related to them.
type Practices interface {
	Begin(ctx context.Context, d practice.Seed) error
	// Agree notes what somebody says to a draft that was made from her words.
	Agree(ctx context.Context, town, id string, a practice.Answer) (string, error)
	Kindred(ctx context.Context, by people.Actor, t practice.Traits, limit int) ([]practice.Kin[practice.Card], error)
	// Card returns a published or withdrawn practice. fault practice.not_found
	Card(ctx context.Context, id string) (practice.Card, error)
}

// Experts knows who has said what she may be asked.
type Experts interface {
	Kindred(ctx context.Context, by people.Actor, t practice.Traits, limit int) ([]practice.Kin[directory.Entry], error)
}

// Config is what the board needs.
type Config struct {
	DB        *store.DB
	People    People
	Records   Recorder
	Mail      Mailer
	Cohorts   Cohorts
	Practices Practices
	Experts   Experts
	Now       func() time.Time
	NewID     func() string // sortable
	PublicURL string
}

// Service decides and does everything about challenges.
type Service struct {
	c          Config
	challenges *store.Town[Challenge]
	cards      *store.Global[Card]
}

// New returns the service, or an error if its collections cannot be declared.
func New(c Config) (*Service, error) {
	s := &Service{c: c}
	var errs [2]error
	s.challenges, errs[0] = store.NewTown[Challenge](c.DB, "challenges", 1, store.On("byTitle", store.Str("sort")), store.On("byCreated", store.Time("created")),
		store.On("byDue", store.Time("due")).AsSparse().AsAcross(), store.On("ofPerson", store.Str("persons").Each()).AsAcross())
	s.cards, errs[1] = store.NewGlobal[Card](c.DB, "challengeCards", 1, store.On("byToken", store.Str("tokens").Each(), store.Time("updated")))
	return s, errors.Join(errs[:]...)
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

// wrap says where an accident happened; faults pass as they are.
func wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("challenge.%s: %w", where, err)
}

func invalid(path, code, format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, code, format, args...).At("body."+path, code)
}

func notFound(id string) error {
	return fault.New(fault.NotFound, "challenge.not_found", "no challenge %s", id)
}

var errForbidden = fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")

// person is the actor as somebody in a challenge.
func (s *Service) person(ctx context.Context, by people.Actor) (Person, people.Organisation, error) {
	o, err := s.c.People.Organisation(ctx, by.Organisation)
	return Person{Person: by.Person, Town: by.Organisation, TownName: o.Name, Name: by.Name, Account: by.Account}, o, err
}

// get returns a challenge to whoever may read it.
func (s *Service) get(ctx context.Context, by people.Actor, id string) (Challenge, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Challenge{}, err
	}
	card, err := s.cards.Get(ctx, id)
	if errors.Is(err, store.ErrNotFound) {
		return Challenge{}, notFound(id)
	}
	if err != nil {
		return Challenge{}, wrap("get", err)
	}
	c, err := s.challenges.Get(ctx, card.Town, id)
	if err == nil && (c.State == stateDeleted || c.State == StateDraft && !c.Writes(by)) {
		err = store.ErrNotFound
	}
	if errors.Is(err, store.ErrNotFound) {
		return Challenge{}, notFound(id)
	}
	return c, wrap("get", err)
}

// change lets somebody change a challenge that she may read, and does what follows.
func (s *Service) change(ctx context.Context, by people.Actor, id string, f func(*Challenge) error) (Challenge, error) {
	c, err := s.get(ctx, by, id)
	if err != nil {
		return c, err
	}
	c, err = s.challenges.Update(ctx, c.Town, id, func(c *Challenge) error {
		if err := f(c); err != nil {
			return err
		}
		c.Updated = s.now()
		c.due(c.Updated)
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return c, notFound(id)
	}
	if err != nil {
		return c, wrap("change", err)
	}
	return s.settle(ctx, c.Town, id)
}

// due notes that something is to be written or told.
func (c *Challenge) due(now time.Time) {
	if c.Due == nil {
		c.Due = &now
	}
}

// happened notes an event that record stores and people are told of.
func (c *Challenge) happened(kind string, by Person, now time.Time) error {
	turns := 0
	for _, e := range c.Events {
		if e.Kind == kind && e.Town == by.Town {
			turns++
		}
	}
	switch comes := kind == EventSponsored || kind == EventTaken; {
	case comes && turns >= maxTurns:
		return fault.New(fault.Conflict, "challenge.entries", "at most %d times", maxTurns).With("max", maxTurns)
	case comes && len(c.Events) >= maxEvents/2, len(c.Events) >= maxEvents: // there is room for how it ends
		return fault.New(fault.Conflict, "challenge.entries", "at most %d entries", maxEvents).With("max", maxEvents)
	}
	c.Events = append(c.Events, Event{Kind: kind, Town: by.Town, TownName: by.TownName, Account: by.Account, At: now})
	return nil
}

// SettleDue does what follows from changes whose run died, in all organisations; the sweep calls it.
func (s *Service) SettleDue(ctx context.Context, now time.Time) error {
	due, err := s.challenges.Due(ctx, "byDue", now, 100)
	errs := []error{err}
	for _, r := range due {
		_, err := s.settle(ctx, r.Org, r.ID)
		errs = append(errs, err)
	}
	return wrap("SettleDue", errors.Join(errs...))
}

// settle begins the practice that came of a challenge, writes its card and tells what has happened. It may be called at
// any time and several times, and be killed anywhere.
func (s *Service) settle(ctx context.Context, org, id string) (Challenge, error) {
	c, err := s.challenges.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) {
		return c, nil
	}
	if err != nil {
		return c, wrap("settle", err)
	}
	if c.State == stateDeleted {
		err := s.cards.Delete(ctx, id)
		if err == nil || errors.Is(err, store.ErrNotFound) {
			err = s.challenges.Delete(ctx, org, id)
		}
		return c, wrap("settle", err)
	}
	if c.State == StateSolved {
		if err := s.answer(ctx, c); err != nil {
			return c, err
		}
	}
	if err := s.put(ctx, c.card()); err != nil {
		return c, err
	}
	for i := c.Told; i < len(c.Events); i++ {
		if err := s.tell(ctx, c, i); err != nil {
			return c, err
		}
	}
	rev, told := c.Rev, len(c.Events)
	c, err = s.challenges.Update(ctx, org, id, func(c *Challenge) error {
		c.Told = max(c.Told, told)
		if c.Rev == rev {
			c.Due = nil
		}
		return nil
	})
	return c, wrap("settle", err)
}

// put writes a card over the one that is there.
func (s *Service) put(ctx context.Context, card Card) error {
	_, err := s.cards.Update(ctx, card.ID, func(c *Card) error {
		meta := c.Meta
		*c = card
		c.Meta = meta
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		err = s.cards.Insert(ctx, card)
	}
	return wrap("put", err)
}

func (c *Challenge) card() Card {
	card := Card{Meta: store.Meta{ID: c.ID}, Town: c.Town, TownName: c.TownName, Country: c.Country, State: c.State, Languages: c.Content.Languages, Title: Text{}, Affected: Text{},
		Topics: []string{}, Tokens: []string{}, Updated: c.Updated}
	if c.State == StateDraft {
		return card
	}
	card.Title, card.Affected, card.Topics, card.Sponsors = c.Content.Title, c.Content.Affected, c.Content.Topics, len(c.Sponsors)
	if c.State == StateTaken && c.Team != nil {
		card.Team = c.Team.Name
	}
	more := []string{"all", "town|" + c.Town, "state|" + c.State}
	for _, l := range c.Content.Languages {
		more = append(more, "language|"+l)
	}
	t := c.Traits()
	t.Words = append(t.Words, c.TownName)
	card.Tokens = t.Tokens(more...)
	return card
}

// answer begins the practice that came of a challenge, once.
func (s *Service) answer(ctx context.Context, c Challenge) error {
	e := c.Endings[len(c.Endings)-1]
	var authors []practice.Author
	add := func(p Person) {
		if p.Person != "" && !slices.ContainsFunc(authors, func(a practice.Author) bool { return a.Person == p.Person }) {
			authors = append(authors, practice.Author{Person: p.Person, Town: p.Town, Name: p.Name, Account: p.Account})
		}
	}
	add(e.By)
	if c.Team != nil && e.Team != "" {
		for _, p := range c.Team.Members {
			add(p)
		}
	}
	add(c.By)
	first, place := c.Content.Languages[0], c.TownName
	if letters := []rune(place); len(letters) > maxName {
		place = string(letters[:maxName])
	}
	p := practice.Content{Languages: c.Content.Languages, Title: c.Content.Title, Summary: Text{}, Description: Text{}, Territory: practice.Territory{Name: place, Country: c.Country},
		Difficulties: c.Content.Tried, Topics: c.Content.Topics, Competences: c.Content.Competences, Labels: c.Content.Labels}
	for l, words := range c.Content.Problem {
		p.Description[l] = words
	}
	if e.Words != "" {
		l := e.Language
		if !slices.Contains(p.Languages, l) {
			l = first
		}
		if p.Description[l] != "" {
			p.Description[l] += "\n\n"
		}
		p.Description[l] += e.Words
	}
	if err := s.c.Practices.Begin(ctx, practice.Seed{ID: e.Practice, Town: c.Town, Authors: authors, Challenge: c.ID, Credits: c.Credits, Content: p}); err != nil {
		return wrap("answer", err)
	}
	for _, o := range c.Credits { // who does not want to be named any more is not named there, either
		if _, err := s.c.Practices.Agree(ctx, c.Town, e.Practice, practice.Answer{Credit: o.ID, State: o.State}); err != nil {
			return wrap("answer", err)
		}
	}
	return nil
}
