// Package worker is the hands of the house: bells that are rung, handlers that answer them, sweeps that look for what
// nobody rang for.
//
// The queue is never the truth. A document says what is due (its state, when, how often it was tried, who holds it);
// a Ring only says "look at this document now". So a handler decides from what is stored, may run twice, and may have
// died in the middle last time. What a lost Redis or a killed worker forgets, the sweep rings again, because every
// room registers a Due function that reads its documents.
//
// The bells hang on Redis by way of asynq; without a Redis of its own an installation uses one inside the process,
// which forgets everything at the end, as any Redis may.
package worker

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/hibiken/asynq"
	"github.com/redis/go-redis/v9"
)

// Ring is one stroke of a bell: look at this document of this kind.
type Ring struct {
	Kind string    // which handler, e.g. "video-process"; lower case, digits and dashes
	Org  string    // organisation; empty for what belongs to none
	ID   string    // of the document
	At   time.Time // not before; zero means now
}

// Handler answers a ring. An error (or a panic) makes the bell ring again after a growing pause, Options.Retries
// times; after that only the sweep rings. ctx ends with Options.Timeout or when the worker is told to stop.
type Handler func(ctx context.Context, r Ring) error

// Options say how a kind is handled.
type Options struct {
	Timeout     time.Duration // of one call; required
	Concurrency int           // calls at once in this process; 0: shares the common pool of Config.Concurrency
	Retries     int           // 0: 5
	// Pause before try n+1 (n from 1); nil: 2 s, 4 s, 8 s … at most 5 minutes.
	Pause func(n int) time.Duration
}

// Config says where the bells hang.
type Config struct {
	Redis       string           // redis:// or rediss:// URL; empty: inside this process
	Prefix      string           // of every queue name, for tests that share a Redis
	Concurrency int              // calls at once in the common pool; 0: 8
	SweepEvery  time.Duration    // how often the Due functions are asked; 0: 10 s
	Now         func() time.Time // required
	Log         *slog.Logger     // required
}

// Worker rings and, once started, answers. It is safe for use by many goroutines.
type Worker struct {
	config Config
	redis  redis.UniversalClient
	inside *insideRedis // nil with a Redis elsewhere
	client *asynq.Client
	look   *asynq.Inspector

	mu      sync.Mutex
	kinds   map[string]kind   // guarded by mu; fixed after Start
	dues    []due             // guarded by mu; fixed after Start
	sweeps  []sweep           // guarded by mu; fixed after Start
	counts  map[string]*Count // guarded by mu
	servers []*asynq.Server   // guarded by mu
	started bool              // guarded by mu
	drained bool              // guarded by mu
	stop    context.CancelFunc
	loops   sync.WaitGroup // sweeps
	hands   sync.WaitGroup // handlers at work
}

type kind struct {
	options Options
	handler Handler
}

// New prepares a worker. A process that only rings never starts it. It fails on a URL that is not one of Redis;
// whether that Redis answers is for Health to say.
func New(c Config) (*Worker, error) {
	if c.Now == nil || c.Log == nil {
		return nil, errors.New("worker.New: Now and Log are required")
	}
	if c.Concurrency == 0 {
		c.Concurrency = 8
	}
	if c.SweepEvery == 0 {
		c.SweepEvery = 10 * time.Second
	}
	w := &Worker{config: c, kinds: map[string]kind{}, counts: map[string]*Count{}}
	options := &redis.Options{}
	if c.Redis == "" {
		w.inside = startInside()
		options.Addr = "inside"
		options.Dialer = w.inside.dial
	} else {
		var err error
		if options, err = redis.ParseURL(c.Redis); err != nil {
			return nil, fmt.Errorf("worker.New: not the address of a Redis: %w", err)
		}
	}
	options.DialTimeout = 2 * time.Second
	options.PoolSize = 64
	options.ReadBufferSize, options.WriteBufferSize = 4<<10, 4<<10 // of a connection; what is said is short
	w.redis = redis.NewClient(options)
	if w.inside != nil {
		w.redis.AddHook(spare{w.inside.server.Exists})
	}
	w.client = asynq.NewClientFromRedisClient(w.redis)
	w.look = asynq.NewInspectorFromRedisClient(w.redis)
	return w, nil
}

// Handle registers the handler of a kind, before Start. Whoever only rings needs none.
func (w *Worker) Handle(name string, o Options, h Handler) {
	w.mu.Lock()
	defer w.mu.Unlock()
	switch {
	case w.started:
		panic("worker: Handle after Start: " + name)
	case o.Timeout <= 0 || h == nil:
		panic("worker: a kind needs a handler and a timeout: " + name)
	}
	if _, twice := w.kinds[name]; twice {
		panic("worker: two handlers for " + name)
	}
	if o.Retries == 0 {
		o.Retries = 5
	}
	if o.Pause == nil {
		o.Pause = doubling
	}
	w.kinds[name] = kind{o, h}
	w.counts[name] = &Count{Kind: name}
}

func doubling(n int) time.Duration {
	return min(time.Second<<min(n, 10), 5*time.Minute)
}

