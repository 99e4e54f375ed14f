// Package web is the edge that all rooms share: the Fiber application, what every request passes through (request id,
// log, metrics, headers, deadline, protection from foreign sites), the JSON interface under /api/v1 that describes
// itself, the pages, and the health addresses. It knows no room.
package web

import (
	"log/slog"
	"net/netip"
	"reflect"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/recover"
	"github.com/prometheus/client_golang/prometheus"
	"github.com/valyala/fasthttp"

	"palestra/internal/problem"
)

// Base is the path under which the JSON interface lies.
const Base = "/api/v1"

// Config is what the edge needs to know of an installation.
type Config struct {
	Log       *slog.Logger
	Now       func() time.Time
	NewID     func() string
	Version   string
	PublicURL string         // scheme and host, without a slash at the end
	Secure    bool           // browsers come by HTTPS
	MediaURL  string         // where browsers fetch media directly; "" for none
	Proxies   []netip.Prefix // whose X-Forwarded-For is believed
	Registry  *prometheus.Registry
	Limits    Limits
	Timeout   time.Duration // for a request of the JSON interface; 0 for one minute
	Patience  time.Duration // with who has opened a connection and not said whole what she asks; 0 for 30 seconds
}

// Edge is the Fiber application with the JSON interface in it.
type Edge struct {
	App *fiber.App
	API huma.API

	cfg     Config
	ready   *Readiness
	traffic *traffic
	limits  *limits
	linger  time.Duration // see linger
}

// bodyLives is how long a body may be under way. The JSON interface waits less.
const bodyLives = 24 * time.Hour

// New returns an edge without any route of a room.
func New(c Config) *Edge {
	problem.AsProblems()
	if c.Timeout == 0 {
		c.Timeout = time.Minute
	}
	if c.Patience == 0 {
		c.Patience = 30 * time.Second
	}
	e := &Edge{cfg: c, ready: &Readiness{}, traffic: newTraffic(), limits: newLimits(c), linger: linger}
	e.App = fiber.New(fiber.Config{
		// Strings of a request are reused by the next one otherwise.
		Immutable: true,
		// Bodies are never collected in memory. Fiber then enforces no limit on c.Body(): huma limits what it reads,
		// and the byte handlers limit what they stream.
		StreamRequestBody:     true,
		BodyLimit:             1,
		DisableStartupMessage: true,
		ReadBufferSize:        16 << 10,
		ReadTimeout:           c.Patience,
		IdleTimeout:           2 * time.Minute,
		ErrorHandler:          e.refuse,
		AppName:               "Palestra",
		ServerHeader:          "",
	})
	e.App.Server().HeaderReceived = func(*fasthttp.RequestHeader) fasthttp.RequestConfig {
		return fasthttp.RequestConfig{ReadTimeout: bodyLives} // it has asked something: an upload may take hours
	}
	e.App.Use(e.traffic.pass, e.requestID, e.observe(), recover.New(recover.Config{EnableStackTrace: true, StackTraceHandler: e.panicked}),
		e.headers, e.deadline, e.sameSite)
	hc := huma.DefaultConfig("Palestra", c.Version)
	hc.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	hc.DocsPath, hc.OpenAPIPath, hc.SchemasPath = "", "/openapi", ""
	hc.CreateHooks = nil
	hc.Servers = []*huma.Server{{URL: Base}}
	hc.Info.Description = "Courses, video lessons, learning records and the evidence behind them. Every error is a problem (RFC 9457) with a stable code. " +
		"Lists answer items and a cursor in next, which is empty at the end. Times are RFC 3339 in UTC."
	hc.Info.License = &huma.License{Name: "EUPL-1.2", Identifier: "EUPL-1.2"}
	hc.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		"session": {Type: "apiKey", In: "cookie", Name: CookieName(c.Secure)},
	}
	e.API = humafiber.NewV2WithGroup(e.App, e.App.Group(Base), hc)
	e.health()
	return e
}

// schemaName names a type in the description: CourseBody is Course there, and Page[CourseBody] is CourseList.
func schemaName(t reflect.Type, hint string) string {
	name := strings.TrimSuffix(huma.DefaultSchemaNamer(t, hint), "Body")
	if inner, ok := strings.CutPrefix(name, "Page"); ok && inner != "" {
		return inner + "List"
	}
	return name
}

// CookieName returns the name of the session's cookie. Browsers accept the __Host- prefix by HTTPS only.
func CookieName(secure bool) string {
	if secure {
		return "__Host-palestra"
	}
	return "palestra"
}

// Ready returns the list of what must be well for the installation to be ready.
func (e *Edge) Ready() *Readiness { return e.ready }

// refuse answers every error that a plain Fiber handler returns.
func (e *Edge) refuse(c *fiber.Ctx, err error) error { return Refuse(c, err) }

// Refuse writes err as a problem. Plain handlers may call it where they cannot return the error.
func Refuse(c *fiber.Ctx, err error) error {
	p := problem.Of(err)
	c.Locals(localError, err)
	if p.After() > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(p.After()))
	}
	if err := c.Status(p.Status).JSON(p); err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, problem.ContentType)
	return nil
}
