package lrshttp

import (
	"crypto/sha1"
	"encoding/hex"
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"

	"palestra/lrs"
	"palestra/lrs/xapi"
)

// shelf is one of the three resources that keep documents. Communication §2.3, §2.6, §2.7
type shelf struct {
	resource lrs.Resource
	name     string   // the parameter that names a document
	of       []string // the parameters that say whose they are
}

func states() shelf {
	return shelf{lrs.States, "stateId", []string{"activityId", "agent", "registration"}}
}
func agentProfiles() shelf { return shelf{lrs.AgentProfiles, "profileId", []string{"agent"}} }
func activityProfiles() shelf {
	return shelf{lrs.ActivityProfiles, "profileId", []string{"activityId"}}
}

// key reads the parameters of a request. single says that a document was named.
func (s shelf) key(a asked, further ...string) (k lrs.DocumentKey, single bool, err error) {
	k.Resource = s.resource
	k.Name, single = a.params[s.name]
	names := append(slices.Clone(s.of), s.name)
	if !single {
		names = append(names, further...)
	}
	if err := a.known(names...); err != nil {
		return k, single, err
	}
	if single && k.Name == "" {
		return k, single, badParameter(s.name, "it must not be empty")
	}
	for _, name := range s.of {
		value, ok := a.params[name]
		switch {
		case !ok && name == "registration":
			continue
		case !ok:
			return k, single, badParameter(name, "it is missing")
		}
		switch name {
		case "activityId":
			if !xapi.ValidIRI(value) {
				return k, single, badParameter(name, "it must be an absolute IRI")
			}
			k.Activity = value
		case "agent":
			if k.Agent, err = lrs.AgentOf(value, a.version); err != nil {
				return k, single, err
			}
		case "registration":
			if !xapi.ValidUUID(value) {
				return k, single, badParameter(name, "it must be a UUID")
			}
			k.Registration = strings.ToLower(value)
		}
	}
	return k, single, nil
}

// named is key for requests that must name a document.
func (s shelf) named(a asked) (lrs.DocumentKey, error) {
	k, single, err := s.key(a)
	if err == nil && !single {
		err = badParameter(s.name, "it is missing")
	}
	return k, err
}

// get answers a document, or the names of all.
func (h *handlers) getDocument(s shelf) answerer {
	return func(c *fiber.Ctx, a asked) error {
		k, single, err := s.key(a, "since")
		if err != nil {
			return err
		}
		if !single {
			return h.listDocuments(c, a, k)
		}
		d, err := h.svc.Document(c.UserContext(), a.by.Organisation, a.by, k)
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, d.ContentType)
		c.Set(fiber.HeaderContentSecurityPolicy, "default-src 'none'; sandbox") // it is anybody's content under our address
		c.Set(fiber.HeaderXContentTypeOptions, "nosniff")
		return fresh(c, d.Data, d.ETag, d.Updated)
	}
}

func (h *handlers) listDocuments(c *fiber.Ctx, a asked, k lrs.DocumentKey) error {
	var since time.Time
	if s, ok := a.params["since"]; ok {
		var err error
		if since, err = xapi.ParseTime(s); err != nil {
			return badParameter("since", "it must be a timestamp (ISO 8601)")
		}
	}
	names, newest, err := h.svc.DocumentNames(c.UserContext(), a.by.Organisation, a.by, k, since)
	if err != nil {
		return err
	}
	return sendJSON(c, names, newest)
}

// sendJSON answers what was computed for this request, with an entity tag like a document's.
func sendJSON(c *fiber.Ctx, v any, updated time.Time) error {
	b, err := json.Marshal(v)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderContentType, fiber.MIMEApplicationJSON)
	sum := sha1.Sum(b)
	return fresh(c, b, `"`+hex.EncodeToString(sum[:])+`"`, updated)
}

