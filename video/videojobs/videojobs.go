// Package videojobs hangs the video room on the worker's bells.
package videojobs

import (
	"context"
	"time"

	"palestra/video"
	"palestra/worker"
)

// Kind is the name of the bell, TaskKind of the one for tasks.
const (
	Kind     = "video"
	TaskKind = "video-task"
)

// Bell returns what the video room rings.
func Bell(w *worker.Worker) video.Bell {
	return func(ctx context.Context, org, id string, at time.Time) error {
		return w.Ring(ctx, Kind, org, id, at)
	}
}

// Chime returns what the video room rings for its tasks.
func Chime(w *worker.Worker) video.Bell {
	return func(ctx context.Context, org, id string, at time.Time) error {
		return w.Ring(ctx, TaskKind, org, id, at)
	}
}

// Register lets a worker process videos: at most `at once` in this process (0: one; an encoder uses several
// processors), and look for what is due.
func Register(w *worker.Worker, s *video.Service, atOnce int) {
	// The encoder has limits of its own; this one only catches what hangs elsewhere.
	w.Handle(Kind, worker.Options{Timeout: 24 * time.Hour * 7, Concurrency: max(atOnce, 1)}, func(ctx context.Context, r worker.Ring) error {
		return s.Process(ctx, r.Org, r.ID)
	})
	w.Handle(TaskKind, worker.Options{Timeout: 2 * time.Hour, Concurrency: 1}, func(ctx context.Context, r worker.Ring) error {
		return s.DoTask(ctx, r.Org, r.ID)
	})
	w.Due("video tasks", worker.Each(TaskKind, s.TasksDue))
	w.Due("videos", worker.Each(Kind, s.Due))
	w.Sweep("videos told", 30*time.Second, s.TellDue)
}
