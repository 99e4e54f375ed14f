package worker

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"time"
)

// Count is what /metrics says about a kind.
type Count struct {
	Kind    string
	Running int           // handlers at work in this process
	Done    int64         // calls that ended well, since the start of this process
	Failed  int64         // calls that failed and will be tried again
	GivenUp int64         // calls that failed for the last time
	Seconds float64       // spent in handlers
	Waiting int           // rings that could be answered now, in all processes
	Active  int           // rings that are being answered, in all processes
	Later   int           // rings for a later time, retries among them
	Again   int           // retries
	Oldest  time.Duration // how long the longest waiting one has waited
}

func (w *Worker) count(kind string, f func(*Count)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.counts[kind]; c != nil {
		f(c)
	}
}

// Counts returns the figures of every kind that this process handles or that was ever rung, by name.
func (w *Worker) Counts(context.Context) ([]Count, error) {
	queues, err := w.look.Queues()
	if err != nil {
		return nil, fmt.Errorf("worker.Counts: %w", err)
	}
	w.mu.Lock()
	all := make([]Count, 0, len(w.counts))
	for _, c := range w.counts {
		all = append(all, *c)
	}
	w.mu.Unlock()
	for _, q := range queues {
		kind, ours := strings.CutPrefix(q, w.config.Prefix)
		if ours && !slices.ContainsFunc(all, func(c Count) bool { return c.Kind == kind }) {
			all = append(all, Count{Kind: kind})
		}
	}
	slices.SortFunc(all, func(a, b Count) int { return strings.Compare(a.Kind, b.Kind) })
	for i := range all {
		if !slices.Contains(queues, w.queue(all[i].Kind)) {
			continue // never rung
		}
		q, err := w.look.GetQueueInfo(w.queue(all[i].Kind))
		if err != nil {
			return all, fmt.Errorf("worker.Counts: %w", err)
		}
		c := &all[i]
		c.Waiting, c.Active, c.Later, c.Again, c.Oldest = q.Pending, q.Active, q.Scheduled+q.Retry, q.Retry, q.Latency
	}
	return all, nil
}

// Health reports whether the bells can be reached, for readiness.
func (w *Worker) Health(ctx context.Context) error {
	if err := w.redis.Ping(ctx).Err(); err != nil {
		return fmt.Errorf("worker.Health: %w", err)
	}
	return nil
}
