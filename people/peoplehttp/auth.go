// Package peoplehttp answers the people room's part of the JSON interface, and tells the other rooms' handlers who is
// asking.
package peoplehttp

import (
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"

	"palestra/internal/fault"
	"palestra/internal/web"
	"palestra/people"
)

const (
	localActor  = "palestra.actor"
	localSecret = "palestra.session"
	localClient = "palestra.client"

	cookieLives = 90 * 24 * time.Hour
	deviceLives = 400 * 24 * time.Hour
)

// Auth finds out who is asking.
type Auth struct {
	svc            *people.Service
	edge           *web.Edge
	cookie, device string
}

// NewAuth returns the middleware's owner.
func NewAuth(svc *people.Service, edge *web.Edge, secure bool) *Auth {
	name := web.CookieName(secure)
	return &Auth{svc: svc, edge: edge, cookie: name, device: name + "-device"}
}

// Middleware notes who is asking, from the session's cookie. It refuses nobody but who asks too much.
func (a *Auth) Middleware(c *fiber.Ctx) error {
	c.Locals(localClient, people.Client{Addr: a.edge.ClientAddr(c), Agent: c.Get(fiber.HeaderUserAgent), Device: c.Cookies(a.device)})
	secret := c.Cookies(a.cookie)
	actor, next, err := a.svc.Authenticate(c.UserContext(), secret)
	if err != nil {
		return err
	}
	if next != "" {
		secret = next
		c.Response().Header.Add(fiber.HeaderSetCookie, a.edge.Cookie(a.cookie, next, cookieLives))
	}
	if err := a.edge.Admit(c, actor.Person); err != nil {
		return err
	}
	c.Locals(localActor, actor)
	c.Locals(localSecret, secret)
	return c.Next()
}

// Actor returns who is asking a plain Fiber handler; the zero Actor is nobody.
func Actor(c *fiber.Ctx) people.Actor {
	a, _ := c.Locals(localActor).(people.Actor)
	return a
}

// Signed is embedded in the input of operations for people who are signed in; By is who asks.
type Signed struct {
	By people.Actor `json:"-"`
}

// Resolve refuses nobodies.
func (s *Signed) Resolve(ctx huma.Context) []error {
	s.By = Actor(humafiber.UnwrapV2(ctx))
	if s.By.Person == "" {
		return []error{fault.New(fault.Unsigned, "people.unsigned", "sign in first")}
	}
	return nil
}

// Anyone is embedded in the input of operations that nobody may call, too.
type Anyone struct {
	By     people.Actor  `json:"-"`
	From   people.Client `json:"-"`
	secret string
}

// Resolve notes who asks and from where.
func (a *Anyone) Resolve(ctx huma.Context) []error {
	c := humafiber.UnwrapV2(ctx)
	a.By = Actor(c)
	a.From, _ = c.Locals(localClient).(people.Client)
	a.secret, _ = c.Locals(localSecret).(string)
	return nil
}

// List is embedded in the input of operations that answer a list.
type List struct {
	Cursor string `query:"cursor" maxLength:"2000" doc:"next of the page before"`
	Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"50" doc:"Items a page"`
}

// ETag returns the entity tag of a revision.
func ETag(rev int64) string { return `"` + strconv.FormatInt(rev, 10) + `"` }

// IfMatch carries the revision that was read (RFC 9110 §13.1.1).
type IfMatch struct {
	Match string `header:"If-Match" maxLength:"40" doc:"ETag of what was read; * or none for any"`
}

// Revision returns the revision, 0 for any.
func (m IfMatch) Revision() (int64, error) {
	s := strings.Trim(strings.TrimPrefix(m.Match, "W/"), `"`)
	if s == "" || s == "*" {
		return 0, nil
	}
	n, err := strconv.ParseInt(s, 10, 64)
	if err != nil || n < 1 {
		return 0, fault.New(fault.Stale, "request.if_match", "this is not the ETag of anything that was read here")
	}
	return n, nil
}

// sessionOutput answers operations that open or change a session: who is signed in, and the cookies.
type sessionOutput struct {
	SetCookie []string `header:"Set-Cookie"`
	Body      SessionBody
}

func (a *Auth) cookies(o people.Opened) []string {
	out := []string{a.edge.Cookie(a.cookie, o.Secret, cookieLives)}
	if o.Device != "" {
		out = append(out, a.edge.Cookie(a.device, o.Device, deviceLives))
	}
	return out
}
