package web

import (
	"fmt"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"net/netip"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

func TestLimiter(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	l := newLimiter(Limit{Rate: 2, Burst: 3}, func() time.Time { return now })
	for i := range 3 {
		if _, ok := l.take("a"); !ok {
			t.Fatalf("request %d of a burst of three is refused", i+1)
		}
	}
	if wait, ok := l.take("a"); ok || wait != 500*time.Millisecond {
		t.Errorf("the fourth: %v, %v", wait, ok)
	}
	if _, ok := l.take("b"); !ok {
		t.Error("somebody else is refused")
	}
	now = now.Add(500 * time.Millisecond)
	if _, ok := l.take("a"); !ok {
		t.Error("refused after the time it was told to wait")
	}
	if _, ok := l.take("a"); ok {
		t.Error("one token was filled in, and two were taken")
	}
	now = now.Add(-time.Hour) // a clock that is set back takes nothing away
	if _, ok := l.take("b"); !ok {
		t.Error("a clock was set back, and b pays for it")
	}
	none := newLimiter(Limit{}, func() time.Time { return now })
	for range 10_000 {
		if _, ok := none.take("a"); !ok {
			t.Fatal("no limit, and refused")
		}
	}
}

// However many ask, memory is bounded; who has used up her own stays refused unless she is among those forgotten.
func TestLimiterForgets(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	l := newLimiter(Limit{Rate: 1, Burst: 2}, func() time.Time { return now })
	for i := range 3 * mostBuckets {
		l.take(fmt.Sprint(i))
	}
	if n := len(l.buckets); n > mostBuckets {
		t.Errorf("%d buckets", n)
	}
	now = now.Add(time.Minute)
	for i := range mostBuckets + 1 {
		l.take(fmt.Sprint("next", i))
	}
	if n := len(l.buckets); n > mostBuckets {
		t.Errorf("%d buckets", n)
	}
}

func TestLimiterTogether(t *testing.T) {
	t.Parallel()
	now := time.Unix(1_800_000_000, 0)
	l := newLimiter(Limit{Rate: 1, Burst: 100}, func() time.Time { return now })
	var wg sync.WaitGroup
	var mu sync.Mutex
	passed := 0
	for range 20 {
		wg.Go(func() {
			for range 20 {
				if _, ok := l.take("a"); ok {
					mu.Lock()
					passed++
					mu.Unlock()
				}
			}
		})
	}
	wg.Wait()
	if passed != 100 {
		t.Errorf("%d of 400 passed a limit of 100", passed)
	}
}

func TestParseLimit(t *testing.T) {
	t.Parallel()
	for s, want := range map[string]Limit{"": {}, "off": {}, "50/1000": {50, 1000}, "0.5/1": {0.5, 1}} {
		if got, err := ParseLimit(s); err != nil || got != want {
			t.Errorf("%q: %v, %v", s, got, err)
		}
	}
	for _, s := range []string{"50", "/", "0/1", "-1/5", "5/0", "NaN/5", "1e9/5", "5/5/5", "a/b"} {
		if got, err := ParseLimit(s); err == nil {
			t.Errorf("%q is %v", s, got)
		}
	}
}

// Whoever asks too much is told so by a problem and when to come again; colleagues who are signed in at the same address,
// and the parts of her uploads, are not.
func TestTooMuchIsRefused(t *testing.T) {
	t.Parallel()
	e := New(Config{Log: slog.New(slog.DiscardHandler), Now: time.Now, NewID: func() string { return "r-1" }, PublicURL: "http://town.example",
		Proxies: []netip.Prefix{netip.MustParsePrefix("0.0.0.0/32")},
		Limits:  Limits{Person: Limit{0.1, 5}, Address: Limit{0.1, 3}, XAPI: Limit{0.1, 2}}})
	e.App.Use(Base, func(c *fiber.Ctx) error {
		if err := e.Admit(c, c.Get("X-Person")); err != nil {
			return err
		}
		return c.Next()
	})
	e.App.Use(e.AdmitXAPI("/xapi/"), e.AdmitAddress("/c/"))
	ok := func(c *fiber.Ctx) error { return c.SendString("ok") }
	e.App.Get(Base+"/home", ok)
	e.App.Put(Base+"/uploads/:id/parts/:n", ok)
	e.App.Get("/xapi/statements", ok)
	e.App.Get("/courses", ok)
	e.App.Get("/c/:code", ok)
	ask := func(method, path, person, from string) *http.Response {
		r := httptest.NewRequestWithContext(t.Context(), method, path, nil)
		r.Header.Set("X-Person", person)
		r.Header.Set("X-Forwarded-For", from)
		resp, err := e.App.Test(r, 5000)
		if err != nil {
			t.Fatal(err)
		}
		resp.Body.Close()
		return resp
	}
	many := func(what string, passes int, method, path, person, from string) {
		t.Helper()
		for i := range passes + 1 {
			resp := ask(method, path, person, from)
			switch {
			case i < passes && resp.StatusCode != 200:
				t.Errorf("%s: request %d: %d", what, i+1, resp.StatusCode)
			case i == passes && (resp.StatusCode != 429 || resp.Header.Get("Retry-After") == "" || !strings.HasPrefix(resp.Header.Get("Content-Type"), "application/problem+json")):
				t.Errorf("%s: request %d: %d, Retry-After %q, %s", what, i+1, resp.StatusCode, resp.Header.Get("Retry-After"), resp.Header.Get("Content-Type"))
			}
		}
	}
	many("nobody", 3, "GET", Base+"/home", "", "203.0.113.1")
	many("nobody elsewhere", 3, "GET", Base+"/home", "", "203.0.113.2")
	many("ada at the same address", 5, "GET", Base+"/home", "ada", "203.0.113.1")
	many("ada's uploads", 5, "PUT", Base+"/uploads/u/parts/1", "ada", "203.0.113.1")
	many("lin", 5, "GET", Base+"/home", "lin", "203.0.113.1")
	many("the record store", 2, "GET", "/xapi/statements", "", "203.0.113.1")
	many("one IPv6 network", 3, "GET", Base+"/home", "", "2001:db8::1")
	if resp := ask("GET", Base+"/home", "", "2001:db8::2"); resp.StatusCode != 429 {
		t.Errorf("another address of the same /64: %d", resp.StatusCode)
	}
	many("certificates", 3, "GET", "/c/1234", "", "203.0.113.9")
	for range 10 {
		if resp := ask("GET", "/courses", "", "203.0.113.1"); resp.StatusCode != 200 {
			t.Errorf("a page: %d", resp.StatusCode)
		}
	}
	if resp := ask("GET", "/healthz", "", "203.0.113.1"); resp.StatusCode != 200 {
		t.Errorf("health: %d", resp.StatusCode)
	}
}
