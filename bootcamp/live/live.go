// Package live is the room in which a cohort meets: who is here, what is said, whose turn it is, which item of the agenda
// runs until when, polls, breakouts, links and decisions.
//
// Everything that happens is an event in the session's stream, which belongs to the host: numbered without gaps, and
// stored before anybody hears of it. A state is folded from the events, the same in every process. Who listens gets both;
// who lost the connection goes on behind the last number that she has. What people send carries an id of theirs, so that
// sending it again stores it once.
//
// Several processes may serve one room: a bell between them says how far a stream has grown, each reads it once for all
// who listen there, and a slow look at the stream's head heals bells that were lost.
package live

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"palestra/bootcamp"
	"palestra/bootcamp/attachment"
	"palestra/course"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// Access says what people are in a session's room.
type Access interface {
	Room(ctx context.Context, by people.Actor, bootcamp, session string) (bootcamp.Room, error)
	// Circle returns what the actor is in a cohort. Faults: bootcamp.not_found, bootcamp.not_inside.
	Circle(ctx context.Context, by people.Actor, bootcamp, cohort string) (bootcamp.Circle, error)
	// Planned returns a session to the platform itself. fault bootcamp.not_found
	Planned(ctx context.Context, host, session string) (bootcamp.Session, error)
	// EachMember calls f for each person who has a place in a cohort.
	EachMember(ctx context.Context, host, cohort string, f func(bootcamp.Member) error) error
}

// Recorder writes what the platform has seen into the record store of a town. Telling an event twice stores it once.
type Recorder interface {
	Record(ctx context.Context, org string, e course.Event) error
}

// People asks the people room.
type People interface {
	// Still returns the actor as she is now, and false if her sign-in has ended or she speaks for nobody or somebody else.
	Still(ctx context.Context, by people.Actor) (people.Actor, bool, error)
	Organisation(ctx context.Context, id string) (people.Organisation, error)
	MemberOf(ctx context.Context, org, id string) (people.Member, error)
}

// Counter takes over who was at a session that is over, and what was corrected since. It may be told the same again.
type Counter interface {
	Attended(ctx context.Context, host string, e bootcamp.Session, minutes int, rows []Row) error
}

// Bus carries short words between the processes of an installation. Some may be lost.
type Bus interface {
	Publish(ctx context.Context, channel string, data []byte) error
	// Subscribe calls f for each word until the context ends.
	Subscribe(ctx context.Context, channel string, f func([]byte))
}

// Config is what the room needs.
type Config struct {
	DB        *store.DB
	Access    Access
	People    People
	Records   Recorder
	Bus       Bus
	Objects   attachment.Objects
	Now       func() time.Time
	NewID     func() string // sortable
	NewName   func() string // random
	NewSecret func() string
	Log       *slog.Logger
	Meetings  Meetings // sound and picture; nil for none but sessions' own links
	Counter   Counter  // of figures; nil for nobody
	Limit     Limit    // of what one person sends; zero for the usual one
}

// Limit is how much one person may send: Burst at once, and Rate a second from then on.
type Limit struct {
	Rate  float64
	Burst int
}

// Service decides and does everything in this room.
type Service struct {
	c       Config
	rules   map[string]rule
	process string
	events  *store.Thinned[Event]
	folds   *store.Town[Fold]
	boxes   *store.Town[Box]
	packs   *store.Town[pack]
	files   *attachment.Shelf

	sheets      *store.Town[Sheet]
	attendances *store.Shared[Attendance] // of the host, visible to the member's town
	guests      *store.Shared[Guest]

	mu     sync.Mutex
	hubs   map[string]*hub // by host and stream; guarded by mu
	closed bool            // guarded by mu
	work   sync.WaitGroup
	end    context.CancelFunc
	ctx    context.Context //nolint:containedctx // ends with Close; what runs behind requests lives in it
}

// Event is something that happened in a room.
type Event struct {
	store.Entry `bson:",inline"` // its id is made by who sent it, so that it is stored once
	Who         string           `bson:"who"`            // participant; "" for the platform
	Talk        string           `bson:"talk,omitempty"` // set if it belongs to the history of the chat or of the notes
	Act         `bson:",inline"`
}

// Fold is the state of a room after its first events, so that nobody reads all of them again.
type Fold struct {
	store.Meta `bson:",inline"` // id: that of the stream
	At         int64            `bson:"at"` // number of the last event in it
	State      State            `bson:"state"`
}

