package web

import (
	"context"
	"maps"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/adaptor"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Check says whether one thing is well; the error's text is shown to operators.
type Check func(ctx context.Context) error

// Readiness is the list of what must be well before requests are welcome.
type Readiness struct {
	mu       sync.Mutex
	names    []string         // guarded by mu, in the order of Add
	checks   map[string]Check // guarded by mu
	warnings map[string]Check // guarded by mu
	draining bool             // guarded by mu
}

// Add names one more thing that must be well.
func (r *Readiness) Add(name string, c Check) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.checks == nil {
		r.checks = map[string]Check{}
	}
	if _, ok := r.checks[name]; !ok {
		r.names = append(r.names, name)
	}
	r.checks[name] = c
}

// Warn names something that operators should know of and that keeps nobody from asking.
func (r *Readiness) Warn(name string, c Check) {
	r.mu.Lock()
	defer r.mu.Unlock()
	if r.warnings == nil {
		r.warnings = map[string]Check{}
	}
	r.warnings[name] = c
}

func (r *Readiness) drain() {
	r.mu.Lock()
	defer r.mu.Unlock()
	r.draining = true
}

// State is the answer of /readyz.
type State struct {
	Ready  bool              `json:"ready"`
	Checks map[string]string `json:"checks"` // "ok", or what is not well
	// Warnings are what is not as it should be and yet no reason not to ask.
	Warnings map[string]string `json:"warnings,omitempty"`
}

// State asks every check, each within two seconds.
func (r *Readiness) State(ctx context.Context) State {
	r.mu.Lock()
	names, draining := append([]string(nil), r.names...), r.draining
	checks := make([]Check, len(names))
	for i, n := range names {
		checks[i] = r.checks[n]
	}
	warnings := maps.Clone(r.warnings)
	r.mu.Unlock()
	s := State{Ready: !draining, Checks: map[string]string{}}
	if draining {
		s.Checks["server"] = "stopping"
	}
	for i, n := range names {
		ctx, cancel := context.WithTimeout(ctx, 2*time.Second)
		err := checks[i](ctx)
		cancel()
		s.Checks[n] = "ok"
		if err != nil {
			s.Ready, s.Checks[n] = false, err.Error()
		}
	}
	for n, c := range warnings {
		if err := c(ctx); err != nil {
			if s.Warnings == nil {
				s.Warnings = map[string]string{}
			}
			s.Warnings[n] = err.Error()
		}
	}
	return s
}

func (e *Edge) health() {
	e.App.Get("/healthz", func(c *fiber.Ctx) error { return c.SendString("ok\n") })
	e.App.Get("/readyz", func(c *fiber.Ctx) error {
		s := e.ready.State(c.UserContext())
		if !s.Ready {
			c.Status(fiber.StatusServiceUnavailable)
		}
		return c.JSON(s)
	})
	if e.cfg.Registry != nil {
		e.App.Get("/metrics", adaptor.HTTPHandler(promhttp.HandlerFor(e.cfg.Registry, promhttp.HandlerOpts{})))
	}
}
