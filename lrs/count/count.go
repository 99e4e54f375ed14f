// Package count keeps figures of what a record store holds, as statements arrive: how many in all, of each verb, about each
// activity, by each actor, of each course, and of each of these on each day. Nobody scans statements to answer a question.
//
// It is a projection of the stream. What has arrived is added up in memory and written in segments, each counter once for
// all statements of a segment, so that storing costs a few additions. The position document says first which segment
// is being written, and every counter says up to which number it counts: whoever dies in between is followed by somebody
// who writes the same segment again and leaves out what is written. Statements that are voided do not count; those that
// were removed by age stay counted, until somebody has all counted anew.
package count

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"errors"
	"fmt"
	"log/slog"
	"strings"
	"sync"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/lrs"
)

// Kind is what is counted.
type Kind string

// The kinds. Verbs and activities are also counted within each course.
const (
	All      Kind = "all"
	Verb     Kind = "verb"
	Activity Kind = "activity"
	Actor    Kind = "actor"
	Course   Kind = "course" // activity ids of courses on this platform; what lies under one counts for it
)

// within returns the kind of figures within a course.
func within(k Kind, course string) Kind { return k + "@" + Kind(course) }

// Config is what the package needs. All but Several are required.
type Config struct {
	DB        *store.DB
	Records   *lrs.Service
	Now       func() time.Time
	NewID     func() string
	Log       *slog.Logger
	PublicURL string                                                        // without a slash at the end
	Zone      func(ctx context.Context, org string) (*time.Location, error) // days are those of the town
	// Several says that other processes write to the same store: then nothing is added up in memory.
	Several bool
}

// counter is one figure. Its id follows from generation, kind and key.
type counter struct {
	store.Meta `bson:",inline"`
	Gen        int64  `bson:"gen"`
	Kind       string `bson:"kind"`
	Key        string `bson:"key"`
	Total      int64  `bson:"total"`
	UpTo       int64  `bson:"upTo"` // number of the last statement that may be counted
	Days       days   `bson:"days"`
}

// position is how far counting has come. There is one in each organisation.
type position struct {
	store.Meta `bson:",inline"`
	Now        progress  `bson:"now"`
	Next       *progress `bson:"next,omitempty"` // a recount under way
	Trash      int64     `bson:"trash"`          // a generation that is to be removed; 0: none
	Holder     string    `bson:"holder"`
	Lease      time.Time `bson:"lease"`
	Since      time.Time `bson:"since"` // when counting began anew last
}

// progress is that of one generation.
type progress struct {
	Gen    int64 `bson:"gen"`
	UpTo   int64 `bson:"upTo"`   // all statements up to it are counted
	Target int64 `bson:"target"` // the segment behind UpTo that is being written ends here
}

// void notes which statement was the first to void another one. Its id is generation and target.
type void struct {
	store.Meta `bson:",inline"`
	Gen        int64  `bson:"gen"`
	Target     string `bson:"target"`
	By         int64  `bson:"by"`      // number of the first statement that voids it
	Pending    bool   `bson:"pending"` // it was not there yet
}

const (
	positionID = "counters"
	lease      = 2 * time.Minute
	maxTurn    = time.Minute
)

// Service keeps figures. It is safe for use by many goroutines.
type Service struct {
	c         Config
	counters  *store.Town[counter]
	positions *store.Town[position]
	voids     *store.Town[void]

	mu      sync.Mutex
	windows map[string]*window // by organisation; guarded by mu
}

// New returns the service.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Records == nil || c.Now == nil || c.NewID == nil || c.Log == nil || c.PublicURL == "" || c.Zone == nil {
		return nil, errors.New("count.New: DB, Records, Now, NewID, Log, PublicURL and Zone are needed")
	}
	s := &Service{c: c, windows: map[string]*window{}}
	var errs [3]error
	s.counters, errs[0] = store.NewTown[counter](c.DB, "lrs-counters", 1, store.On("byTotal", store.Int("gen"), store.Str("kind"), store.Int("total")))
	s.positions, errs[1] = store.NewTown[position](c.DB, "lrs-count-positions", 1)
	s.voids, errs[2] = store.NewTown[void](c.DB, "lrs-count-voids", 1, store.On("byPending", store.Int("gen"), store.Bool("pending")))
	return s, errors.Join(errs[:]...)
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

func wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("count.%s: %w", where, err)
}

// name is a counter without its generation.
type name struct {
	kind Kind
	key  string
}

func (n name) id(gen int64) string {
	sum := sha256.Sum256(fmt.Appendf(nil, "%d %s\x00%s", gen, n.kind, n.key))
	return base64.RawURLEncoding.EncodeToString(sum[:18])
}

// names returns what a statement counts for.
func (s *Service) names(st lrs.Stored) []name {
	list := append(make([]name, 0, 7), name{All, ""}, name{Verb, st.Verb})
	if st.Actor != "" {
		list = append(list, name{Actor, st.Actor})
	}
	if st.Activity != "" {
		list = append(list, name{Activity, st.Activity})
		if c := s.course(st.Activity); c != "" {
			list = append(list, name{Course, c}, name{within(Verb, c), st.Verb}, name{within(Activity, c), st.Activity})
		}
	}
	return list
}

// course returns the course of this platform that an activity is or lies under.
func (s *Service) course(activity string) string {
	base := s.c.PublicURL + "/xapi/courses/"
	rest, ok := strings.CutPrefix(activity, base)
	if !ok || rest == "" {
		return ""
	}
	id, _, _ := strings.Cut(rest, "/")
	if len(id) > 100 {
		return ""
	}
	return base + id
}

// sum is what a segment adds to one counter.
type sum struct {
	total int64
	days  map[int]int64
}

// sums are what a segment adds up to.
type sums map[name]*sum

func (m sums) add(names []name, day int, n int64) {
	for _, k := range names {
		x := m[k]
		if x == nil {
			x = &sum{days: map[int]int64{}}
			m[k] = x
		}
		x.total += n
		x.days[day] += n
	}
}
