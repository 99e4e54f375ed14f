// Package flow passes statements on to other record stores and takes in theirs.
//
// A Flow is one document: where the other store is, what is wanted of the statements, and how far it has come. One that
// goes out reads its organisation's stream behind a number and sends what passes its filter; one that comes in reads the
// other store behind a time that the other store has called consistent. Sending again what is there already changes
// nothing on either side, as statements have ids: so a flow may die anywhere, and goes on from the place that its document
// holds. What the other side refuses for good becomes a Refusal, which waits for somebody to retry or drop it; everything
// else is tried again, ever more slowly. Nothing here is in the way of those who store statements: they ring a bell.
package flow

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"net/http"
	"slices"
	"strings"
	"sync"
	"time"

	"palestra/internal/fault"
	"palestra/internal/outward"
	"palestra/internal/store"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

// Direction says which way statements go.
type Direction string

// The directions.
const (
	Out Direction = "out" // to the other store
	In  Direction = "in"  // from it
)

// Filter says which statements are wanted. Lists that are empty do not matter; the others are joined by and. A statement
// that voids another one is wanted if the other one is.
type Filter struct {
	Verbs      []string `bson:"verbs"`      // IRIs
	Activities []string `bson:"activities"` // IRIs of objects
	Courses    []string `bson:"courses"`    // IRIs: the object or an activity of the context is this one or lies under it
	NotFrom    []string `bson:"notFrom"`    // keys of credentials: what they have stored is not sent; only of flows that go out
}

// Trouble is why a flow does not get on.
type Trouble struct {
	At     time.Time `bson:"at"`
	Status int       `bson:"status"` // of the other store's answer; 0: there was none
	Text   string    `bson:"text"`   // English
}

// Flow is one way to another store.
type Flow struct {
	store.Meta `bson:",inline"`
	Name       string       `bson:"name"`
	Direction  Direction    `bson:"direction"`
	Endpoint   string       `bson:"endpoint"` // as https://records.example/xapi
	Version    xapi.Version `bson:"version"`
	Key        string       `bson:"key"`    // of the credential at the other store
	Sealed     []byte       `bson:"sealed"` // its secret, see seal
	Filter     Filter       `bson:"filter"`
	Authors    []string     `bson:"authors"` // identities of Filter.NotFrom
	On         bool         `bson:"on"`
	Created    time.Time    `bson:"created"`

	Number  int64     `bson:"number"`  // out: all statements up to it are done
	Since   time.Time `bson:"since"`   // in: all that the other store stored up to it is here
	More    string    `bson:"more"`    // in: link to what follows in the walk under way; "" between walks
	Through time.Time `bson:"through"` // in: Since after this walk
	Lag     int64     `bson:"lag"`     // out: how many numbers were behind Number when it looked last

	Passed   int64      `bson:"passed"`  // statements that the receiving side has
	Skipped  int64      `bson:"skipped"` // those that the filter left out
	Refused  int64      `bson:"refused"` // those that became refusals, ever
	Due      *time.Time `bson:"due,omitempty"`
	Attempts int        `bson:"attempts"` // failures since the last success
	Trouble  *Trouble   `bson:"trouble,omitempty"`
	Success  *time.Time `bson:"success,omitempty"`
	Stopped  bool       `bson:"stopped"` // too many refusals wait
	Retry    *time.Time `bson:"retry,omitempty"`

	Holder string    `bson:"holder"` // who works on it
	Lease  time.Time `bson:"lease"`  // and until when at most
	Again  bool      `bson:"again"`  // somebody rang meanwhile
}

// Lag is how far a flow that goes out is behind.
type Lag struct {
	Behind int64      // numbers
	Oldest *time.Time // when the first of them was stored
}

// Config is what the package needs. All but Bell, Pause and Every are required.
type Config struct {
	DB      *store.DB
	Records *lrs.Service
	Now     func() time.Time
	NewID   func() string
	Key     []byte // 32 bytes, from keys.Ring.Secret("lrs flows")
	Allowed outward.Allowed
	Log     *slog.Logger
	Bell    func(ctx context.Context, org, id string, at time.Time) error // nil: nobody is rung for
	HTTP    *http.Client                                                  // nil: Allowed.Client
	Pause   time.Duration                                                 // before the second try, doubled for each further one up to maxPause; 0: 2 s
	Every   time.Duration                                                 // how often a flow is looked at when nobody rings; 0: 15 s
}

