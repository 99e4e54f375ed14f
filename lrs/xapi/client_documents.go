package xapi

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"net/http"
	"net/url"
	"time"
)

// Document is what a client keeps in a record store for itself.
type Document struct {
	ContentType string // "" in what is sent: application/json
	Data        []byte
	ETag        string // of what was read; "" of a new one
	Updated     time.Time
}

// Documents are those of one context: the states of an agent in an activity, or the profiles of an agent or an activity.
type Documents struct {
	c     *Client
	path  string
	query url.Values
	name  string // the parameter that names one
}

// States returns the states of an agent in an activity, within a registration ("" for none). Communication §2.3
func (c *Client) States(activity string, agent Agent, registration string) Documents {
	d := Documents{c: c, path: "/activities/state", query: url.Values{"activityId": {activity}, "agent": {agentJSON(agent)}}, name: "stateId"}
	if registration != "" {
		d.query.Set("registration", registration)
	}
	return d
}

// AgentProfiles returns the profiles of an agent. Communication §2.6
func (c *Client) AgentProfiles(agent Agent) Documents {
	return Documents{c: c, path: "/agents/profile", query: url.Values{"agent": {agentJSON(agent)}}, name: "profileId"}
}

// ActivityProfiles returns the profiles of an activity. Communication §2.7
func (c *Client) ActivityProfiles(activity string) Documents {
	return Documents{c: c, path: "/activities/profile", query: url.Values{"activityId": {activity}}, name: "profileId"}
}

func agentJSON(a Agent) string {
	b, err := json.Marshal(a)
	if err != nil { // strings only
		panic(err)
	}
	return string(b)
}

func (d Documents) address(name string) string {
	q := url.Values{d.name: {name}}
	for k, v := range d.query {
		q[k] = v
	}
	return d.path + "?" + q.Encode()
}

// Get returns a document. If there is none, the error is a *ResponseError with 404.
func (d Documents) Get(ctx context.Context, name string) (Document, error) {
	a, err := d.c.fetch(ctx, d.address(name))
	if err != nil {
		return Document{}, err
	}
	doc := Document{ContentType: a.header.Get("Content-Type"), Data: a.body, ETag: a.header.Get("ETag")}
	if t, err := http.ParseTime(a.header.Get("Last-Modified")); err == nil {
		doc.Updated = t
	}
	return doc, nil
}

// Put stores a document in place of the one that has its ETag, or as a new one if it has none. If something else is there
// the error is a *ResponseError with 412.
func (d Documents) Put(ctx context.Context, name string, doc Document) error {
	r := call{method: http.MethodPut, path: d.address(name), body: doc.Data, media: doc.ContentType, match: doc.ETag}
	if r.media == "" {
		r.media = mediaJSON
	}
	if doc.ETag == "" {
		r.none = "*"
	}
	a, err := d.c.do(ctx, r)
	if err != nil && a.tries > 1 && refusedWith(err, http.StatusPreconditionFailed) {
		// Perhaps an earlier try has stored it and its answer was lost.
		if is, gerr := d.Get(ctx, name); gerr == nil && bytes.Equal(is.Data, doc.Data) {
			return nil
		}
	}
	return err
}

// Merge sets the top-level members of a JSON object in a document, which is made if there is none. Many clients may do so
// at once. Communication §2.2
func (d Documents) Merge(ctx context.Context, name string, members json.RawMessage) error {
	_, err := d.c.send(ctx, http.MethodPost, d.address(name), members, mediaJSON)
	return err
}

// Update reads a document, changes it by f and stores it, and begins again when somebody else has changed it meanwhile. f
// gets an empty document if there is none. When the answer to a try was lost and the document then has exactly the contents
// that f made, they count as stored: two who count to the same number at the same time may be one.
func (d Documents) Update(ctx context.Context, name string, f func(Document) (Document, error)) error {
	for {
		doc, err := d.Get(ctx, name)
		if err != nil && !refusedWith(err, http.StatusNotFound) {
			return err
		}
		next, err := f(doc)
		if err != nil {
			return err
		}
		next.ETag = doc.ETag
		if err = d.Put(ctx, name, next); !refusedWith(err, http.StatusPreconditionFailed) {
			return err
		}
		if ctx.Err() != nil {
			return errors.Join(ctx.Err(), err)
		}
	}
}

// Delete removes a document, whatever it is. That there is none is no error.
func (d Documents) Delete(ctx context.Context, name string) error {
	_, err := d.c.send(ctx, http.MethodDelete, d.address(name), nil, "")
	return err
}

// DeleteAll removes all states of the context. Profiles cannot be removed so.
func (d Documents) DeleteAll(ctx context.Context) error {
	_, err := d.c.send(ctx, http.MethodDelete, d.path+"?"+d.query.Encode(), nil, "")
	return err
}

// Names returns the names of the documents that were stored after since; a zero time: all.
func (d Documents) Names(ctx context.Context, since time.Time) ([]string, error) {
	q := url.Values{}
	for k, v := range d.query {
		q[k] = v
	}
	if !since.IsZero() {
		q.Set("since", FormatTime(since))
	}
	a, err := d.c.fetch(ctx, d.path+"?"+q.Encode())
	if err != nil {
		return nil, err
	}
	var names []string
	if err := json.Unmarshal(a.body, &names); err != nil {
		return nil, fmt.Errorf("xapi: decode names of documents: %w", err)
	}
	return names, nil
}

func refusedWith(err error, status int) bool {
	e, ok := errors.AsType[*ResponseError](err)
	return ok && e.Status == status
}

// Activity returns an activity with all that the store knows of it. Communication §2.5
func (c *Client) Activity(ctx context.Context, id string) (Object, error) {
	var o Object
	a, err := c.fetch(ctx, "/activities?activityId="+url.QueryEscape(id))
	if err != nil {
		return o, err
	}
	if err := json.Unmarshal(a.body, &o); err != nil {
		return o, fmt.Errorf("xapi: decode an activity: %w", err)
	}
	return o, nil
}

// Person is what a store knows of an agent: every property is a list. Communication §2.4
type Person struct {
	ObjectType string    `json:"objectType"` // Person
	Name       []string  `json:"name,omitempty"`
	Mbox       []string  `json:"mbox,omitempty"`
	MboxSHA1   []string  `json:"mbox_sha1sum,omitempty"`
	OpenID     []string  `json:"openid,omitempty"`
	Account    []Account `json:"account,omitempty"`
}

// Person returns what the store knows of an agent.
func (c *Client) Person(ctx context.Context, agent Agent) (Person, error) {
	var p Person
	a, err := c.fetch(ctx, "/agents?agent="+url.QueryEscape(agentJSON(agent)))
	if err != nil {
		return p, err
	}
	if err := json.Unmarshal(a.body, &p); err != nil {
		return p, fmt.Errorf("xapi: decode a person: %w", err)
	}
	return p, nil
}
