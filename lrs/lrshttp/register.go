// Package lrshttp answers the xAPI resources under /xapi by HTTP, in versions 1.0.3 and 2.0.
//
// Its handlers are plain ones: the standard and not our API description says what they look like. Errors are problems
// with a stable code like everywhere else, under the statuses that the standard gives them: what is wrong with a request
// is a 400 here.
package lrshttp

import (
	"context"
	"encoding/json"
	"maps"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"palestra/internal/fault"
	"palestra/internal/problem"
	"palestra/internal/web"
	"palestra/lrs"
	"palestra/lrs/xapi"
)

// Base is the address of the record store, without a slash at the end.
const Base = "/xapi"

// Headers of the standard. Communication §1.2
const (
	versionHeader    = "X-Experience-API-Version"
	consistentHeader = "X-Experience-API-Consistent-Through"
)

// timeout is how long one request may take.
const timeout = time.Minute

type handlers struct{ svc *lrs.Service }

// asked is one request, understood.
type asked struct {
	by      lrs.Credential
	version xapi.Version
	params  map[string]string // by name, each once
}

// Register adds the resources to the edge.
func Register(edge *web.Edge, svc *lrs.Service) {
	h := &handlers{svc: svc}
	g := edge.App.Group(Base, h.frame)
	g.Get("/about", h.about)
	g.All("/about", method)
	h.resource(g, "/statements", answerers{fiber.MethodGet: h.getStatements, fiber.MethodPut: h.putStatement, fiber.MethodPost: h.postStatements})
	h.shelf(g, "/activities/state", states())
	h.shelf(g, "/activities/profile", activityProfiles())
	h.shelf(g, "/agents/profile", agentProfiles())
	h.resource(g, "/activities", answerers{fiber.MethodGet: h.getActivity})
	h.resource(g, "/agents", answerers{fiber.MethodGet: h.getAgent})
	g.Use(func(c *fiber.Ctx) error {
		if strings.HasPrefix(c.Path(), Base+"/courses/") {
			return c.Next() // names of activities are addresses, too
		}
		return fiber.ErrNotFound
	})
}

// answerer answers a request that has been understood.
type answerer func(*fiber.Ctx, asked) error

// answerers are those of one resource, by method.
type answerers map[string]answerer

// resource adds an address with what it answers. Every resource takes POST: it may be another method in the alternate
// syntax.
func (h *handlers) resource(g fiber.Router, path string, all answerers) {
	for _, m := range []string{fiber.MethodGet, fiber.MethodPut, fiber.MethodPost, fiber.MethodDelete} {
		if all[m] == nil && m != fiber.MethodPost {
			continue
		}
		handler := func(c *fiber.Ctx) error { return h.signed(c, m, all) }
		if m == fiber.MethodGet {
			g.Get(path, handler) // and HEAD
			continue
		}
		g.Add(m, path, handler)
	}
	g.All(path, method)
}

func (h *handlers) shelf(g fiber.Router, path string, s shelf) {
	h.resource(g, path, answerers{fiber.MethodGet: h.getDocument(s), fiber.MethodPut: h.putDocument(s), fiber.MethodPost: h.postDocument(s),
		fiber.MethodDelete: h.deleteDocument(s)})
}

func method(*fiber.Ctx) error { return fiber.ErrMethodNotAllowed }

// frame is around every answer: headers, CORS, deadline and errors.
func (h *handlers) frame(c *fiber.Ctx) error {
	c.Set(fiber.HeaderAccessControlAllowOrigin, "*") // credentials are explicit here, never cookies
	c.Set(fiber.HeaderAccessControlExposeHeaders, strings.Join([]string{versionHeader, consistentHeader, "ETag", "Last-Modified", web.RequestIDHeader, "Retry-After"}, ", "))
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set(versionHeader, string(versionOf(c, xapi.V2)))
	c.Set(consistentHeader, xapi.FormatTime(h.svc.ConsistentThrough()))
	if c.Method() == fiber.MethodOptions {
		c.Set(fiber.HeaderAccessControlAllowMethods, "HEAD, GET, POST, PUT, DELETE, OPTIONS")
		c.Set(fiber.HeaderAccessControlAllowHeaders, strings.Join([]string{"Accept", "Accept-Language", "Authorization", "Content-Type", "If-Match", "If-None-Match", versionHeader, web.RequestIDHeader}, ", "))
		c.Set(fiber.HeaderAccessControlMaxAge, "86400")
		return c.SendStatus(fiber.StatusNoContent)
	}
	ctx, cancel := context.WithTimeout(c.UserContext(), timeout)
	defer cancel()
	c.SetUserContext(ctx)
	if err := c.Next(); err != nil {
		return refuse(c, err)
	}
	return nil
}

// refuse answers an error with the standard's status and names the clause. Communication §3.2
func refuse(c *fiber.Ctx, err error) error {
	p := *problem.Of(err)
	switch p.Status {
	case http.StatusUnprocessableEntity, http.StatusUnsupportedMediaType:
		p.Status, p.Title = http.StatusBadRequest, http.StatusText(http.StatusBadRequest)
	case http.StatusUnauthorized:
		c.Set(fiber.HeaderWWWAuthenticate, `Basic realm="xAPI", charset="UTF-8"`)
	}
	if clause := clauseOf(p.Code, c.Path()); clause != "" && p.Params["clause"] == nil {
		p.Params = maps.Clone(p.Params)
		if p.Params == nil {
			p.Params = map[string]any{}
		}
		p.Params["clause"] = clause
		p.Detail += " (xAPI " + clause + ")"
	}
	return web.Refuse(c, &p)
}

