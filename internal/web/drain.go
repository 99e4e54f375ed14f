package web

import (
	"context"
	"errors"
	"net"
	"sync"
	"sync/atomic"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

const (
	// linger is how long new connections are still accepted after the word to stop: those that have asked already are
	// heard, and every answer says that the connection ends.
	linger = 250 * time.Millisecond
	// silence is how long a connection that has never asked anything may stay then: browsers open some in advance.
	silence = 2 * time.Second
	// mercy is how long handlers may take to notice that their connections were closed when the grace is over.
	mercy = 5 * time.Second
)

// traffic knows the connections and the requests under way, so that a stop loses none and ends in bounded time.
type traffic struct {
	stopping atomic.Bool
	running  atomic.Int64
	base     context.Context //nolint:containedctx // from which requests' contexts come; it ends with the grace
	cut      context.CancelFunc
	endless  context.Context //nolint:containedctx // of streams: they go on when their handler and its context have ended, until the stop begins
	hush     context.CancelFunc

	mu   sync.Mutex
	open map[net.Conn]bool // whether it has asked something; guarded by mu
}

func newTraffic() *traffic {
	t := &traffic{open: map[net.Conn]bool{}}
	t.base, t.cut = context.WithCancel(context.Background())
	t.endless, t.hush = context.WithCancel(t.base)
	return t
}

// state follows the connections of the server.
func (t *traffic) state(c net.Conn, s fasthttp.ConnState) {
	t.mu.Lock()
	defer t.mu.Unlock()
	switch s {
	case fasthttp.StateNew:
		t.open[c] = false
	case fasthttp.StateClosed, fasthttp.StateHijacked:
		delete(t.open, c)
	case fasthttp.StateActive, fasthttp.StateIdle:
	}
}

// pass counts a request while it is answered.
func (t *traffic) pass(c *fiber.Ctx) error {
	t.running.Add(1)
	defer t.running.Add(-1)
	t.mu.Lock()
	t.open[c.Context().Conn()] = true
	t.mu.Unlock()
	err := c.Next()
	if t.stopping.Load() {
		c.Context().SetConnectionClose()
	}
	return err
}

// busy reports whether a handler runs or a connection is open.
func (t *traffic) busy() bool {
	t.mu.Lock()
	defer t.mu.Unlock()
	return t.running.Load() > 0 || len(t.open) > 0
}

// close closes the connections that chosen chooses, and returns how many.
func (t *traffic) close(chosen func(asked bool) bool) int {
	t.mu.Lock()
	var some []net.Conn
	for c, asked := range t.open {
		if chosen(asked) {
			some = append(some, c)
		}
	}
	t.mu.Unlock()
	for _, c := range some {
		_ = c.Close() // it may have ended by itself
	}
	return len(some)
}

// Serve accepts connections until ctx ends, then drains. Every request that was begun by then is answered whole if that
// takes no longer than grace; what takes longer is cut off. When it returns nothing is under way any more.
func (e *Edge) Serve(ctx context.Context, l net.Listener, grace time.Duration) error {
	e.App.Server().ConnState = e.traffic.state
	e.App.Server().CloseOnShutdown = true
	failed := make(chan error, 1)
	go func() { failed <- e.App.Listener(l) }()
	select {
	case err := <-failed:
		return err
	case <-ctx.Done():
	}
	e.ready.drain()
	e.traffic.stopping.Store(true)
	e.traffic.hush()
	time.Sleep(min(e.linger, grace))
	silent := time.AfterFunc(min(silence, grace), func() { e.traffic.close(func(asked bool) bool { return !asked }) })
	defer silent.Stop()
	err := e.App.ShutdownWithTimeout(grace)
	if errors.Is(err, context.DeadlineExceeded) {
		err = nil
	}
	e.traffic.cut()
	if n := e.traffic.close(func(bool) bool { return true }); n > 0 {
		e.cfg.Log.Warn("requests took longer than the stop may take and were cut off", "connections", n)
	}
	for end := e.cfg.Now().Add(mercy); e.traffic.busy() && e.cfg.Now().Before(end); {
		time.Sleep(10 * time.Millisecond)
	}
	return errors.Join(err, <-failed)
}
