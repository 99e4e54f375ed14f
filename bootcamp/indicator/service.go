package indicator

import (
	"context"
	"errors"
	"fmt"
	"time"

	"palestra/bootcamp"
	"palestra/bootcamp/practice"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Camps asks the room of bootcamps.
type Camps interface {
	Bootcamp(ctx context.Context, by people.Actor, id string) (bootcamp.Bootcamp, error)
	Hosts(by people.Actor, b bootcamp.Bootcamp) bool
	Cohorts(ctx context.Context, by people.Actor, bootcamp string) ([]bootcamp.Cohort, error)
	// Facilitates refuses who does not lead a cohort.
	Facilitates(ctx context.Context, by people.Actor, bootcamp, cohort string) error
	// Place returns what somebody is or was in a cohort; false for nothing.
	Place(ctx context.Context, host, cohort, person string) (bootcamp.Member, bool, error)
	// Named returns a bootcamp to the platform itself.
	Named(ctx context.Context, host, id string) (bootcamp.Bootcamp, error)
}

// People asks the people room.
type People interface {
	Organisation(ctx context.Context, id string) (people.Organisation, error)
	MemberOf(ctx context.Context, org, id string) (people.Member, error)
}

// Courses knows which lessons there are to recommend.
type Courses interface {
	Offer(ctx context.Context, by people.Actor, id string) (course.Entry, error)
}

// Practices knows which cards are published. fault practice.not_found
type Practices interface {
	Card(ctx context.Context, id string) (practice.Card, error)
}

// Config is what the package needs.
type Config struct {
	DB        *store.DB
	Camps     Camps
	People    People
	Courses   Courses
	Practices func() Practices // built later
	Now       func() time.Time
	NewID     func() string // sortable
	NewName   func() string // random
}

// Service keeps figures and answers with them.
type Service struct {
	c       Config
	facts   *store.Stream[Fact]
	records *store.Town[Record]
	sources *store.Town[source]
	persons *store.Town[person]
	tallies *store.Town[Tally]
	places  *store.Town[place]
	links   *store.Town[link]
	visits  *store.Town[VisitEntry]
	outputs *store.Town[OutputEntry]
	// From practices to the outputs that named them.
	pointers *store.Global[pointer]
}

// New returns the service, or an error if its collections cannot be declared.
func New(c Config) (*Service, error) {
	s := &Service{c: c}
	due := store.On("byDue", store.Time("due")).AsSparse().AsAcross()
	ofPerson := store.On("ofPerson", store.Str("person")).AsAcross()
	var errs [10]error
	s.facts, errs[0] = store.NewStream[Fact](c.DB, "indicatorFacts", 1)
	s.records, errs[1] = store.NewTown[Record](c.DB, "indicatorRecords", 1, store.On("byCell", store.Str("cells").Each(), store.Int("number")),
		store.On("byWho", store.Str("who"), store.Int("number")))
	s.sources, errs[2] = store.NewTown[source](c.DB, "indicatorSources", 1)
	s.persons, errs[3] = store.NewTown[person](c.DB, "indicatorPersons", 1)
	s.tallies, errs[4] = store.NewTown[Tally](c.DB, "indicatorTallies", 1, store.On("byDay", store.Str("scope"), store.Str("day")))
	s.places, errs[5] = store.NewTown[place](c.DB, "indicatorPlaces", 1)
	s.links, errs[6] = store.NewTown[link](c.DB, "indicatorLinks", 1, store.On("byWho", store.Str("who")), ofPerson)
	s.visits, errs[7] = store.NewTown[VisitEntry](c.DB, "helpdeskVisits", 1, store.On("byDay", store.Str("bootcamp"), store.Str("on")), ofPerson, due)
	s.outputs, errs[8] = store.NewTown[OutputEntry](c.DB, "bootcampOutputs", 1, store.On("byDay", store.Str("bootcamp"), store.Str("on")), due)
	s.pointers, errs[9] = store.NewGlobal[pointer](c.DB, "practicePointers", 1, store.On("byPractice", store.Str("practice")))
	return s, errors.Join(errs[:]...)
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

// wrap says where an accident happened; faults pass as they are.
func wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("indicator.%s: %w", where, err)
}

var errForbidden = fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")

func invalid(path, code, format string, args ...any) *fault.Fault {
	return fault.New(fault.Invalid, code, format, args...).At("body."+path, code)
}

// zone returns that of an organisation.
func (s *Service) zone(ctx context.Context, org string) (*time.Location, error) {
	o, err := s.c.People.Organisation(ctx, org)
	if fault.KindOf(err) == fault.NotFound {
		return time.UTC, nil
	}
	if err != nil {
		return nil, err
	}
	return o.Location()
}
