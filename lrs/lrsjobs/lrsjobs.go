// Package lrsjobs hangs the work of the record store on the worker's bells.
package lrsjobs

import (
	"context"
	"time"

	"palestra/lrs/flow"
	"palestra/lrs/transfer"
	"palestra/worker"
)

// The bells.
const (
	Flow   = "lrs-flow"
	Import = "lrs-import"
)

// FlowBell returns what the flows ring.
func FlowBell(w *worker.Worker) func(ctx context.Context, org, id string, at time.Time) error {
	return func(ctx context.Context, org, id string, at time.Time) error { return w.Ring(ctx, Flow, org, id, at) }
}

// RegisterFlows lets a worker pass statements on and take them in, and look for what is due.
func RegisterFlows(w *worker.Worker, s *flow.Service) {
	// A turn ends by itself after a minute; this only catches what hangs.
	w.Handle(Flow, worker.Options{Timeout: 10 * time.Minute, Concurrency: 4}, func(ctx context.Context, r worker.Ring) error {
		return s.Process(ctx, r.Org, r.ID)
	})
	w.Due("flows", worker.Each(Flow, s.Due))
}

// ImportBell returns what imports ring.
func ImportBell(w *worker.Worker) func(ctx context.Context, org, id string) error {
	return func(ctx context.Context, org, id string) error { return w.Ring(ctx, Import, org, id, time.Time{}) }
}

// RegisterImports lets a worker import files, one at a time, and look for what is due.
func RegisterImports(w *worker.Worker, s *transfer.Service) {
	w.Handle(Import, worker.Options{Timeout: 24 * time.Hour, Concurrency: 1}, func(ctx context.Context, r worker.Ring) error {
		return s.Process(ctx, r.Org, r.ID)
	})
	w.Due("imports", worker.Each(Import, s.Due))
}
