package lrs

import (
	"context"
	"errors"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/lrs/xapi"
)

// Rule says which statements an organisation does not want to keep: those that were stored more than Days ago, with
// this verb and about this activity if they are named.
type Rule struct {
	store.Meta `bson:",inline"`
	Name       string    `bson:"name"`
	Days       int       `bson:"days"`
	Verb       string    `bson:"verb"`     // IRI; "" for any
	Activity   string    `bson:"activity"` // IRI of the object; "" for any
	By         string    `bson:"by"`       // who made it
	Created    time.Time `bson:"created"`
}

func (r *Rule) check() error {
	if r.Days < 1 || r.Days > 36500 || len(r.Name) > 200 || r.Verb != "" && !xapi.ValidIRI(r.Verb) || r.Activity != "" && !xapi.ValidIRI(r.Activity) {
		return fault.New(fault.Invalid, "lrs.retention_rule", "a rule names an age of 1 to 36500 days and, if you like, a verb and an activity (IRI)")
	}
	return nil
}

func (r *Rule) matches(f *facts) bool {
	return (r.Verb == "" || f.Verb == r.Verb) && (r.Activity == "" || f.Activity == r.Activity)
}

// Hold is why a statement stays although a rule names it.
type Hold struct {
	Why   string    // stable word, translated as held.<why>
	Until time.Time // zero: without an end that is known now
}

// Holder knows which statements must stay, because something rests on them.
type Holder interface {
	// Held returns those of the statements (without Raw) that must stay, by id. It is asked for at most 500 at once.
	Held(ctx context.Context, org string, statements []Stored) (map[string]Hold, error)
}

// States of a run.
const (
	RunListing   = "listing"   // the dry run is at work
	RunListed    = "listed"    // what the real run will remove is listed
	RunRemoving  = "removing"  // the real run is at work
	RunDone      = "done"      // and finished
	RunDiscarded = "discarded" // the list was thrown away
)

// Run is one use of a rule: a dry run, which lists, and then, if somebody orders it, the real run, which removes what is
// listed and nothing else.
type Run struct {
	store.Meta `bson:",inline"`
	Rule       Rule       `bson:"rule"`   // as it was
	Before     time.Time  `bson:"before"` // what was stored earlier is meant
	By         string     `bson:"by"`     // who asked for the list
	Ordered    string     `bson:"ordered"`
	State      string     `bson:"state"`
	Made       time.Time  `bson:"made"`
	Expires    time.Time  `bson:"expires"` // a list that nobody has used by then is thrown away
	Finished   *time.Time `bson:"finished,omitempty"`
	Listed     int64      `bson:"listed"`
	Held       int64      `bson:"held"`
	Removed    int64      `bson:"removed"`
	Spared     int64      `bson:"spared"` // listed, and held since: they stay
	Digest     []byte     `bson:"digest"` // SHA-256, page by page, of the ids that are listed
	Gone       []byte     `bson:"gone"`   // likewise of those that were removed: Digest if none was spared

	At    int64      `bson:"at"`            // number that was looked at last
	UpTo  int64      `bson:"upTo"`          // first number that is too young
	Pages int        `bson:"pages"`         // of what goes
	Holds int        `bson:"holds"`         // pages of what is held
	Page  int        `bson:"page"`          // the next one to be removed
	Fence int64      `bson:"fence"`         // how often somebody took it up: what earlier ones still write does not count
	Due   *time.Time `bson:"due,omitempty"` // when somebody should go on with it
}

// Line is a statement in a list.
type Line struct {
	ID          string     `bson:"id"`
	Number      int64      `bson:"number"`
	Stored      time.Time  `bson:"stored"`
	Verb        string     `bson:"verb"`
	Activity    string     `bson:"activity"`
	Account     string     `bson:"account"`
	Why         string     `bson:"why,omitempty"` // held
	Until       *time.Time `bson:"until,omitempty"`
	Attachments []string   `bson:"attachments,omitempty"` // hashes
}

// listPage is a part of a run's list. Its id is made of the run, the kind and the place.
type listPage struct {
	store.Meta `bson:",inline"`
	Lines      []Line `bson:"lines"`
	Fence      int64  `bson:"fence"` // of whoever wrote it
}

const (
	listLives = 7 * 24 * time.Hour
	runLease  = time.Minute // whoever dies leaves a run to the next after this time
	stepSize  = 500         // statements looked at, or removed, in one step
)

// retention is the part of the service that lets statements go.
type retention struct {
	rules *store.Town[Rule]
	runs  *store.Town[Run]
	pages *store.Town[listPage]
}

func openRetention(db *store.DB) (*retention, error) {
	var errs [3]error
	r := &retention{}
	r.rules, errs[0] = store.NewTown[Rule](db, "retention-rules", 1, store.On("byCreated", store.Time("created")))
	r.runs, errs[1] = store.NewTown[Run](db, "retention-runs", 1, store.On("byMade", store.Time("made")), store.On("byState", store.Str("state"), store.Time("made")),
		store.On("byDue", store.Time("due")).AsSparse().AsAcross())
	r.pages, errs[2] = store.NewTown[listPage](db, "retention-pages", 1)
	return r, errors.Join(errs[:]...)
}

// Rules lists an organisation's rules, the oldest first.
func (s *Service) Rules(ctx context.Context, org, cursor string, limit int) (store.Page[Rule], error) {
	p, err := s.retention.rules.Find(ctx, org, store.Query{Index: "byCreated", Cursor: cursor, Limit: limit})
	return p, wrap("Rules", err)
}

