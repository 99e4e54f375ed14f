// Package videojobs hangs the video room on the worker's bells.
//
// There are two sorts of bell. One names a video: somebody looks what is due with it, which is quickly done, and rings
// for as many hands as have something to do. The other calls hands: whoever hears it works on whatever waits, in the
// order that the room decides, until nothing does.
package videojobs

import (
	"context"
	"strconv"
	"time"

	"palestra/video"
	"palestra/worker"
)

// The names of the bells.
const (
	Kind     = "video"
	Hands    = "video-hands"
	TaskKind = "video-task"
	Imports  = "video-import"
)

// mostHands is how many workers are called at once.
const mostHands = 32

// Bell returns what the video room rings.
func Bell(w *worker.Worker) video.Bell {
	return func(ctx context.Context, org, id string, at time.Time) error {
		return w.Ring(ctx, Kind, org, id, at)
	}
}

// Carry returns what the video room rings for files that the server fetches.
func Carry(w *worker.Worker) video.Bell {
	return func(ctx context.Context, org, id string, at time.Time) error {
		return w.Ring(ctx, Imports, org, id, at)
	}
}

// Chime returns what the video room rings for its tasks.
func Chime(w *worker.Worker) video.Bell {
	return func(ctx context.Context, org, id string, at time.Time) error {
		return w.Ring(ctx, TaskKind, org, id, at)
	}
}

// Register lets a worker process videos: at most `hands` units at once in this process (each encoder has one thread), and
// look for what is due.
func Register(w *worker.Worker, s *video.Service, hands int) {
	w.Handle(Kind, worker.Options{Timeout: time.Hour, Concurrency: 4}, func(ctx context.Context, r worker.Ring) error {
		n, err := s.Tend(ctx, r.Org, r.ID)
		for i := range min(n, mostHands) {
			if err := w.Ring(ctx, Hands, "", strconv.Itoa(i), time.Time{}); err != nil {
				return err
			}
		}
		return err
	})
	// The encoder has limits of its own; this one only catches what hangs elsewhere.
	w.Handle(Hands, worker.Options{Timeout: 24 * time.Hour * 7, Concurrency: max(hands, 1)}, func(ctx context.Context, _ worker.Ring) error {
		return s.Hands(ctx)
	})
	// One may write down what is said for hours, while another one measures how loud it is.
	w.Handle(TaskKind, worker.Options{Timeout: 24 * time.Hour * 7, Concurrency: 2}, func(ctx context.Context, r worker.Ring) error {
		return s.DoTask(ctx, r.Org, r.ID)
	})
	// A file of 20 GB over a slow line; what is not done by then goes on.
	w.Handle(Imports, worker.Options{Timeout: 12 * time.Hour, Concurrency: 2}, func(ctx context.Context, r worker.Ring) error {
		return s.Fetch(ctx, r.Org, r.ID)
	})
	w.Due("video workers", func(ctx context.Context, _ time.Time, _ int) ([]worker.Ring, error) {
		return nil, s.Beat(ctx, max(hands, 1))
	})
	w.Sweep("video rooms", time.Minute, s.SettleRooms)
	w.Due("video tasks", worker.Each(TaskKind, s.TasksDue))
	w.Due("videos", worker.Each(Kind, s.Due))
	w.Sweep("videos told", 30*time.Second, s.TellDue)
}
