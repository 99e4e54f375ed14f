// Package workertest is the contract of worker.Worker, run on the Redis inside the process and on a real one.
package workertest

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"palestra/worker"
)

// Open makes workers of one Redis. With an empty url each worker has its own, inside.
type Open func(t testing.TB, change func(*worker.Config)) *worker.Worker

// At returns an Open for the Redis at url; every test gets queues of its own.
func At(url string) Open {
	return func(t testing.TB, change func(*worker.Config)) *worker.Worker {
		t.Helper()
		c := worker.Config{
			Redis:      url,
			Prefix:     t.Name() + ":",
			SweepEvery: 100 * time.Millisecond,
			Now:        time.Now,
			Log:        slog.New(slog.DiscardHandler),
		}
		if change != nil {
			change(&c)
		}
		w, err := worker.New(c)
		if err != nil {
			t.Fatal(err)
		}
		t.Cleanup(func() { Drain(t, w) })
		return w
	}
}

// Inside returns a fresh worker on a Redis of its own in this process, not started, drained when the test ends.
func Inside(t testing.TB) *worker.Worker { return At("")(t, nil) }

// Drain ends a worker within ten seconds. A second call does nothing that matters.
func Drain(t testing.TB, w *worker.Worker) {
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Second)
	defer cancel()
	if err := w.Drain(ctx); err != nil && !errors.Is(err, context.DeadlineExceeded) {
		t.Logf("drain: %v", err)
	}
}

// Run checks that workers keep the contract.
func Run(t *testing.T, open Open) {
	for _, c := range []struct {
		name string
		run  func(*testing.T, Open)
	}{
		{"a ring is answered", answered},
		{"at a time", later},
		{"one bell hangs once", once},
		{"a ring during the answer is answered after it", during},
		{"an earlier time wins", earlier},
		{"failures pause and try again", failures},
		{"a ring ends the pause", impatient},
		{"after the last failure it can be rung again", givenUp},
		{"panics are failures", panics},
		{"timeouts", timeouts},
		{"kinds have their own hands", hands},
		{"due documents are rung", dues},
		{"sweeps", sweeps},
		{"drain waits", drainWaits},
		{"drain cuts off", drainCuts},
		{"counts and health", counts},
		{"wrong kinds", wrong},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			c.run(t, open)
		})
	}
}

var quick = worker.Options{Timeout: 10 * time.Second, Pause: func(int) time.Duration { return time.Second }}

func start(t *testing.T, w *worker.Worker) {
	t.Helper()
	if err := w.Start(t.Context()); err != nil {
		t.Fatal(err)
	}
}

func ring(t *testing.T, w *worker.Worker, kind, id string) {
	t.Helper()
	if err := w.Ring(t.Context(), kind, "acme", id, time.Time{}); err != nil {
		t.Fatal(err)
	}
}

// eventually waits at most ten seconds until ok.
func eventually(t *testing.T, what string, ok func() bool) {
	t.Helper()
	for end := time.Now().Add(10 * time.Second); time.Now().Before(end); time.Sleep(5 * time.Millisecond) {
		if ok() {
			return
		}
	}
	t.Fatalf("never happened: %s", what)
}

func is(n *atomic.Int64, want int64) func() bool { return func() bool { return n.Load() == want } }

func answered(t *testing.T, open Open) {
	w := open(t, nil)
	var mu sync.Mutex
	got := map[worker.Ring]int{}
	w.Handle("look", quick, func(_ context.Context, r worker.Ring) error {
		mu.Lock()
		defer mu.Unlock()
		got[r]++
		return nil
	})
	start(t, w)
	const n = 50
	for i := range n {
		ring(t, w, "look", fmt.Sprint(i))
	}
	eventually(t, "50 rings answered", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(got) == n
	})
	for i := range n {
		if r := (worker.Ring{Kind: "look", Org: "acme", ID: fmt.Sprint(i)}); got[r] != 1 {
			t.Errorf("%+v was answered %d times, want 1", r, got[r])
		}
	}
}

