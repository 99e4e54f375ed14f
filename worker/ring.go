package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"regexp"
	"time"

	"github.com/hibiken/asynq"
)

// Ring rings the bell of a document at a time (zero: now). It is idempotent: a bell that already waits is not hung
// twice, only moved forward when the new time is earlier; one that is just being answered rings once more afterwards,
// because the handler may have looked before the document changed.
//
// An error means that the queue cannot be reached. Callers log it and go on: the document says what is due, and the
// sweep will ring.
func (w *Worker) Ring(ctx context.Context, kind, org, id string, at time.Time) error {
	return w.ring(ctx, kind, org, id, at, false)
}

// ring is Ring; a patient one leaves the pause after a failure alone, as the sweep does.
func (w *Worker) ring(ctx context.Context, kind, org, id string, at time.Time, patient bool) error {
	if err := checkKind(kind); err != nil {
		return err
	}
	body, err := json.Marshal(payload{Kind: kind, Org: org, ID: id})
	if err != nil {
		return fmt.Errorf("worker.Ring: %w", err)
	}
	now := w.config.Now()
	name := kind + ":" + org + ":" + id
	for range 5 { // each round lost a race against a worker
		err := w.hang(ctx, kind, name, body, now, at)
		if !errors.Is(err, asynq.ErrTaskIDConflict) {
			return ringError(err)
		}
		info, err := w.look.GetTaskInfo(w.queue(kind), name)
		switch {
		case errors.Is(err, asynq.ErrTaskNotFound) || errors.Is(err, asynq.ErrQueueNotFound):
			continue // it has just been answered
		case err != nil:
			return ringError(err)
		}
		switch info.State {
		case asynq.TaskStatePending:
			return nil
		case asynq.TaskStateScheduled, asynq.TaskStateRetry:
			if !at.Before(info.NextProcessAt) || patient && info.State == asynq.TaskStateRetry {
				return nil
			}
			if at.After(now) {
				err = w.look.DeleteTask(w.queue(kind), name)
			} else if err = w.look.RunTask(w.queue(kind), name); err == nil {
				return nil
			}
			if err != nil && !errors.Is(err, asynq.ErrTaskNotFound) {
				return ringError(err)
			}
		case asynq.TaskStateActive:
			// One more for after the work in hand. The name holds the minute: should that worker be dead and its task
			// never be recovered (hibiken/asynq#1144), it blocks nothing for longer.
			err := w.hang(ctx, kind, fmt.Sprintf("%s@%d", name, now.Unix()/60), body, now, at)
			if errors.Is(err, asynq.ErrTaskIDConflict) {
				return nil
			}
			return ringError(err)
		default: // archived or completed: asynq keeps it, we do not need it
			if err := w.look.DeleteTask(w.queue(kind), name); err != nil && !errors.Is(err, asynq.ErrTaskNotFound) {
				return ringError(err)
			}
		}
	}
	return nil
}

func (w *Worker) hang(ctx context.Context, kind, name string, body []byte, now, at time.Time) error {
	options := []asynq.Option{
		asynq.TaskID(name),
		asynq.Queue(w.queue(kind)),
		asynq.MaxRetry(1 << 20),            // the handler's Options count
		asynq.Timeout(30 * 24 * time.Hour), // likewise
	}
	if at.After(now) {
		options = append(options, asynq.ProcessAt(at))
	}
	_, err := w.client.EnqueueContext(ctx, asynq.NewTask(kind, body), options...)
	return err
}

func ringError(err error) error {
	if err == nil {
		return nil
	}
	return fmt.Errorf("worker.Ring: %w", err)
}

var validKind = regexp.MustCompile(`^[a-z][a-z0-9-]{0,40}$`)

func checkKind(kind string) error {
	if !validKind.MatchString(kind) {
		return fmt.Errorf("worker: %q is no kind", kind)
	}
	return nil
}
