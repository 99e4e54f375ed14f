package course

import (
	"context"
	"crypto/ed25519"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Video is what this room knows of a video.
type Video struct {
	ID       string
	Title    string
	Playable bool          // at least the lowest rendition is there
	Length   time.Duration // 0 while unknown
	Access   Access        // for those who do not see or hear it
}

// Videos asks the video room. Faults pass through; a video of another organisation does not exist.
type Videos interface {
	Video(ctx context.Context, org, id string) (Video, error)
	// Grant gives addresses for the player that end after a while and are good for one sign-in (people.Actor.Session).
	Grant(ctx context.Context, org, video, session string) (Stream, error)
	// Files gives addresses of what of a video somebody can keep; they end after a while and are good for one sign-in.
	Files(ctx context.Context, org, video, session string) ([]File, error)
	// Transcript returns what is said in a video, in a language or else in the one that is spoken, and in which it is.
	Transcript(ctx context.Context, org, video, lang string) (lines []Spoken, in string, err error)
}

// Stream is where a player finds what it plays.
type Stream struct {
	Manifest string
	Poster   string
	Captions []Track
	Expires  time.Time
}

// Track is one file of captions, descriptions or chapters.
type Track struct {
	Kind     string // as caption.Kinds
	Language string
	Label    string
	URL      string // WebVTT
	// Unchecked: a machine has written it and nobody has read it yet.
	Unchecked bool
}

// People asks the people room.
type People interface {
	MemberOf(ctx context.Context, org, id string) (people.Member, error)
	Members(ctx context.Context, by people.Actor, role people.Role, prefix string, active bool, cursor string, limit int) (store.Page[people.Member], error)
	MembersIn(ctx context.Context, org, unit, cursor string, limit int) (store.Page[people.Member], error)
	Organisation(ctx context.Context, id string) (people.Organisation, error)
	EachOrganisation(ctx context.Context, f func(people.Organisation) error) error
	// UnitNames returns the names of an organisation's units by id.
	UnitNames(ctx context.Context, org string) (map[string]string, error)
	// Locale returns the interface language of a person.
	Locale(ctx context.Context, org, person string) (string, error)
	Note(ctx context.Context, org string, by people.Actor, action, target, detail string) error
}

// Recorder writes what the platform itself decides or does into the record store, under the platform's authority, and
// gives the learner's browser its short-lived credential.
type Recorder interface {
	// Record stores a statement whose id makes repeating it harmless.
	Record(ctx context.Context, org string, s Event) error
	// After returns what the record store holds after a number, in order, and the last number it looked at.
	After(ctx context.Context, org string, number int64, limit int) ([]Observed, int64, error)
	// Has reports whether the record store holds a statement.
	Has(ctx context.Context, org, statement string) (bool, error)
	// Credential returns the Authorization header with which a browser may write about one enrolment.
	Credential(org, account, enrolment, course string) (authorization string, expires time.Time, err error)
}

// Event is something that happened, as the record store is told: who did what to what.
type Event struct {
	ID        string // UUID; the same event has the same id
	Account   string // actor; "" for the platform
	Verb      string // IRI
	Activity  Activity
	Enrolment string // registration; "" for none
	At        time.Time
	Score     *float64 // 0 to 1
	Success   *bool
	Response  string // to a question
	Complete  *bool
	Duration  time.Duration
	Extra     map[string]any // context extensions
}

// Activity is what an event is about.
type Activity struct {
	Path string // below the public address, as /xapi/courses/<id>
	Type string // IRI
	Name Text
	// Interaction says how a question is answered (xAPI 1.0.3 Data §2.4.4.1: choice, fill-in); "" for what is none.
	Interaction string
}

// Mailer is the post.
type Mailer interface {
	Send(ctx context.Context, to, locale, letter string, params map[string]any) error
	// SendOnce sends nothing if a letter with this id was sent already.
	SendOnce(ctx context.Context, id, to, locale, letter string, params map[string]any) error
}

// Config is what the room needs.
type Config struct {
	DB        *store.DB
	People    People
	Videos    Videos
	Records   Recorder
	Mail      Mailer
	Now       func() time.Time
	NewID     func() string // sortable
	NewName   func() string // random: ids that must not tell an order, and certificate addresses
	Sign      func(message []byte) (key string, signature []byte)
	Keys      func() map[string]ed25519.PublicKey // that verify the ledger
	PublicURL string
	Temp      string // folder for files in work; "" for the system's
	Log       *slog.Logger
}

// Service decides and does everything in this room.
type Service struct {
	c        Config
	courses  *store.Town[Course]
	lessons  *store.Town[Lesson]
	versions *store.Town[Version]
	entries  *store.Global[Entry]
	faults   *store.Town[Report]
	access   *store.Town[accessFigures]
	learning
	curriculum
	shelf shelf
}

// New returns the service, or an error if its collections cannot be declared.
func New(c Config) (*Service, error) {
	s := &Service{c: c}
	var errs [8]error
	s.courses, errs[0] = store.NewTown[Course](c.DB, "courses", 1, store.On("byUpdated", store.Time("updated")), byPending())
	s.lessons, errs[1] = store.NewTown[Lesson](c.DB, "lessons", 1, store.On("byCourse", store.Str("course")), store.On("byVideo", store.Str("video")), byPending())
	s.versions, errs[2] = store.NewTown[Version](c.DB, "versions", 1, store.On("byCourse", store.Str("course"), store.Int("number")),
		store.On("byVideo", store.Str("videos.video").Each()))
	s.entries, errs[3] = store.NewGlobal[Entry](c.DB, "catalogue", 1, store.On("bySeen", store.Str("seenBy").Each(), store.Str("sort")))
	s.faults, errs[4] = store.NewTown[Report](c.DB, "reports", 1, store.On("byCourse", store.Str("course"), store.Time("created")),
		store.On("byPerson", store.Str("person")), store.On("byCreated", store.Time("created")), byPending())
	errs[5] = s.learning.declare(c.DB)
	errs[6] = s.curriculum.declare(c.DB)
	s.access, errs[7] = store.NewTown[accessFigures](c.DB, "access-figures", 1)
	return s, errors.Join(errs[:]...)
}

// curriculum is the part of the service that knows programmes.
type curriculum struct {
	programmes        *store.Town[Programme]
	programmeVersions *store.Town[ProgrammeVersion]
	programmeEntries  *store.Global[ProgrammeEntry]
	pursuits          *store.Town[Pursuit]
}

func (c *curriculum) declare(db *store.DB) error {
	var errs [4]error
	c.programmes, errs[0] = store.NewTown[Programme](db, "programmes", 1,
		store.On("byUpdated", store.Time("updated")), byPending())
	c.programmeVersions, errs[1] = store.NewTown[ProgrammeVersion](db, "programmeVersions", 1)
	c.programmeEntries, errs[2] = store.NewGlobal[ProgrammeEntry](db, "programmeCatalogue", 1, store.On("bySeen", store.Str("seenBy").Each(), store.Str("sort")))
	c.pursuits, errs[3] = store.NewTown[Pursuit](db, "pursuits", 1,
		store.On("byPerson", store.Str("person"), store.Str("state"), store.Time("updated")),
		store.On("byProgramme", store.Str("programme"), store.Str("state"), store.Time("updated")),
		store.On("byPending", store.Bool("pending"), store.Time("updated")),
		store.On("byVersion", store.Str("programme"), store.Str("state"), store.Int("version")),
		store.On("byDue", store.Str("programme"), store.Str("state"), store.Time("due")).AsSparse())
	return errors.Join(errs[:]...)
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

// wrap says where an accident happened; faults pass as they are.
func (s *Service) wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("course.%s: %w", where, err)
}

var errStale = fault.New(fault.Stale, "course.changed_elsewhere", "somebody else has changed this since you opened it")

// fresh refuses a change to another revision than the one that was read; 0 is any.
func fresh(want, is int64) error {
	if want != 0 && want != is {
		return errStale
	}
	return nil
}