func later(t *testing.T, open Open) {
	w := open(t, nil)
	var at atomic.Int64
	w.Handle("look", quick, func(context.Context, worker.Ring) error {
		at.Store(time.Now().UnixNano())
		return nil
	})
	start(t, w)
	want := time.Now().Add(1500 * time.Millisecond)
	if err := w.Ring(t.Context(), "look", "acme", "1", want); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the answer", func() bool { return at.Load() != 0 })
	if got := time.Unix(0, at.Load()); got.Before(want.Truncate(time.Second)) || got.After(want.Add(4*time.Second)) {
		t.Errorf("answered %v after the time", got.Sub(want))
	}
}

func once(t *testing.T, open Open) {
	w := open(t, nil)
	var n atomic.Int64
	w.Handle("look", quick, func(context.Context, worker.Ring) error { n.Add(1); return nil })
	var wg sync.WaitGroup
	for range 8 {
		wg.Go(func() {
			for range 10 {
				ring(t, w, "look", "1")
			}
		})
	}
	wg.Wait()
	start(t, w)
	eventually(t, "an answer", is(&n, 1))
	time.Sleep(500 * time.Millisecond)
	if got := n.Load(); got != 1 {
		t.Errorf("80 strokes before the start were answered %d times, want once", got)
	}
}

func during(t *testing.T, open Open) {
	w := open(t, nil)
	var n atomic.Int64
	inside, on := make(chan struct{}), make(chan struct{})
	w.Handle("look", quick, func(context.Context, worker.Ring) error {
		if n.Add(1) == 1 {
			close(inside)
			<-on
		}
		return nil
	})
	start(t, w)
	ring(t, w, "look", "1")
	<-inside
	for range 20 {
		ring(t, w, "look", "1")
	}
	close(on)
	eventually(t, "the answer to the ring during the answer", func() bool { return n.Load() >= 2 })
	time.Sleep(500 * time.Millisecond)
	if got := n.Load(); got > 3 { // two when all strokes fall into one minute
		t.Errorf("answered %d times", got)
	}
}

func earlier(t *testing.T, open Open) {
	w := open(t, nil)
	var n atomic.Int64
	w.Handle("look", quick, func(context.Context, worker.Ring) error { n.Add(1); return nil })
	start(t, w)
	for _, at := range []time.Time{time.Now().Add(time.Hour), time.Now().Add(2 * time.Hour)} {
		if err := w.Ring(t.Context(), "look", "acme", "1", at); err != nil {
			t.Fatal(err)
		}
	}
	time.Sleep(300 * time.Millisecond)
	if n.Load() != 0 {
		t.Fatal("answered an hour too early")
	}
	if err := w.Ring(t.Context(), "look", "acme", "1", time.Now().Add(time.Second)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "the answer at the earlier time", is(&n, 1))
	if err := w.Ring(t.Context(), "look", "acme", "2", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	ring(t, w, "look", "2")
	eventually(t, "the answer now", is(&n, 2))
}

func failures(t *testing.T, open Open) {
	w := open(t, nil)
	var mu sync.Mutex
	var times []time.Time
	w.Handle("look", quick, func(context.Context, worker.Ring) error {
		mu.Lock()
		defer mu.Unlock()
		if times = append(times, time.Now()); len(times) < 3 {
			return errors.New("not yet")
		}
		return nil
	})
	start(t, w)
	ring(t, w, "look", "1")
	eventually(t, "the third try", func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(times) == 3
	})
	for i := 1; i < 3; i++ {
		if d := times[i].Sub(times[i-1]); d < 500*time.Millisecond || d > 6*time.Second {
			t.Errorf("pause %d was %v, want about a second", i, d)
		}
	}
}