// AddRule keeps a rule. Nothing is removed by it alone: a run is. Fault: lrs.retention_rule
func (s *Service) AddRule(ctx context.Context, org string, r Rule) (Rule, error) {
	if err := r.check(); err != nil {
		return r, err
	}
	r.Meta, r.Created = store.Meta{ID: s.c.NewID()}, s.now()
	return r, wrap("AddRule", s.retention.rules.Insert(ctx, org, r))
}

// DeleteRule forgets a rule. Fault: lrs.retention_rule_not_found
func (s *Service) DeleteRule(ctx context.Context, org, id string) error {
	return wrap("DeleteRule", noRule(s.retention.rules.Delete(ctx, org, id), id))
}

func noRule(err error, id string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound, "lrs.retention_rule_not_found", "no rule %s", id)
	}
	return err
}

func noRun(err error, id string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound, "lrs.retention_run_not_found", "no run %s", id)
	}
	return err
}

// DryRun begins to list what a rule would remove now, and what it would not, and why. Nothing is removed. A worker goes on with
// it: see WorkOn. Faults: lrs.retention_rule_not_found, lrs.retention_busy
func (s *Service) DryRun(ctx context.Context, org, rule, by string) (Run, error) {
	r, err := s.retention.rules.Get(ctx, org, rule)
	if err != nil {
		return Run{}, wrap("DryRun", noRule(err, rule))
	}
	for _, state := range []string{RunListing, RunRemoving} {
		n, err := s.retention.runs.Count(ctx, org, store.Query{Index: "byState", Equal: []any{state}}, 1)
		if err != nil {
			return Run{}, wrap("DryRun", err)
		}
		if n > 0 {
			return Run{}, fault.New(fault.Conflict, "lrs.retention_busy", "another list of this organisation is still at work")
		}
	}
	now := s.now()
	run := Run{Meta: store.Meta{ID: s.c.NewID()}, Rule: r, Before: now.AddDate(0, 0, -r.Days), By: by, State: RunListing, Made: now, Expires: now.Add(listLives), Due: &now}
	if run.UpTo, _, err = s.behind(ctx, org, run.Before); err != nil {
		return run, wrap("DryRun", err)
	}
	return run, wrap("DryRun", s.retention.runs.Insert(ctx, org, run))
}

// Runs lists an organisation's runs, the newest first.
func (s *Service) Runs(ctx context.Context, org, cursor string, limit int) (store.Page[Run], error) {
	p, err := s.retention.runs.Find(ctx, org, store.Query{Index: "byMade", Reverse: true, Cursor: cursor, Limit: limit})
	return p, wrap("Runs", err)
}

// Run returns one. Fault: lrs.retention_run_not_found
func (s *Service) Run(ctx context.Context, org, id string) (Run, error) {
	r, err := s.retention.runs.Get(ctx, org, id)
	return r, wrap("Run", noRun(err, id))
}

// Lines returns a page of a run's list: of what goes, or of what is held and why. The pages end when the run has removed what
// is listed.
func (s *Service) Lines(ctx context.Context, org, id string, held bool, cursor string) (lines []Line, next string, err error) {
	r, err := s.Run(ctx, org, id)
	if err != nil {
		return nil, "", err
	}
	from, to := pageID(id, held, 0), pageID(id, held, r.Pages)
	if held {
		to = pageID(id, held, r.Holds)
	}
	p, err := s.retention.pages.Find(ctx, org, store.Query{From: from, To: to, Cursor: cursor, Limit: 1})
	if err != nil {
		return nil, "", wrap("Lines", err)
	}
	lines = []Line{}
	for _, page := range p.Docs {
		lines = append(lines, page.Lines...)
	}
	return lines, p.Next, nil
}

// Remove orders that what a finished dry run has listed be removed. digest is that of the list that somebody has looked
// at. Faults: lrs.retention_run_not_found, lrs.retention_state, lrs.retention_changed, lrs.retention_busy
func (s *Service) Remove(ctx context.Context, org, id string, digest []byte, by string) (Run, error) {
	n, err := s.retention.runs.Count(ctx, org, store.Query{Index: "byState", Equal: []any{RunRemoving}}, 1)
	if err != nil {
		return Run{}, wrap("Remove", err)
	}
	if n > 0 {
		return Run{}, fault.New(fault.Conflict, "lrs.retention_busy", "another list of this organisation is still at work")
	}
	now := s.now()
	r, err := s.retention.runs.Update(ctx, org, id, func(r *Run) error {
		if r.State != RunListed || !r.Expires.After(now) {
			return fault.New(fault.Conflict, "lrs.retention_state", "this list is not ready, has been carried out or is too old")
		}
		if string(r.Digest) != string(digest) {
			return fault.New(fault.Conflict, "lrs.retention_changed", "this is not the list that was looked at")
		}
		r.State, r.Ordered, r.Due = RunRemoving, by, &now
		return nil
	})
	return r, wrap("Remove", noRun(err, id))
}

// Discard throws a list away. Faults: lrs.retention_run_not_found, lrs.retention_state
func (s *Service) Discard(ctx context.Context, org, id string) error {
	now := s.now()
	_, err := s.retention.runs.Update(ctx, org, id, func(r *Run) error {
		if r.State != RunListed && r.State != RunListing {
			return fault.New(fault.Conflict, "lrs.retention_state", "this list is not ready, has been carried out or is too old")
		}
		r.State, r.Due = RunDiscarded, &now
		return nil
	})
	return wrap("Discard", noRun(err, id))
}

// DueRuns lists runs that somebody should go on with, in all organisations, for the sweep.
func (s *Service) DueRuns(ctx context.Context, now time.Time, limit int) ([]store.Ref, error) {
	list, err := s.retention.runs.Due(ctx, "byDue", now.UTC().Truncate(time.Millisecond).Add(time.Millisecond), limit)
	return list, wrap("DueRuns", err)
}