// New returns the service; ctx ends what it does beside requests.
func New(ctx context.Context, c Config) (*Service, error) {
	if c.Limit.Rate == 0 {
		c.Limit = Limit{Rate: 3, Burst: 15}
	}
	s := &Service{c: c, rules: rules(), process: c.NewName(), hubs: map[string]*hub{}}
	var errs [8]error
	s.events, errs[0] = store.NewThinned[Event](c.DB, "liveEvents", 1, store.On("byTalk", store.Str("stream"), store.Str("talk"), store.Int("number")).AsSparse())
	s.folds, errs[1] = store.NewTown[Fold](c.DB, "liveFolds", 1)
	s.boxes, errs[2] = store.NewTown[Box](c.DB, "livePolls", 1, store.On("byStream", store.Str("stream")))
	s.guests, errs[3] = store.NewShared[Guest](c.DB, "liveGuests", 1, store.On("byStream", store.Str("stream"), store.Str("sort")),
		store.On("byPerson", store.Str("person"), store.Str("stream")), store.On("byWho", store.Str("stream"), store.Str("who")))
	s.packs, errs[4] = store.NewTown[pack](c.DB, "liveNotes", 1, store.On("byEnd", store.Str("stream"), store.Int("to")))
	s.sheets, errs[5] = store.NewTown[Sheet](c.DB, "attendanceSheets", 1, store.On("byDue", store.Time("due")).AsSparse().AsAcross())
	s.attendances, errs[6] = store.NewShared[Attendance](c.DB, "attendances", 1, store.On("bySession", store.Str("session"), store.Str("sort")),
		store.On("byPerson", store.Str("person"), store.Str("session")))
	s.files, errs[7] = attachment.New(attachment.Config{DB: c.DB, Collection: "liveFiles", Prefix: "room", Objects: c.Objects, Now: c.Now, NewID: c.NewID})
	if err := errors.Join(errs[:]...); err != nil {
		return nil, err
	}
	s.ctx, s.end = context.WithCancel(context.WithoutCancel(ctx))
	s.work.Go(func() { c.Bus.Subscribe(s.ctx, channel, s.hear) })
	return s, nil
}

// Close ends all listening and waits until nothing runs any more.
func (s *Service) Close() error {
	s.mu.Lock()
	s.closed = true
	hubs := make([]*hub, 0, len(s.hubs))
	for _, h := range s.hubs {
		hubs = append(hubs, h)
	}
	s.mu.Unlock()
	for _, h := range hubs {
		h.cutAll(ErrRestart)
	}
	s.end()
	s.work.Wait()
	return nil
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

func wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("live.%s: %w", where, err)
}

func orGone(err error, code, what, id string) error {
	if errors.Is(err, store.ErrNotFound) || errors.Is(err, store.ErrNotOwner) {
		return fault.New(fault.NotFound, code, "no %s %s", what, id)
	}
	return err
}

// Door names the room to which somebody comes.
type Door struct {
	Bootcamp, Session string
	Rehearsal         bool
}

// rehearsal is what the name of a rehearsal's stream begins with.
const rehearsal = "rehearsal."

func (d Door) stream() string {
	if d.Rehearsal {
		return rehearsal + d.Session
	}
	return d.Session
}

// enter returns what the actor is in a room. Only who leads rehearses.
func (s *Service) enter(ctx context.Context, by people.Actor, d Door) (bootcamp.Room, error) {
	r, err := s.c.Access.Room(ctx, by, d.Bootcamp, d.Session)
	if err == nil && d.Rehearsal && !r.Leads {
		err = fault.New(fault.Forbidden, "people.forbidden", "your role does not allow this")
	}
	return r, err
}

// May refuses whom a room does not let in.
func (s *Service) May(ctx context.Context, by people.Actor, d Door) error {
	_, err := s.enter(ctx, by, d)
	return err
}

// Now is the clock that rooms go by.
func (s *Service) Now() time.Time { return s.c.Now() }

// hub returns the room, and begins to follow its stream if nobody does.
func (s *Service) hub(ctx context.Context, host, stream string) (*hub, error) {
	key := strings.Join([]string{host, stream}, "/")
	s.mu.Lock()
	if s.closed {
		s.mu.Unlock()
		return nil, fault.New(fault.Unavailable, "live.restarting", "this server is being restarted; try again")
	}
	h := s.hubs[key]
	if h == nil {
		h = newHub(s, key, host, stream)
		s.hubs[key] = h
	}
	h.users++
	s.work.Add(1)
	s.mu.Unlock()
	if err := h.open(ctx); err != nil {
		s.leave(h)
		return nil, err
	}
	return h, nil
}

// leave says that one user less needs a hub. Without users it ends after a while.
func (s *Service) leave(h *hub) {
	s.mu.Lock()
	defer s.mu.Unlock()
	h.users--
	h.idle = s.now()
	s.work.Done()
}

// drop ends a hub that nobody has used for a while.
func (s *Service) drop(h *hub, now time.Time) bool {
	s.mu.Lock()
	defer s.mu.Unlock()
	if h.users > 0 || now.Sub(h.idle) < hubIdle {
		return false
	}
	delete(s.hubs, h.key)
	return true
}
