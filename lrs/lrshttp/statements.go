package lrshttp

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/gofiber/fiber/v2"

	"palestra/lrs"
	"palestra/lrs/xapi"
)

// getStatements returns one statement or a page of them. Communication §2.1.3
func (h *handlers) getStatements(c *fiber.Ctx, a asked) error {
	id, one := a.params["statementId"]
	voided, gone := a.params["voidedStatementId"]
	switch {
	case one && gone:
		return badParameter("voidedStatementId", "it cannot be used beside statementId")
	case one:
		return h.getStatement(c, a, "statementId", id, h.svc.One)
	case gone:
		return h.getStatement(c, a, "voidedStatementId", voided, h.svc.Voided)
	}
	q, err := a.query()
	if err != nil {
		return err
	}
	through := h.svc.ConsistentThrough() // before looking: what this page lacks is later
	page, err := h.svc.Query(c.UserContext(), a.by.Organisation, a.by, q)
	if err != nil {
		return err
	}
	c.Set(consistentHeader, xapi.FormatTime(through))
	b := []byte(`{"statements":[`)
	write := h.format(c, a, page.Query.Format)
	for i, s := range page.Statements {
		if i > 0 {
			b = append(b, ',')
		}
		if b, err = write(b, s); err != nil {
			return err
		}
	}
	more := ""
	if page.More != "" {
		more = Base + "/statements?more=" + url.QueryEscape(page.More)
	}
	b = append(b, `],"more":"`+more+`"}`...)
	return h.send(c, a, b, page.Query.Attachments, page.Statements...)
}

// format returns what writes statements in a format.
func (h *handlers) format(c *fiber.Ctx, a asked, format string) func(b []byte, s lrs.Stored) ([]byte, error) {
	switch format {
	case "", "exact":
		return func(b []byte, s lrs.Stored) ([]byte, error) { return append(b, s.Raw...), nil }
	case "ids":
		return func(b []byte, s lrs.Stored) ([]byte, error) { return xapi.AppendIDs(b, s.Raw) }
	}
	canonical := h.svc.Canonical(a.by.Organisation, c.Get(fiber.HeaderAcceptLanguage))
	return func(b []byte, s lrs.Stored) ([]byte, error) { return canonical.Append(c.UserContext(), b, s.Raw) }
}

type find func(ctx context.Context, org string, by lrs.Credential, id string) (lrs.Stored, error)

func (h *handlers) getStatement(c *fiber.Ctx, a asked, name, id string, find find) error {
	if err := a.known(name, "format", "attachments"); err != nil {
		return err
	}
	if !xapi.ValidUUID(id) {
		return badParameter(name, "it must be a UUID")
	}
	format, err := a.format()
	if err != nil {
		return err
	}
	attachments, err := a.truth("attachments")
	if err != nil {
		return err
	}
	s, err := find(c.UserContext(), a.by.Organisation, a.by, id)
	if err != nil {
		return err
	}
	b, err := h.format(c, a, format)(nil, s)
	if err != nil {
		return err
	}
	c.Set(fiber.HeaderLastModified, s.Stored.UTC().Format(http.TimeFormat))
	return h.send(c, a, b, attachments, s)
}

// query reads the parameters of a search. Communication §2.1.3
func (a asked) query() (q lrs.Query, err error) {
	if more, ok := a.params["more"]; ok {
		return lrs.Query{More: more}, a.known("more")
	}
	if err := a.known("agent", "verb", "activity", "registration", "related_activities", "related_agents", "since", "until", "limit",
		"format", "attachments", "ascending"); err != nil {
		return q, err
	}
	if s, ok := a.params["agent"]; ok {
		if q.Agent, err = xapi.ParseAgent([]byte(s)); err != nil {
			return q, lrs.Wrong(err, 0)
		}
	}
	for _, p := range []struct {
		name, what string
		ok         func(string) bool
		to         *string
	}{
		{"verb", "an absolute IRI", xapi.ValidIRI, &q.Verb},
		{"activity", "an absolute IRI", xapi.ValidIRI, &q.Activity},
		{"registration", "a UUID", xapi.ValidUUID, &q.Registration},
	} {
		if s, ok := a.params[p.name]; ok {
			if !p.ok(s) {
				return q, badParameter(p.name, "it must be "+p.what)
			}
			*p.to = s
		}
	}
	for _, p := range []struct {
		name string
		to   *time.Time
	}{{"since", &q.Since}, {"until", &q.Until}} {
		if s, ok := a.params[p.name]; ok {
			if *p.to, err = xapi.ParseTime(s); err != nil {
				return q, badParameter(p.name, "it must be a timestamp (ISO 8601)")
			}
		}
	}
	if s, ok := a.params["limit"]; ok {
		n, err := strconv.ParseUint(s, 10, 31)
		if err != nil {
			return q, badParameter("limit", "it must be a whole number that is not negative")
		}
		q.Limit = int(n)
	}
	for _, p := range []struct {
		name string
		to   *bool
	}{{"related_activities", &q.RelatedActivities}, {"related_agents", &q.RelatedAgents}, {"attachments", &q.Attachments}, {"ascending", &q.Ascending}} {
		if *p.to, err = a.truth(p.name); err != nil {
			return q, err
		}
	}
	q.Format, err = a.format()
	return q, err
}

func (a asked) truth(name string) (bool, error) {
	s, ok := a.params[name]
	if !ok || s == "false" {
		return false, nil
	}
	if s != "true" {
		return false, badParameter(name, "it must be true or false")
	}
	return true, nil
}

func (a asked) format() (string, error) {
	s, ok := a.params["format"]
	switch s {
	case "ids", "exact", "canonical":
		return s, nil
	}
	if ok {
		return "", badParameter("format", "it must be ids, exact or canonical")
	}
	return "", nil
}
