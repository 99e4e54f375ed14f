package wiki

import (
	"context"
	"errors"
	"fmt"
	"strconv"
	"time"

	"palestra/bootcamp"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Cohorts says what people are in a cohort.
type Cohorts interface {
	// Circle returns what the actor is in a cohort. Faults: bootcamp.not_found, bootcamp.not_inside.
	Circle(ctx context.Context, by people.Actor, bootcamp, cohort string) (bootcamp.Circle, error)
}

// People asks the people room.
type People interface {
	Organisation(ctx context.Context, id string) (people.Organisation, error)
	Note(ctx context.Context, org string, by people.Actor, action, target, detail string) error
}

// Config is what the room needs.
type Config struct {
	DB      *store.DB
	Cohorts Cohorts
	People  People
	Now     func() time.Time
	NewID   func() string // sortable
	NewName func() string // random
}

// Service decides and does everything about pages.
type Service struct {
	c           Config
	pages       *store.Town[Page] // all of the host
	versions    *store.Town[Version]
	writers     *store.Town[Writer]
	territories *store.Global[Territory]
}

// New returns the service, or an error if its collections cannot be declared.
func New(c Config) (*Service, error) {
	s := &Service{c: c}
	var errs [4]error
	s.pages, errs[0] = store.NewTown[Page](c.DB, "wikiPages", 1, store.On("byTitle", store.Str("place"), store.Str("sort")).AsUnique(),
		store.On("byChange", store.Str("place"), store.Time("at")), store.On("byName", store.Str("names").Each()), store.On("byLink", store.Str("links").Each(), store.Str("sort")),
		store.On("byTerm", store.Str("terms").Each(), store.Time("at")), store.On("byDue", store.Time("due")).AsSparse().AsAcross())
	s.versions, errs[1] = store.NewTown[Version](c.DB, "wikiVersions", 1, store.On("byPage", store.Str("page"), store.Int("number")).AsUnique(),
		store.On("byWho", store.Str("who"), store.Time("at")))
	s.writers, errs[2] = store.NewTown[Writer](c.DB, "wikiWriters", 1, store.On("byPerson", store.Str("place"), store.Str("person")).AsUnique(),
		store.On("ofPerson", store.Str("person")).AsAcross())
	s.territories, errs[3] = store.NewGlobal[Territory](c.DB, "wikiTerritories", 1, store.On("byName", store.Str("sort")))
	return s, errors.Join(errs[:]...)
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

// wrap says where an accident happened; faults pass as they are.
func wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("wiki.%s: %w", where, err)
}

func notFound() error { return fault.New(fault.NotFound, "wiki.not_found", "there is no such page") }

func orNotFound(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return notFound()
	}
	return err
}

var errForbidden = fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")

func versionID(page string, number int) string { return page + "." + strconv.Itoa(number) }

// SettleDue stores the versions that a process which died has left.
func (s *Service) SettleDue(ctx context.Context, now time.Time) error {
	due, err := s.pages.Due(ctx, "byDue", now, 100)
	errs := []error{err}
	for _, r := range due {
		errs = append(errs, s.settle(ctx, r.Org, r.ID))
	}
	return wrap("SettleDue", errors.Join(errs...))
}

// settle stores the present version of a page and lists its territory. It may be called at any time and several times,
// and be killed anywhere.
func (s *Service) settle(ctx context.Context, org, id string) error {
	p, err := s.pages.Get(ctx, org, id)
	if errors.Is(err, store.ErrNotFound) || err == nil && p.Due == nil {
		return nil
	}
	if err != nil {
		return wrap("settle", err)
	}
	if err := s.keep(ctx, org, p); err != nil {
		return err
	}
	if place, err := ParsePlace(p.Place); err == nil && place.Town != "" {
		if err := s.list(ctx, place.Town, p.At); err != nil {
			return err
		}
	}
	_, err = s.pages.Update(ctx, org, id, func(now *Page) error {
		if now.Number != p.Number {
			return store.ErrKeep
		}
		now.Due = nil
		return nil
	})
	return wrap("settle", orNil(err))
}

// keep stores a page's present version, once.
func (s *Service) keep(ctx context.Context, org string, p Page) error {
	err := s.versions.Insert(ctx, org, p.version())
	if errors.Is(err, store.ErrDuplicate) {
		return nil
	}
	return wrap("keep", err)
}

func orNil(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

// list puts a town into the list of territories.
func (s *Service) list(ctx context.Context, town string, at time.Time) error {
	o, err := s.c.People.Organisation(ctx, town)
	if fault.KindOf(err) == fault.NotFound {
		return nil
	}
	if err != nil {
		return err
	}
	set := func(t *Territory) error {
		t.Name, t.Country, t.Sort = o.Name, o.Country, people.Fold(o.Name)
		if at.After(t.Updated) {
			t.Updated = at
		}
		return nil
	}
	_, err = s.territories.Update(ctx, town, set)
	if errors.Is(err, store.ErrNotFound) {
		t := Territory{Meta: store.Meta{ID: town}}
		_ = set(&t)
		if err = s.territories.Insert(ctx, t); errors.Is(err, store.ErrDuplicate) {
			err = nil
		}
	}
	return wrap("list", err)
}
