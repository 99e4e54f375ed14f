package web

import (
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"net/netip"
	"net/url"
	"runtime/debug"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/prometheus/client_golang/prometheus"

	"palestra/internal/fault"
)

const (
	localRequest = "palestra.request"
	localError   = "palestra.error"
	localPanic   = "palestra.panic"

	// RequestIDHeader carries the name of a request, in the answer and in every log line about it.
	RequestIDHeader = "X-Request-Id"
)

// RequestID returns the name of this request.
func RequestID(c *fiber.Ctx) string {
	s, _ := c.Locals(localRequest).(string)
	return s
}

// requestID takes a proxy's request id if it is harmless, or makes one.
func (e *Edge) requestID(c *fiber.Ctx) error {
	id := c.Get(RequestIDHeader)
	if !harmless(id) {
		id = e.cfg.NewID()
	}
	c.Locals(localRequest, id)
	c.Set(RequestIDHeader, id)
	return c.Next()
}

func harmless(id string) bool {
	if id == "" || len(id) > 64 {
		return false
	}
	for _, r := range id {
		if (r < '0' || r > '9') && (r < 'a' || r > 'z') && (r < 'A' || r > 'Z') && r != '-' && r != '_' {
			return false
		}
	}
	return true
}

// observe counts every request and logs it, with its accident if it had one.
func (e *Edge) observe() fiber.Handler {
	seconds := prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "palestra_http_request_seconds", Help: "Time to answer a request, by method, route and status.",
		Buckets: []float64{.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 10, 60},
	}, []string{"method", "route", "status"})
	if e.cfg.Registry != nil {
		e.cfg.Registry.MustRegister(seconds)
	}
	return func(c *fiber.Ctx) error {
		from := e.cfg.Now()
		if err := c.Next(); err != nil {
			if err := e.refuse(c, err); err != nil {
				return err
			}
		}
		drain(c)
		took := e.cfg.Now().Sub(from)
		status := c.Response().StatusCode()
		route := c.Route().Path
		seconds.WithLabelValues(c.Method(), route, strconv.Itoa(status)).Observe(took.Seconds())
		// The route, not the path: paths of links hold secrets.
		attrs := []slog.Attr{slog.String("request", RequestID(c)), slog.String("method", c.Method()), slog.String("route", route),
			slog.Int("status", status), slog.Duration("took", took)}
		level := slog.LevelDebug
		if status >= 500 {
			level = slog.LevelError
			if err, ok := c.Locals(localError).(error); ok {
				attrs = append(attrs, slog.String("error", err.Error()))
			}
			if s, ok := c.Locals(localPanic).(string); ok {
				attrs = append(attrs, slog.String("panic", s))
			}
		}
		e.cfg.Log.LogAttrs(c.UserContext(), level, "request", attrs...)
		return nil
	}
}

// drain takes away what a handler left unread of a body: fasthttp would read it as the next request of the connection
// (request smuggling). What is longer than a little ends the connection instead.
func drain(c *fiber.Ctx) {
	body := c.Request().BodyStream()
	if body == nil {
		return
	}
	if c.Request().Header.ContentLength() < 0 {
		// Behind the last chunk fasthttp would wait for another one, for ever, or take it from the next request.
		c.Context().SetConnectionClose()
		return
	}
	const little = 4 << 20
	if n, err := io.CopyN(io.Discard, body, little); err == nil && n == little || err != nil && !errors.Is(err, io.EOF) {
		c.Context().SetConnectionClose()
	}
}

func (e *Edge) panicked(c *fiber.Ctx, v any) {
	c.Locals(localPanic, fmt.Sprintf("%v\n%s", v, debug.Stack()))
}

