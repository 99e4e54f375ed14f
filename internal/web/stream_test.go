package web

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/gofiber/fiber/v2"
)

// A stream says what it has to say at once, and a stop does not wait for it until the grace is over.
func TestStreamsEndWithTheStop(t *testing.T) {
	t.Parallel()
	ended := make(chan error, 1)
	addr, stop, served := stopping(t, time.Minute, func(e *Edge) {
		e.App.Get("/live", func(c *fiber.Ctx) error {
			from := LastEvent(c)
			return e.Stream(c, func(ctx context.Context, to *Events) {
				for _, err := range []error{to.Retry(5), to.Beat(), to.Send(from+1, "word", map[string]string{"a": "b\nc"})} {
					if err != nil {
						t.Error(err)
					}
				}
				<-ctx.Done()
				ended <- e.traffic.base.Err()
			})
		})
	})
	_, r := connect(t, addr, "GET /live HTTP/1.1\r\nHost: town.example\r\nLast-Event-ID: 41\r\n\r\n")
	resp, err := http.ReadResponse(r, nil)
	if err != nil {
		t.Fatal(err)
	}
	want := "retry: 5\n\n:\n\nid: 42\nevent: word\ndata: {\"a\":\"b\\nc\"}\n\n"
	got := make([]byte, len(want))
	if _, err := io.ReadFull(resp.Body, got); err != nil || string(got) != want || !strings.HasPrefix(resp.Header.Get("Content-Type"), "text/event-stream") {
		t.Errorf("got %q, %v, want %q", got, err, want)
	}
	stop()
	if err := <-ended; err != nil {
		t.Errorf("the stream ended only with the grace: %v", err)
	}
	if err := <-served; err != nil {
		t.Error(err)
	}
}

// Who has gone is noticed by writing.
func TestStreamToNobody(t *testing.T) {
	t.Parallel()
	failed := make(chan error, 1)
	addr := listening(t, Config{PublicURL: "http://town.example"}, func(e *Edge) {
		e.App.Get("/live", func(c *fiber.Ctx) error {
			return e.Stream(c, func(_ context.Context, to *Events) {
				for {
					if err := to.Beat(); err != nil {
						failed <- err
						return
					}
				}
			})
		})
	})
	conn, _ := connect(t, addr, "GET /live HTTP/1.1\r\nHost: town.example\r\n\r\n")
	if err := conn.Close(); err != nil {
		t.Fatal(err)
	}
	<-failed
}
