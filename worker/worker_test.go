package worker_test

import (
	"context"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"palestra/internal/servicestest"
	"palestra/worker"
	"palestra/worker/workertest"
)

func TestInside(t *testing.T) {
	t.Parallel()
	workertest.Run(t, workertest.At(""))
}

func TestRedis(t *testing.T) {
	t.Parallel()
	r := servicestest.Redis(t)
	workertest.Run(t, workertest.At(r.URL))
}

// documents stand for what a room stores.
type documents struct {
	mu  sync.Mutex
	due map[string]bool // guarded by mu
}

func (d *documents) handle(_ context.Context, r worker.Ring) error {
	time.Sleep(time.Millisecond)
	d.mu.Lock()
	defer d.mu.Unlock()
	delete(d.due, r.ID)
	return nil
}

func (d *documents) ask(_ context.Context, _ time.Time, limit int) ([]worker.Ring, error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	var rings []worker.Ring
	for id := range d.due {
		if len(rings) < limit {
			rings = append(rings, worker.Ring{Kind: "look", Org: "acme", ID: id})
		}
	}
	return rings, nil
}

func (d *documents) left() int {
	d.mu.Lock()
	defer d.mu.Unlock()
	return len(d.due)
}

// A Redis that is killed in the middle of the work and comes back empty loses nothing.
func TestRedisKilled(t *testing.T) {
	t.Parallel()
	r := servicestest.Redis(t)
	w, err := worker.New(worker.Config{
		Redis: r.URL, SweepEvery: 100 * time.Millisecond, Now: time.Now, Log: slog.New(slog.DiscardHandler),
	})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { workertest.Drain(t, w) })
	d := &documents{due: map[string]bool{}}
	for i := range 500 {
		d.due[fmt.Sprint(i)] = true
	}
	w.Handle("look", worker.Options{Timeout: time.Second, Concurrency: 2}, d.handle)
	w.Due("documents", d.ask)
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for d.left() > 400 {
		time.Sleep(time.Millisecond)
	}
	r.Process.Kill()
	if err := w.Health(t.Context()); err == nil {
		t.Error("healthy without Redis")
	}
	if err := w.Ring(t.Context(), "look", "acme", "x", time.Time{}); err == nil {
		t.Error("a ring without Redis was no error")
	}
	before := d.left()
	time.Sleep(300 * time.Millisecond)
	r.Restart(t)
	for end := time.Now().Add(20 * time.Second); d.left() > 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatalf("%d of %d documents are still due", d.left(), before)
		}
	}
	if before == 0 {
		t.Error("everything was done before the kill: this test proves nothing")
	}
}

// A worker that dies in the middle of a handler (it never says that it is done) strands nothing: the document is rung
// again by another one as soon as it says that it is due.
func TestWorkerLost(t *testing.T) {
	t.Parallel()
	r := servicestest.Redis(t)
	open := func() *worker.Worker {
		w, err := worker.New(worker.Config{
			Redis: r.URL, SweepEvery: 100 * time.Millisecond, Now: time.Now, Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			t.Fatal(err)
		}
		return w
	}
	hanging := make(chan struct{})
	inside := make(chan struct{})
	lost := open()
	lost.Handle("look", worker.Options{Timeout: time.Hour, Concurrency: 1}, func(context.Context, worker.Ring) error {
		close(inside)
		<-hanging
		return nil
	})
	if err := lost.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := lost.Ring(t.Context(), "look", "acme", "1", time.Time{}); err != nil {
		t.Fatal(err)
	}
	<-inside // from here on that worker is as good as dead
	var n atomic.Int64
	other := open()
	other.Handle("look", worker.Options{Timeout: time.Second}, func(context.Context, worker.Ring) error { n.Add(1); return nil })
	other.Due("documents", func(context.Context, time.Time, int) ([]worker.Ring, error) {
		if n.Load() > 0 {
			return nil, nil
		}
		return []worker.Ring{{Kind: "look", Org: "acme", ID: "1"}}, nil
	})
	if err := other.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
	for end := time.Now().Add(10 * time.Second); n.Load() == 0; time.Sleep(10 * time.Millisecond) {
		if time.Now().After(end) {
			t.Fatal("nobody took up what the lost worker had in hand")
		}
	}
	close(hanging)
	workertest.Drain(t, other)
	workertest.Drain(t, lost)
}

// Two processes on one Redis share the sweeps.
func TestSweepOnce(t *testing.T) {
	t.Parallel()
	r := servicestest.Redis(t)
	var n atomic.Int64
	for range 3 {
		w, err := worker.New(worker.Config{Redis: r.URL, Now: time.Now, Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { workertest.Drain(t, w) })
		w.Sweep("hourly", time.Hour, func(context.Context, time.Time) error { n.Add(1); return nil })
		if err := w.Start(t.Context()); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(500 * time.Millisecond)
	if n.Load() != 1 {
		t.Errorf("swept %d times, want once", n.Load())
	}
}
