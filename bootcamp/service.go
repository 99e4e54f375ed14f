package bootcamp

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/mail"
	"palestra/internal/store"
	"palestra/people"
)

// People asks the people room.
type People interface {
	Organisation(ctx context.Context, id string) (people.Organisation, error)
	MemberOf(ctx context.Context, org, id string) (people.Member, error)
	// ByAddress returns the person with an e-mail address, and her active organisations. fault people.person_not_found
	ByAddress(ctx context.Context, address string) (people.Known, error)
	// Known returns a person and her active organisations.
	Known(ctx context.Context, person string) (people.Known, error)
	// InvitedBy lists the organisations that keep an invitation to an e-mail address.
	InvitedBy(ctx context.Context, email string) ([]string, error)
	// Welcome invites somebody into an organisation as a learner, for a room that has decided who may.
	Welcome(ctx context.Context, by people.Actor, org, name, email, locale string) error
	Note(ctx context.Context, org string, by people.Actor, action, target, detail string) error
}

// Recorder writes what the platform has seen into the record store of a town. Telling an event twice stores it once.
type Recorder interface {
	Record(ctx context.Context, org string, e course.Event) error
}

// Mailer is the post. A letter with an id that was used already is not sent again.
type Mailer interface {
	SendWith(ctx context.Context, id, to, locale, letter string, params map[string]any, with []mail.Part) error
}

// Lessons knows the lessons that agendas can lead to.
type Lessons interface {
	// OfferTo returns a course of the catalogue, and those of the organisations that may not begin it. fault course.not_found
	OfferTo(ctx context.Context, id string, orgs []string) (course.Entry, []string, error)
}

// Config is what the room needs.
type Config struct {
	DB        *store.DB
	People    People
	Records   Recorder
	Mail      Mailer
	Lessons   Lessons // nil: there are none
	Now       func() time.Time
	NewID     func() string                           // sortable
	NewSecret func() string                           // of links and calendars
	When      func(locale string, t time.Time) string // a moment in words, in the zone of t
	PublicURL string
	From      string // address from which letters come
	Log       *slog.Logger
}

// Service decides and does everything in this room.
type Service struct {
	c         Config
	bootcamps *store.Shared[Bootcamp]
	cohorts   *store.Town[Cohort]    // of the host
	members   *store.Shared[Member]  // of the host, visible to the member's town
	sessions  *store.Town[Session]   // of the host
	links     *store.Global[joining] // by the digest of their secret
	calendars *store.Global[Calendar]
	templates *store.Town[Template] // of the town that keeps them
	watcher   Watcher               // nil for nobody
}

// New returns the service, or an error if its collections cannot be declared.
func New(c Config) (*Service, error) {
	s := &Service{c: c}
	var errs [7]error
	s.bootcamps, errs[0] = store.NewShared[Bootcamp](c.DB, "bootcamps", 1, store.On("byDay", store.Str("first")), store.On("byState", store.Str("state"), store.Str("first")))
	s.cohorts, errs[1] = store.NewTown[Cohort](c.DB, "cohorts", 1, store.On("byBootcamp", store.Str("bootcamp"), store.Str("sort")),
		store.On("byDue", store.Time("due")).AsSparse().AsAcross(), store.On("byEnds", store.Time("ends")).AsSparse().AsAcross())
	s.members, errs[2] = store.NewShared[Member](c.DB, "cohortMembers", 1,
		store.On("byCohort", store.Str("cohort"), store.Str("state"), store.Str("sort")),
		store.On("byPerson", store.Str("person"), store.Str("bootcamp")))
	s.sessions, errs[3] = store.NewTown[Session](c.DB, "cohortSessions", 1, store.On("byCohort", store.Str("cohort"), store.Time("starts")),
		store.On("byDue", store.Time("due")).AsSparse().AsAcross())
	s.links, errs[4] = store.NewGlobal[joining](c.DB, "cohortLinks", 1)
	s.calendars, errs[5] = store.NewGlobal[Calendar](c.DB, "calendars", 1, store.On("byPerson", store.Str("person")))
	s.templates, errs[6] = store.NewTown[Template](c.DB, "runSheets", 1, store.On("byName", store.Str("sort")))
	return s, errors.Join(errs[:]...)
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

// wrap says where an accident happened; faults pass as they are.
func wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("bootcamp.%s: %w", where, err)
}

// orGone turns a missing document into the fault that says so.
func orGone(err error, code, what, id string) error {
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrNotOwner) {
		return fault.New(fault.NotFound, code, "no %s %s", what, id)
	}
	return err
}

var errStale = fault.New(fault.Stale, "bootcamp.changed_elsewhere", "somebody else has changed this since you opened it")

// fresh refuses a change to another revision than the one that was read; 0 is any.
func fresh(want, is int64) error {
	if want != 0 && want != is {
		return errStale
	}
	return nil
}
