package coursehttp

import (
	"context"
	"time"

	"palestra/people"
)

// calendar makes the bodies that say by which day something is to be done: the day that the actor's town has said, as its
// letters and exports name it. A reader's clocks may show another one when that day ends.
type calendar struct{ days people.Days }

// calendar reads the days of the actor's town, once for a request.
func (h *handlers) calendar(ctx context.Context, by people.Actor) (calendar, error) {
	days, err := h.svc.Days(ctx, by)
	return calendar{days}, err
}

// day returns the day that ends when something is due; "" if no day was said.
func (c calendar) day(due *time.Time) string {
	if due == nil {
		return ""
	}
	return c.days.Ending(*due)
}
