// Package promotion makes drafts of what was said: a post, a message, a passage of the shared notes or a decision becomes a
// draft practice or challenge of the town that hosts the place, and whoever said it is asked whether she agrees, with her
// name or without it. Nothing is published before she does; if she declines, her words leave the draft.
//
// A promotion is written first and says in the same document what is still to follow from it: the draft, the line in the
// audit log, the letters, what her answer means for the draft. Its id follows from what was said and what it becomes, so
// that pressing twice makes one draft.
package promotion

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"palestra/bootcamp"
	"palestra/bootcamp/challenge"
	"palestra/bootcamp/practice"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// What can be made of something that was said.
const (
	IntoPractice  = "practice"
	IntoChallenge = "challenge"
)

// most is how many drafts one person makes within a day.
const most = 50

// Promotion is something that was said and became a draft.
type Promotion struct {
	store.Meta `bson:",inline"`
	Into       string            `bson:"into"`
	Draft      string            `bson:"draft"` // its id
	Made       bool              `bson:"made"`  // the draft
	Kind       string            `bson:"kind"`  // see bootcamp.Quote
	Path       string            `bson:"path"`
	Language   string            `bson:"language"` // of the draft
	Title      string            `bson:"title"`
	Words      string            `bson:"words"` // "" once somebody has declined
	By         practice.Author   `bson:"by"`
	Maker      string            `bson:"maker"` // the person
	Credits    []practice.Credit `bson:"credits"`
	Persons    []string          `bson:"persons"`
	Due        *time.Time        `bson:"due,omitempty"`
	At         time.Time         `bson:"at"`
}

// People asks the people room.
type People interface {
	Organisation(ctx context.Context, id string) (people.Organisation, error)
	// Known returns a person and her active organisations. fault people.person_not_found
	Known(ctx context.Context, person string) (people.Known, error)
	// NoteOnce writes a line of the audit log; one with an id that is there is not written again.
	NoteOnce(ctx context.Context, org string, by people.Actor, id, action, target, detail string) error
}

// Mailer is the post. A letter with an id that was used already is not sent again.
type Mailer interface {
	SendOnce(ctx context.Context, id, to, locale, letter string, params map[string]any) error
}

// Practices are what can become of something.
type Practices interface {
	Begin(ctx context.Context, d practice.Seed) error
	Begun(ctx context.Context, town, id string) (bool, error)
	// Agree notes what somebody says to a draft, and returns what counts.
	Agree(ctx context.Context, town, id string, a practice.Answer) (string, error)
	Draft(ctx context.Context, by people.Actor, id string) (practice.Practice, error)
}

// Challenges are the other thing that can.
type Challenges interface {
	Begin(ctx context.Context, d challenge.Seed) error
	Begun(ctx context.Context, town, id string) (bool, error)
	Agree(ctx context.Context, town, id string, a practice.Answer) (string, error)
	Challenge(ctx context.Context, by people.Actor, id string) (challenge.Challenge, error)
}

// Config is what the room needs.
type Config struct {
	DB         *store.DB
	People     People
	Mail       Mailer
	Practices  Practices
	Challenges Challenges
	Now        func() time.Time
	NewID      func() string // sortable
	PublicURL  string
}

// Service decides and does everything about promotions.
type Service struct {
	c          Config
	promotions *store.Town[Promotion] // of the host
}

// New returns the service, or an error if its collection cannot be declared.
func New(c Config) (*Service, error) {
	s := &Service{c: c}
	var err error
	s.promotions, err = store.NewTown[Promotion](c.DB, "promotions", 1, store.On("byMaker", store.Str("maker"), store.Time("at")),
		store.On("ofPerson", store.Str("persons").Each()).AsAcross(), store.On("byDue", store.Time("due")).AsSparse().AsAcross())
	return s, err
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

// wrap says where an accident happened; faults pass as they are.
func wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("promotion.%s: %w", where, err)
}

var errNotFound = fault.New(fault.NotFound, "promotion.not_found", "nobody asks you about this")

