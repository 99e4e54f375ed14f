package flow

import (
	"context"
	"errors"
	"strings"
	"time"

	"palestra/internal/fault"
	"palestra/internal/store"
)

// Refusal is a statement that the receiving side has refused for good, with its answer. It waits until somebody has it
// tried again or drops it; everything behind it goes on meanwhile.
type Refusal struct {
	store.Meta `bson:",inline"` // flow and statement
	Flow       string           `bson:"flow"`
	Statement  string           `bson:"statement"`
	Number     int64            `bson:"number"` // out: of the statement; in: when it was refused first, in Unix milliseconds
	Verb       string           `bson:"verb"`
	At         time.Time        `bson:"at"` // of the last try
	Tries      int              `bson:"tries"`
	Status     int              `bson:"status"` // of the answer; 0: this side has refused it
	Code       string           `bson:"code"`   // of Palestra's problems
	Answer     string           `bson:"answer"`
	Again      *time.Time       `bson:"again,omitempty"` // somebody wants it tried again
}

const maxReason = 1000 // bytes of an answer that are kept

func refusalID(flow, statement string) string { return flow + "." + strings.ToLower(statement) }

// refuse keeps a refusal, or tells one that is there of another try.
func (s *Service) refuse(ctx context.Context, org string, l Refusal) error {
	l.ID, l.At, l.Tries = refusalID(l.Flow, l.Statement), s.now(), 1
	if len(l.Answer) > maxReason {
		l.Answer = strings.ToValidUTF8(l.Answer[:maxReason], "")
	}
	err := s.refusals.Insert(ctx, org, l)
	if !errors.Is(err, store.ErrDuplicate) {
		return err
	}
	_, err = s.refusals.Update(ctx, org, l.ID, func(was *Refusal) error {
		was.At, was.Status, was.Code, was.Answer, was.Again = l.At, l.Status, l.Code, l.Answer, nil
		was.Tries++
		return nil
	})
	if errors.Is(err, store.ErrNotFound) {
		return nil // dropped at this moment
	}
	return err
}

// Refusals lists what was refused, the oldest first. limit is at most 500; 0 is 50.
func (s *Service) Refusals(ctx context.Context, org, flow, cursor string, limit int) (store.Page[Refusal], error) {
	if _, err := s.Get(ctx, org, flow); err != nil {
		return store.Page[Refusal]{}, err
	}
	p, err := s.refusals.Find(ctx, org, store.Query{Index: "byFlow", Equal: []any{flow}, Cursor: cursor, Limit: limit})
	return p, wrap("Refusals", err)
}

// Waiting returns how many refusals of a flow wait, counted up to the number at which it stops.
func (s *Service) Waiting(ctx context.Context, org, flow string) (int, error) {
	n, err := s.refusals.Count(ctx, org, store.Query{Index: "byFlow", Equal: []any{flow}}, maxRefusals)
	return n, wrap("Waiting", err)
}

// Retry has refusals tried again: those of these statements, or all of the flow if none is named. Faults:
// lrs.flow_not_found, lrs.refusal_not_found
func (s *Service) Retry(ctx context.Context, org, flow string, statements ...string) error {
	now := s.now()
	for _, id := range statements {
		_, err := s.refusals.Update(ctx, org, refusalID(flow, id), func(l *Refusal) error {
			l.Again = &now
			return nil
		})
		if err != nil {
			return wrap("Retry", noRefusal(err, id))
		}
	}
	f, err := s.flows.Update(ctx, org, flow, func(f *Flow) error {
		if len(statements) == 0 {
			f.Retry = &now
		}
		f.Stopped = false
		if f.On && f.Attempts == 0 {
			f.Due = &now
		}
		return nil
	})
	if err != nil {
		return wrap("Retry", unknown(err, flow))
	}
	s.changed(ctx, org, f)
	return nil
}

func noRefusal(err error, id string) error {
	if errors.Is(err, store.ErrNotFound) {
		return fault.New(fault.NotFound, "lrs.refusal_not_found", "no such statement was refused").With("id", id)
	}
	return err
}

// Drop removes refusals: those of these statements, or all of the flow if none is named, and returns how many. Faults:
// lrs.flow_not_found, lrs.refusal_not_found
func (s *Service) Drop(ctx context.Context, org, flow string, statements ...string) (int, error) {
	if _, err := s.Get(ctx, org, flow); err != nil {
		return 0, err
	}
	n := 0
	for _, id := range statements {
		if err := s.refusals.Delete(ctx, org, refusalID(flow, id)); err != nil {
			return n, wrap("Drop", noRefusal(err, id))
		}
		n++
	}
	if len(statements) == 0 {
		err := s.refusals.Each(ctx, org, store.Query{Index: "byFlow", Equal: []any{flow}}, func(l Refusal) error {
			err := s.refusals.Delete(ctx, org, l.ID)
			if errors.Is(err, store.ErrNotFound) {
				return nil
			}
			n++
			return err
		})
		if err != nil {
			return n, wrap("Drop", err)
		}
	}
	f, err := s.flows.Update(ctx, org, flow, func(f *Flow) error {
		if !f.Stopped {
			return store.ErrKeep
		}
		now := s.now()
		f.Stopped, f.Due = false, &now
		return nil
	})
	if err == nil {
		s.changed(ctx, org, f)
	}
	return n, wrap("Drop", unknown(err, flow))
}