const (
	maxFlows    = 50 // of an organisation
	maxPause    = 5 * time.Minute
	lease       = 20 * time.Second
	maxTurn     = time.Minute // of one flow, before others come
	maxRefusals = 5000        // that wait; then a flow stops
	maxWords    = 200         // bytes of a name
	maxList     = 50          // entries of a list in a filter
	maxIRI      = 2000        // bytes
	maxSecret   = 1000        // bytes
)

// Service keeps flows and does their work. It is safe for use by many goroutines.
type Service struct {
	c        Config
	flows    *store.Town[Flow]
	refusals *store.Town[Refusal]
	origins  *store.Town[Origin]

	mu    sync.Mutex
	towns map[string]*town // guarded by mu
}

// New returns the service.
func New(c Config) (*Service, error) {
	if c.DB == nil || c.Records == nil || c.Now == nil || c.NewID == nil || len(c.Key) != 32 || c.Log == nil {
		return nil, errors.New("flow.New: DB, Records, Now, NewID, Key (32 bytes) and Log are needed")
	}
	if c.Pause <= 0 {
		c.Pause = 2 * time.Second
	}
	if c.Every <= 0 {
		c.Every = 15 * time.Second
	}
	if c.HTTP == nil {
		c.HTTP = c.Allowed.Client(time.Minute)
	}
	s := &Service{c: c, towns: map[string]*town{}}
	var errs [3]error
	s.flows, errs[0] = store.NewTown[Flow](c.DB, "lrs-flows", 1, store.On("due", store.Time("due")).AsSparse().AsAcross())
	s.refusals, errs[1] = store.NewTown[Refusal](c.DB, "lrs-flow-refusals", 1,
		store.On("byFlow", store.Str("flow"), store.Int("number")), store.On("again", store.Str("flow"), store.Time("again")).AsSparse())
	s.origins, errs[2] = store.NewTown[Origin](c.DB, "lrs-origins", 1)
	return s, errors.Join(errs[:]...)
}

func (s *Service) now() time.Time { return s.c.Now().UTC().Truncate(time.Millisecond) }

// wrap says where an accident happened; faults pass as they are.
func wrap(where string, err error) error {
	if err == nil || fault.KindOf(err) != 0 {
		return err
	}
	return fmt.Errorf("flow.%s: %w", where, err)
}

func unknown(err error, id string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound, "lrs.flow_not_found", "there is no such way to another record store").With("id", id)
	}
	return err
}

// LagOf returns how far a flow that goes out is behind now.
func (s *Service) LagOf(ctx context.Context, org string, f Flow) (l Lag, err error) {
	if f.Direction != Out {
		return l, nil
	}
	head, err := s.c.Records.Head(ctx, org)
	if l.Behind = head - f.Number; err != nil || l.Behind <= 0 {
		return Lag{}, wrap("LagOf", err)
	}
	first, err := s.c.Records.After(ctx, org, f.Number, 1)
	if len(first) > 0 {
		l.Oldest = &first[0].Stored
	}
	return l, wrap("LagOf", err)
}

// Change is what people say of a flow.
type Change struct {
	Name     string
	Endpoint string
	Version  xapi.Version
	Key      string
	Secret   string // "": the one that is kept
	Filter   Filter
	On       bool
}

func invalid(field, format string, args ...any) error {
	return fault.New(fault.Invalid, "lrs.flow_invalid", format, args...).With("what", field).At("body."+field, "lrs.flow_invalid")
}

