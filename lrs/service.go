// Package lrs is the learning record store: it keeps xAPI statements, one stream for each organisation, and finds them
// again.
//
// A statement is held against the grammar (package xapi), gets its time, its authority and its number, and never changes
// afterwards. Sending it again changes nothing; sending something else under its id is refused. A batch is stored whole
// or not at all. Whoever asks holds a Credential of one organisation; the authority of what is stored comes from it and
// never from what was sent. What the platform itself decides is stored by Record under an authority that nobody else can
// have.
//
// Searching walks one index of short hashes, and so costs what its page costs, however full the store is. The stream's
// numbers are given without gaps, and only retention makes some: whoever derives something from statements reads After the number where they stopped and misses
// nothing; a Sink only makes that quicker.
package lrs

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"
	"sync"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/lrs/xapi"
)

// Config is what the room needs. DB, Now, NewID, NewSecret, PublicURL and BrowserKey are required.
type Config struct {
	DB         *store.DB
	Now        func() time.Time
	NewID      func() string // UUIDs of statements that come without one
	NewSecret  func() string // secrets of credentials
	PublicURL  string        // scheme and host without a slash at the end; the home page of the platform's accounts
	BrowserKey []byte        // at least 32 bytes, from keys.Ring.Secret("lrs browser credentials")
	// Several says that other processes write to the same store. Consistent-Through then keeps a distance of commitWithin.
	Several bool
	Limits  Limits
	// Here says whether anybody acts for an organisation; browsers of one that is closed are refused. It is asked once for each
	// request of a browser. nil: all are here.
	Here func(ctx context.Context, org string) (bool, error)
	// Holder says which statements must stay although a retention rule names them; nil: none but those that void others.
	Holder Holder
	// Gone is told of statements that were removed, by their ids, perhaps twice; nil: nobody is.
	Gone func(ctx context.Context, org string, ids []string) error
	// Noted is told of each real run of a retention rule when it is finished, perhaps twice; nil: nobody is.
	Noted func(ctx context.Context, org string, r Run) error
}

const (
	// stream is the name of the one stream that each organisation has.
	stream = "statements"
	// commitWithin is how long an append may take where several processes write.
	commitWithin = 10 * time.Second
)

// Service is the record store of all organisations.
type Service struct {
	c           Config
	authority   json.RawMessage // the platform's own
	statements  *store.Thinned[record]
	echoes      *store.Town[echo]
	danglings   *store.Town[dangling]
	credentials *store.Global[credential]
	attachments *store.Town[attachment]
	documents   *documents
	activities  *activities
	retention   *retention
	ended       *store.Town[ended]

	known known
	calm  calm

	mu     sync.Mutex
	sinks  []Sink             // guarded by mu
	voids  map[string]*voided // by organisation; guarded by mu
	flying map[int64]time.Time
	flight int64 // the next key of flying; both guarded by mu
}

// record is a statement as it is kept. Its id is the statement's, in lower case.
type record struct {
	store.Entry `bson:",inline"`
	Tokens      [][]byte `bson:"tokens"` // what finds it: its own, then those of the statement it refers to
	Facts       facts    `bson:"facts"`
}

// Stored is a statement in the store.
type Stored struct {
	ID           string          // UUID in lower case
	Number       int64           // in its organisation, from 1; gaps are statements that were removed
	Stored       time.Time       // never decreases along the numbers
	Timestamp    time.Time       // when it happened, as somebody claims; Stored if nobody does
	Actor        string          // xapi.Identity; "" of an anonymous group
	Account      string          // the name of the actor's account on this platform; "" of others
	Verb         string          // IRI
	Activity     string          // IRI of the object, if it is an activity
	Target       string          // id of the statement that the object refers to
	Registration string          // UUID in lower case
	Voids        bool            // it voids Target
	Voided       bool            // by another one; known only of what Browse, Tail and Look return
	Platform     bool            // the platform itself has decided and recorded it; nobody else's statements have this
	Attached     bool            // it may have attachments; only with Raw
	Raw          json.RawMessage // the statement as the store answers it
}

