package web

import (
	"bufio"
	"context"
	"encoding/json"
	"fmt"
	"net/url"
	"strconv"

	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
)

// Events writes a stream of events to a browser (Server-Sent Events, HTML §9.2). Each write reaches it at once, and fails
// when it has gone.
type Events struct{ w *bufio.Writer }

// Send writes an event with an id, from which a browser that lost the stream goes on (Last-Event-ID).
func (s *Events) Send(id int64, name string, data any) error {
	b, err := json.Marshal(data)
	if err != nil {
		return fmt.Errorf("web.Events: %w", err)
	}
	if _, err := fmt.Fprintf(s.w, "id: %d\nevent: %s\ndata: %s\n\n", id, name, b); err != nil {
		return err
	}
	return s.w.Flush()
}

// Raw writes an event without a name whose data are of one line already. With the id 0 it has none.
func (s *Events) Raw(id int64, data []byte) error {
	if id > 0 {
		if _, err := fmt.Fprintf(s.w, "id: %d\n", id); err != nil {
			return err
		}
	}
	if _, err := fmt.Fprintf(s.w, "data: %s\n\n", data); err != nil {
		return err
	}
	return s.w.Flush()
}

// Beat writes a comment: proxies keep the stream open, and who has gone is noticed.
func (s *Events) Beat() error {
	if _, err := s.w.WriteString(":\n\n"); err != nil {
		return err
	}
	return s.w.Flush()
}

// Retry says after how many milliseconds a browser should come back when the stream has ended.
func (s *Events) Retry(milliseconds int) error {
	if _, err := fmt.Fprintf(s.w, "retry: %d\n\n", milliseconds); err != nil {
		return err
	}
	return s.w.Flush()
}

// Stream answers a request with events that f sends until it returns. Its context ends when the program stops; a browser
// that has gone makes sending fail. f runs after the handler has returned: it must not touch c.
func (e *Edge) Stream(c *fiber.Ctx, f func(ctx context.Context, to *Events)) error {
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no") // nginx
	c.Context().SetConnectionClose()
	ctx := e.traffic.endless
	c.Context().SetBodyStreamWriter(fasthttp.StreamWriter(func(w *bufio.Writer) { f(ctx, &Events{w}) }))
	return nil
}

// Endless is the context of connections that outlive their handler: it ends when the program stops.
func (e *Edge) Endless() context.Context { return e.traffic.endless }

// OwnPage reports whether what asks is a page of ours, or a program: browsers say from which site a page is that opens a
// WebSocket, and send cookies with it.
func (e *Edge) OwnPage(c *fiber.Ctx) bool {
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" || origin == e.cfg.PublicURL {
		return true
	}
	u, err := url.Parse(origin)
	return err == nil && u.Host != "" && u.Host == string(c.Request().Host())
}

// LastEvent returns the id of the last event that a browser has seen of a stream, 0 if it says none.
func LastEvent(c *fiber.Ctx) int64 {
	n, err := strconv.ParseInt(c.Get("Last-Event-ID"), 10, 64)
	if err != nil || n < 0 {
		return 0
	}
	return n
}