// Start begins to answer rings and to sweep, until Drain. ctx only bounds the start itself.
func (w *Worker) Start(ctx context.Context) error {
	w.mu.Lock()
	defer w.mu.Unlock()
	if w.started {
		return errors.New("worker.Start: started before")
	}
	w.started = true
	base, stop := context.WithCancel(context.WithoutCancel(ctx))
	w.stop = stop
	common := map[string]int{}
	for name, k := range w.kinds {
		if k.options.Concurrency == 0 {
			common[w.queue(name)] = 1
		} else if err := w.serve(base, k.options.Concurrency, map[string]int{w.queue(name): 1}); err != nil {
			return fmt.Errorf("worker.Start: %w", err)
		}
	}
	if len(common) > 0 {
		if err := w.serve(base, w.config.Concurrency, common); err != nil {
			return fmt.Errorf("worker.Start: %w", err)
		}
	}
	w.startSweeps(base)
	return nil
}

func (w *Worker) serve(base context.Context, concurrency int, queues map[string]int) error {
	s := asynq.NewServerFromRedisClient(w.redis, asynq.Config{
		Concurrency:              concurrency,
		Queues:                   queues,
		BaseContext:              func() context.Context { return base },
		TaskCheckInterval:        200 * time.Millisecond,
		DelayedTaskCheckInterval: time.Second,
		JanitorInterval:          time.Hour, // it removes what is kept when it is done, and nothing is
		RetryDelayFunc:           w.pause,
		ShutdownTimeout:          2 * time.Second, // Drain has waited before
		Logger:                   logger{w.config.Log},
		LogLevel:                 asynq.WarnLevel,
	})
	if err := s.Start(asynq.HandlerFunc(w.answer)); err != nil {
		return err
	}
	w.servers = append(w.servers, s)
	return nil
}

func (w *Worker) queue(kind string) string { return w.config.Prefix + kind }

// payload is what a task carries; everything else is in the document.
type payload struct {
	Kind string `json:"kind"`
	Org  string `json:"org,omitempty"`
	ID   string `json:"id"`
}

// answer calls the handler of one task.
func (w *Worker) answer(ctx context.Context, t *asynq.Task) (err error) {
	w.hands.Add(1)
	defer w.hands.Done()
	var p payload
	if err := json.Unmarshal(t.Payload(), &p); err != nil {
		return fmt.Errorf("%w: payload of %s: %w", asynq.SkipRetry, t.Type(), err)
	}
	w.mu.Lock()
	k, ok := w.kinds[p.Kind]
	w.mu.Unlock()
	if !ok {
		return fmt.Errorf("nobody handles %s", p.Kind)
	}
	started := w.config.Now()
	w.count(p.Kind, func(c *Count) { c.Running++ })
	tried, _ := asynq.GetRetryCount(ctx)
	defer func() {
		if x := recover(); x != nil {
			err = fmt.Errorf("panic: %v", x)
		}
		took := w.config.Now().Sub(started)
		last := err != nil && tried >= k.options.Retries
		w.count(p.Kind, func(c *Count) {
			c.Running--
			c.Seconds += took.Seconds()
			switch {
			case err == nil:
				c.Done++
			case last:
				c.GivenUp++
			default:
				c.Failed++
			}
		})
		if err == nil {
			return
		}
		w.config.Log.Warn("a job went wrong", "kind", p.Kind, "org", p.Org, "id", p.ID, "try", tried+1, "last", last, "error", err)
		if last {
			err = nil // the document knows what is due; the sweep rings when it is
		}
	}()
	ctx, cancel := context.WithTimeout(ctx, k.options.Timeout)
	defer cancel()
	return k.handler(ctx, Ring{Kind: p.Kind, Org: p.Org, ID: p.ID})
}

func (w *Worker) pause(n int, _ error, t *asynq.Task) time.Duration {
	var p payload
	w.mu.Lock()
	defer w.mu.Unlock()
	if json.Unmarshal(t.Payload(), &p) == nil {
		if k, ok := w.kinds[p.Kind]; ok {
			return k.options.Pause(n + 1)
		}
	}
	return doubling(n + 1)
}

// Drain stops to take up work, waits until the handlers at work are done or ctx ends, then cancels what is left and
// closes. What was cancelled is due according to its document and will be rung again. The worker is closed afterwards,
// also one that was never started. A second call does nothing.
func (w *Worker) Drain(ctx context.Context) error {
	w.mu.Lock()
	servers, stop, again := w.servers, w.stop, w.drained
	w.servers, w.drained = nil, true
	w.mu.Unlock()
	if again {
		return nil
	}
	for _, s := range servers {
		s.Stop()
	}
	done := make(chan struct{})
	go func() {
		w.hands.Wait()
		close(done)
	}()
	var err error
	select {
	case <-done:
	case <-ctx.Done():
		err = fmt.Errorf("worker.Drain: handlers were cut off: %w", ctx.Err())
	}
	if stop != nil {
		stop()
	}
	w.loops.Wait()
	var wg sync.WaitGroup
	for _, s := range servers {
		wg.Go(s.Shutdown)
	}
	wg.Wait()
	err = errors.Join(err, w.redis.Close())
	if w.inside != nil {
		w.inside.close()
	}
	return err
}

// logger hands on what asynq has to say that matters.
type logger struct{ log *slog.Logger }

func (l logger) Debug(...any)     {}
func (l logger) Info(...any)      {}
func (l logger) Warn(args ...any) { l.log.Warn("queue", "said", fmt.Sprint(args...)) }
func (l logger) Error(args ...any) {
	l.log.Error("queue", "said", fmt.Sprint(args...))
}
func (l logger) Fatal(args ...any) { l.log.Error("queue", "said", fmt.Sprint(args...)) }