// Sink hears of statements after they have been stored, once and in no certain order, without Raw. What it misses when
// the process dies it finds by After or Learners.
type Sink interface {
	Stored(ctx context.Context, org string, statements []Stored)
}

// New returns the service, or an error if something is missing or the collections cannot be declared.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Now == nil || c.NewID == nil || c.NewSecret == nil || c.PublicURL == "" || len(c.BrowserKey) < 32 {
		return nil, errors.New("lrs.New: DB, Now, NewID, NewSecret, PublicURL and BrowserKey (32 bytes) are needed")
	}
	c.PublicURL = strings.TrimSuffix(c.PublicURL, "/")
	c.Limits = c.Limits.complete()
	s := &Service{c: c, voids: map[string]*voided{}, flying: map[int64]time.Time{}, calm: calm{is: map[string]bool{}, moved: map[string]int{}}}
	authority, err := json.Marshal(xapi.ByAccount(c.PublicURL, platformName))
	if err != nil {
		return nil, fmt.Errorf("lrs.New: %w", err)
	}
	s.authority = authority
	var errs [9]error
	s.statements, errs[0] = store.NewThinned[record](c.DB, "statements", 1,
		store.On("byToken", store.Bytes("tokens").Each(), store.Str("stream"), store.Int("number")))
	s.echoes, errs[1] = store.NewTown[echo](c.DB, "statement-echoes", 1, store.On("byToken", store.Bytes("tokens").Each(), store.Int("number")))
	s.danglings, errs[2] = store.NewTown[dangling](c.DB, "statement-danglings", 1)
	s.credentials, errs[3] = store.NewGlobal[credential](c.DB, "lrs-credentials", 1, store.On("byOrganisation", store.Str("organisation"), store.Time("created")))
	s.attachments, errs[4] = store.NewTown[attachment](c.DB, "statement-attachments", 1)
	s.documents, errs[5] = openDocuments(c.DB)
	s.activities, errs[6] = openActivities(c.DB)
	s.retention, errs[7] = openRetention(c.DB)
	s.ended, errs[8] = store.NewTown[ended](c.DB, "lrs-ended", 1)
	return s, errors.Join(errs[:]...)
}

// Limits returns the limits in force.
func (s *Service) Limits() Limits { return s.c.Limits }

// Observe adds a sink. Sinks are called in the goroutine of whoever stored, so they should be quick.
func (s *Service) Observe(k Sink) {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.sinks = append(s.sinks, k)
}