func (s *Service) check(c *Change) error {
	c.Endpoint = strings.TrimRight(strings.TrimSpace(c.Endpoint), "/")
	switch {
	case strings.TrimSpace(c.Name) == "" || len(c.Name) > maxWords:
		return invalid("name", "a name is needed, of at most %d bytes", maxWords)
	case len(c.Endpoint) > maxIRI:
		return invalid("endpoint", "the address is too long")
	case c.Version != xapi.V1 && c.Version != xapi.V2:
		return invalid("version", "the version must be 1.0.3 or 2.0.0")
	case c.Key == "" || len(c.Key) > maxWords || strings.Contains(c.Key, ":"):
		return invalid("key", "the key of a credential at the other store is needed; it holds no colon")
	case len(c.Secret) > maxSecret:
		return invalid("secret", "the secret is too long")
	}
	if err := s.c.Allowed.Check(c.Endpoint); errors.Is(err, outward.ErrPrivate) {
		return fault.New(fault.Forbidden, "lrs.flow_private", "this address is in a private network; the operator has not allowed it").At("body.endpoint", "lrs.flow_private")
	} else if err != nil {
		return invalid("endpoint", "the address: %s", err)
	}
	for _, l := range []struct {
		name string
		list []string
		ok   func(string) bool
	}{{"verbs", c.Filter.Verbs, xapi.ValidIRI}, {"activities", c.Filter.Activities, xapi.ValidIRI}, {"courses", c.Filter.Courses, xapi.ValidIRI}, {"notFrom", c.Filter.NotFrom, func(k string) bool { return k != "" }}} {
		if len(l.list) > maxList || slices.ContainsFunc(l.list, func(x string) bool { return len(x) > maxIRI || !l.ok(x) }) {
			return invalid("filter."+l.name, "a filter holds at most %d valid entries of each kind", maxList)
		}
	}
	return nil
}

// authors returns the identities in whose name these credentials store.
func (s *Service) authors(ctx context.Context, org string, keys []string) ([]string, error) {
	var list []string
	for _, k := range keys {
		c, err := s.c.Records.Credential(ctx, k)
		if err != nil && fault.KindOf(err) != fault.NotFound {
			return nil, err
		}
		if err != nil || c.Organisation != org {
			return nil, invalid("filter.notFrom", "there is no credential %s", k)
		}
		if id := identity(c.Authority); id != "" {
			list = append(list, id)
		}
	}
	return list, nil
}

// Create makes a flow. One that goes out begins with the first statement, or with the next one if fresh; one that comes
// in likewise. Faults: lrs.flow_invalid, lrs.flow_private, lrs.flows_too_many
func (s *Service) Create(ctx context.Context, org string, d Direction, c Change, fresh bool) (Flow, error) {
	if d != Out && d != In {
		return Flow{}, invalid("direction", "the direction must be out or in")
	}
	if err := s.check(&c); err != nil {
		return Flow{}, err
	}
	if c.Secret == "" {
		return Flow{}, invalid("secret", "the secret of the credential at the other store is needed")
	}
	if d == In && len(c.Filter.NotFrom) > 0 {
		return Flow{}, invalid("filter.notFrom", "only what goes out can leave out what credentials have stored")
	}
	n, err := s.flows.Count(ctx, org, store.Query{}, maxFlows)
	if err != nil {
		return Flow{}, wrap("Create", err)
	}
	if n >= maxFlows {
		return Flow{}, fault.New(fault.Conflict, "lrs.flows_too_many", "a town may have %d ways to other record stores", maxFlows).With("most", maxFlows)
	}
	now := s.now()
	f := Flow{Meta: store.Meta{ID: s.c.NewID()}, Name: c.Name, Direction: d, Endpoint: c.Endpoint, Version: c.Version, Key: c.Key, Filter: c.Filter, On: c.On, Created: now}
	if f.Sealed, err = s.seal(org, f.ID, c.Secret); err != nil {
		return Flow{}, wrap("Create", err)
	}
	if f.Authors, err = s.authors(ctx, org, c.Filter.NotFrom); err != nil {
		return Flow{}, wrap("Create", err)
	}
	switch {
	case fresh && d == Out:
		if f.Number, err = s.c.Records.Head(ctx, org); err != nil {
			return Flow{}, wrap("Create", err)
		}
	case fresh:
		f.Since = now
	}
	if f.On {
		f.Due = &now
	}
	if err := s.flows.Insert(ctx, org, f); err != nil {
		return Flow{}, wrap("Create", err)
	}
	s.changed(ctx, org, f)
	return s.Get(ctx, org, f.ID)
}

// Get returns a flow. Fault: lrs.flow_not_found
func (s *Service) Get(ctx context.Context, org, id string) (Flow, error) {
	f, err := s.flows.Get(ctx, org, id)
	return f, wrap("Get", unknown(err, id))
}

// List returns the flows of an organisation: there are few.
func (s *Service) List(ctx context.Context, org string) ([]Flow, error) {
	p, err := s.flows.Find(ctx, org, store.Query{Limit: store.MaxLimit})
	return p.Docs, wrap("List", err)
}

