package course

import (
	"context"
	"errors"
	"slices"

	"palestra/internal/store"
)

// Outbox is what a document has still to tell the record store. It is written with the change that it tells of, so that
// neither is ever there without the other; telling twice is harmless, because events have ids.
type Outbox struct {
	Untold  []Event `bson:"untold,omitempty"`
	Pending bool    `bson:"pending,omitempty"` // something that follows from the last change is not written yet
}

// tell adds an event.
func (o *Outbox) tell(e Event) { o.Untold, o.Pending = append(o.Untold, e), true }

// told takes events away that the record store has; nothing is pending once none is left.
func (o *Outbox) told(events []Event) {
	o.Untold = slices.DeleteFunc(o.Untold, func(e Event) bool {
		return slices.ContainsFunc(events, func(t Event) bool { return t.ID == e.ID })
	})
	o.Pending = len(o.Untold) > 0
}

// byPending is the index of documents that have something to tell.
func byPending() store.Index { return store.On("byPending", store.Bool("pending")).AsSparse() }

// pendingAtOnce is how many documents of a kind one look at what is pending takes up.
const pendingAtOnce = 100

// settlePending settles the documents of an organisation that have something pending. One that cannot be settled does
// not keep the others from it.
func settlePending[D any](ctx context.Context, docs *store.Town[D], org string, settle func(context.Context, string, D) error) error {
	p, err := docs.Find(ctx, org, store.Query{Index: "byPending", Equal: []any{true}, Limit: pendingAtOnce})
	errs := []error{err}
	for _, d := range p.Docs {
		errs = append(errs, settle(ctx, org, d))
	}
	return errors.Join(errs...)
}

// alone leaves the document away that settling returns.
func alone[D any](settle func(context.Context, string, D) (D, error)) func(context.Context, string, D) error {
	return func(ctx context.Context, org string, d D) error {
		_, err := settle(ctx, org, d)
		return err
	}
}

// tellAll stores events in the record store.
func (s *Service) tellAll(ctx context.Context, org string, events []Event) error {
	for _, e := range events {
		if err := s.c.Records.Record(ctx, org, e); err != nil {
			return s.wrap("tellAll", err)
		}
	}
	return nil
}