func (s *Service) announce(ctx context.Context, org string, recs []record) {
	s.mu.Lock()
	sinks := s.sinks[:len(s.sinks):len(s.sinks)]
	s.mu.Unlock()
	if len(sinks) == 0 || len(recs) == 0 {
		return
	}
	list := make([]Stored, 0, len(recs))
	for _, r := range recs {
		list = append(list, s.outline(r))
	}
	for _, k := range sinks {
		k.Stored(ctx, org, list)
	}
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

func (s *Service) stored(r record) Stored {
	st := s.outline(r)
	st.Attached = bytes.Contains(r.Facts.Body, []byte(`"attachments"`))
	st.Raw = xapi.Complete(r.Facts.Body, r.Facts.Authority, r.Stored, r.Facts.Timed)
	return st
}

// outline is stored without Raw.
func (s *Service) outline(r record) Stored {
	st := Stored{ID: r.ID, Number: r.Number, Stored: r.Stored, Timestamp: r.Facts.Timestamp, Actor: r.Facts.Actor, Verb: r.Facts.Verb, Activity: r.Facts.Activity,
		Target: r.Facts.Target, Registration: r.Facts.Registration, Voids: r.Facts.Voids, Platform: r.Facts.Platform}
	if !r.Facts.Timed {
		st.Timestamp = r.Stored
	}
	st.Account = s.account(r.Facts.Actor)
	return st
}

// account returns the name of an actor's account on this platform, "" of others.
func (s *Service) account(actor string) string {
	if home, name, ok := xapi.SplitIdentity(actor); ok && home == s.c.PublicURL {
		return name
	}
	return ""
}

// Get returns one statement for the platform's own rooms, voided or not, or the fault lrs.not_found.
func (s *Service) Get(ctx context.Context, org, id string) (Stored, error) {
	r, err := s.statements.Get(ctx, org, strings.ToLower(id))
	if errors.Is(err, store.ErrNotFound) {
		return Stored{}, notFound(id)
	}
	if err != nil {
		return Stored{}, wrap("Get", err)
	}
	return s.stored(r), nil
}

func notFound(id string) error {
	if !xapi.ValidUUID(id) {
		id = ""
	}
	return fault.New(fault.NotFound, "lrs.not_found", "no statement %s", id).With("id", id)
}

// After returns at most limit (1 to 500) statements behind the number, in order: for whoever derives something from them.
func (s *Service) After(ctx context.Context, org string, number int64, limit int) ([]Stored, error) {
	recs, err := s.statements.Read(ctx, org, stream, number, limit)
	if err != nil {
		return nil, wrap("After", err)
	}
	list := make([]Stored, 0, len(recs))
	for _, r := range recs {
		list = append(list, s.stored(r))
	}
	return list, nil
}

// Learners returns at most limit (1 to 500) statements behind the number, in order, whose actors have an account on this
// platform and which the platform has not made itself: what may prove that somebody learnt something. Whatever other
// systems store costs nothing here.
func (s *Service) Learners(ctx context.Context, org string, number int64, limit int) ([]Stored, error) {
	p, err := s.statements.Find(ctx, org, store.Query{Index: "byToken", Equal: []any{token(byLearner), stream}, From: number + 1, Limit: limit})
	if err != nil {
		return nil, wrap("Learners", err)
	}
	list := make([]Stored, 0, len(p.Docs))
	for _, r := range p.Docs {
		list = append(list, s.stored(r))
	}
	return list, nil
}

// Head returns the number of the newest statement, 0 if there is none.
func (s *Service) Head(ctx context.Context, org string) (int64, error) {
	number, _, err := s.statements.Head(ctx, org, stream)
	return number, wrap("Head", err)
}

// ConsistentThrough returns a time at or before which nothing can appear any more. It is close behind now.
// Communication §2.1.3
//
// An append takes its time after it has begun, and stored times are cut to milliseconds, so what is still under way is
// stored in the millisecond of its beginning or later.
func (s *Service) ConsistentThrough() time.Time {
	s.mu.Lock()
	defer s.mu.Unlock()
	through := s.c.Now()
	for _, began := range s.flying {
		if began.Before(through) {
			through = began
		}
	}
	if s.c.Several {
		through = through.Add(-commitWithin)
	}
	return through.UTC().Truncate(time.Millisecond).Add(-time.Millisecond)
}

// fly notes that an append begins; the returned function says that it has ended.
func (s *Service) fly() func() {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.flight++
	key := s.flight
	s.flying[key] = s.c.Now()
	return func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		delete(s.flying, key)
	}
}

// wrap says where an accident happened; faults pass as they are.
func wrap(where string, err error) error {
	switch {
	case err == nil, fault.KindOf(err) != 0:
		return err
	case errors.Is(err, store.ErrFull):
		return fault.New(fault.Full, "lrs.full", "the disk is nearly full; nothing was stored").Because(err)
	case errors.Is(err, store.ErrTooLarge):
		return tooLarge().Because(err)
	}
	return fmt.Errorf("lrs.%s: %w", where, err)
}

func tooLarge() *fault.Fault {
	return fault.New(fault.TooLarge, "lrs.too_large", "this is larger than the record store takes")
}