// Change changes a flow by f. Whoever changes the address says the secret anew: else it could be sent anywhere. Faults:
// lrs.flow_not_found, lrs.flow_invalid, lrs.flow_private, lrs.flow_secret
func (s *Service) Change(ctx context.Context, org, id string, change func(*Change)) (Flow, error) {
	f, err := s.Get(ctx, org, id)
	if err != nil {
		return f, err
	}
	c := Change{Name: f.Name, Endpoint: f.Endpoint, Version: f.Version, Key: f.Key, Filter: f.Filter, On: f.On}
	change(&c)
	authors, err := s.authors(ctx, org, c.Filter.NotFrom)
	if err != nil {
		return f, wrap("Change", err)
	}
	f, err = s.flows.Update(ctx, org, id, func(f *Flow) error {
		c := Change{Name: f.Name, Endpoint: f.Endpoint, Version: f.Version, Key: f.Key, Filter: f.Filter, On: f.On}
		change(&c)
		if err := s.check(&c); err != nil {
			return err
		}
		if f.Direction == In && len(c.Filter.NotFrom) > 0 {
			return invalid("filter.notFrom", "only what goes out can leave out what credentials have stored")
		}
		if c.Secret == "" && (c.Endpoint != f.Endpoint || c.Key != f.Key) {
			return fault.New(fault.Invalid, "lrs.flow_secret", "say the secret again when the address or the key changes").At("body.secret", "lrs.flow_secret")
		}
		if c.Secret != "" {
			if f.Sealed, err = s.seal(org, id, c.Secret); err != nil {
				return err
			}
		}
		if c.Endpoint != f.Endpoint {
			f.More = "" // a link of the other store before
		}
		f.Name, f.Endpoint, f.Version, f.Key, f.Filter, f.Authors, f.On = c.Name, c.Endpoint, c.Version, c.Key, c.Filter, authors, c.On
		f.Holder, f.Lease, f.Attempts, f.Trouble, f.Stopped = "", time.Time{}, 0, nil, false
		f.Due = nil
		if f.On {
			now := s.now()
			f.Due = &now
		}
		return nil
	})
	if err != nil {
		return f, wrap("Change", unknown(err, id))
	}
	s.changed(ctx, org, f)
	return f, nil
}

// Run has a flow looked at now, whatever it waits for. Fault: lrs.flow_not_found
func (s *Service) Run(ctx context.Context, org, id string) (Flow, error) {
	f, err := s.flows.Update(ctx, org, id, func(f *Flow) error {
		if !f.On {
			return store.ErrKeep
		}
		now := s.now()
		f.Due, f.Attempts, f.Stopped = &now, 0, false
		return nil
	})
	if err != nil {
		return f, wrap("Run", unknown(err, id))
	}
	s.changed(ctx, org, f)
	return f, nil
}

// Delete ends a flow and drops its refusals. What it passed on stays where it is. Fault: lrs.flow_not_found
func (s *Service) Delete(ctx context.Context, org, id string) error {
	if _, err := s.Get(ctx, org, id); err != nil {
		return err
	}
	if _, err := s.Drop(ctx, org, id); err != nil {
		return err
	}
	err := s.flows.Delete(ctx, org, id)
	s.forget(org)
	return wrap("Delete", unknown(err, id))
}

// Try asks the other store for its versions, and for one statement if they are to come from there. It returns the
// versions, or what is the trouble.
func (s *Service) Try(ctx context.Context, org, id string) ([]string, *Trouble, error) {
	f, err := s.Get(ctx, org, id)
	if err != nil {
		return nil, nil, err
	}
	c, err := s.client(org, &f)
	var versions []string
	if err == nil {
		versions, err = c.About(ctx)
	}
	if err == nil {
		_, err = c.Page(ctx, xapi.Filter{Limit: 1})
	}
	if refused, ok := errors.AsType[*xapi.ResponseError](err); ok && f.Direction == Out && refused.Status == http.StatusForbidden {
		err = nil // whoever may write need not read
	}
	if err != nil {
		t := s.trouble(err)
		return versions, &t, nil
	}
	return versions, nil, nil
}

// client returns what talks to the other store.
func (s *Service) client(org string, f *Flow) (*xapi.Client, error) {
	secret, err := s.open(org, f.ID, f.Sealed)
	if err != nil {
		return nil, err
	}
	return &xapi.Client{Endpoint: f.Endpoint, Authorization: xapi.Basic(f.Key, secret), Version: f.Version, HTTP: s.c.HTTP, NewID: s.c.NewID, Tries: 1, Batch: maxBatch}, nil
}
