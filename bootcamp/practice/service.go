package practice

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"palestra/bootcamp/attachment"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// People asks the people room.
type People interface {
	Organisation(ctx context.Context, id string) (people.Organisation, error)
	MemberOf(ctx context.Context, org, id string) (people.Member, error)
	// Administrators lists at most limit of those who administrate an organisation; of a closed one nobody.
	Administrators(ctx context.Context, org string, limit int) ([]people.Member, error)
	// ByAddress returns the person with an e-mail address, and her active organisations. fault people.person_not_found
	ByAddress(ctx context.Context, address string) (people.Known, error)
	// Known returns a person and her active organisations.
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

// Courses knows which lessons there are to point to.
type Courses interface {
	// Offer returns what the catalogue shows the actor of a course. fault course.not_found
	Offer(ctx context.Context, by people.Actor, id string) (course.Entry, error)
}

// Counter takes over how far a town is with a practice of another, and which lessons led it there. It may be told the same
// again.
type Counter interface {
	Adopted(ctx context.Context, org string, a Adoption, title course.Text) error
}

// Config is what the room needs.
type Config struct {
	DB        *store.DB
	People    People
	Records   Recorder
	Mail      Mailer
	Courses   Courses
	Counter   Counter // of figures; nil for nobody
	Objects   attachment.Objects
	Now       func() time.Time
	NewID     func() string // sortable
	PublicURL string
	Log       *slog.Logger
}

// Service decides and does everything about practices.
type Service struct {
	c         Config
	practices *store.Town[Practice]
	versions  *store.Town[Version]
	reviews   *store.Town[Review]   // of the practice's town
	questions *store.Town[Question] // of the practice's town
	adoptions *store.Town[Adoption] // of the adopting town
	cards     *store.Global[Card]
	lineages  *store.Global[Lineage]
	files     *attachment.Shelf // of the practice's town; a practice is the room of its files
}

// New returns the service, or an error if its collections cannot be declared.
func New(c Config) (*Service, error) {
	s := &Service{c: c}
	due := store.On("byDue", store.Time("due")).AsSparse().AsAcross()
	var errs [8]error
	s.practices, errs[0] = store.NewTown[Practice](c.DB, "practices", 1, store.On("byTitle", store.Str("sort")), due)
	s.versions, errs[1] = store.NewTown[Version](c.DB, "practiceVersions", 1, store.On("byPractice", store.Str("practice"), store.Int("number")))
	s.reviews, errs[2] = store.NewTown[Review](c.DB, "practiceReviews", 1, store.On("byPractice", store.Str("practice"), store.Int("version"), store.Time("at")),
		store.On("ofPerson", store.Str("person")).AsAcross())
	s.questions, errs[3] = store.NewTown[Question](c.DB, "practiceQuestions", 1, store.On("byPractice", store.Str("practice"), store.Time("asked")),
		store.On("byAsker", store.Str("asker"), store.Time("asked")),
		store.On("ofPerson", store.Str("persons").Each()).AsAcross(), due)
	s.adoptions, errs[4] = store.NewTown[Adoption](c.DB, "adoptions", 1, store.On("byUpdated", store.Time("updated")),
		store.On("byPerson", store.Str("persons").Each()), due)
	s.cards, errs[5] = store.NewGlobal[Card](c.DB, "practiceCards", 1,
		store.On("byToken", store.Str("tokens").Each(), store.Time("released")),
		store.On("byUse", store.Str("tokens").Each(), store.Int("using"), store.Time("released")),
		store.On("byAuthor", store.Str("persons").Each(), store.Time("released")))
	s.lineages, errs[6] = store.NewGlobal[Lineage](c.DB, "practiceLineages", 1)
	s.files, errs[7] = attachment.New(attachment.Config{DB: c.DB, Collection: "practiceFiles", Prefix: "practice", Objects: c.Objects, Now: c.Now, NewID: c.NewID})
	return s, errors.Join(errs[:]...)
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

// wrap says where an accident happened; faults pass as they are.
func wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("practice.%s: %w", where, err)
}

func notFound(id string) error {
	return fault.New(fault.NotFound, "practice.not_found", "no practice %s", id)
}

// orGone turns a missing document into the fault that says so.
func orGone(err error, id string) error {
	if errors.Is(err, store.ErrNotFound) {
		return notFound(id)
	}
	return err
}

var errForbidden = fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")

// fresh refuses a change to another revision than the one that was read; 0 is any.
func fresh(want, is int64) error {
	if want != 0 && want != is {
		return fault.New(fault.Stale, "practice.changed_elsewhere", "somebody else has changed this since you opened it")
	}
	return nil
}

// author is the actor as one who writes.
func author(by people.Actor) Author {
	return Author{Person: by.Person, Town: by.Organisation, Name: by.Name, Account: by.Account}
}

// lesson returns the title of a lesson that the actor may see. fault practice.lesson
func (s *Service) lesson(ctx context.Context, by people.Actor, l LessonLink) (Text, error) {
	gone := fault.New(fault.Invalid, "practice.lesson", "there is no such lesson")
	offer, err := s.c.Courses.Offer(ctx, by, l.Course)
	if k := fault.KindOf(err); k == fault.NotFound || k == fault.Forbidden {
		return nil, gone
	}
	if err != nil {
		return nil, err
	}
	for _, m := range offer.Outline {
		for _, r := range m.Lessons {
			if r.ID == l.Lesson {
				return r.Title, nil
			}
		}
	}
	return nil, gone
}
