package web

import (
	"errors"
	"math"
	"net/netip"
	"strconv"
	"strings"
	"sync"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"

	"palestra/internal/fault"
)

// Limit is how many requests one asker may make: Burst at once, and Rate a second from then on. The zero Limit is none.
type Limit struct {
	Rate  float64
	Burst int
}

// ParseLimit reads 50/1000, which is 50 a second and 1000 at once, or off.
func ParseLimit(s string) (Limit, error) {
	if s == "" || s == "off" {
		return Limit{}, nil
	}
	rate, burst, _ := strings.Cut(s, "/")
	r, err1 := strconv.ParseFloat(rate, 64)
	b, err2 := strconv.Atoi(burst)
	if err1 != nil || err2 != nil || !(r > 0) || r > 1e6 || b < 1 || b > 1e6 {
		return Limit{}, errors.New("want requests a second and at once, as 50/1000, or off")
	}
	return Limit{r, b}, nil
}

// Limits are the limits of an installation. Each is counted in each process by itself.
type Limits struct {
	Person  Limit // of one person who is signed in; parts of uploads are counted apart, with the same limit
	Address Limit // of all who are not signed in at one address (IPv6: one /64)
	XAPI    Limit // of one address at the record store, whose clients bring credentials of their own
}

// mostBuckets bounds the memory of one limiter: some megabytes.
const mostBuckets = 100_000

// limiter is a token bucket for each asker. One that is full again is as good as none, so it is forgotten.
type limiter struct {
	limit Limit
	now   func() time.Time

	mu      sync.Mutex
	buckets map[string]*bucket // guarded by mu
	swept   time.Time          // guarded by mu
}

type bucket struct {
	tokens float64
	at     time.Time
}

func newLimiter(l Limit, now func() time.Time) *limiter {
	return &limiter{limit: l, now: now, buckets: map[string]*bucket{}}
}

// take takes a token, or returns how long it takes until there is one.
func (l *limiter) take(key string) (wait time.Duration, ok bool) {
	if l.limit.Rate == 0 {
		return 0, true
	}
	now := l.now()
	l.mu.Lock()
	defer l.mu.Unlock()
	b := l.buckets[key]
	if b == nil {
		if len(l.buckets) >= mostBuckets {
			l.sweep(now)
		}
		b = &bucket{tokens: float64(l.limit.Burst), at: now}
		l.buckets[key] = b
	}
	b.tokens = l.filled(b, now)
	b.at = now
	if b.tokens < 1 {
		return time.Duration((1 - b.tokens) / l.limit.Rate * float64(time.Second)), false
	}
	b.tokens--
	return 0, true
}

func (l *limiter) filled(b *bucket, now time.Time) float64 {
	return min(float64(l.limit.Burst), b.tokens+max(0, now.Sub(b.at).Seconds())*l.limit.Rate)
}

// sweep forgets full buckets, and, if that is not enough, a tenth of the others, whichever they are: who floods us from
// everywhere gains a little, and nobody else loses anything.
func (l *limiter) sweep(now time.Time) {
	if now.Sub(l.swept) >= time.Second {
		l.swept = now
		for k, b := range l.buckets {
			if l.filled(b, now) >= float64(l.limit.Burst) {
				delete(l.buckets, k)
			}
		}
	}
	for k := range l.buckets {
		if len(l.buckets) <= mostBuckets*9/10 {
			return
		}
		delete(l.buckets, k)
	}
}

// limits are the limiters of an edge.
type limits struct {
	person, parts, address, xapi *limiter
	refused                      *prometheus.CounterVec
}

func newLimits(c Config) *limits {
	l := &limits{person: newLimiter(c.Limits.Person, c.Now), parts: newLimiter(c.Limits.Person, c.Now), address: newLimiter(c.Limits.Address, c.Now), xapi: newLimiter(c.Limits.XAPI, c.Now),
		refused: prometheus.NewCounterVec(prometheus.CounterOpts{Name: "palestra_http_limited_total", Help: "Requests refused because there were too many, by limit."}, []string{"limit"})}
	if c.Registry != nil {
		c.Registry.MustRegister(l.refused)
	}
	return l
}

func (l *limits) check(by *limiter, name, key string) error {
	wait, ok := by.take(key)
	if ok {
		return nil
	}
	l.refused.WithLabelValues(name).Inc()
	after := max(1, int(math.Ceil(wait.Seconds())))
	return fault.New(fault.TooMany, "request.too_many", "too many requests; try again in %d seconds", after).With("after", after)
}

// network is an address as limits see it: whoever has one IPv6 address has its /64.
func network(a netip.Addr) string {
	if a.Is6() {
		if p, err := a.Prefix(64); err == nil {
			return p.String()
		}
	}
	return a.String()
}

// Admit counts a request of the JSON interface for the person who makes it, or, while nobody is signed in, for her
// address. It refuses what is too much: request.too_many.
func (e *Edge) Admit(c *fiber.Ctx, person string) error {
	switch {
	case person == "":
		return e.limits.check(e.limits.address, "address", network(e.ClientAddr(c)))
	case c.Method() == fiber.MethodPut && strings.HasPrefix(c.Path(), Base+"/uploads/"):
		return e.limits.check(e.limits.parts, "parts", person)
	}
	return e.limits.check(e.limits.person, "person", person)
}

// AdmitAddress counts requests below a folder of pages that anybody may see for the address that they come from. It is
// a middleware; the router would take /courses for something below /c.
func (e *Edge) AdmitAddress(folder string) fiber.Handler {
	return e.admit(folder, e.limits.address, "address")
}

// AdmitXAPI counts requests to the record store, below its folder, for the address that they come from.
func (e *Edge) AdmitXAPI(folder string) fiber.Handler { return e.admit(folder, e.limits.xapi, "xapi") }

func (e *Edge) admit(folder string, by *limiter, name string) fiber.Handler {
	return func(c *fiber.Ctx) error {
		if strings.HasPrefix(c.Path(), folder) {
			if err := e.limits.check(by, name, network(e.ClientAddr(c))); err != nil {
				return err
			}
		}
		return c.Next()
	}
}
