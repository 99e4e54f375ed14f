package discussion

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"palestra/bootcamp"
	"palestra/bootcamp/attachment"
	"palestra/bootcamp/practice"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Cohorts says what people are in a cohort.
type Cohorts interface {
	// Circle returns what the actor is in a cohort. Faults: bootcamp.not_found, bootcamp.not_inside.
	Circle(ctx context.Context, by people.Actor, bootcamp, cohort string) (bootcamp.Circle, error)
	// Insider returns the town for which somebody is in a cohort now, "" for nobody.
	Insider(ctx context.Context, host, cohort, person string) (town string, err error)
	// Insiders lists who has joined a cohort, by name.
	Insiders(ctx context.Context, host, cohort, cursor string, limit int) (store.Page[bootcamp.Member], error)
	// Called returns what a bootcamp and a cohort are called. fault bootcamp.not_found
	Called(ctx context.Context, host, bootcamp, cohort string) (course.Text, string, error)
	// Planned returns a session. fault bootcamp.not_found
	Planned(ctx context.Context, host, session string) (bootcamp.Session, error)
}

// Practices knows the cards that are talked about.
type Practices interface {
	// Card returns a published or withdrawn practice. fault practice.not_found
	Card(ctx context.Context, id string) (practice.Card, error)
}

// Courses knows which lessons there are.
type Courses interface {
	// Offer returns what the catalogue shows the actor of a course. fault course.not_found
	Offer(ctx context.Context, by people.Actor, id string) (course.Entry, error)
}

// People asks the people room.
type People interface {
	Organisation(ctx context.Context, id string) (people.Organisation, error)
	// Known returns a person and her active organisations. fault people.person_not_found
	Known(ctx context.Context, person string) (people.Known, error)
	Note(ctx context.Context, org string, by people.Actor, action, target, detail string) error
}

// Mailer is the post. A letter with an id that was used already is not sent again.
type Mailer interface {
	SendOnce(ctx context.Context, id, to, locale, letter string, params map[string]any) error
}

// Config is what the room needs.
type Config struct {
	DB        *store.DB
	Cohorts   Cohorts
	Practices Practices
	Courses   Courses
	People    People
	Mail      Mailer
	Objects   attachment.Objects
	Now       func() time.Time
	NewID     func() string           // sortable
	NewName   func() string           // random
	Secret    func(who string) string // by which letters are ended; the same each time
	Say       func(locale, key string, params map[string]any) string
	Ring      func(ctx context.Context, org, post string) // tells a worker that something follows from a post; nil: it is done at once
	PublicURL string
	Log       *slog.Logger
}

// Service decides and does everything in discussions.
type Service struct {
	c        Config
	threads  *store.Town[Thread] // all of the host
	posts    *store.Town[Post]
	versions *store.Town[Version]
	voices   *store.Town[Voice]
	marks    *store.Town[Mark]
	reports  *store.Town[Report]
	settings *store.Town[Setting]
	files    *attachment.Shelf
}

// New returns the service, or an error if its collections cannot be declared.
func New(c Config) (*Service, error) {
	s := &Service{c: c}
	due := store.On("byDue", store.Time("due")).AsSparse().AsAcross()
	var errs [8]error
	s.threads, errs[0] = store.NewTown[Thread](c.DB, "talkThreads", 1, store.On("byRoom", store.Str("room"), store.Time("last")),
		store.On("byAbout", store.Str("room"), store.Str("about"), store.Time("last")), store.On("byOpen", store.Str("room"), store.Bool("open"), store.Time("last")))
	s.posts, errs[1] = store.NewTown[Post](c.DB, "talkPosts", 1, store.On("byNumber", store.Str("thread"), store.Int("number")).AsUnique(),
		store.On("byTerm", store.Str("terms").Each(), store.Time("at")), store.On("byWho", store.Str("who"), store.Time("at")), due)
	s.versions, errs[2] = store.NewTown[Version](c.DB, "talkVersions", 1, store.On("byPost", store.Str("post"), store.Int("number")))
	s.voices, errs[3] = store.NewTown[Voice](c.DB, "talkVoices", 1, store.On("byWho", store.Str("who")), store.On("byAll", store.Str("room"), store.Bool("all")),
		store.On("ofPerson", store.Str("person")).AsAcross(), store.On("ofStop", store.Str("stop")).AsAcross(), due)
	s.marks, errs[4] = store.NewTown[Mark](c.DB, "talkMarks", 1, store.On("byFollows", store.Str("thread"), store.Bool("follows")),
		store.On("byWho", store.Str("who"), store.Bool("follows")), store.On("byNews", store.Str("who"), store.Time("news")).AsSparse())
	s.reports, errs[5] = store.NewTown[Report](c.DB, "talkReports", 1, store.On("byState", store.Str("room"), store.Str("state"), store.Time("at")),
		store.On("byPost", store.Str("post"), store.Str("state")), store.On("byWho", store.Str("who"), store.Time("at")))
	s.settings, errs[6] = store.NewTown[Setting](c.DB, "talkSettings", 1)
	s.files, errs[7] = attachment.New(attachment.Config{DB: c.DB, Collection: "talkFiles", Prefix: "talk", Objects: c.Objects, Now: c.Now, NewID: c.NewID})
	return s, errors.Join(errs[:]...)
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

// wrap says where an accident happened; faults pass as they are.
func wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("discussion.%s: %w", where, err)
}

// orGone turns a missing document into the fault that says so.
func orGone(err error, what, id string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound, "discussion.not_found", "no %s %s", what, id)
	}
	return err
}

func gone(err error) error {
	if errors.Is(err, store.ErrNotFound) {
		return nil
	}
	return err
}

var errForbidden = fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")