var errDeclined = fault.New(fault.Conflict, "promotion.declined", "who said this does not want anything to be made of it")

// Promote makes a draft of what was said, or returns the one that was made of it. The room in which it was said has decided
// that the actor may. Faults: promotion.nobody, promotion.declined, promotion.much
func (s *Service) Promote(ctx context.Context, by people.Actor, into string, q bootcamp.Quote) (Promotion, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Promotion{}, err
	}
	if into != IntoPractice && into != IntoChallenge {
		return Promotion{}, fault.New(fault.Invalid, "promotion.into", "it becomes a practice or a challenge").At("body.into", "promotion.into")
	}
	id := course.EventID("promotion", q.Host, q.Key, into)
	old, err := s.promotions.Get(ctx, q.Host, id)
	if err != nil && !errors.Is(err, store.ErrNotFound) {
		return old, wrap("Promote", err)
	}
	again := err == nil
	if again {
		if old.declined() {
			return old, errDeclined
		}
		there, err := s.there(ctx, q.Host, old)
		if err != nil {
			return old, err
		}
		if there {
			return s.settle(ctx, q.Host, id)
		}
	}
	p, err := s.promotion(ctx, by, id, into, q)
	if err != nil {
		return p, err
	}
	if again { // its authors have deleted the draft
		_, err = s.promotions.Update(ctx, q.Host, id, func(now *Promotion) error {
			if now.Draft != old.Draft || now.declined() {
				return store.ErrKeep
			}
			p.Meta = now.Meta
			*now = p
			return nil
		})
	} else if err = s.promotions.Insert(ctx, q.Host, p); errors.Is(err, store.ErrDuplicate) {
		err = nil // pressed twice at once
	}
	if err != nil {
		return p, wrap("Promote", err)
	}
	return s.settle(ctx, q.Host, id)
}

// there reports whether the draft of a promotion is there, or is still to be made.
func (s *Service) there(ctx context.Context, host string, p Promotion) (bool, error) {
	if !p.Made {
		return true, nil
	}
	if p.Into == IntoPractice {
		return s.c.Practices.Begun(ctx, host, p.Draft)
	}
	return s.c.Challenges.Begun(ctx, host, p.Draft)
}

func (p *Promotion) declined() bool {
	return slices.ContainsFunc(p.Credits, func(c practice.Credit) bool { return c.State == practice.CreditDeclined })
}

// promotion is one as it begins.
func (s *Service) promotion(ctx context.Context, by people.Actor, id, into string, q bootcamp.Quote) (Promotion, error) {
	now := s.now()
	page, err := s.promotions.Find(ctx, q.Host, store.Query{Index: "byMaker", Equal: []any{by.Person}, From: now.Add(-24 * time.Hour), Limit: most})
	if err != nil {
		return Promotion{}, wrap("promotion", err)
	}
	if len(page.Docs) >= most {
		return Promotion{}, fault.New(fault.TooMany, "promotion.much", "at most %d drafts a day", most).With("max", most)
	}
	p := Promotion{Meta: store.Meta{ID: id}, Into: into, Draft: s.c.NewID(), Kind: q.Kind, Path: q.Path, Language: languageOf(q.Language, by.Locale), Words: cut(q.Words, bootcamp.MaxQuote),
		By: practice.Author{Person: by.Person, Town: by.Organisation, Name: by.Name, Account: by.Account}, Maker: by.Person, Due: &now, At: now}
	if p.Title = q.Title; p.Title == "" {
		p.Title = titleOf(p.Words)
	}
	nobody := fault.New(fault.Conflict, "promotion.nobody", "who said this is not here any more and cannot agree")
	if len(q.Of) == 0 || len(q.Of) > practice.MaxCredits {
		return p, nobody
	}
	for _, o := range q.Of {
		known, err := s.c.People.Known(ctx, o.Person)
		if fault.KindOf(err) == fault.NotFound || err == nil && len(known.Organisations) == 0 {
			return p, nobody // erased, or nobody anywhere: she could not answer
		}
		if err != nil {
			return p, err
		}
		town, err := s.c.People.Organisation(ctx, o.Town)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return p, err
		}
		c := practice.Credit{ID: course.EventID("credit", p.Draft, o.Person), Person: o.Person, Town: o.Town, TownName: town.Name, Name: o.Name, Kind: q.Kind, At: q.At, State: practice.CreditAsked}
		if o.Person == by.Person { // she makes it of her own words
			c.State, c.Answered = practice.CreditAgreed, &now
		}
		p.Credits = append(p.Credits, c)
	}
	p.index()
	return p, nil
}

