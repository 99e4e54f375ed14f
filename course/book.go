package course

import (
	"context"
	"errors"
	"fmt"
	"math"
	"strconv"
	"strings"
	"time"

	"palestra/course/ledger"
	"palestra/internal/fault"
	"palestra/internal/store"
	"palestra/people"
)

// ledgerStream is the one stream of an organisation's ledger.
const ledgerStream = "ledger"

// ledgerLine is one entry of the ledger, as its canonical line. Its id follows from what it says, so that it cannot be
// entered twice.
type ledgerLine struct {
	store.Entry `bson:",inline"`
	Line        []byte `bson:"line"`
}

// Correction is a mistake of a completion put right by a further entry.
type Correction struct {
	ID      string    `bson:"id"`
	Kind    string    `bson:"kind"` // ledger.Correction or ledger.Withdrawal
	Reason  string    `bson:"reason"`
	Minutes int       `bson:"minutes"` // as they are right
	At      time.Time `bson:"at"`      // completed at, as it is right
	By      string    `bson:"by"`      // account of who corrected
	Made    time.Time `bson:"made"`
	Ledger  int64     `bson:"ledger"` // number of its entry; 0 until it is written
	Hash    string    `bson:"hash"`
}

func completionEntry(org string, c *Completion) (string, ledger.Entry) {
	e := ledger.Entry{Organisation: org, At: c.At, Kind: ledger.Completion, Record: c.ID, Account: c.Account, Course: c.Course, Version: int64(c.Version),
		Rule: c.RuleName(), Minutes: int64(c.Minutes), CompletedAt: c.At,
		Statements: c.Statements, EvidenceHash: c.Hash}
	if c.Score != nil {
		n := int64(math.Round(*c.Score * 10_000))
		e.Score = &n
	}
	return eventID(org, "ledger", c.ID), e
}

// RuleName returns the rule by which the course or programme was completed, in one word.
func (c *Completion) RuleName() string {
	if c.Terms != "" {
		return c.Terms
	}
	return c.Rule.Name()
}

// Name returns the rule in one word: completion/1:video=90.
func (r Rule) Name() string {
	return "completion/" + strconv.Itoa(r.Version) + ":video=" + strconv.Itoa(r.Video)
}

// enter appends an entry to the organisation's ledger, once, and returns its number and hash.
func (s *Service) enter(ctx context.Context, org, id string, e ledger.Entry) (int64, string, error) {
	for range 100 {
		if done, err := s.ledgers.Get(ctx, org, id); err == nil {
			old, err := ledger.Parse(trim(done.Line))
			return done.Number, old.Hash, s.wrap("enter", err)
		} else if !errors.Is(err, store.ErrNotFound) {
			return 0, "", s.wrap("enter", err)
		}
		var head *ledger.Head
		at := int64(0)
		last, err := s.ledgers.Last(ctx, org, ledgerStream)
		if err == nil {
			before, err := ledger.Parse(trim(last.Line))
			if err != nil {
				return 0, "", fmt.Errorf("course.enter: entry %d: %w", last.Number, err)
			}
			h := before.Head()
			head, at = &h, last.Number
		} else if !errors.Is(err, store.ErrNotFound) {
			return 0, "", s.wrap("enter", err)
		}
		e.At = s.now()
		next, err := ledger.Next(head, e, s.c.Sign)
		if err != nil {
			return 0, "", s.wrap("enter", err)
		}
		_, err = s.ledgers.AppendAfter(ctx, org, ledgerStream, at, ledgerLine{Entry: store.Entry{Meta: store.Meta{ID: id}}, Line: ledger.Append(nil, next)})
		switch {
		case err == nil:
			return next.Number, next.Hash, nil
		case errors.Is(err, store.ErrConflict), errors.Is(err, store.ErrDuplicate):
			continue // another entry was first, or this one was
		default:
			return 0, "", s.wrap("enter", err)
		}
	}
	return 0, "", errors.New("course.enter: the ledger never stood still")
}

func trim(line []byte) []byte {
	if n := len(line); n > 0 && line[n-1] == '\n' {
		return line[:n-1]
	}
	return line
}

// Fix is how HR puts a mistake right; nil leaves as it is.
type Fix struct {
	Kind    string // ledger.Correction or ledger.Withdrawal
	Reason  string // without names of persons
	Minutes *int
	At      *time.Time
}

