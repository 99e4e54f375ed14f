package worker

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/redis/go-redis/v9"
)

// DueFunc reads a room's documents for what is due by now: nobody holds it, or whoever held it has let its lease run
// out. It returns at most limit rings, the longest due first.
type DueFunc func(ctx context.Context, now time.Time, limit int) ([]Ring, error)

// SweepFunc does what nobody rings for: removing what is abandoned, counting what is there.
type SweepFunc func(ctx context.Context, now time.Time) error

type due struct {
	name string
	ask  DueFunc
}

type sweep struct {
	name  string
	every time.Duration
	run   SweepFunc
}

const dueLimit = 500 // rings of one Due function in one round

// Each makes the function that rings for each document that due names.
func Each[P ~struct{ Org, ID string }](kind string, due func(ctx context.Context, now time.Time, limit int) ([]P, error)) DueFunc {
	return func(ctx context.Context, now time.Time, limit int) ([]Ring, error) {
		list, err := due(ctx, now, limit)
		rings := make([]Ring, len(list))
		for i, p := range list {
			at := struct{ Org, ID string }(p)
			rings[i] = Ring{Kind: kind, Org: at.Org, ID: at.ID}
		}
		return rings, err
	}
}

// Due registers a function that is asked every Config.SweepEvery, and at the start, for what is due.
func (w *Worker) Due(name string, f DueFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.started {
		panic("worker: Due after Start: " + name)
	}
	w.dues = append(w.dues, due{name, f})
}

// Sweep registers a function that runs at the start and then every so often, in one of the worker processes only.
// Should Redis be away, each process may run it.
func (w *Worker) Sweep(name string, every time.Duration, f SweepFunc) {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.started {
		panic("worker: Sweep after Start: " + name)
	}
	w.sweeps = append(w.sweeps, sweep{name, every, f})
}

// startSweeps is called with mu held.
func (w *Worker) startSweeps(ctx context.Context) {
	if len(w.dues) > 0 {
		w.loop(ctx, w.config.SweepEvery, func() {
			for _, d := range w.dues {
				if err := w.ringDue(ctx, d); err != nil && ctx.Err() == nil {
					w.config.Log.Error("the sweep went wrong", "sweep", d.name, "error", err)
				}
			}
		})
	}
	for _, s := range w.sweeps {
		w.loop(ctx, s.every, func() {
			if !w.mine(ctx, s) {
				return
			}
			if err := s.run(ctx, w.config.Now()); err != nil && ctx.Err() == nil {
				w.config.Log.Error("the sweep went wrong", "sweep", s.name, "error", err)
			}
		})
	}
}

func (w *Worker) loop(ctx context.Context, every time.Duration, round func()) {
	w.loops.Go(func() {
		tick := time.NewTicker(every)
		defer tick.Stop()
		for {
			w.guarded(round)
			select {
			case <-ctx.Done():
				return
			case <-tick.C:
			}
		}
	})
}

// guarded keeps a panic of one round from ending the program.
func (w *Worker) guarded(round func()) {
	defer func() {
		if x := recover(); x != nil {
			w.config.Log.Error("a sweep panicked", "panic", fmt.Sprint(x))
		}
	}()
	round()
}

func (w *Worker) ringDue(ctx context.Context, d due) error {
	rings, err := d.ask(ctx, w.config.Now(), dueLimit)
	if err != nil {
		return err
	}
	for _, r := range rings {
		if err := w.ring(ctx, r.Kind, r.Org, r.ID, r.At, true); err != nil {
			return err
		}
	}
	return nil
}

// mine reports whether this process is the one to sweep this time.
func (w *Worker) mine(ctx context.Context, s sweep) bool {
	hold := s.every - s.every/10 // the next tick of the same process must find it free
	_, err := w.redis.SetArgs(ctx, w.config.Prefix+"palestra:sweep:"+s.name, "held", redis.SetArgs{Mode: "NX", TTL: hold}).Result()
	return !errors.Is(err, redis.Nil)
}
