package course

import (
	"context"
	"slices"
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

// tellAll stores events in the record store.
func (s *Service) tellAll(ctx context.Context, org string, events []Event) error {
	for _, e := range events {
		if err := s.c.Records.Record(ctx, org, e); err != nil {
			return s.wrap("tellAll", err)
		}
	}
	return nil
}