// Correct puts a mistake in a completion right by a further entry: how the record is right, or that it should never
// have been made. HR may.
func (s *Service) Correct(ctx context.Context, by people.Actor, id string, f Fix) (Completion, error) {
	if err := by.Must(people.HR); err != nil {
		return Completion{}, err
	}
	if f.Kind != ledger.Correction && f.Kind != ledger.Withdrawal {
		return Completion{}, fault.New(fault.Invalid, "course.correction_kind", "a record is corrected or withdrawn").At("body.kind", "course.correction_kind")
	}
	f.Reason = strings.TrimSpace(strings.ToValidUTF8(f.Reason, ""))
	if n := len(f.Reason); n < 3 || n > ledger.MaxReason {
		return Completion{}, fault.New(fault.Invalid, "course.reason", "a reason has 3 to %d characters", ledger.MaxReason).With("max", ledger.MaxReason).At("body.reason", "course.reason")
	}
	c := Correction{ID: s.c.NewID(), Kind: f.Kind, Reason: f.Reason, By: by.Account, Made: s.now()}
	done, err := s.completions.Update(ctx, by.Organisation, id, func(d *Completion) error {
		if d.Withdrawn {
			return fault.New(fault.Conflict, "course.withdrawn", "this record is withdrawn already")
		}
		c.Minutes, c.At = d.MinutesNow(), d.CompletedAt()
		if f.Kind == ledger.Correction && f.Minutes != nil {
			c.Minutes = *f.Minutes
		}
		if f.Kind == ledger.Correction && f.At != nil {
			c.At = f.At.UTC().Truncate(time.Millisecond)
		}
		if c.Minutes < 0 || c.Minutes > 60*500 {
			return fault.New(fault.Invalid, "course.minutes", "the effort lies between 0 and 30,000 minutes").At("body.minutes", "course.minutes")
		}
		if c.At.After(c.Made) || c.At.Year() < 2000 {
			return fault.New(fault.Invalid, "course.completed_at", "a completion lies in the past").At("body.at", "course.completed_at")
		}
		d.Corrections = append(d.Corrections, c)
		d.Withdrawn, d.Pending = c.Kind == ledger.Withdrawal, true
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return done, fault.New(fault.NotFound, "course.completion_not_found", "no completion %s", id)
	}
	if err != nil {
		return done, s.wrap("Correct", err)
	}
	if err := s.settleCorrections(ctx, by.Organisation, done); err != nil {
		return done, err
	}
	if err := s.c.People.Note(ctx, by.Organisation, by, "completion."+c.Kind, id, ""); err != nil {
		return done, err
	}
	return s.completions.Get(ctx, by.Organisation, id)
}

// MinutesNow returns the effort as it is right after all corrections.
func (c *Completion) MinutesNow() int {
	if n := len(c.Corrections); n > 0 {
		return c.Corrections[n-1].Minutes
	}
	return c.Minutes
}

// CompletedAt returns when it was completed, as it is right after all corrections.
func (c *Completion) CompletedAt() time.Time {
	if n := len(c.Corrections); n > 0 {
		return c.Corrections[n-1].At
	}
	return c.At
}

// settleCorrections enters corrections that are not in the ledger yet, with their statements.
func (s *Service) settleCorrections(ctx context.Context, org string, c Completion) error {
	if !c.Pending {
		return nil
	}
	corrected := c.Ledger
	for i := range c.Corrections {
		k := &c.Corrections[i]
		if k.Ledger == 0 {
			_, e := completionEntry(org, &c)
			e.Kind, e.Reason, e.By, e.Corrects, e.Minutes, e.CompletedAt = k.Kind, k.Reason, k.By, corrected, int64(k.Minutes), k.At
			if err := s.c.Records.Record(ctx, org, Event{ID: eventID(org, "corrected", k.ID), Account: k.By, Verb: verbCorrected,
				Activity: c.activity(), Enrolment: c.Enrolment, At: k.Made}); err != nil {
				return s.wrap("settleCorrections", err)
			}
			var err error
			if k.Ledger, k.Hash, err = s.enter(ctx, org, eventID(org, "ledger", c.ID, k.ID), e); err != nil {
				return err
			}
		}
		corrected = k.Ledger
	}
	_, err := s.completions.Update(ctx, org, c.ID, func(d *Completion) error {
		if len(d.Corrections) != len(c.Corrections) {
			for i := range c.Corrections {
				d.Corrections[i].Ledger, d.Corrections[i].Hash = c.Corrections[i].Ledger, c.Corrections[i].Hash
			}
			return nil // a newer one still waits: pending stays
		}
		d.Corrections, d.Pending = c.Corrections, false
		return nil
	})
	return s.wrap("settleCorrections", err)
}

// Ledger calls f for each line of an organisation's ledger in order, for exports and verification.
func (s *Service) Ledger(ctx context.Context, org string, f func(line []byte) error) error {
	after := int64(0)
	for {
		lines, err := s.ledgers.Read(ctx, org, ledgerStream, after, 500)
		if err != nil {
			return s.wrap("Ledger", err)
		}
		if len(lines) == 0 {
			return nil
		}
		for _, l := range lines {
			if err := f(l.Line); err != nil {
				return err
			}
		}
		after = lines[len(lines)-1].Number
	}
}