// clauseOf returns the clause of the specification behind a refusal; "" of what the specification does not say.
func clauseOf(code, path string) string {
	switch code {
	case "lrs.parameter", "lrs.more", "lrs.document_not_found":
		return "Communication §" + sectionOf(path)
	case "lrs.id_mismatch":
		return "Communication §2.1.1"
	case "lrs.twice":
		return "Communication §2.1.2"
	case "lrs.conflict":
		return "Data §2.3.1"
	case "lrs.not_found":
		return "Communication §2.1.3"
	case "lrs.media_type":
		return "Communication §1.5"
	case "lrs.multipart":
		return "Communication §1.5.2"
	case "lrs.attachment_missing", "lrs.attachment_excess", "lrs.attachment_hash":
		return "Data §2.4.11"
	case "lrs.signature":
		return "Data §2.6"
	case "lrs.version":
		return "Communication §3.3"
	case "lrs.precondition", "lrs.unconditional":
		return "Communication §3.1"
	case "lrs.void":
		return "Data §2.3.2"
	case "lrs.scope", "lrs.organisation", "lrs.not_yours", "lrs.too_large", "lrs.too_many", "lrs.attachments_too_many":
		return "Communication §3.2"
	case "lrs.unsigned", "lrs.expired":
		return "Communication §4.0"
	}
	return ""
}

func sectionOf(path string) string {
	switch strings.TrimPrefix(path, Base) {
	case "/statements":
		return "2.1.3"
	case "/activities/state":
		return "2.3"
	case "/agents":
		return "2.4"
	case "/activities":
		return "2.5"
	case "/agents/profile":
		return "2.6"
	case "/activities/profile":
		return "2.7"
	}
	return "3.2"
}

func versionOf(c *fiber.Ctx, otherwise xapi.Version) xapi.Version {
	if v, ok := xapi.ParseVersion(c.Get(versionHeader)); ok {
		return v
	}
	return otherwise
}

// signed finds out who asks, in which version, and with which parameters, and has it answered.
func (h *handlers) signed(c *fiber.Ctx, method string, all answerers) (err error) {
	if method == fiber.MethodPost && c.Context().QueryArgs().Has("method") {
		if method, err = h.alternate(c); err != nil {
			return err
		}
		if v, ok := xapi.ParseVersion(c.Get(versionHeader)); ok && v != xapi.V1 {
			return badAlternate("there is none since 2.0; send the request itself")
		}
		c.Set(versionHeader, string(versionOf(c, xapi.V2)))
	}
	if all[method] == nil {
		return fiber.ErrMethodNotAllowed
	}
	a := asked{params: map[string]string{}}
	if a.by, err = h.svc.Authenticate(c.UserContext(), c.Get(fiber.HeaderAuthorization)); err != nil {
		return err
	}
	var ok bool
	if a.version, ok = xapi.ParseVersion(c.Get(versionHeader)); !ok {
		c.Set(versionHeader, string(a.by.Version))
		return fault.New(fault.Invalid, "lrs.version", "send the header %s with 1.0.x or 2.0.x", versionHeader)
	}
	if n := len(c.Request().URI().QueryString()); n > h.svc.Limits().Query {
		return fault.New(fault.TooLarge, "lrs.too_large", "the parameters of an address may have %d bytes, not %d", h.svc.Limits().Query, n)
	}
	twice := ""
	for k, v := range c.Context().QueryArgs().All() {
		key := string(k)
		if _, has := a.params[key]; has {
			twice = key
		}
		a.params[key] = string(v)
	}
	if twice != "" {
		return badParameter(twice, "it is there twice")
	}
	return all[method](c, a)
}

// known refuses every parameter that is not listed. Communication §3.2
func (a asked) known(names ...string) error {
	for name := range a.params {
		if !slices.Contains(names, name) {
			return badParameter(name, "it is not known here")
		}
	}
	return nil
}

func badParameter(name, why string) error {
	name = strings.ToValidUTF8(name[:min(len(name), 64)], "")
	return fault.New(fault.Invalid, "lrs.parameter", "the parameter %s: %s", name, why).With("name", name)
}

// about says which versions are spoken. Communication §2.8
func (h *handlers) about(c *fiber.Ctx) error {
	return c.JSON(map[string]any{"version": []xapi.Version{xapi.V1, xapi.V2}})
}

// putStatement stores one statement under the id of the address. Communication §2.1.1
func (h *handlers) putStatement(c *fiber.Ctx, a asked) error {
	if err := a.known("statementId"); err != nil {
		return err
	}
	id, ok := a.params["statementId"]
	if !ok {
		return badParameter("statementId", "it is missing")
	}
	if !xapi.ValidUUID(id) {
		return badParameter("statementId", "it must be a UUID")
	}
	body, data, err := h.body(c)
	if err != nil {
		return err
	}
	if _, err := h.svc.PutWith(c.UserContext(), a.by.Organisation, a.by, a.version, id, []json.RawMessage{body}, data); err != nil {
		return err
	}
	c.Set(consistentHeader, xapi.FormatTime(h.svc.ConsistentThrough()))
	return c.SendStatus(fiber.StatusNoContent)
}

// postStatements stores one statement or several. Communication §2.1.2
func (h *handlers) postStatements(c *fiber.Ctx, a asked) error {
	if err := a.known(); err != nil {
		return err
	}
	body, data, err := h.body(c)
	if err != nil {
		return err
	}
	list, err := xapi.Split(body)
	if err != nil {
		return lrs.Wrong(err, 0)
	}
	ids, err := h.svc.PutWith(c.UserContext(), a.by.Organisation, a.by, a.version, "", list, data)
	if err != nil {
		return err
	}
	c.Set(consistentHeader, xapi.FormatTime(h.svc.ConsistentThrough()))
	return c.JSON(ids)
}