func impatient(t *testing.T, open Open) {
	w := open(t, nil)
	var n atomic.Int64
	o := quick
	o.Pause = func(int) time.Duration { return time.Hour }
	w.Handle("look", o, func(context.Context, worker.Ring) error { n.Add(1); return errors.New("no") })
	w.Due("all", func(context.Context, time.Time, int) ([]worker.Ring, error) {
		if n.Load() == 0 {
			return nil, nil
		}
		return []worker.Ring{{Kind: "look", Org: "acme", ID: "1"}}, nil
	})
	start(t, w)
	ring(t, w, "look", "1")
	eventually(t, "the first try", is(&n, 1))
	time.Sleep(500 * time.Millisecond)
	if got := n.Load(); got != 1 {
		t.Fatalf("the sweep broke the pause: %d tries", got)
	}
	ring(t, w, "look", "1") // the author presses Retry
	eventually(t, "the second try", is(&n, 2))
}

func givenUp(t *testing.T, open Open) {
	w := open(t, nil)
	var n atomic.Int64
	o := quick
	o.Retries = 1
	w.Handle("look", o, func(context.Context, worker.Ring) error { n.Add(1); return errors.New("never") })
	start(t, w)
	ring(t, w, "look", "1")
	eventually(t, "both tries", is(&n, 2))
	eventually(t, "giving up", func() bool {
		c, err := w.Counts(t.Context())
		return err == nil && c[0].GivenUp == 1 && c[0].Failed == 1 && c[0].Waiting+c[0].Later == 0
	})
	ring(t, w, "look", "1")
	eventually(t, "the try after giving up", is(&n, 3))
}

func panics(t *testing.T, open Open) {
	w := open(t, nil)
	var n atomic.Int64
	w.Handle("look", quick, func(context.Context, worker.Ring) error {
		if n.Add(1) == 1 {
			panic("ouch")
		}
		return nil
	})
	start(t, w)
	ring(t, w, "look", "1")
	eventually(t, "the try after the panic", is(&n, 2))
}

func timeouts(t *testing.T, open Open) {
	w := open(t, nil)
	var n atomic.Int64
	o := quick
	o.Timeout = 50 * time.Millisecond
	w.Handle("look", o, func(ctx context.Context, _ worker.Ring) error {
		<-ctx.Done()
		n.Add(1)
		return ctx.Err()
	})
	start(t, w)
	ring(t, w, "look", "1")
	eventually(t, "the timeout", func() bool { return n.Load() >= 1 })
}

func hands(t *testing.T, open Open) {
	w := open(t, func(c *worker.Config) { c.Concurrency = 2 })
	var heavy, peak, light atomic.Int64
	o := quick
	o.Concurrency = 1
	on := make(chan struct{})
	w.Handle("heavy", o, func(context.Context, worker.Ring) error {
		peak.Store(max(peak.Load(), heavy.Add(1)))
		<-on
		heavy.Add(-1)
		return nil
	})
	w.Handle("light", quick, func(context.Context, worker.Ring) error { light.Add(1); return nil })
	start(t, w)
	for i := range 5 {
		ring(t, w, "heavy", fmt.Sprint(i))
	}
	for i := range 5 {
		ring(t, w, "light", fmt.Sprint(i))
	}
	eventually(t, "light work beside heavy", is(&light, 5))
	close(on)
	eventually(t, "the heavy work", func() bool {
		c, err := w.Counts(t.Context())
		return err == nil && c[0].Done == 5
	})
	if peak.Load() != 1 {
		t.Errorf("%d heavy jobs at once, want 1", peak.Load())
	}
}

func dues(t *testing.T, open Open) {
	w := open(t, nil)
	var mu sync.Mutex
	state := map[string]bool{"a": true, "b": true, "c": true} // documents that say: due
	w.Handle("look", quick, func(_ context.Context, r worker.Ring) error {
		mu.Lock()
		defer mu.Unlock()
		delete(state, r.ID)
		return nil
	})
	w.Due("documents", func(_ context.Context, _ time.Time, limit int) ([]worker.Ring, error) {
		mu.Lock()
		defer mu.Unlock()
		var rings []worker.Ring
		for id := range state {
			rings = append(rings, worker.Ring{Kind: "look", Org: "acme", ID: id})
		}
		return rings[:min(limit, len(rings))], nil
	})
	w.Due("broken", func(context.Context, time.Time, int) ([]worker.Ring, error) { return nil, errors.New("no store") })
	start(t, w)
	gone := func() bool {
		mu.Lock()
		defer mu.Unlock()
		return len(state) == 0
	}
	eventually(t, "what was due at the start is done", gone)
	mu.Lock()
	state["later"] = true
	mu.Unlock()
	eventually(t, "what became due is done", gone)
}

