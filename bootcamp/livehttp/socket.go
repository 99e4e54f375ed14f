package livehttp

import (
	"context"
	"encoding/json"
	"errors"
	"sync"
	"time"

	"github.com/gofiber/contrib/websocket"
	"github.com/gofiber/fiber/v2"

	"palestra/bootcamp/live"
	"palestra/internal/fault"
	"palestra/internal/problem"
	"palestra/people"
	"palestra/people/peoplehttp"
)

const (
	frameMost  = 96 << 10         // bytes of one frame that somebody sends
	quietMost  = 60 * time.Second // without a frame
	writeMost  = 10 * time.Second // for one frame; who takes longer is gone
	doMost     = 30 * time.Second
	framesMost = 400 // that may come in one window
	window     = 10 * time.Second
)

// Codes with which a connection is closed; the first of them is the standard's.
const (
	codeRestart  = 1012 // come again
	codeSlow     = 4001 // come again from where you were
	codeShownOut = 4003 // do not
	codeSigned   = 4004 // sign in first
	codeFlood    = 4008 // too many frames
	codeRefused  = 4010 // as the frame before says
)

func codeOf(why error) int {
	switch {
	case errors.Is(why, live.ErrShownOut):
		return codeShownOut
	case errors.Is(why, live.ErrSignedOut):
		return codeSigned
	case errors.Is(why, live.ErrSlow), errors.Is(why, live.ErrSilent):
		return codeSlow
	}
	return codeRestart
}

// over is the last event of a stream of Server-Sent Events.
type over struct {
	Code int `json:"code"`
}

// socket answers a WebSocket (RFC 6455).
func (h *handlers) socket() fiber.Handler {
	const locals = "palestra.live"
	type coming struct {
		by    people.Actor
		door  live.Door
		after int64
	}
	upgrade := websocket.New(func(c *websocket.Conn) {
		if x, ok := c.Locals(locals).(coming); ok {
			h.serve(h.edge.Endless(), c, x.by, x.door, x.after)
		}
	}, websocket.Config{ReadBufferSize: 4 << 10, WriteBufferSize: 16 << 10, HandshakeTimeout: writeMost})
	return func(c *fiber.Ctx) error {
		by := peoplehttp.Actor(c)
		if by.Person == "" {
			return fault.New(fault.Unsigned, "people.unsigned", "sign in first")
		}
		if !h.edge.OwnPage(c) {
			return fault.New(fault.Forbidden, "request.foreign_site", "this request came from a page of another site")
		}
		if !websocket.IsWebSocketUpgrade(c) {
			// Who may not come in hears so; all others hear that this is no page.
			if err := h.svc.May(c.UserContext(), by, doorOf(c)); err != nil {
				return err
			}
			return fiber.ErrUpgradeRequired
		}
		c.Locals(locals, coming{by, doorOf(c), int64(c.QueryInt("after"))})
		return upgrade(c)
	}
}

// answer says what became of a message.
type answer struct {
	T       string           `json:"t"` // done, refused
	ID      string           `json:"id,omitempty"`
	N       int64            `json:"n,omitempty"`
	Problem *problem.Problem `json:"problem,omitempty"`
}

// pulse answers a sign of life with the server's clock.
type pulse struct {
	T    string `json:"t"` // pulse
	Now  int64  `json:"now"`
	Sent int64  `json:"sent,omitempty"`
}

// connection is one WebSocket. Reads happen in one goroutine, writes under mu.
type connection struct {
	*websocket.Conn
	mu sync.Mutex
}

func (c *connection) send(v any) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	return c.raw(b)
}

func (c *connection) raw(b []byte) error {
	c.mu.Lock()
	defer c.mu.Unlock()
	if err := c.SetWriteDeadline(in(writeMost)); err != nil {
		return err
	}
	return c.WriteMessage(websocket.TextMessage, b)
}

func (c *connection) end(code int) {
	_ = c.WriteControl(websocket.CloseMessage, websocket.FormatCloseMessage(code, ""), in(time.Second))
}

// in is a deadline for the network.
func in(d time.Duration) time.Time {
	return time.Now().Add(d) //nolint:forbidigo // the network goes by the machine's clock, whatever rooms go by
}

// serve lets somebody listen and speak until she goes, or must.
func (h *handlers) serve(ctx context.Context, ws *websocket.Conn, by people.Actor, d live.Door, after int64) {
	ctx, cancel := context.WithCancel(ctx)
	defer cancel()
	c := &connection{Conn: ws}
	l, err := h.svc.Attend(ctx, by, d, after)
	if err != nil {
		if fault.KindOf(err) == 0 {
			h.log.Error("somebody could not come into a room", "error", err)
		}
		_ = c.send(answer{T: "refused", Problem: problem.Of(err)})
		c.end(codeRefused)
		return
	}
	var all sync.WaitGroup
	all.Go(func() { // what is new goes out
		defer cancel()
		defer func() { _ = c.SetReadDeadline(in(0)) }() // ends the reading
		for {
			data, why := l.Next(ctx)
			if why != nil {
				c.end(codeOf(why))
				return
			}
			if c.raw(data) != nil {
				return
			}
		}
	})
	h.listen(ctx, c, l)
	cancel()
	all.Wait()
	h.close(ctx, l)
}

// listen takes what somebody sends.
func (h *handlers) listen(ctx context.Context, c *connection, l *live.Listener) {
	c.SetReadLimit(frameMost)
	frames, since := 0, h.svc.Now()
	for ctx.Err() == nil {
		if c.SetReadDeadline(in(quietMost)) != nil {
			return
		}
		_, data, err := c.ReadMessage()
		if err != nil {
			return
		}
		now := h.svc.Now()
		if now.Sub(since) > window {
			frames, since = 0, now
		}
		if frames++; frames > framesMost {
			c.end(codeFlood)
			return
		}
		var m struct {
			T    string `json:"t"`
			Sent int64  `json:"sent"`
			live.Message
		}
		if err := json.Unmarshal(data, &m); err != nil {
			if c.send(answer{T: "refused", Problem: problem.Of(fault.New(fault.Invalid, "live.frame", "this is not a message"))}) != nil {
				return
			}
			continue
		}
		if m.T == "pulse" {
			l.Beat()
			if c.send(pulse{"pulse", now.UnixMilli(), m.Sent}) != nil {
				return
			}
			continue
		}
		h.do(ctx, c, l, m.Message) // one after the other: what somebody says stays in order
	}
}

func (h *handlers) do(ctx context.Context, c *connection, l *live.Listener, m live.Message) {
	ctx, cancel := context.WithTimeout(ctx, doMost)
	defer cancel()
	n, err := l.Do(ctx, m)
	a := answer{T: "done", ID: m.ID, N: n}
	if err != nil {
		if a = (answer{T: "refused", ID: m.ID, Problem: problem.Of(err)}); fault.KindOf(err) == 0 && ctx.Err() == nil {
			h.log.Error("a message to a room was not stored", "error", err)
		}
	}
	_ = c.send(a)
}