// headers says to browsers what our pages never do.
func (e *Edge) headers(c *fiber.Ctx) error {
	media := ""
	if e.cfg.MediaURL != "" {
		media = " " + e.cfg.MediaURL
	}
	c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; script-src 'self'; style-src 'self'; font-src 'self'; img-src 'self' data: blob:"+media+
		"; media-src 'self' blob:"+media+"; connect-src 'self'"+media+"; worker-src 'self' blob:; manifest-src 'self'; base-uri 'none'; form-action 'self'; frame-ancestors 'none'")
	c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
	c.Set(fiber.HeaderReferrerPolicy, "same-origin")
	c.Set(fiber.HeaderXFrameOptions, "DENY")
	c.Set("Cross-Origin-Opener-Policy", "same-origin")
	c.Set(fiber.HeaderPermissionsPolicy, "camera=(), microphone=(), geolocation=(), payment=(), usb=()")
	if e.cfg.Secure {
		c.Set(fiber.HeaderStrictTransportSecurity, "max-age=31536000")
	}
	if strings.HasPrefix(c.Path(), Base) {
		c.Set(fiber.HeaderCacheControl, "no-store")
	}
	return c.Next()
}

// deadline ends the work for a request of the JSON interface. Streams of bytes end when their client goes.
func (e *Edge) deadline(c *fiber.Ctx) error {
	if strings.HasPrefix(c.Path(), Base) && c.Method() != fiber.MethodPut {
		ctx, cancel := context.WithTimeout(e.traffic.base, e.cfg.Timeout)
		defer cancel()
		c.SetUserContext(ctx)
		return c.Next()
	}
	c.SetUserContext(e.traffic.base)
	return c.Next()
}

// sameSite refuses what another site's page makes a browser send (cross-site request forgery): a changing request must
// come from our own origin by Sec-Fetch-Site or, in older browsers, by Origin. Both cannot be set by a page. Programs
// send neither and carry no cookies they did not mean to.
func (e *Edge) sameSite(c *fiber.Ctx) error {
	switch c.Method() {
	case fiber.MethodGet, fiber.MethodHead, fiber.MethodOptions:
		return c.Next()
	}
	foreign := fault.New(fault.Forbidden, "request.foreign_site", "this request came from a page of another site")
	switch c.Get("Sec-Fetch-Site") {
	case "same-origin", "none":
		return c.Next()
	case "":
	default:
		if strings.HasPrefix(c.Path(), "/xapi/") {
			return c.Next() // credentials there are explicit, never cookies; other sites may send (xAPI CORS)
		}
		return foreign
	}
	origin := c.Get(fiber.HeaderOrigin)
	if origin == "" || origin == e.cfg.PublicURL || strings.HasPrefix(c.Path(), "/xapi/") {
		return c.Next()
	}
	if u, err := url.Parse(origin); err == nil && u.Host != "" && u.Host == string(c.Request().Host()) {
		return c.Next()
	}
	return foreign
}

// ClientAddr returns the address of whoever asks: the last X-Forwarded-For entry that no trusted proxy added, or the
// connection's own.
func (e *Edge) ClientAddr(c *fiber.Ctx) netip.Addr {
	addr, _ := netip.ParseAddr(c.Context().RemoteIP().String())
	addr = addr.Unmap()
	if !e.trusted(addr) {
		return addr
	}
	// Some proxies add a line of their own instead of adding to the client's.
	var hops []string
	for _, line := range c.Request().Header.PeekAll(fiber.HeaderXForwardedFor) {
		hops = append(hops, strings.Split(string(line), ",")...)
	}
	for i := len(hops) - 1; i >= 0; i-- {
		hop, err := netip.ParseAddr(strings.TrimSpace(hops[i]))
		if err != nil {
			break
		}
		addr = hop.Unmap()
		if !e.trusted(addr) {
			break
		}
	}
	return addr
}

func (e *Edge) trusted(a netip.Addr) bool {
	for _, p := range e.cfg.Proxies {
		if p.Contains(a) {
			return true
		}
	}
	return false
}

// Cookie returns a cookie as every one of ours is, ready for a Set-Cookie header: unreadable to scripts, not sent with
// requests that other sites start, bound to this host. With lives ≤ 0 it deletes the cookie.
func (e *Edge) Cookie(name, value string, lives time.Duration) string {
	k := &http.Cookie{Name: name, Value: value, Path: "/", HttpOnly: true, Secure: e.cfg.Secure, SameSite: http.SameSiteLaxMode, MaxAge: -1}
	if lives > 0 {
		k.MaxAge = int(lives / time.Second)
	}
	return k.String()
}
