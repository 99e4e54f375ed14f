package web

import (
	"bufio"
	"fmt"
	"io"
	"log/slog"
	"net"
	"net/http"
	"net/netip"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// listening serves an edge on a socket and returns its address.
func listening(t *testing.T, c Config, routes func(*Edge)) string {
	t.Helper()
	c.Log, c.Now, c.NewID = slog.New(slog.DiscardHandler), time.Now, func() string { return "r-1" }
	e := New(c)
	routes(e)
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	served := make(chan error, 1)
	go func() { served <- e.App.Listener(l) }()
	t.Cleanup(func() {
		_ = e.App.ShutdownWithTimeout(time.Second) // connections that the test left open
		<-served
	})
	return l.Addr().String()
}

// TestABodyIsNoRequest: what a handler leaves unread of a body is never taken for the connection's next request
// (request smuggling).
func TestABodyIsNoRequest(t *testing.T) {
	t.Parallel()
	smuggled := make(chan string, 10)
	addr := listening(t, Config{PublicURL: "http://town.example"}, func(e *Edge) {
		e.App.Put("/refused", func(*fiber.Ctx) error { return fiber.ErrNotFound }) // reads nothing
		e.App.Get("/secret", func(c *fiber.Ctx) error { smuggled <- c.Get("X-From"); return c.SendString("secret") })
	})
	inner := "GET /secret HTTP/1.1\r\nHost: town.example\r\nX-From: body\r\n\r\n"
	for _, tc := range []struct {
		name, head string
		body       string
		closes     bool
	}{
		{"short", "Content-Length: %d\r\n", inner, false},
		{"after what is drained", "Content-Length: %d\r\n", strings.Repeat("x", 4<<20) + inner, true},
		{"long", "Content-Length: %d\r\n", strings.Repeat(inner, 100_000), true},
		{"in chunks", "Transfer-Encoding: chunked\r\n", fmt.Sprintf("%x\r\n%s\r\n0\r\n\r\n", len(inner), inner), true}, // whether a handler has read the last chunk is not known
	} {
		t.Run(tc.name, func(t *testing.T) {
			conn, err := net.Dial("tcp", addr)
			if err != nil {
				t.Fatal(err)
			}
			defer conn.Close()
			if err := conn.SetDeadline(time.Now().Add(20 * time.Second)); err != nil {
				t.Fatal(err)
			}
			head := tc.head
			if strings.Contains(head, "%d") {
				head = fmt.Sprintf(head, len(tc.body))
			}
			go func() {
				// Then comes the connection's honest next request. The server may hang up before it has everything.
				_, _ = io.WriteString(conn, "PUT /refused HTTP/1.1\r\nHost: town.example\r\n"+head+"\r\n"+tc.body+"GET /secret HTTP/1.1\r\nHost: town.example\r\nX-From: next\r\n\r\n")
			}()
			r := bufio.NewReader(conn)
			first, err := http.ReadResponse(r, nil)
			if err != nil {
				t.Fatal(err)
			}
			_, _ = io.Copy(io.Discard, first.Body)
			if first.StatusCode != http.StatusNotFound {
				t.Errorf("the first answer is %d", first.StatusCode)
			}
			second, err := http.ReadResponse(r, nil)
			if closed := err != nil; closed != tc.closes {
				t.Errorf("connection closed: %v (%v), want %v", closed, err, tc.closes)
			} else if err == nil {
				_, _ = io.Copy(io.Discard, second.Body)
			}
			for len(smuggled) > 0 {
				if from := <-smuggled; from != "next" {
					t.Errorf("a part of the body was answered as a request")
				}
			}
		})
	}
}

func TestAmbiguousRequestsAreRefused(t *testing.T) {
	t.Parallel()
	answered := make(chan struct{}, 10)
	addr := listening(t, Config{PublicURL: "http://town.example"}, func(e *Edge) {
		e.App.Put("/refused", func(*fiber.Ctx) error { return fiber.ErrNotFound })
		e.App.Get("/secret", func(c *fiber.Ctx) error { answered <- struct{}{}; return c.SendString("secret") })
	})
	inner := "GET /secret HTTP/1.1\r\nHost: town.example\r\n\r\n"
	for name, head := range map[string]string{
		"two lengths":                  fmt.Sprintf("Content-Length: 0\r\nContent-Length: %d\r\n", len(inner)),
		"a length that is none":        "Content-Length: +5\r\n",
		"a negative length":            "Content-Length: -5\r\n",
		"another transfer than chunks": "Transfer-Encoding: gzip, identity\r\nContent-Length: 0x30\r\n",
	} {
		conn, err := net.Dial("tcp", addr)
		if err != nil {
			t.Fatal(err)
		}
		if err := conn.SetDeadline(time.Now().Add(2 * time.Second)); err != nil {
			t.Fatal(err)
		}
		if _, err := io.WriteString(conn, "PUT /refused HTTP/1.1\r\nHost: town.example\r\n"+head+"\r\n"+inner); err != nil {
			t.Fatal(err)
		}
		_, _ = io.Copy(io.Discard, conn)
		conn.Close()
		if len(answered) > 0 {
			<-answered
			t.Errorf("%s: what follows was answered as a request", name)
		}
	}
}

// Only what a trusted proxy says of its client is believed, and of that only what no client can have said itself.
func TestClientAddr(t *testing.T) {
	t.Parallel()
	for _, tc := range []struct{ name, proxies, forwarded, want string }{
		{"no proxy is trusted", "", "203.0.113.1", "127.0.0.1"},
		{"no header", "127.0.0.0/8", "", "127.0.0.1"},
		{"one proxy", "127.0.0.0/8", "203.0.113.1", "203.0.113.1"},
		{"a client that claims another", "127.0.0.0/8", "198.51.100.9, 203.0.113.1", "203.0.113.1"},
		{"two proxies", "127.0.0.0/8 10.0.0.0/8", "198.51.100.9, 203.0.113.1, 10.1.2.3", "203.0.113.1"},
		{"only proxies", "127.0.0.0/8 10.0.0.0/8", "10.0.0.1, 10.1.2.3", "10.0.0.1"},
		{"nonsense", "127.0.0.0/8", "203.0.113.1, unknown", "127.0.0.1"},
		{"nonsense before", "127.0.0.0/8", "<script>, 203.0.113.1", "203.0.113.1"},
		{"IPv6", "127.0.0.0/8", "2001:db8::1", "2001:db8::1"},
		{"IPv4 in IPv6", "127.0.0.0/8", "::ffff:203.0.113.1", "203.0.113.1"},
	} {
		t.Run(tc.name, func(t *testing.T) {
			t.Parallel()
			var proxies []netip.Prefix
			for _, p := range strings.Fields(tc.proxies) {
				proxies = append(proxies, netip.MustParsePrefix(p))
			}
			got := make(chan netip.Addr, 1)
			addr := listening(t, Config{PublicURL: "http://town.example", Proxies: proxies}, func(e *Edge) {
				e.App.Get("/", func(c *fiber.Ctx) error { got <- e.ClientAddr(c); return nil })
			})
			req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/", nil)
			if err != nil {
				t.Fatal(err)
			}
			req.Header.Set("X-Forwarded-For", tc.forwarded)
			resp, err := (&http.Client{Timeout: 5 * time.Second}).Do(req)
			if err != nil {
				t.Fatal(err)
			}
			resp.Body.Close()
			if a := <-got; a.String() != tc.want {
				t.Errorf("X-Forwarded-For %q with proxies %q: got %s, want %s", tc.forwarded, tc.proxies, a, tc.want)
			}
		})
	}
}

// A header may come several times; what a proxy adds as a line of its own counts like what it adds to a line.
func TestForwardedInSeveralLines(t *testing.T) {
	t.Parallel()
	got := make(chan netip.Addr, 1)
	addr := listening(t, Config{PublicURL: "http://town.example", Proxies: []netip.Prefix{netip.MustParsePrefix("127.0.0.0/8")}}, func(e *Edge) {
		e.App.Get("/", func(c *fiber.Ctx) error { got <- e.ClientAddr(c); return nil })
	})
	req, err := http.NewRequestWithContext(t.Context(), http.MethodGet, "http://"+addr+"/", nil)
	if err != nil {
		t.Fatal(err)
	}
	req.Header["X-Forwarded-For"] = []string{"198.51.100.9", "203.0.113.1"}
	resp, err := (&http.Client{Timeout: 5 * time.Second}).Do(req)
	if err != nil {
		t.Fatal(err)
	}
	resp.Body.Close()
	if a := <-got; a.String() != "203.0.113.1" {
		t.Errorf("got %s, want 203.0.113.1: the first line is the client's own claim", a)
	}
}

func TestCookiesBelongToThisHost(t *testing.T) {
	t.Parallel()
	e := New(Config{Log: slog.New(slog.DiscardHandler), Now: time.Now, NewID: func() string { return "r-1" }, PublicURL: "https://town.example", Secure: true})
	if got, want := e.Cookie(CookieName(true), "s", time.Hour), "__Host-palestra=s; Path=/; Max-Age=3600; HttpOnly; Secure; SameSite=Lax"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
	if got, want := e.Cookie(CookieName(true), "", 0), "__Host-palestra=; Path=/; Max-Age=0; HttpOnly; Secure; SameSite=Lax"; got != want {
		t.Errorf("got %q, want %q", got, want)
	}
}