// index notes who is in a promotion.
func (p *Promotion) index() {
	p.Persons = []string{}
	add := func(person string) {
		if person != "" && !slices.Contains(p.Persons, person) {
			p.Persons = append(p.Persons, person)
		}
	}
	add(p.By.Person)
	for _, c := range p.Credits {
		add(c.Person)
	}
}

// Opens reports whether the actor may open the draft that was made.
func (s *Service) Opens(ctx context.Context, by people.Actor, p Promotion) (bool, error) {
	var err error
	if p.Into == IntoPractice {
		_, err = s.c.Practices.Draft(ctx, by, p.Draft)
	} else {
		_, err = s.c.Challenges.Challenge(ctx, by, p.Draft)
	}
	if k := fault.KindOf(err); k == fault.NotFound || k == fault.Forbidden {
		return false, nil
	}
	return err == nil, wrap("Opens", err)
}

// Asked returns what was made of the actor's words, with her part of it. fault promotion.not_found
func (s *Service) Asked(ctx context.Context, by people.Actor, host, id string) (Promotion, practice.Credit, error) {
	if err := by.Must(people.Roles()...); err != nil {
		return Promotion{}, practice.Credit{}, err
	}
	p, err := s.promotions.Get(ctx, host, id)
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrInvalid) {
		return p, practice.Credit{}, errNotFound
	}
	if err != nil {
		return p, practice.Credit{}, wrap("Asked", err)
	}
	i := p.of(by.Person)
	if i < 0 {
		return Promotion{}, practice.Credit{}, errNotFound
	}
	return p, p.Credits[i], nil
}

func (p *Promotion) of(person string) int {
	return slices.IndexFunc(p.Credits, func(c practice.Credit) bool { return c.Person == person && person != "" })
}

// Answer notes what the actor says to what was made of her words. She may change her mind until she declines; once it is
// published she may only take her name out. Faults: promotion.not_found, promotion.declined
func (s *Service) Answer(ctx context.Context, by people.Actor, host, id, answer string) (Promotion, practice.Credit, error) {
	if _, _, err := s.Asked(ctx, by, host, id); err != nil {
		return Promotion{}, practice.Credit{}, err
	}
	if !slices.Contains([]string{practice.CreditAgreed, practice.CreditNameless, practice.CreditDeclined}, answer) {
		return Promotion{}, practice.Credit{}, fault.New(fault.Invalid, "promotion.answer", "no such answer").At("body.answer", "promotion.answer")
	}
	_, err := s.promotions.Update(ctx, host, id, func(p *Promotion) error {
		i := p.of(by.Person)
		if i < 0 {
			return errNotFound
		}
		c := &p.Credits[i]
		if c.State == answer {
			return store.ErrKeep
		}
		if c.State == practice.CreditDeclined {
			return errDeclined
		}
		now := s.now()
		c.State, c.Answered = answer, &now
		p.due(now)
		return nil
	})
	if err != nil {
		return Promotion{}, practice.Credit{}, wrap("Answer", err)
	}
	if _, err := s.settle(ctx, host, id); err != nil {
		return Promotion{}, practice.Credit{}, err
	}
	return s.Asked(ctx, by, host, id)
}

// due notes that something is still to follow.
func (p *Promotion) due(now time.Time) {
	if p.Due == nil {
		p.Due = &now
	}
}
