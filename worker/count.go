package worker

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"time"

	"github.com/hibiken/asynq"
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
	Later   int           // rings for a later time, retries among them
	Oldest  time.Duration // how long the longest waiting one has waited
}

func (w *Worker) count(kind string, f func(*Count)) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if c := w.counts[kind]; c != nil {
		f(c)
	}
}

// Counts returns the figures of every kind that this process handles, by name.
func (w *Worker) Counts(context.Context) ([]Count, error) {
	w.mu.Lock()
	all := make([]Count, 0, len(w.counts))
	for _, c := range w.counts {
		all = append(all, *c)
	}
	w.mu.Unlock()
	slices.SortFunc(all, func(a, b Count) int { return strings.Compare(a.Kind, b.Kind) })
	for i := range all {
		q, err := w.look.GetQueueInfo(w.queue(all[i].Kind))
		if errors.Is(err, asynq.ErrQueueNotFound) {
			continue // never rung
		}
		if err != nil {
			return all, fmt.Errorf("worker.Counts: %w", err)
		}
		all[i].Waiting, all[i].Later, all[i].Oldest = q.Pending, q.Scheduled+q.Retry, q.Latency
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