func sweeps(t *testing.T, open Open) {
	w := open(t, nil)
	var n, p atomic.Int64
	w.Sweep("count", 200*time.Millisecond, func(context.Context, time.Time) error { n.Add(1); return errors.New("goes on") })
	w.Sweep("panic", 200*time.Millisecond, func(context.Context, time.Time) error { p.Add(1); panic("goes on") })
	start(t, w)
	eventually(t, "three rounds", func() bool { return n.Load() >= 3 && p.Load() >= 3 })
}

func drainWaits(t *testing.T, open Open) {
	w := open(t, nil)
	var n atomic.Int64
	inside := make(chan struct{})
	w.Handle("look", quick, func(ctx context.Context, _ worker.Ring) error {
		close(inside)
		select {
		case <-time.After(300 * time.Millisecond):
			n.Add(1)
		case <-ctx.Done():
		}
		return nil
	})
	start(t, w)
	ring(t, w, "look", "1")
	<-inside
	if err := w.Drain(t.Context()); err != nil {
		t.Error(err)
	}
	if n.Load() != 1 {
		t.Error("drain did not wait for the handler")
	}
}

func drainCuts(t *testing.T, open Open) {
	w := open(t, nil)
	inside, out := make(chan struct{}), make(chan struct{})
	w.Handle("look", quick, func(ctx context.Context, _ worker.Ring) error {
		close(inside)
		<-ctx.Done()
		close(out)
		return ctx.Err()
	})
	start(t, w)
	ring(t, w, "look", "1")
	<-inside
	ctx, cancel := context.WithTimeout(t.Context(), 100*time.Millisecond)
	defer cancel()
	if err := w.Drain(ctx); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("drain: got %v, want that it ran out of time", err)
	}
	select {
	case <-out:
	case <-time.After(5 * time.Second):
		t.Error("the handler was not cancelled")
	}
}

func counts(t *testing.T, open Open) {
	w := open(t, nil)
	on := make(chan struct{})
	o := quick
	o.Concurrency = 1
	w.Handle("look", o, func(context.Context, worker.Ring) error { <-on; return nil })
	if err := w.Health(t.Context()); err != nil {
		t.Errorf("health: %v", err)
	}
	start(t, w)
	for i := range 3 {
		ring(t, w, "look", fmt.Sprint(i))
	}
	if err := w.Ring(t.Context(), "look", "acme", "later", time.Now().Add(time.Hour)); err != nil {
		t.Fatal(err)
	}
	eventually(t, "one running, two waiting, one later", func() bool {
		c, err := w.Counts(t.Context())
		return err == nil && len(c) == 1 && c[0].Kind == "look" && c[0].Running == 1 && c[0].Waiting == 2 && c[0].Later == 1
	})
	close(on)
	eventually(t, "three done", func() bool {
		c, err := w.Counts(t.Context())
		return err == nil && c[0].Done == 3 && c[0].Running == 0
	})
}

func wrong(t *testing.T, open Open) {
	w := open(t, nil)
	for _, kind := range []string{"", "A", "a b", "a:b", "1a"} {
		if err := w.Ring(t.Context(), kind, "acme", "1", time.Time{}); err == nil {
			t.Errorf("kind %q was accepted", kind)
		}
	}
	for _, url := range []string{"localhost", "http://localhost", "redis://a b"} {
		if w, err := worker.New(worker.Config{Redis: url, Now: time.Now, Log: slog.New(slog.DiscardHandler)}); err == nil {
			Drain(t, w)
			t.Errorf("%q was accepted as a Redis", url)
		}
	}
}