// fresh answers contents, or that the client has them already. RFC 9110 §13.1.2
func fresh(c *fiber.Ctx, data []byte, etag string, updated time.Time) error {
	c.Set(fiber.HeaderETag, etag)
	if !updated.IsZero() {
		c.Set(fiber.HeaderLastModified, updated.UTC().Format(http.TimeFormat))
	}
	if slices.Contains(tags(c.Get(fiber.HeaderIfNoneMatch)), strings.Trim(etag, `"`)) {
		return c.SendStatus(fiber.StatusNotModified)
	}
	return c.Send(data)
}

// tags reads the entity tags of If-Match or If-None-Match, without their quotes. Whoever forgets the quotes is understood.
func tags(header string) []string {
	var list []string
	for _, t := range strings.Split(header, ",") {
		t = strings.TrimPrefix(strings.TrimSpace(t), "W/")
		if t = strings.Trim(t, `"`); t != "" {
			list = append(list, t)
		}
	}
	return list
}

func conditionOf(c *fiber.Ctx) lrs.Condition {
	return lrs.Condition{Match: tags(c.Get(fiber.HeaderIfMatch)), NoneMatch: tags(c.Get(fiber.HeaderIfNoneMatch))}
}

func (h *handlers) putDocument(s shelf) answerer {
	return func(c *fiber.Ctx, a asked) error {
		k, err := s.named(a)
		if err != nil {
			return err
		}
		d, err := h.document(c)
		if err != nil {
			return err
		}
		if err := h.svc.PutDocument(c.UserContext(), a.by.Organisation, a.by, a.version, k, d, conditionOf(c)); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}

func (h *handlers) postDocument(s shelf) answerer {
	return func(c *fiber.Ctx, a asked) error {
		k, err := s.named(a)
		if err != nil {
			return err
		}
		d, err := h.document(c)
		if err != nil {
			return err
		}
		if err := h.svc.PostDocument(c.UserContext(), a.by.Organisation, a.by, k, d, conditionOf(c)); err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}

func (h *handlers) document(c *fiber.Ctx) (lrs.Document, error) {
	if err := uncompressed(c); err != nil {
		return lrs.Document{}, err
	}
	b, err := h.read(c, h.svc.Limits().Document)
	return lrs.Document{ContentType: c.Get(fiber.HeaderContentType), Data: b}, err
}

func (h *handlers) deleteDocument(s shelf) answerer {
	return func(c *fiber.Ctx, a asked) error {
		k, single, err := s.key(a)
		switch {
		case err != nil:
			return err
		case single:
			err = h.svc.DeleteDocument(c.UserContext(), a.by.Organisation, a.by, k, conditionOf(c))
		case s.resource != lrs.States:
			return badParameter(s.name, "it is missing")
		default:
			err = h.svc.DeleteDocuments(c.UserContext(), a.by.Organisation, a.by, k)
		}
		if err != nil {
			return err
		}
		return c.SendStatus(fiber.StatusNoContent)
	}
}

// getActivity answers an activity with all that is known of it. Communication §2.5
func (h *handlers) getActivity(c *fiber.Ctx, a asked) error {
	if err := a.known("activityId"); err != nil {
		return err
	}
	iri, ok := a.params["activityId"]
	if !ok {
		return badParameter("activityId", "it is missing")
	}
	b, err := h.svc.Activity(c.UserContext(), a.by.Organisation, a.by, iri)
	if err != nil {
		return err
	}
	return sendJSON(c, b, time.Time{})
}

// getAgent answers who an agent is. Communication §2.4
func (h *handlers) getAgent(c *fiber.Ctx, a asked) error {
	if err := a.known("agent"); err != nil {
		return err
	}
	agent, ok := a.params["agent"]
	if !ok {
		return badParameter("agent", "it is missing")
	}
	p, err := h.svc.Person(c.UserContext(), a.by.Organisation, a.by, json.RawMessage(agent))
	if err != nil {
		return err
	}
	return sendJSON(c, p, time.Time{})
}
